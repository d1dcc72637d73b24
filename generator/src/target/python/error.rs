//! Errors: a class a kind, found by the name in the body and by the status.

use std::collections::HashSet;

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::plan::{self, Plan};
use super::types::{self, Place};
use crate::ir::{Name, Status, Type};
use crate::target::names as casing;

/// A kind of error as a class.
#[derive(Debug, Serialize)]
pub(super) struct ErrorView {
    /// `NotFoundError`
    pub(super) class: String,
    /// `"""There is no such resource."""`
    pub(super) docs: String,
    /// `shared.Error`: the type of the body, where the document gives one; else empty.
    pub(super) body: String,
    /// `shared`: the module of types that `body` names; empty for a type without a name.
    pub(super) module: String,
    /// `"not_found"`
    pub(super) wire: String,
    /// `404`; empty for a range of statuses.
    pub(super) status: String,
    /// No kind before it has its name on the wire: an answer that says the name is of this kind.
    pub(super) by_name: bool,
    /// No kind before it has its status: an answer with the status alone is of this kind.
    pub(super) by_status: bool,
}

/// What the runtime and Python itself call their errors.
const RESERVED: &[&str] = &[
    "APIError",
    "ApiError",
    "APIConnectionError",
    "APITimeoutError",
    "ConnectionError",
    "DecodeError",
    "PermissionError",
    "RuntimeError",
    "StatusError",
    "SystemError",
    "TimeoutError",
    "TypeError",
    "ValueError",
    "WebhookVerificationError",
];

impl ErrorView {
    /// The classes of all kinds, in the order of their statuses.
    pub(super) fn all(plan: &Plan<'_>, imports: &mut Imports) -> Vec<Self> {
        let kinds = &plan.api.errors;
        let wanted: Vec<&Name> = kinds.iter().map(|kind| &kind.name).collect();
        let classes = plan::allocate(&wanted, class, repair);
        let place = Place {
            types: ".types",
            runtime: ".._runtime.",
            qualified: true,
            ..Place::default()
        };
        let (mut names, mut statuses) = (HashSet::new(), HashSet::new());
        kinds
            .iter()
            .zip(classes)
            .map(|(kind, class)| {
                let mut text = escape::paragraphs(&kind.docs);
                let module = match &kind.body {
                    Some(Type::Named(id)) => plan.module(*id).to_owned(),
                    _ => String::new(),
                };
                if text.is_empty() {
                    text = format!("The error {}.", escape::wire(&kind.name));
                }
                Self {
                    docs: escape::docstring(4, &text),
                    body: kind.body.as_ref().map_or(String::new(), |ty| {
                        types::expression(plan, ty, &place, imports)
                    }),
                    module,
                    by_name: names.insert(kind.name.wire().clone()),
                    by_status: matches!(kind.status, Status::Code(_))
                        && statuses.insert(kind.status),
                    wire: escape::wire(&kind.name),
                    status: match kind.status {
                        Status::Code(code) => code.to_string(),
                        Status::Range(_) | Status::Default => String::new(),
                    },
                    class,
                }
            })
            .collect()
    }
}

fn class(name: &Name) -> String {
    let words = name.words();
    let words = match words.split_last() {
        Some((last, rest)) if last == "error" && !rest.is_empty() => rest,
        _ => words,
    };
    format!("{}Error", casing::pascal(words))
}

fn repair(plain: String) -> String {
    let plain = if plain.starts_with(|c: char| c.is_ascii_digit()) {
        format!("Http{plain}")
    } else {
        plain
    };
    if RESERVED.contains(&plain.as_str()) {
        format!("Server{plain}")
    } else {
        plain
    }
}
