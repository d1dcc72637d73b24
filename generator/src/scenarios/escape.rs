//! The only way from the document's words into a scenario: as values of JSON, which its writer
//! quotes, and apart from what the suite takes for a command.

use serde_json::Value;

use crate::ir::{Name, Text};

/// A name as it stands on the wire.
pub(super) fn wire(name: &Name) -> String {
    name.wire().raw().to_owned()
}

/// A text.
pub(super) fn text(text: &Text) -> String {
    text.raw().to_owned()
}

/// A value that is expected as it is: a text that begins like a command of the suite is none.
pub(super) fn expected(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('$') => format!("$is {text}").into(),
        Value::Array(items) => items.iter().map(expected).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), expected(value)))
            .collect(),
        value => value.clone(),
    }
}
