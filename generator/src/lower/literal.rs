//! Values written in the document.

use crate::ir::{Literal, Text};
use crate::source::{Node, Value};

/// A JSON value of the document, numbers as they were written.
pub(super) fn literal(node: &Node) -> Literal {
    match &node.value {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Boolean(*value),
        Value::Number(text) => number(text),
        Value::String(text) => Literal::String(Text::new(text)),
        Value::Sequence(items) => Literal::List(items.iter().map(literal).collect()),
        Value::Mapping(entries) => Literal::Object(
            entries
                .iter()
                .map(|(key, node)| (Text::new(&key.value), literal(node)))
                .collect(),
        ),
    }
}

fn number(text: &str) -> Literal {
    if text.contains(['.', 'e', 'E']) {
        Literal::Number(text.to_owned())
    } else {
        Literal::Integer(text.to_owned())
    }
}
