//! The part of the conformance suite's driver that calls every operation by its id.

use serde::Serialize;

use super::argument::{Argument, Role, arguments};
use super::escape;
use super::operation::{Answer, answer};
use super::params::Body;
use super::plan::{CallPlan, Plan, ServicePlan};
use super::types::{Imports, qualified};

/// The driver's file.
#[derive(Debug, Serialize)]
pub(super) struct DriverView<'a> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `exai`
    package: &'a str,
    /// `github.com/exai/sdk-go`
    module: &'a str,
    /// `["context"]`
    imports: Imports,
    /// By id.
    operations: Vec<CaseView>,
    /// Those that can be waited for, by id.
    waits: Vec<CaseView>,
}

/// How one operation is called.
#[derive(Debug, Serialize)]
struct CaseView {
    /// `"startRun"`, as a literal.
    id: String,
    /// `params := params[exai.RunStartParams](a)`
    lines: Vec<String>,
}

impl<'a> DriverView<'a> {
    pub(super) fn new(
        plan: &Plan<'_>,
        command: &'a str,
        package: &'a str,
        module: &'a str,
    ) -> Self {
        let mut view = Self {
            command,
            package,
            module,
            imports: Imports::new(),
            operations: Vec::new(),
            waits: Vec::new(),
        };
        view.imports.insert("context");
        view.add(plan, &plan.root);
        view.operations.sort_by(|a, b| a.id.cmp(&b.id));
        view.waits.sort_by(|a, b| a.id.cmp(&b.id));
        view
    }

    fn add(&mut self, plan: &Plan<'_>, service: &ServicePlan<'_>) {
        for call in &service.calls {
            let id = escape::wire(&call.operation.name);
            let lines = self.lines(plan, service, call, &call.method, true);
            self.operations.push(CaseView {
                id: id.clone(),
                lines,
            });
            if let Some(wait) = &call.wait_method {
                let lines = self.lines(plan, service, call, wait, false);
                self.waits.push(CaseView { id, lines });
            }
        }
        for child in &service.children {
            self.add(plan, child);
        }
    }

    /// The statements that make one call of what the suite gives.
    fn lines(
        &mut self,
        plan: &Plan<'_>,
        service: &ServicePlan<'_>,
        call: &CallPlan<'_>,
        method: &str,
        answered: bool,
    ) -> Vec<String> {
        let body = Body::of(call.operation, plan.api, &plan.types, &mut Imports::new());
        let mut given = vec!["ctx".to_owned()];
        let mut lines = Vec::new();
        let all = arguments(
            call.operation,
            &body,
            call.params.as_deref(),
            &plan.types,
            &mut self.imports,
        );
        for Argument { local, ty, role } in all {
            let ty = qualified(&ty, self.package);
            let value = match role {
                Role::Path(name) => format!("path[{ty}](a, {})", escape::wire(name)),
                Role::Body if ty == "io.Reader" => "content(a)".to_owned(),
                Role::Body => format!("body[{ty}](a)"),
                Role::Params => format!("params[{ty}](a)"),
            };
            lines.push(format!("{local} := {value}"));
            given.push(local);
        }
        let holder = service.holder();
        let made = format!("{holder}.{method}({}, options...)", given.join(", "));
        let kind = answered.then(|| answer(call.operation, &plan.types, &mut Imports::new()));
        let (head, inner) = match kind {
            Some(Answer::Page(_) | Answer::Events(_) | Answer::Lines(_)) => {
                lines.push(format!("return all(a, {made})"));
                return lines;
            }
            Some(Answer::Empty) => (
                "one(a, func() (any, error)".to_owned(),
                format!("nil, {made}"),
            ),
            Some(Answer::Download) => (
                format!("download(a, func() (*{}.Download, error)", self.package),
                made,
            ),
            _ => ("one(a, func() (any, error)".to_owned(), made),
        };
        lines.extend([
            format!("return {head} {{"),
            format!("\treturn {inner}"),
            "})".to_owned(),
        ]);
        lines
    }
}
