//! The typed fake for consumers' tests: a struct a resource, the answers of each operation.

use serde::Serialize;

use super::error::ErrorView;
use super::escape;
use super::names::Scope;
use super::operation::{Answer, answer, pointer};
use super::plan::{CallPlan, Plan, ServicePlan};
use super::record::indented;
use super::types::{Imports, qualified};
use crate::ir::{Operation, Status};
use crate::layout::go_align::{Row, align, align_literal};

/// What the package declares by hand, and the fake itself.
const RUNTIME: &[&str] = &[
    "Call",
    "Content",
    "Empty",
    "Failure",
    "Fake",
    "List",
    "New",
    "Operation",
    "SignWebhook",
    "Stream",
];

/// What the fake has beside the resources.
const MEMBERS: &[&str] = &["Calls", "Client", "Header", "Raw", "Transport", "core"];

/// The package's file.
#[derive(Debug, Serialize)]
pub(super) struct FakeView<'a> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `exai`
    package: &'a str,
    /// `github.com/exai/sdk-go`
    module: &'a str,
    /// `["net/http"]`
    imports: Imports,
    /// The fake's own members: the resources, and operations of none.
    root: AnswersView,
    /// The others.
    services: Vec<AnswersView>,
    errors: Vec<FailureView>,
}

/// The answers of a resource.
#[derive(Debug, Serialize)]
struct AnswersView {
    /// `RunsCheckpoints`
    name: String,
    /// `// RunsCheckpoints holds the answers of client.Runs.Checkpoints.`
    docs: String,
    /// The struct's body.
    fields: String,
    /// The literal's body.
    literal: String,
}

/// An error that the API can answer with.
#[derive(Debug, Serialize)]
struct FailureView {
    /// `// NotFound is an answer that the client makes an [exai.NotFoundError] of.`
    docs: String,
    /// `NotFound`
    name: String,
    /// `404`
    status: String,
    /// `"not_found"`
    wire: String,
}

impl<'a> FakeView<'a> {
    pub(super) fn new(
        plan: &Plan<'_>,
        command: &'a str,
        package: &'a str,
        module: &'a str,
    ) -> Self {
        let mut scope = Scope::with(RUNTIME);
        let errors = plan
            .errors
            .iter()
            .map(|error| failure(error, package, &mut scope))
            .collect();
        let mut maker = Maker {
            plan,
            package,
            scope,
            imports: Imports::new(),
            services: Vec::new(),
        };
        maker.imports.insert("net/http");
        let root = maker.answers(&plan.root, "Fake".to_owned(), Scope::with(MEMBERS));
        Self {
            command,
            package,
            module,
            imports: maker.imports,
            root,
            services: maker.services,
            errors,
        }
    }
}

fn failure(error: &ErrorView, package: &str, scope: &mut Scope) -> FailureView {
    let wanted = error.name.strip_suffix("Error").unwrap_or(&error.name);
    let name = scope.take(wanted.to_owned(), "Failure");
    let docs = format!(
        "{name} is the answer that the client makes an [{package}.{}] of.",
        error.name
    );
    FailureView {
        docs: escape::own_comment(&docs).join("\n"),
        name,
        status: error.status.clone(),
        wire: error.wire.clone(),
    }
}

/// Makes the resources' structs, those below a resource behind it.
struct Maker<'a> {
    plan: &'a Plan<'a>,
    package: &'a str,
    scope: Scope,
    imports: Imports,
    services: Vec<AnswersView>,
}

impl Maker<'_> {
    fn answers(
        &mut self,
        service: &ServicePlan<'_>,
        name: String,
        mut members: Scope,
    ) -> AnswersView {
        let mut children = Vec::new();
        let mut literal = Vec::new();
        let mut below = Vec::new();
        for child in &service.children {
            let ty = self.scope.take(child.shown.replace('.', ""), "Answers");
            let field = members.take(child.field.clone(), "Answers");
            literal.push(Row::Cells(vec![
                format!("{field}:"),
                format!("new{ty}(c),"),
            ]));
            children.push(Row::Cells(vec![field, format!("*{ty}")]));
            below.push((child, ty));
        }
        let mut calls = Vec::new();
        for call in &service.calls {
            let field = members.take(call.method.clone(), "Answers");
            let (ty, made) = self.kind(service, call);
            literal.push(Row::Cells(vec![format!("{field}:"), format!("{made},")]));
            calls.push(Row::Cells(vec![field, format!("*{ty}")]));
        }
        if name == "Fake" {
            for (field, value) in [("Header:", "c.header,"), ("core:", "c,")] {
                literal.push(Row::Cells(vec![field.to_owned(), value.to_owned()]));
            }
        }
        if !children.is_empty() && !calls.is_empty() {
            children.push(Row::Lines(vec![String::new()]));
        }
        children.extend(calls);
        let docs = format!("{name} holds the answers of client.{}.", service.shown);
        let view = AnswersView {
            docs: escape::own_comment(&docs).join("\n"),
            fields: indented(&align(&children)),
            literal: indented(&align_literal(&literal)).replace('\t', "\t\t"),
            name,
        };
        for (child, ty) in below {
            let at = self.services.len();
            let made = self.answers(child, ty, Scope::default());
            self.services.insert(at, made);
        }
        view
    }

    /// `Operation[*exai.Run]`, and what makes one.
    fn kind(&mut self, service: &ServicePlan<'_>, call: &CallPlan<'_>) -> (String, String) {
        let operation = call.operation;
        let shown = [service.shown.as_str(), call.method.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(".");
        let given = format!("c, {}, {}", escape::quote(&shown), status(operation));
        let made = |kind: &str, ty: &str, more: &str| {
            let ty = qualified(ty, self.package);
            (
                format!("{kind}[{ty}]"),
                format!("new{kind}[{ty}]({given}{more})"),
            )
        };
        match answer(operation, &self.plan.types, &mut self.imports) {
            Answer::Empty => ("Empty".to_owned(), format!("newEmpty({given})")),
            Answer::Text | Answer::Download => (
                "Content".to_owned(),
                format!("newContent({given}, {})", media_type(operation)),
            ),
            Answer::Json(ty) => made("Operation", &ty, ""),
            Answer::Page(ty) => made("List", &ty, &page(operation)),
            Answer::Events(ty) => made("Stream", &ty, ""),
            Answer::Lines(ty) => {
                let (ty, made) = made("Stream", &ty, "");
                (ty, made.replacen("newStream", "newLines", 1))
            }
        }
    }
}

fn status(operation: &Operation) -> u16 {
    match operation.success().map(|response| response.status) {
        Some(Status::Code(code)) => code,
        _ => 200,
    }
}

fn media_type(operation: &Operation) -> String {
    let content = operation
        .success()
        .and_then(|response| response.contents.first());
    content.map_or_else(
        || escape::quote(""),
        |content| escape::string(&content.media_type),
    )
}

/// The rest of a list's arguments: `, "cursor", "/data", "/next_cursor"`.
fn page(operation: &Operation) -> String {
    operation.page.as_ref().map_or_else(String::new, |page| {
        format!(
            ", {}, {}, {}",
            escape::wire(&operation.parameters[page.cursor].name),
            pointer(&page.items),
            pointer(&page.next)
        )
    })
}
