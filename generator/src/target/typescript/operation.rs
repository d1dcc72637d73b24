//! An operation: its facts as data for the runtime, a function and a method over them.

use serde::Serialize;

use super::answer::Answer;
use super::body;
use super::escape;
use super::facts;
use super::imports::Imports;
use super::plan::{CallPlan, Plan};
use crate::ir::{Operation, Parameter, PathSegment, Usage};
use crate::layout::biome;
use crate::target::Deprecation;

/// A standalone function and the facts it hands to the runtime.
#[derive(Debug, Serialize)]
pub(super) struct FunctionView {
    /// `const getRunOperation: Operation<Run> = {` to `};`; empty where another function has them.
    pub(super) facts: String,
    /// `/** Fetch one run. */` and a line break.
    pub(super) docs: String,
    /// `export function getRun(core: Core, runId: string, options?: RequestOptions): Result<Run> {`
    pub(super) signature: String,
    /// `  return send(core, getRunOperation, { path: [runId] }, options);`
    pub(super) body: String,
}

/// A method of a resource's class.
#[derive(Debug, Serialize)]
pub(super) struct MethodView {
    /// `  /** Fetch one run. */` and a line break.
    pub(super) docs: String,
    /// `  get(runId: string, options?: RequestOptions): Result<Run> {`
    pub(super) signature: String,
    /// `    return getRun(this.#core, runId, options);`
    pub(super) body: String,
}

/// The parameters and the result of a call, as text.
pub(super) struct Shape {
    /// `["runId: string", "params: StartRun"]`
    pub(super) parameters: Vec<String>,
    /// `["runId", "params"]`
    pub(super) names: Vec<String>,
}

/// The path parameters, in the order of the path.
pub(super) fn path_parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.path.iter().filter_map(|segment| match segment {
        PathSegment::Parameter(index) => operation.parameters.get(*index),
        PathSegment::Literal(_) => None,
    })
}

impl FunctionView {
    pub(super) fn new(call: &CallPlan<'_>, plan: &Plan<'_>, imports: &mut Imports) -> Self {
        let answer = Answer::of(call.operation, &plan.types, imports);
        let shape = shape(call, plan, imports);
        let runner = answer.runner(imports);
        let result = answer.result(imports);
        imports.ty("runtime/core", "Core");
        let mut parameters = vec!["core: Core".to_owned()];
        parameters.extend(shape.parameters);
        parameters.push(format!("options?: {}", answer.options(imports)));
        let mut arguments = vec!["core".to_owned(), call.facts.clone()];
        arguments.push(facts::arguments(call));
        arguments.push("options".to_owned());
        let head = format!("export function {}", call.function);
        Self {
            facts: facts::literal(call, plan, &answer, imports),
            docs: docs(call, plan, 0, false),
            signature: biome::call(0, &head, &parameters, &format!(": {result} {{")),
            body: format!(
                "  {}",
                biome::call(2, &format!("return {runner}"), &arguments, ";")
            ),
        }
    }
}

impl MethodView {
    pub(super) fn new(call: &CallPlan<'_>, plan: &Plan<'_>, imports: &mut Imports) -> Self {
        let answer = Answer::of(call.operation, &plan.types, imports);
        let mut shape = shape(call, plan, imports);
        shape
            .parameters
            .push(format!("options?: {}", answer.options(imports)));
        shape.names.push("options".to_owned());
        imports.value(
            &format!("generated/functions/{}", call.stem),
            &call.function,
        );
        let mut arguments = vec!["this.#core".to_owned()];
        arguments.extend(shape.names);
        let tail = format!(": {} {{", answer.result(imports));
        let head = format!("return {}", call.function);
        Self {
            docs: docs(call, plan, 2, true),
            signature: format!(
                "  {}",
                biome::call(2, &call.method, &shape.parameters, &tail)
            ),
            body: format!("    {}", biome::call(4, &head, &arguments, ";")),
        }
    }
}

/// What a call takes, its options left out.
pub(super) fn shape(call: &CallPlan<'_>, plan: &Plan<'_>, imports: &mut Imports) -> Shape {
    let sent = Usage {
        sent: true,
        received: false,
    };
    let operation = call.operation;
    let mut parameters = Vec::new();
    let mut names = Vec::new();
    for (parameter, name) in path_parameters(operation).zip(&call.arguments) {
        let ty = plan.types.expression(&parameter.ty, sent, imports);
        parameters.push(format!("{name}: {ty}"));
        names.push(name.clone());
    }
    let params_required = call.params.is_required(operation);
    if let Some(whole) = body::whole_body(operation, &plan.types) {
        let ty = match whole {
            Some(ty) => plan.types.expression(ty, sent, imports),
            None => body::raw_body_type(operation, imports),
        };
        let (mark, or) = match (operation.body_required, params_required) {
            (true, _) => ("", ""),
            (false, true) => ("", " | undefined"),
            (false, false) => ("?", ""),
        };
        parameters.push(format!("body{mark}: {ty}{or}"));
        names.push("body".to_owned());
    }
    if call.params.is_taken() {
        let module = format!("generated/types/{}", call.stem);
        let ty = call
            .params
            .mention(operation, &module, &plan.types, imports);
        let mark = if params_required { "" } else { "?" };
        parameters.push(format!("params{mark}: {ty}"));
        names.push("params".to_owned());
    }
    Shape { parameters, names }
}

/// What the document says, the path parameters, and the errors. The function's own comment names
/// the method, where the whole of it stands.
fn docs(call: &CallPlan<'_>, plan: &Plan<'_>, indent: usize, whole: bool) -> String {
    let operation = call.operation;
    if !whole {
        let short = crate::ir::Docs {
            summary: operation.docs.summary.clone(),
            ..Default::default()
        };
        let method = format!("The same as the method `{}`.", call.shown);
        let now = plan.now(call).map(|now| now.function.as_str());
        let deprecated = Deprecation::new(now, operation.deprecated);
        return escape::comment(&short, &[method], deprecated, indent);
    }
    let mut more: Vec<String> = path_parameters(operation)
        .zip(&call.arguments)
        .filter_map(|(parameter, name)| escape::param(name, &parameter.docs))
        .collect();
    let mut errors: Vec<&str> = Vec::new();
    for error in &operation.errors {
        if let Some(name) = plan.error_names.get(error.kind.0)
            && !errors.contains(&name.as_str())
        {
            errors.push(name);
        }
    }
    if !errors.is_empty() {
        more.push(format!("@throws {}.", errors.join(", ")));
    }
    let now = plan.now(call).map(|now| now.shown.as_str());
    let deprecated = Deprecation::new(now, operation.deprecated);
    escape::comment(&operation.docs, &more, deprecated, indent)
}
