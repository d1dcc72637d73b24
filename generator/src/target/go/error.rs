//! The kinds of error the API answers with: a type each, and the choice between them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::escape;
use super::names::{self, Scope};
use crate::ir::{Api, ErrorKind, Status};
use crate::layout::go_func::function;

/// A type of its own for the answers of one name.
#[derive(Debug, Serialize)]
pub(super) struct ErrorView {
    /// `// NotFoundError is the answer 404.`
    pub(super) docs: String,
    /// `NotFoundError`
    pub(super) name: String,
    /// `"not_found"`: the names it has in an answer.
    pub(super) names: String,
    /// `404`: the statuses that it stands for where an answer says no name; may be empty.
    pub(super) statuses: String,
    /// `404`: the first status it has.
    pub(super) status: String,
    /// `"not_found"`: the first name it has.
    pub(super) wire: String,
    /// `func (e *NotFoundError) Unwrap() error { return e.APIError }`
    pub(super) unwrap: String,
}

/// The errors with a status of their own, in the IR's order, and the type of each kind by the IR's
/// index. Kinds of one name are one type; ranges and the default are the base of all.
pub(super) fn views(api: &Api, scope: &mut Scope) -> (Vec<ErrorView>, BTreeMap<usize, String>) {
    let mut groups: Vec<(String, Vec<(usize, u16)>)> = Vec::new();
    for (index, kind) in api.errors.iter().enumerate() {
        let Status::Code(status) = kind.status else {
            continue;
        };
        let wanted = wanted(kind);
        match groups.iter_mut().find(|(name, _)| *name == wanted) {
            Some((_, kinds)) => kinds.push((index, status)),
            None => groups.push((wanted, vec![(index, status)])),
        }
    }
    let mut taken = BTreeSet::new();
    let mut views = Vec::new();
    let mut names = BTreeMap::new();
    for (wanted, kinds) in groups {
        let name = scope.take(wanted, "Answer");
        names.extend(kinds.iter().map(|(index, _)| (*index, name.clone())));
        let own = kinds
            .iter()
            .map(|(_, status)| *status)
            .filter(|status| taken.insert(*status));
        let own: Vec<String> = own.map(|status| status.to_string()).collect();
        views.push(view(api, name, &kinds, own.join(", ")));
    }
    (views, names)
}

/// `NotFoundError` of `not_found`, `InternalError` of `internal_error`.
fn wanted(kind: &ErrorKind) -> String {
    let mut words = kind.name.words().to_vec();
    if words.last().is_some_and(|word| word == "error") {
        words.pop();
    }
    format!("{}Error", names::exported(&words))
}

fn view(api: &Api, name: String, kinds: &[(usize, u16)], statuses: String) -> ErrorView {
    let wires: BTreeSet<String> = kinds
        .iter()
        .map(|(index, _)| escape::wire(&api.errors[*index].name))
        .collect();
    let codes: BTreeSet<String> = kinds.iter().map(|(_, status)| status.to_string()).collect();
    let codes: Vec<String> = codes.into_iter().collect();
    let mut docs = escape::own_comment(&format!("{name} is the answer {}.", codes.join(" or ")));
    let more = kinds.iter().find_map(|(index, _)| {
        let docs = escape::comment(&api.errors[*index].docs, false);
        (!docs.is_empty()).then_some(docs)
    });
    if let Some(more) = more {
        docs.push("//".to_owned());
        docs.extend(more);
    }
    ErrorView {
        docs: docs.join("\n"),
        unwrap: function(
            &format!("func (e *{name}) Unwrap() error"),
            "return e.APIError",
        ),
        name,
        status: codes.first().cloned().unwrap_or_default(),
        wire: wires.first().cloned().unwrap_or_default(),
        names: wires.into_iter().collect::<Vec<_>>().join(", "),
        statuses,
    }
}
