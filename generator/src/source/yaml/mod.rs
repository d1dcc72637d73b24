//! YAML 1.2 to [`Node`], by the events of granit-parser, which no other module names.
//!
//! Scalars follow the core schema (YAML 1.2.2, section 10.3): `no` is a string. Numbers
//! keep their text unless JSON would not write them so (`0x1F`, `+1`, `.5`). Aliases share
//! their anchor's node. Merge keys (`<<`), which 1.2 has not but documents use, are merged.

mod scalar;

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle};

use self::scalar::{check_tag, scalar};
use super::limits::{MAX_ALIASED_NODES, MAX_DEPTH};
use super::mapping::{merge, without_duplicates};
use super::node::{Entry, Node, Value};
use super::span::{FileId, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Reads the one document in `text`. Says what is wrong; gives `None` when no tree came out.
pub(super) fn read(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH * 2,
        block_nesting_limit: MAX_DEPTH * 2,
        // Keys of JSON may be longer than the 1,024 characters that YAML allows.
        simple_key_max_lookahead: 16 * 1024,
    };
    let mut builder = Builder::new(file, text, diagnostics);
    for event in Parser::new_from_str_with_options(text, options) {
        let step = match event {
            Ok((event, span)) => {
                let span = builder.span(&span);
                builder.event(event, span)
            }
            Err(error) => {
                let at = builder.offset(error.marker().byte_offset());
                let span = Span::new(file, at, at);
                Err(match error.kind() {
                    ErrorKind::RecursionLimitExceeded => too_deep(span),
                    kind => {
                        let found = Diagnostic::error(Code::YamlSyntax, span, error.info());
                        match hint(kind) {
                            Some(hint) => found.hint(hint),
                            None => found,
                        }
                    }
                })
            }
        };
        if let Err(diagnostic) = step {
            builder.diagnostics.push(diagnostic);
            return None;
        }
    }
    if builder.root.is_none() {
        let found = Diagnostic::error(
            Code::EmptyDocument,
            Span::file_start(file),
            "the file is empty",
        );
        builder.diagnostics.push(found);
    }
    builder.root
}

/// What is most likely wrong, where the parser's words say what it met and not what to do.
fn hint(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => Some("indent with spaces"),
        ErrorKind::MappingValueNotAllowed => Some(
            "indent a key as the keys beside it; put a text that holds a colon and a space in quotes",
        ),
        ErrorKind::InvalidColonPlacement
        | ErrorKind::InvalidTrailingDoubleQuotedScalar
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::UnclosedQuotedScalar
        | ErrorKind::UnclosedFlowCollection { .. } => {
            Some("look above for a quote or a bracket that is not closed")
        }
        ErrorKind::UnknownAnchor => {
            Some("nothing above has this anchor; write `&name` before `*name`")
        }
        _ => None,
    }
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::TooDeep,
        span,
        format!("collections are nested deeper than {MAX_DEPTH} levels"),
    )
}

/// A finished node with what its aliases will cost.
#[derive(Clone)]
struct Measured {
    node: Node,
    /// Nodes in it, aliases expanded.
    size: usize,
    /// Levels of collections in it, aliases expanded.
    height: usize,
}

/// A collection whose end has not come.
struct Frame {
    anchor: usize,
    start: u32,
    end: u32,
    flow: bool,
    size: usize,
    height: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        key: Option<(Spanned<String>, bool)>,
        merges: Vec<(usize, Node)>,
    },
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    diagnostics: &'a mut Diagnostics,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Measured>,
    aliased: usize,
    root: Option<Node>,
}

type Step = Result<(), Diagnostic>;

impl<'a> Builder<'a> {
    fn new(file: FileId, text: &'a str, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            file,
            text,
            diagnostics,
            stack: Vec::new(),
            anchors: HashMap::new(),
            aliased: 0,
            root: None,
        }
    }

    fn offset(&self, byte: Option<usize>) -> u32 {
        let byte = byte.unwrap_or_default().min(self.text.len());
        u32::try_from(byte).unwrap_or(u32::MAX)
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let start = self.offset(span.start.byte_offset());
        Span::new(
            self.file,
            start,
            self.offset(span.end.byte_offset()).max(start),
        )
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if self.expects_key() {
                    check_tag(
                        tag.as_deref(),
                        &["str", "int", "float", "bool", "null"],
                        span,
                    )?;
                    let merges = text == "<<" && style == ScalarStyle::Plain && tag.is_none();
                    let key = Spanned::new(text.into_owned(), span);
                    if anchor != 0 {
                        let node = Node::new(Value::String(key.value.clone()), span);
                        self.anchors.insert(
                            anchor,
                            Measured {
                                node,
                                size: 1,
                                height: 0,
                            },
                        );
                    }
                    self.set_key(key, merges);
                    return Ok(());
                }
                let value = scalar(text, style, tag.as_deref(), span)?;
                self.finish(
                    anchor,
                    Measured {
                        node: Node::new(value, span),
                        size: 1,
                        height: 0,
                    },
                )
            }
            Event::SequenceStart(style, anchor, tag) => {
                check_tag(tag.as_deref(), &["seq"], span)?;
                self.open(Content::Sequence(Vec::new()), style, anchor, span)
            }
            Event::MappingStart(style, anchor, tag) => {
                check_tag(tag.as_deref(), &["map"], span)?;
                let content = Content::Mapping {
                    entries: Vec::new(),
                    key: None,
                    merges: Vec::new(),
                };
                self.open(content, style, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span),
            Event::DocumentStart(..) if self.root.is_some() => Err(Diagnostic::error(
                Code::UnsupportedYaml,
                span,
                "the file holds more than one YAML document",
            )
            .label("the second document begins here")
            .hint("keep one document in the file")),
            _ => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                content: Content::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn set_key(&mut self, name: Spanned<String>, merges: bool) {
        if let Some(Frame {
            content: Content::Mapping { key, .. },
            ..
        }) = self.stack.last_mut()
        {
            *key = Some((name, merges));
        }
    }

    fn open(
        &mut self,
        content: Content,
        style: granit_parser::StructureStyle,
        anchor: usize,
        span: Span,
    ) -> Step {
        if self.expects_key() {
            return Err(Diagnostic::error(
                Code::UnsupportedYaml,
                span,
                "a key must be a scalar, not a collection",
            ));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        let flow = style == granit_parser::StructureStyle::Flow;
        self.stack.push(Frame {
            anchor,
            start: span.start,
            end: span.end,
            flow,
            size: 1,
            height: 1,
            content,
        });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Step {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        // The end of a block collection is only seen at the token after it.
        let end = if frame.flow { span.end } else { frame.end };
        let value = match frame.content {
            Content::Sequence(items) => Value::Sequence(items.into()),
            Content::Mapping {
                entries, merges, ..
            } => {
                let entries = without_duplicates(entries, self.diagnostics);
                Value::Mapping(merge(entries, merges, self.diagnostics).into())
            }
        };
        let node = Node::new(
            value,
            Span::new(self.file, frame.start, end.max(frame.start)),
        );
        self.finish(
            frame.anchor,
            Measured {
                node,
                size: frame.size,
                height: frame.height,
            },
        )
    }

    fn alias(&mut self, id: usize, span: Span) -> Step {
        let Some(measured) = self.anchors.get(&id).cloned() else {
            return Err(Diagnostic::error(
                Code::UnsupportedYaml,
                span,
                "an alias stands inside its own anchor",
            ));
        };
        self.aliased = self.aliased.saturating_add(measured.size);
        if self.aliased > MAX_ALIASED_NODES {
            let message = format!("aliases stand for more than {MAX_ALIASED_NODES} values");
            return Err(Diagnostic::error(Code::TooManyAliases, span, message)
                .label("the limit is passed here")
                .hint("use `$ref` to share parts of the document"));
        }
        if self.stack.len() + measured.height > MAX_DEPTH {
            return Err(too_deep(span));
        }
        if self.expects_key() {
            let Value::String(name) = &measured.node.value else {
                return Err(Diagnostic::error(
                    Code::UnsupportedYaml,
                    span,
                    "an alias used as a key must be a string",
                ));
            };
            self.set_key(Spanned::new(name.clone(), span), false);
            return Ok(());
        }
        self.place(measured, span.end)
    }

    fn finish(&mut self, anchor: usize, measured: Measured) -> Step {
        if anchor != 0 {
            self.anchors.insert(anchor, measured.clone());
        }
        let end = measured.node.span.end;
        self.place(measured, end)
    }

    /// Puts a node into the open collection; `end` is where its text ends there.
    fn place(&mut self, measured: Measured, end: u32) -> Step {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(measured.node);
            return Ok(());
        };
        frame.size = frame.size.saturating_add(measured.size);
        frame.height = frame.height.max(measured.height + 1);
        frame.end = frame.end.max(end);
        match &mut frame.content {
            Content::Sequence(items) => items.push(measured.node),
            Content::Mapping {
                entries,
                key,
                merges,
            } => match key.take() {
                Some((_, true)) => merges.push((entries.len(), measured.node)),
                Some((name, false)) => {
                    frame.end = frame.end.max(name.span.end);
                    entries.push((name, measured.node));
                }
                None => {}
            },
        }
        Ok(())
    }
}
