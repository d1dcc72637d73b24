//! What a fake of the API can be told to answer: every operation, and every error.

use serde::Serialize;

use super::called::Called;
use super::error::ErrorView;
use super::long_running::CLIENT;
use super::names;
use crate::ir::Api;
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::{Scope, raw, screaming};

/// The files `testing/mod.rs` and `testing/operations.rs`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TestingView {
    /// `cargo xtask regen`
    command: String,
    /// Of the operations: `["use crate::runtime::testing::Typed;"]`
    imports: Vec<String>,
    /// One a constant.
    operations: Vec<FakedView>,
    /// One a method.
    errors: Vec<FailureView>,
}

/// An operation that can be answered.
#[derive(Debug, Clone, Serialize)]
struct FakedView {
    /// `` `startRun`: `POST /runs` ``
    docs: String,
    /// `` "use `START_RUN`" ``, of a former name; empty for others.
    deprecated: String,
    /// `pub const START_RUN: Typed<Json<types::Run>> = Typed::new(&resources::START_RUN);`
    declaration: String,
}

/// An error that can be answered.
#[derive(Debug, Clone, Serialize)]
struct FailureView {
    /// `["    /// No such resource."]`
    docs: Vec<String>,
    /// `not_found`
    method: String,
    /// `self.error("not_found", 404)`
    expression: String,
}

impl TestingView {
    pub(super) fn new(
        api: &Api,
        called: &[Called<'_>],
        errors: &[ErrorView],
        command: &str,
    ) -> Self {
        let mut imports = Imports::default();
        imports.take("crate::runtime::testing", "Typed");
        let mut operations: Vec<(String, FakedView)> = Vec::new();
        for called in called {
            let Called { answer, fact, .. } = called;
            let kind = answer.split('<').next().unwrap_or_default();
            imports.runtime(kind);
            imports.expression(answer);
            let module = if called.module == CLIENT {
                "client"
            } else {
                "resources"
            };
            imports.take("crate::generated", module);
            let head = format!("pub const {fact}: Typed<{answer}> =");
            let value = format!("Typed::new(&{module}::{fact})");
            operations.push((
                fact.clone(),
                FakedView {
                    docs: rust::operation_line(called.operation),
                    deprecated: String::new(),
                    declaration: rustfmt::assign(0, &head, &value, ";"),
                },
            ));
        }
        operations.extend(former(api, called));
        operations.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut scope = Scope::with(names::ON);
        let errors = errors.iter().map(|error| FailureView {
            docs: error.docs.clone(),
            method: scope.take(
                raw(error.method.trim_start_matches("is_").to_owned()),
                "_error",
            ),
            expression: error.expression.replacen("self.is(", "self.error(", 1),
        });
        Self {
            command: command.to_owned(),
            imports: imports.drain(),
            operations: operations.into_iter().map(|(_, view)| view).collect(),
            errors: errors.collect(),
        }
    }
}

/// Former names of operations whose methods are called as they were.
fn former<'a>(
    api: &'a Api,
    called: &'a [Called<'_>],
) -> impl Iterator<Item = (String, FakedView)> + 'a {
    let is = |called: &&Called<'_>, wire| called.operation.name.wire() == wire;
    api.operations.iter().filter_map(move |(_, operation)| {
        let now = &api.operations[operation.former?];
        let own = called.iter().find(|c| is(c, operation.name.wire()));
        let now = called.iter().find(|c| is(c, now.name.wire()))?;
        if own.is_some() {
            return None;
        }
        let name = screaming(operation.name.words());
        let head = format!("pub const {name}: Typed<{}> =", now.answer);
        let view = FakedView {
            docs: rust::operation_line(operation),
            deprecated: format!("\"use `{}`\"", now.fact),
            declaration: rustfmt::assign(0, &head, &now.fact, ";"),
        };
        Some((name, view))
    })
}
