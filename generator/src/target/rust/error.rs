//! The kinds of error as predicates of the runtime's error.

use serde::Serialize;

use super::names;
use crate::ir::{Api, Status};
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::names::{Scope, plain_snake};

/// The file of errors.
#[derive(Debug, Serialize)]
pub(super) struct ErrorsView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// By status.
    pub(super) errors: Vec<ErrorView>,
}

/// A kind of error.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ErrorView {
    /// `["    /// No such resource inside the tenant."]`
    pub(super) docs: Vec<String>,
    /// `is_not_found`
    pub(super) method: String,
    /// `self.is("not_found", 404)`
    pub(super) expression: String,
}

impl ErrorsView {
    pub(super) fn new(api: &Api, command: &str) -> Self {
        let mut scope = Scope::with(names::ERROR);
        let errors = api
            .errors
            .iter()
            .filter_map(|error| match error.status {
                Status::Code(status) => Some((error, status)),
                Status::Range(_) | Status::Default => None,
            })
            .map(|(error, status)| {
                let name = scope.take(format!("is_{}", plain_snake(error.name.words())), "_error");
                let fallback = format!("Whether the server answered {status}.");
                let arguments = [rust::wire(&error.name), status.to_string()];
                ErrorView {
                    docs: rust::doc_comment(4, &error.docs, false, &fallback),
                    method: name,
                    expression: rustfmt::call(8, "self.is", &arguments, ""),
                }
            })
            .collect();
        Self {
            command: command.to_owned(),
            errors,
        }
    }
}
