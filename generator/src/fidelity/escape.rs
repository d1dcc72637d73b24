//! Words of a document in a report, which is text and JSON: they are shown as a JSON string is.

use crate::ir::Text;

/// `"date-time"`
pub(super) fn quoted(text: &Text) -> String {
    serde_json::Value::from(text.raw()).to_string()
}
