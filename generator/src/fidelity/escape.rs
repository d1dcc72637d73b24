//! Words of a document in a report, which is text and JSON: they are shown as a JSON string is.

use crate::ir::{Api, Text};

/// What packages are named after where nothing else is said; they clean it themselves.
pub(super) fn title(api: &Api) -> &str {
    api.info.title.raw()
}

/// `"date-time"`
pub(super) fn quoted(text: &Text) -> String {
    serde_json::Value::from(text.raw()).to_string()
}
