//! An operation: the facts that the runtime is given, and the methods over them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::argument::{Argument, Role, arguments};
use super::escape;
use super::params::Body;
use super::record::indented;
use super::types::{GoTypes, Imports};
use super::union::tag_of;
use crate::ir::{Api, Content, Name, Operation, OperationId, PathSegment, Payload, Style, Type};
use crate::layout::go_align::{Row, align_literal};
use crate::target::Deprecation;

/// A method of a service.
#[derive(Debug, Serialize)]
pub(super) struct MethodView {
    /// `// Start a DAG.` and what it sends.
    pub(super) docs: String,
    /// `Start(ctx context.Context, params RunStartParams, opts ...RequestOption) (*Run, error)`
    pub(super) signature: String,
    /// `return call[*Run](ctx, s.transport, request{op: &opRunsStart, params: params}, opts)`
    pub(super) body: String,
}

/// What the document says of an operation, as a variable.
#[derive(Debug, Serialize)]
pub(super) struct FactsView {
    /// `opRunsStart`
    pub(super) name: String,
    /// `operation`, or `waitShape` for how to wait for the result of one.
    pub(super) ty: &'static str,
    /// The literal's body: `method: "POST",` and so on.
    pub(super) body: String,
}

/// Everything about an operation that was named before its methods are written.
pub(super) struct Named<'a> {
    pub(super) operation: &'a Operation,
    /// `RunsService.Start`, of an operation that this one is a former name of.
    pub(super) now: Option<&'a String>,
    /// `RunsService`
    pub(super) service: &'a str,
    /// `Runs.Checkpoints`
    pub(super) shown: &'a str,
    /// `Start`
    pub(super) method: &'a str,
    /// `ListPage`, for a paginated operation.
    pub(super) page_method: Option<&'a str>,
    /// `StartAndWait`, for an operation that answers before it is done.
    pub(super) wait_method: Option<&'a str>,
    /// `StartAndWaitFrom`, beside it.
    pub(super) wait_from_method: Option<&'a str>,
    /// `opRunsStart`
    pub(super) facts: &'a str,
    /// The same, of every operation.
    pub(super) all_facts: &'a BTreeMap<OperationId, String>,
    /// `RunStartParams`, if it takes parameters.
    pub(super) params: Option<&'a str>,
    /// `[InvalidRequestError]`, by the IR's index.
    pub(super) errors: &'a BTreeMap<usize, String>,
    /// The security that most operations have.
    pub(super) security: &'a [Vec<String>],
}

/// How an answer is handed over.
pub(super) enum Answer {
    Empty,
    Text,
    Download,
    Json(String),
    Page(String),
    Events(String),
    Lines(String),
}

impl Named<'_> {
    /// The methods: one, or two for a list.
    pub(super) fn methods(
        &self,
        api: &Api,
        types: &GoTypes<'_>,
        imports: &mut Imports,
    ) -> Vec<MethodView> {
        imports.insert("context");
        let body = Body::of(self.operation, api, types, imports);
        let mut signature = vec!["ctx context.Context".to_owned()];
        let mut request = vec![format!("op: &{}", self.facts)];
        let all = arguments(self.operation, &body, self.params, types, imports);
        let path: Vec<&str> = all
            .iter()
            .filter(|argument| matches!(argument.role, Role::Path(_)))
            .map(|argument| argument.local.as_str())
            .collect();
        if !path.is_empty() {
            request.push(format!("path: []any{{{}}}", path.join(", ")));
        }
        for Argument { local, ty, role } in &all {
            signature.push(format!("{local} {ty}"));
            if !matches!(role, Role::Path(_)) {
                request.push(format!("{local}: {local}"));
            }
        }
        signature.push("opts ...RequestOption".to_owned());
        let arguments = signature.join(", ");
        let request = format!("request{{{}}}", request.join(", "));
        let method = |name: &str, docs: Vec<String>, function: &str, result: &str| MethodView {
            docs: docs.join("\n"),
            signature: format!("{name}({arguments}) {result}"),
            body: format!("\treturn {function}(ctx, s.transport, {request}, opts)"),
        };
        let docs = self.docs();
        let name = self.method;
        let mut methods = match answer(self.operation, types, imports) {
            Answer::Empty => vec![method(name, docs, "callEmpty", "error")],
            Answer::Text => vec![method(name, docs, "callText", "(string, error)")],
            Answer::Download => vec![method(name, docs, "callDownload", "(*Download, error)")],
            Answer::Json(ty) => {
                vec![method(
                    name,
                    docs,
                    &format!("call[{ty}]"),
                    &format!("({ty}, error)"),
                )]
            }
            Answer::Events(ty) => {
                imports.insert("iter");
                let result = format!("iter.Seq2[{ty}, error]");
                vec![method(name, docs, &format!("callEvents[{ty}]"), &result)]
            }
            Answer::Lines(ty) => {
                imports.insert("iter");
                let result = format!("iter.Seq2[{ty}, error]");
                vec![method(name, docs, &format!("callLines[{ty}]"), &result)]
            }
            Answer::Page(ty) => {
                imports.insert("iter");
                let page = self.page_method.unwrap_or("Page");
                let note = format!("{page} fetches one page of [{}.{name}].", self.service);
                let result = format!("iter.Seq2[{ty}, error]");
                vec![
                    method(name, docs, &format!("callItems[{ty}]"), &result),
                    method(
                        page,
                        [escape::own_comment(&note), self.deprecation()].concat(),
                        &format!("callPage[{ty}]"),
                        &format!("(*Page[{ty}], error)"),
                    ),
                ]
            }
        };
        methods.extend(self.waits(&arguments, &request, api, types, imports));
        methods
    }

    fn docs(&self) -> Vec<String> {
        let operation = self.operation;
        let mut docs = escape::comment(&operation.docs, false);
        if !docs.is_empty() {
            docs.push("//".to_owned());
        }
        let mut facts = format!(
            "It sends {} {}",
            operation.method.as_str(),
            shown_path(operation)
        );
        let errors: Vec<&str> = operation
            .errors
            .iter()
            .filter_map(|error| self.errors.get(&error.kind.0))
            .map(String::as_str)
            .collect();
        match errors.as_slice() {
            [] => facts.push('.'),
            [one] => facts.push_str(&format!(" and may fail with [{one}].")),
            [most @ .., last] => facts.push_str(&format!(
                " and may fail with [{}] or [{last}].",
                most.join("], [")
            )),
        }
        docs.extend(escape::own_comment(&facts));
        docs.extend(self.deprecation());
        docs
    }

    /// What ends the comment of a method that should no longer be called.
    pub(super) fn deprecation(&self) -> Vec<String> {
        let now = self.now.map(String::as_str);
        let deprecated = Deprecation::new(now, self.operation.deprecated);
        match escape::deprecation(deprecated) {
            Some(line) => escape::slashes(vec![String::new(), line]),
            None => Vec::new(),
        }
    }

    /// What the runtime is told.
    pub(super) fn facts(&self, api: &Api, types: &GoTypes<'_>) -> FactsView {
        let operation = self.operation;
        let mut rows = Vec::new();
        let mut row = |key: &str, value: String| {
            rows.push(Row::Cells(vec![format!("{key}:"), format!("{value},")]))
        };
        let shown = format!("{}.{}", self.shown, self.method);
        row("id", escape::wire(&operation.name));
        row("name", escape::quote(&shown));
        row("method", escape::quote(operation.method.as_str()));
        row("path", escape::quote(&template(operation)));
        if let Some(server) = operation.servers.first() {
            row("server", escape::string(&server.by_default()));
        }
        let content = operation
            .success()
            .and_then(|response| response.contents.first());
        if let Some(content) = content {
            row("accept", escape::string(&content.media_type));
        }
        if is_nullable(operation, types) {
            row("nullable", "true".to_owned());
        }
        if operation.idempotency.is_some() {
            row("keyed", "true".to_owned());
        }
        // The imports are those of the methods, which name the same body.
        if let Some((kind, content)) =
            Body::of(operation, api, types, &mut Imports::default()).kind()
        {
            row("body", kind.to_owned());
            if !matches!(content.payload, Payload::Multipart { .. }) {
                row("contentType", escape::string(&content.sent_media_type()));
            }
        }
        let security = security(operation, api);
        if security.is_empty() {
            row("public", "true".to_owned());
        } else if security != self.security {
            row("auth", alternatives(&security));
        }
        if let Some(page) = page_shape(operation) {
            row("page", page);
        }
        if let Some(events) = content.and_then(|content| event_shape(content, api)) {
            row("events", events);
        }
        FactsView {
            name: self.facts.to_owned(),
            ty: "operation",
            body: indented(&align_literal(&rows)),
        }
    }
}

pub(super) fn answer(operation: &Operation, types: &GoTypes<'_>, imports: &mut Imports) -> Answer {
    let content = operation
        .success()
        .and_then(|response| response.contents.first());
    match content.map(|content| &content.payload) {
        None => Answer::Empty,
        Some(Payload::Json(_)) if operation.page.is_some() => {
            let item = operation
                .page
                .as_ref()
                .map_or(&Type::Any, |page| &page.item);
            Answer::Page(types.result(item, imports))
        }
        Some(Payload::Json(ty)) => Answer::Json(types.result(ty, imports)),
        Some(Payload::Text) => Answer::Text,
        Some(Payload::Events(stream)) => Answer::Events(types.result(&stream.item, imports)),
        Some(Payload::Lines(stream)) => Answer::Lines(types.result(&stream.item, imports)),
        Some(Payload::Binary | Payload::Form { .. } | Payload::Multipart { .. }) => {
            Answer::Download
        }
    }
}

/// Whether a call gives nil for null, and for no body at all.
fn is_nullable(operation: &Operation, types: &GoTypes<'_>) -> bool {
    let content = operation
        .success()
        .and_then(|response| response.contents.first());
    match content.map(|content| &content.payload) {
        Some(Payload::Json(ty)) => operation.page.is_none() && types.is_nullable(ty),
        _ => false,
    }
}

/// The path for people: `/runs/{run_id}`.
pub(super) fn shown_path(operation: &Operation) -> String {
    path(operation, |operation, index| {
        format!("{{{}}}", escape::slot(&operation.parameters[index].name))
    })
}

/// The path as the runtime's template: `/runs/{run_id}`, `/x/{;ids*}`.
fn template(operation: &Operation) -> String {
    path(operation, |operation, index| {
        let parameter = &operation.parameters[index];
        let operator = match parameter.style {
            Style::Label => ".",
            Style::Matrix => ";",
            _ => "",
        };
        let explode = if parameter.explode { "*" } else { "" };
        format!("{{{operator}{}{explode}}}", escape::slot(&parameter.name))
    })
}

fn path(operation: &Operation, slot: impl Fn(&Operation, usize) -> String) -> String {
    operation
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => escape::path(text),
            PathSegment::Parameter(index) => slot(operation, *index),
        })
        .collect()
}

/// Sets of scheme names, any one of which is enough; each name a string literal.
pub(super) fn security(operation: &Operation, api: &Api) -> Vec<Vec<String>> {
    let scheme = |index: usize| api.security_schemes.get(index);
    operation
        .security
        .iter()
        .map(|set| {
            set.iter()
                .filter_map(|used| scheme(used.scheme.0))
                .map(|scheme| escape::wire(&scheme.name))
                .collect()
        })
        .collect()
}

/// `[][]string{{"orgToken"}, {"userToken"}}`
pub(super) fn alternatives(security: &[Vec<String>]) -> String {
    let sets: Vec<String> = security
        .iter()
        .map(|set| format!("{{{}}}", set.join(", ")))
        .collect();
    format!("[][]string{{{}}}", sets.join(", "))
}

fn page_shape(operation: &Operation) -> Option<String> {
    let page = operation.page.as_ref()?;
    Some(format!(
        "&pageShape{{cursor: {}, items: {}, next: {}}}",
        escape::wire(&operation.parameters[page.cursor].name),
        pointer(&page.items),
        pointer(&page.next),
    ))
}

/// A JSON Pointer as a string literal.
pub(super) fn pointer(path: &[Name]) -> String {
    let pointer: String = path
        .iter()
        .map(|name| {
            escape::tag_text(name.wire())
                .replace('~', "~0")
                .replace('/', "~1")
        })
        .map(|part| format!("/{part}"))
        .collect();
    escape::quote(&pointer)
}

fn event_shape(content: &Content, api: &Api) -> Option<String> {
    let (Payload::Events(stream) | Payload::Lines(stream)) = &content.payload else {
        return None;
    };
    let mut members = Vec::new();
    if let Some(tag) = tag_of(api, &stream.item) {
        members.push(format!("tag: {}", escape::string(tag)));
    }
    if !stream.terminal.is_empty() {
        let values: Vec<String> = stream.terminal.iter().map(escape::string).collect();
        members.push(format!("terminal: []string{{{}}}", values.join(", ")));
    }
    Some(format!("&eventShape{{{}}}", members.join(", ")))
}
