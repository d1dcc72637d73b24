//! References: from the text of a `$ref` to a place in a file, and the reading of that place.

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::{Kind, Location, Place, RefOr, Reference};
use crate::source::{Node, Span, Spanned};

/// How many misplaced references are followed in a run. They are read anew at each use, so
/// that nesting them could take time without end.
const MAX_INLINED: usize = 20_000;
impl Reader<'_> {
    /// `node` read by `item`, or the reference that it is.
    pub(super) fn ref_or<T>(
        &mut self,
        node: &Node,
        kind: Kind,
        item: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<RefOr<T>> {
        if node.get("$ref").is_some() {
            self.reference(node, kind).map(RefOr::Reference)
        } else {
            item(self, node).map(RefOr::Item)
        }
    }

    /// The reference in a Reference Object (section 4.8.23).
    pub(super) fn reference(&mut self, node: &Node, kind: Kind) -> Option<Reference> {
        let (mut summary, mut description) = (None, None);
        let mut reference = None;
        for (key, value) in node.as_mapping().unwrap_or_default() {
            match key.value.as_str() {
                "$ref" => reference = self.follow(value, kind),
                "summary" => summary = self.as_string(value, "summary"),
                "description" => description = self.as_string(value, "description"),
                other if other.starts_with("x-") => {}
                other => {
                    let message = format!("`{other}` beside a `$ref` has no effect");
                    let found = Diagnostic::warning(Code::IgnoredSibling, key.span, message);
                    self.push(found.hint("move it to what the `$ref` leads to"));
                }
            }
        }
        reference.map(|reference| Reference {
            summary,
            description,
            ..reference
        })
    }

    /// The reference whose text is `node`; what it leads to will be read as `kind`.
    pub(super) fn follow(&mut self, node: &Node, kind: Kind) -> Option<Reference> {
        let text = self.as_string(node, "$ref")?;
        self.follow_text(&text, kind)
    }

    /// As [`Self::follow`], for text that stands elsewhere than in a `$ref`.
    pub(super) fn follow_text(&mut self, text: &Spanned<String>, kind: Kind) -> Option<Reference> {
        let target = self.locate(text, Code::DanglingReference)?;
        self.note(text.span, kind, &target, false);
        self.want(kind, &target);
        Some(Reference {
            span: text.span,
            text: text.value.clone(),
            target,
            summary: None,
            description: None,
        })
    }

    /// `$recursiveRef` of JSON Schema 2019-09, whose one value is `#`.
    pub(super) fn recursive_reference(&mut self, node: &Node) -> Option<Reference> {
        let text = self.as_string(node, "$recursiveRef")?;
        let Some(target) = self.recursive_anchor(text.span) else {
            let message = "no schema around this `$recursiveRef` has `$recursiveAnchor: true`";
            let found = Diagnostic::error(Code::DanglingReference, text.span, message);
            self.push(found.hint("refer to the schema with `$ref`"));
            return None;
        };
        let message = "`$recursiveRef` is of an older JSON Schema";
        let found = Diagnostic::warning(Code::OlderKeyword, text.span, message);
        self.push(found.label("read as a `$ref` to the schema around it"));
        self.note(text.span, Kind::Schema, &target, false);
        self.want(Kind::Schema, &target);
        Some(Reference {
            span: text.span,
            text: text.value,
            target,
            summary: None,
            description: None,
        })
    }

    /// Remembers that the text at `span` refers to `target`.
    pub(super) fn note(&mut self, span: Span, kind: Kind, target: &Location, inline: bool) {
        self.targets.places.insert(
            span,
            Place {
                kind,
                target: target.clone(),
                inline,
            },
        );
    }

    /// Asks for `target` to be read.
    pub(super) fn want(&mut self, kind: Kind, target: &Location) {
        let component = target.pointer.strip_prefix(kind.components());
        if target.file == self.root && component.is_some_and(|name| !name.contains('/')) {
            return; // read with the root document
        }
        if self.wanted.insert((kind, target.clone())) {
            self.pending.push_back((kind, target.clone()));
        }
    }

    /// Reads what references asked for, and what those places ask for in turn.
    pub(super) fn read_targets(&mut self) {
        while let Some((kind, at)) = self.pending.pop_front() {
            let Some(node) = self.node_at(&at).cloned() else {
                continue;
            };
            self.file = at.file;
            self.read_target(kind, at, &node);
        }
        self.file = self.root;
    }

    fn read_target(&mut self, kind: Kind, at: Location, node: &Node) {
        macro_rules! read {
            ($table:ident, $read:ident) => {
                if let Some(item) = self.ref_or(node, kind, Self::$read) {
                    self.targets.$table.insert(at, item);
                }
            };
        }
        match kind {
            Kind::Schema => {
                if let Some(schema) = self.schema(node) {
                    self.targets.schemas.insert(at, schema);
                }
            }
            Kind::Response => read!(responses, response),
            Kind::Parameter => read!(parameters, parameter),
            Kind::Example => read!(examples, example),
            Kind::RequestBody => read!(request_bodies, request_body),
            Kind::Header => read!(headers, header),
            Kind::SecurityScheme => read!(security_schemes, security_scheme),
            Kind::Link => read!(links, link),
            Kind::Callback => read!(callbacks, callback),
            Kind::PathItem => read!(path_items, path_item),
            Kind::MediaType => read!(media_types, media_type),
        }
    }

    /// Reads what a `$ref` leads to where OpenAPI allows none, with a warning, over a chain of
    /// such references. `node` is a mapping with a `$ref`.
    pub(super) fn misplaced<T>(
        &mut self,
        node: &Node,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        let (file, depth) = (self.file, self.inlining.len());
        let found = self.end_of_chain(node.clone());
        let result = found.and_then(|node| read(self, &node));
        self.inlining.truncate(depth);
        self.file = file;
        result
    }

    fn end_of_chain(&mut self, mut node: Node) -> Option<Node> {
        while let Some(reference) = node.get("$ref").cloned() {
            let text = self.as_string(&reference, "$ref")?;
            let target = self.locate(&text, Code::DanglingReference)?;
            self.inlined += 1;
            if self.inlining.contains(&target) || self.inlined > MAX_INLINED {
                let message = format!("the reference `{text}` leads back to itself");
                self.push(Diagnostic::error(Code::ReferenceLoop, text.span, message));
                return None;
            }
            let message = "OpenAPI allows no `$ref` here";
            let found = Diagnostic::warning(Code::MisplacedReference, text.span, message);
            self.push(found.label("followed all the same"));
            self.note(text.span, Kind::Schema, &target, true);
            node = self.node_at(&target)?.clone();
            self.file = target.file;
            self.inlining.push(target);
        }
        Some(node)
    }

    /// The string that a misplaced `$ref` leads to.
    pub(super) fn referred_string(&mut self, node: &Node) -> Option<Spanned<String>> {
        self.misplaced(node, |reader, found| {
            if let Some(text) = found.as_str() {
                return Some(Spanned::new(text.to_owned(), found.span));
            }
            let message = format!("this `$ref` must lead to a string, not to {}", found.kind());
            reader.push(
                Diagnostic::error(Code::WrongType, node.span, message)
                    .secondary(found.span, "it leads here"),
            );
            None
        })
    }
}
