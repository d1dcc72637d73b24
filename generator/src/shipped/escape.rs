//! The only way from the document's words into the file of names: keys of YAML, quoted.

use crate::ir::{Method, Name, Operation, PathSegment, Status, Text};

/// A text of JSON, which is one of YAML too: nothing in it ends the line or the key.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A name as it stands on the wire.
pub(super) fn wire(name: &Name) -> &str {
    name.wire().raw()
}

/// A text as it stands in the document.
pub(super) fn text(text: &Text) -> &str {
    text.raw()
}

/// `GET /plans/{}`: what a request says first. What the path's parameters are called is not in it.
pub(super) fn request(operation: &Operation) -> String {
    let mut out = operation.method.as_str().to_owned();
    out.push(' ');
    for segment in &operation.path {
        match segment {
            PathSegment::Literal(text) => out.push_str(text.raw()),
            PathSegment::Parameter(_) => out.push_str("{}"),
        }
    }
    out
}

/// `GET webhook plan.created`
pub(super) fn webhook(method: &Method, name: &Name) -> String {
    format!("{} webhook {}", method.as_str(), name.wire().raw())
}

/// `404`, `4XX`, `default`
pub(super) fn status(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(digit) => format!("{digit}XX"),
        Status::Default => "default".to_owned(),
    }
}
