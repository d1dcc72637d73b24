//! An operation: the method of a trait, the facts that a router needs, and the handler between.

use serde::Serialize;

use super::body::{BodyPlan, BodyView};
use super::facts::facts;
use super::names;
use super::parameter::{ParamsView, reading};
use super::response::ResponseView;
use crate::ir::{Api, Operation, OperationId, Parameter, Place};
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::{Scope, pascal, snake};
use crate::target::rust_lang::{From, RustTypes};

/// One operation of a trait.
#[derive(Debug, Serialize)]
pub(super) struct OperationView {
    /// `["    /// Start a run.", "    ///", "    /// `POST /runs`"]`
    pub(super) docs: Vec<String>,
    /// `Runs`
    pub(super) resource: String,
    /// `start_run`
    pub(super) method: String,
    /// `START_RUN`
    pub(super) fact: String,
    /// `POST /runs`, as a code span.
    pub(super) http: String,
    /// True where clippy would count too many arguments.
    pub(super) many: bool,
    /// `fn start_run(..) -> impl Future<Output = Result<StartRunResponse, ApiError>> + Send;`
    pub(super) signature: String,
    /// The same with the resource's module before its names, and a body behind it.
    pub(super) provided: String,
    /// `not_implemented(cx, body)`
    pub(super) refusal: String,
    /// `async fn start_run(..) -> Result<resources::StartRunResponse, ApiError> {`
    pub(super) forwarded: String,
    /// The same as a server writes it that looks at nothing: `_: &RequestContext`.
    pub(super) shown: String,
    /// `Runs::start_run(self, cx, body)`
    pub(super) forward: String,
    /// What it takes beside path and body.
    pub(super) params: Option<ParamsView>,
    /// One of several bodies.
    pub(super) body: Option<BodyView>,
    /// What it answers.
    pub(super) response: ResponseView,
    /// `async fn start_run<A: Runs>(api: Arc<A>, mut request: Request) -> Result<Answer, ApiError> {`
    pub(super) handler: String,
    /// `["let run_id = request.path(\"run_id\")?;"]`
    pub(super) readings: Vec<String>,
    /// `let call = api.get_run(request.context(), run_id);`
    pub(super) call: String,
    /// `["id: \"startRun\","]`
    pub(super) facts: Vec<String>,
}

/// What the making of operations reads and adds to.
pub(super) struct Making<'a, 't> {
    pub(super) types: &'t RustTypes<'a>,
    /// Names of the module `resources`.
    pub(super) module: &'t mut Scope,
    /// What the trait's file takes from elsewhere.
    pub(super) imports: &'t mut Imports,
    /// What the file of facts does.
    pub(super) facts: &'t mut Imports,
}

impl Making<'_, '_> {
    pub(super) fn api(&self) -> &Api {
        self.types.api()
    }
}

/// An argument of a method.
struct Argument {
    name: String,
    ty: String,
    /// In the file of provided methods.
    outside: String,
}

impl OperationView {
    /// `resource` is the trait, `method` the allocated name.
    pub(super) fn new(
        id: OperationId,
        resource: &str,
        method: String,
        cx: &mut Making<'_, '_>,
    ) -> Self {
        let types = cx.types;
        let operation = &types.api().operations[id];
        let name = pascal(operation.name.words());
        let method_link = format!("{resource}::{}", method.trim_start_matches("r#"));

        let mut scope = Scope::with(names::ARGUMENTS);
        let (path, others): (Vec<&Parameter>, Vec<&Parameter>) = operation
            .parameters
            .iter()
            .partition(|parameter| parameter.place == Place::Path);
        let mut arguments = Vec::new();
        let mut readings = Vec::new();
        let mut documented = Vec::new();
        for parameter in path {
            let argument = scope.take(snake(parameter.name.words()), "_param");
            let ty = types.expression(parameter.ty.split_null().0, From::Outside);
            readings.push(rustfmt::assign(
                4,
                &format!("let {argument} ="),
                &reading(parameter),
                ";",
            ));
            arguments.push(Argument {
                name: argument.clone(),
                outside: ty.clone(),
                ty,
            });
            documented.push((argument, parameter));
        }
        let params = (!others.is_empty()).then(|| {
            let name = cx.module.take(format!("{name}Params"), "Arguments");
            ParamsView::new(name, &method_link, &others, types)
        });
        if let Some(params) = &params {
            readings.push(params.reading());
            arguments.push(Argument::ours("params", &params.name));
        }
        let body = BodyPlan::new(operation, &name, &method_link, cx);
        if let Some(plan) = &body {
            readings.push(plan.reading.clone());
            arguments.push(Argument {
                name: "body".to_owned(),
                ty: plan.ty.clone(),
                outside: plan.outside.clone(),
            });
        }
        let response = ResponseView::new(operation, &name, &method_link, cx);

        for ty in arguments.iter().map(|argument| &argument.ty) {
            cx.imports.expression(ty);
        }
        let fact = types.fact(id).to_owned();
        let signature = |head: &str, own: bool, tail: &str| {
            let mut parameters = vec!["&self".to_owned(), "cx: &RequestContext".to_owned()];
            parameters.extend(arguments.iter().map(|argument| {
                let ty = if own { &argument.ty } else { &argument.outside };
                format!("{}: {ty}", argument.name)
            }));
            rustfmt::signature(4, head, &parameters, tail)
        };
        let answer = &response.name;
        let future =
            |answer: &str| format!(" -> impl Future<Output = Result<{answer}, ApiError>> + Send");
        let given: Vec<String> = arguments.iter().map(|a| a.name.clone()).collect();
        let given_up = match &given[..] {
            [] => "()".to_owned(),
            [one] => one.clone(),
            many => format!("({})", many.join(", ")),
        };
        let with = |first: &[&str]| -> Vec<String> {
            let first = first.iter().map(|&name| name.to_owned());
            first.chain(given.iter().cloned()).collect()
        };
        let mutable = if readings.is_empty() { "" } else { "mut " };
        Self {
            docs: with_http_line(
                rust::method_docs(
                    operation,
                    operation.deprecated,
                    &documented,
                    &rust::http_line(operation),
                ),
                operation,
            ),
            resource: resource.to_owned(),
            http: rust::http_line(operation),
            many: arguments.len() > 5,
            signature: signature(
                &format!("fn {method}"),
                true,
                &format!("{};", future(answer)),
            ),
            provided: brace_apart(signature(
                &format!("fn {method}"),
                false,
                &format!("{} {{", future(&format!("resources::{answer}"))),
            )),
            refusal: rustfmt::call(8, "not_implemented", &["cx".to_owned(), given_up], ""),
            forwarded: signature(
                &format!("async fn {method}"),
                false,
                &format!(" -> Result<resources::{answer}, ApiError> {{"),
            ),
            shown: {
                let unnamed = arguments.iter().map(|one| format!("_: {}", one.outside));
                let mut parameters = vec!["&self".to_owned(), "_: &RequestContext".to_owned()];
                parameters.extend(unnamed);
                let tail = format!(" -> Result<resources::{answer}, ApiError> {{");
                rustfmt::signature(4, &format!("async fn {method}"), &parameters, &tail)
            },
            forward: forward(&format!("{resource}::{method}"), &with(&["self", "cx"])),
            handler: rustfmt::signature(
                0,
                &format!("async fn {method}<A: resources::{resource}>"),
                &[
                    "api: Arc<A>".to_owned(),
                    format!("{mutable}request: Request"),
                ],
                " -> Result<Answer, ApiError> {",
            ),
            call: rustfmt::call(
                4,
                &format!("let call = api.{method}"),
                &with(&["request.context()"]),
                ";",
            ),
            facts: facts(operation, cx),
            method,
            fact,
            params,
            body: body.and_then(|plan| plan.view),
            response,
            readings,
        }
    }
}

/// A call whose future is awaited at once.
fn forward(head: &str, arguments: &[String]) -> String {
    let line = format!("{head}({})", arguments.join(", "));
    let call = rustfmt::call(8, head, arguments, "");
    if call == line && 8 + line.chars().count() + ".await".len() > rustfmt::WIDTH {
        return format!("{line}\n            .await");
    }
    format!("{call}.await")
}

impl Argument {
    /// Of a type that the resource's file declares.
    fn ours(name: &str, ty: &str) -> Self {
        Self {
            name: name.to_owned(),
            ty: ty.to_owned(),
            outside: format!("resources::{ty}"),
        }
    }
}

/// The columns that rustfmt keeps free behind a brace that ends a broken signature.
const BRACE_MARGIN: usize = 4;

/// A signature's brace goes to a line of its own where the last line is too long with it.
fn brace_apart(signature: String) -> String {
    let last = signature.lines().next_back().unwrap_or_default();
    let indent = if signature.contains('\n') { 0 } else { 4 };
    match signature.strip_suffix(" {") {
        Some(head) if indent + last.chars().count() + BRACE_MARGIN > rustfmt::WIDTH => {
            format!("{head}\n    {{")
        }
        _ => signature,
    }
}

/// A doc comment that ends in method and path.
fn with_http_line(mut docs: Vec<String>, operation: &Operation) -> Vec<String> {
    let line = format!("    /// {}", rust::http_line(operation));
    if docs.first() != Some(&line) {
        docs.extend(["    ///".to_owned(), line]);
    }
    docs
}
