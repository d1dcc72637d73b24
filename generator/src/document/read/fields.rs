//! The fields of one object, taken one by one, so that what nobody asked for is known at the end.

use super::Reader;
use super::wording::{article, nearest};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::Extensions;
use crate::source::{Entry, Node, Span, Spanned};

/// An object being read.
pub(super) struct Fields<'n> {
    /// What the standard calls the object: `Operation`.
    pub(super) what: &'static str,
    /// All of it.
    pub(super) span: Span,
    pub(super) entries: &'n [Entry],
    pub(super) taken: Vec<bool>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The entry under `name`, if there is one; it counts as known from now on.
    pub(super) fn entry(&mut self, name: &'static str) -> Option<&'n Entry> {
        self.asked.push(name);
        let index = self.entries.iter().position(|(key, _)| key.value == name)?;
        self.taken[index] = true;
        self.entries.get(index)
    }

    /// The value under `name`, if there is one.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// Whether `name` is there, known or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.value == name)
    }

    /// Entries that nobody took and that are no extensions, for objects with free keys.
    pub(super) fn take_rest(&mut self) -> Vec<&'n Entry> {
        let mut rest = Vec::new();
        for (entry, taken) in self.entries.iter().zip(&mut self.taken) {
            if !*taken && !is_extension(&entry.0) {
                *taken = true;
                rest.push(entry);
            }
        }
        rest
    }
}

/// Where OpenAPI 3 has what Swagger 2.0 had under this key.
fn belongs(what: &str, key: &str) -> Option<&'static str> {
    Some(match (what, key) {
        ("OpenAPI document", "host" | "basePath" | "schemes") => "OpenAPI 3 says it in `servers`",
        ("OpenAPI document", "definitions") => "OpenAPI 3 has it as `components.schemas`",
        ("Parameter" | "Header", "type" | "items" | "format" | "enum" | "default") => {
            "OpenAPI 3 has it below `schema`"
        }
        ("Operation" | "OpenAPI document", "consumes" | "produces") => {
            "OpenAPI 3 names media types in `content`"
        }
        ("Request Body" | "Response", "schema") => {
            "OpenAPI 3 has it below `content`, by media type"
        }
        _ => return None,
    })
}

fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

impl Reader<'_> {
    /// The fields of `node`, or an error when it is no mapping.
    pub(super) fn open<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        let Some(entries) = node.as_mapping() else {
            self.wrong_type(node, &format!("{} must be a mapping", article(what)));
            return None;
        };
        let taken = vec![false; entries.len()];
        Some(Fields {
            what,
            span: node.span,
            entries,
            taken,
            asked: Vec::with_capacity(if what == "schema" { 64 } else { 16 }),
        })
    }

    /// Ends the reading of an object: gives its extensions and reports the keys that nobody took,
    /// as errors where they are nearly a key of the standard.
    pub(super) fn finish(&mut self, fields: Fields<'_>) -> Extensions {
        self.finish_with(fields, |reader, fields, key| {
            let message = format!("unknown key `{}` in {}", key.value, article(fields.what));
            // A slip of the pen would lose what was meant; a word of someone's own loses nothing.
            let found = match nearest(key, fields.asked.iter().copied()) {
                Some(near) => Diagnostic::error(Code::UnknownKey, key.span, message)
                    .hint(format!("did you mean `{near}`?")),
                None => Diagnostic::warning(Code::UnknownKey, key.span, message)
                    .hint(belongs(fields.what, key).unwrap_or("keys of your own begin with `x-`")),
            };
            reader.push(found.label("not a key of OpenAPI"));
        })
    }

    /// As [`Self::finish`] for a schema, where JSON Schema takes unknown keywords for notes
    /// (Core, section 6.5): they are warnings.
    pub(super) fn finish_schema(&mut self, fields: Fields<'_>) -> Extensions {
        self.finish_with(fields, |reader, fields, key| {
            let message = format!("unknown keyword `{}` in a schema", key.value);
            let hint = match nearest(key, fields.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "keywords of your own begin with `x-`".to_owned(),
            };
            reader.push(
                Diagnostic::warning(Code::UnknownKey, key.span, message)
                    .label("has no effect")
                    .hint(hint),
            );
        })
    }

    fn finish_with(
        &mut self,
        fields: Fields<'_>,
        unknown: impl Fn(&mut Self, &Fields<'_>, &Spanned<String>),
    ) -> Extensions {
        let mut extensions = Extensions::new();
        for ((key, node), taken) in fields.entries.iter().zip(&fields.taken) {
            if *taken {
                continue;
            }
            if is_extension(key) {
                extensions.push((key.clone(), node.clone()));
            } else {
                unknown(self, &fields, key);
            }
        }
        extensions
    }
}
