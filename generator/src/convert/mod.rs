//! A document of 3.1 or 3.2 as one of 3.0, for tools that read no other.
//!
//! Works on the tree of one document, so that all that the author wrote is kept, in its order.
//! What 3.0 has other words for is said in them; what it has none for is left out, and each such
//! place is a warning.

mod schema;

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Entry, Node, Span, Value};

/// `root`, a whole document, in the words of OpenAPI 3.0.4.
pub fn to_3_0(root: &Node, diagnostics: &mut Diagnostics) -> Node {
    let mut converter = Converter { diagnostics };
    let Some(entries) = root.as_mapping() else {
        return root.clone();
    };
    let mut out = Vec::new();
    for (key, value) in entries {
        let value = match key.value.as_str() {
            "openapi" => Node::new(Value::String("3.0.4".to_owned()), value.span),
            "$self" | "jsonSchemaDialect" | "webhooks" => {
                converter.lost(key.span, &key.value);
                continue;
            }
            _ => converter.other(value, &key.value),
        };
        out.push((key.clone(), value));
    }
    mapping(out, root.span)
}

struct Converter<'a> {
    diagnostics: &'a mut Diagnostics,
}

impl Converter<'_> {
    fn lost(&mut self, at: Span, what: &str) {
        let message = format!("OpenAPI 3.0 has no `{what}`");
        let found = Diagnostic::warning(Code::LostInConversion, at, message);
        self.diagnostics.push(found.label("left out"));
    }

    /// What stands under `key`, which is no schema.
    fn other(&mut self, node: &Node, key: &str) -> Node {
        match &node.value {
            Value::Sequence(items) => {
                let items = items.iter().map(|item| self.other(item, key));
                Node::new(Value::Sequence(Arc::new(items.collect())), node.span)
            }
            Value::Mapping(entries) => {
                let mut out = Vec::with_capacity(entries.len());
                for (name, value) in entries.iter() {
                    if has_no_place(key, &name.value) {
                        self.lost(name.span, &name.value);
                        continue;
                    }
                    let value = match name.value.as_str() {
                        "schema" => self.schema(value),
                        "schemas" if key == "components" => self.schemas(value),
                        "example" | "examples" | "default" | "value" | "enum" => value.clone(),
                        "$ref" => schema::reference(value),
                        extension if extension.starts_with("x-") => value.clone(),
                        name => self.other(value, name),
                    };
                    out.push((name.clone(), value));
                }
                mapping(out, node.span)
            }
            _ => node.clone(),
        }
    }
}

/// Whether 3.0 has no key `name` in what stands under `key`.
fn has_no_place(key: &str, name: &str) -> bool {
    // A path, or the expression that a callback is sent to; else what holds a slash is a media type.
    let is_path = key.starts_with('/') || key.contains('{');
    match name {
        "summary" => key == "info",
        "identifier" => key == "license",
        "parent" | "kind" => key == "tags",
        "pathItems" | "mediaTypes" => key == "components",
        "query" | "additionalOperations" => is_path,
        "itemSchema" | "itemEncoding" | "prefixEncoding" => !is_path && key.contains('/'),
        _ => false,
    }
}

fn mapping(entries: Vec<Entry>, span: Span) -> Node {
    Node::new(Value::Mapping(Arc::new(entries)), span)
}
