//! The documented errors: a class each.

use std::collections::HashSet;

use serde::Serialize;

use super::{escape, names};
use crate::ir::{Api, ErrorKind, Name, Status};
use crate::layout::biome::Value;

/// The class of a documented error.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ErrorView {
    /// `/** No such resource. */` and a line break.
    pub(super) docs: String,
    /// `NotFoundError`
    pub(super) name: String,
    /// `{ status: 404, name: "not_found", type: NotFoundError }`
    pub(super) entry: String,
}

/// The classes, and the name of each by the IR's index. Errors of one name and status are one.
pub(super) fn views(api: &Api, taken: &mut HashSet<String>) -> (Vec<ErrorView>, Vec<String>) {
    let mut kinds: Vec<&ErrorKind> = Vec::new();
    let mut classes = Vec::new();
    for kind in &api.errors {
        let same = |other: &&ErrorKind| other.name == kind.name && other.status == kind.status;
        classes.push(kinds.iter().position(same).unwrap_or(kinds.len()));
        if classes.last() == Some(&kinds.len()) {
            kinds.push(kind);
        }
    }
    let wanted: Vec<&Name> = kinds.iter().map(|kind| &kind.name).collect();
    let names = names::types(&wanted, taken, class);
    let views = kinds
        .iter()
        .zip(&names)
        .map(|(kind, name)| view(kind, name))
        .collect();
    (
        views,
        classes
            .into_iter()
            .map(|class| names[class].clone())
            .collect(),
    )
}

fn view(kind: &ErrorKind, name: &str) -> ErrorView {
    let mut entry = Vec::new();
    if let Status::Code(code) = kind.status {
        entry.push(("status".to_owned(), Value::code(code.to_string())));
    }
    entry.push(("name".to_owned(), Value::code(escape::wire(&kind.name))));
    entry.push(("type".to_owned(), Value::code(name)));
    ErrorView {
        docs: docs(kind),
        name: name.to_owned(),
        entry: Value::Object(entry).flat(),
    }
}

/// `["not", "found"]` is `NotFoundError`, `["internal", "error"]` is `InternalError`.
fn class(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if last == "error" && !rest.is_empty() => names::pascal(words),
        _ => format!("{}Error", names::pascal(words)),
    }
}

fn docs(kind: &ErrorKind) -> String {
    let docs = escape::comment(&kind.docs, &[], false, 0);
    if !docs.is_empty() {
        return docs;
    }
    match kind.status {
        Status::Code(code) => escape::own_comment(&format!("The server answered {code}."), 0),
        Status::Range(digit) => escape::own_comment(
            &format!("The server answered a status from {digit}00 to {digit}99."),
            0,
        ),
        Status::Default => {
            escape::own_comment("The server answered a status that is not documented.", 0)
        }
    }
}
