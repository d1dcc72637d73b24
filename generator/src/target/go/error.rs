//! The kinds of error the API answers with: a type each, and the choice between them.

use serde::Serialize;

use super::escape;
use super::names::{self, Scope};
use crate::ir::{Api, ErrorKind, Status};

/// A type of its own for one kind of error.
#[derive(Debug, Serialize)]
pub(super) struct ErrorView {
    /// `// NotFoundError is the answer 404.`
    pub(super) docs: String,
    /// `NotFoundError`
    pub(super) name: String,
    /// `"not_found"`
    pub(super) wire: String,
    /// `404`
    pub(super) status: u16,
    /// True for the first kind with its status, which an answer without a name is.
    pub(super) by_status: bool,
}

/// The errors with a status of their own, in the IR's order; ranges and the default are the base.
pub(super) fn views(api: &Api, scope: &mut Scope) -> Vec<(usize, ErrorView)> {
    let mut statuses = Vec::new();
    let mut views = Vec::new();
    for (index, kind) in api.errors.iter().enumerate() {
        let Status::Code(status) = kind.status else {
            continue;
        };
        let by_status = !statuses.contains(&status);
        statuses.push(status);
        views.push((index, view(kind, status, by_status, scope)));
    }
    views
}

fn view(kind: &ErrorKind, status: u16, by_status: bool, scope: &mut Scope) -> ErrorView {
    let mut words = kind.name.words().to_vec();
    if words.last().is_some_and(|word| word == "error") {
        words.pop();
    }
    let name = scope.take(format!("{}Error", names::exported(&words)), "Answer");
    let mut docs = escape::own_comment(&format!("{name} is the answer {status}."));
    let more = escape::comment(&kind.docs, false);
    if !more.is_empty() {
        docs.push("//".to_owned());
        docs.extend(more);
    }
    ErrorView {
        docs: docs.join("\n"),
        name,
        wire: escape::wire(&kind.name),
        status,
        by_status,
    }
}
