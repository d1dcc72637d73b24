//! Waiting for what an operation only promises: a function and a method beside the call's own.

use super::answer::Answer;
use super::escape;
use super::imports::Imports;
use super::operation::{FunctionView, MethodView, path_parameters, shape};
use super::plan::{CallPlan, Plan};
use crate::ir::{Docs, Link, LongRunning};
use crate::layout::biome::{self, Value};

/// What the functions and the methods of a wait have in common.
struct Parts<'p> {
    /// `startRunAndWait`
    function: &'p str,
    /// `Run`
    started: String,
    /// `Run`
    done: String,
    long: &'p LongRunning,
}

/// The function that starts and waits, if the links of the operation tell how to poll.
pub(super) fn function(
    call: &CallPlan<'_>,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Option<FunctionView> {
    let parts = Parts::of(call, plan, imports)?;
    let mut members = vec![(
        "poll".to_owned(),
        arrow("poll", &parts.long.poll, plan, imports)?,
    )];
    if let Some(stream) = &parts.long.stream
        && let Some(code) = arrow("stream", stream, plan, imports)
    {
        members.push(("stream".to_owned(), code));
    }
    let state = parts
        .long
        .state
        .iter()
        .map(|name| Value::code(escape::wire(name)));
    members.push(("state".to_owned(), Value::Array(state.collect())));
    let terminal = parts
        .long
        .terminal
        .iter()
        .map(|state| Value::code(escape::string(state)));
    members.push(("terminal".to_owned(), Value::Array(terminal.collect())));

    for (module, name) in [("runtime/core", "Core"), ("runtime/wait", "Waiting")] {
        imports.ty(module, name);
    }
    imports.ty("runtime/wait", "WaitOptions");
    imports.value("runtime/wait", "wait");
    let facts = call.facts.replacen("Operation", "Waiting", 1);
    let shape = shape(call, plan, imports);
    let mut parameters = vec!["core: Core".to_owned()];
    parameters.extend(shape.parameters);
    parameters.push("options?: WaitOptions".to_owned());
    let mut start = vec!["core".to_owned()];
    start.extend(shape.names);
    start.push("own".to_owned());
    let arguments = [
        "core".to_owned(),
        format!("(own) => {}({})", call.function, start.join(", ")),
        facts.clone(),
        "options".to_owned(),
    ];
    let head = format!("export function {}", parts.function);
    let method = call.wait_method.as_deref().unwrap_or_default();
    let shown = call.shown.strip_suffix(&call.method).unwrap_or_default();
    let docs = format!("The same as the method `{shown}{method}`.");
    Some(FunctionView {
        facts: biome::declaration(
            &format!("const {facts}: Waiting<{}, {}>", parts.started, parts.done),
            &Value::Object(members),
        ),
        docs: escape::comment(&Docs::default(), &[docs], call.operation.deprecated, 0),
        signature: biome::call(
            0,
            &head,
            &parameters,
            &format!(": Promise<{}> {{", parts.done),
        ),
        body: format!("  {}", biome::call(2, "return wait", &arguments, ";")),
    })
}

/// The method that starts and waits.
pub(super) fn method(
    call: &CallPlan<'_>,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Option<MethodView> {
    // The arrows are the function's: what they import is not this file's.
    let scratch = &mut Imports::of("generated/functions/index");
    function(call, plan, scratch)?;
    let parts = Parts::of(call, plan, imports)?;
    let method = call.wait_method.as_deref()?;
    imports.ty("runtime/wait", "WaitOptions");
    imports.value(
        &format!("generated/functions/{}", call.stem),
        parts.function,
    );
    let shape = shape(call, plan, imports);
    let mut parameters = shape.parameters;
    parameters.push("options?: WaitOptions".to_owned());
    let mut arguments = vec!["this.#core".to_owned()];
    arguments.extend(shape.names);
    arguments.push("options".to_owned());
    let docs = format!(
        "Calls `{}` and waits for the result. `timeout` bounds the whole wait, ten minutes by default.",
        call.shown
    );
    let head = format!("return {}", parts.function);
    Some(MethodView {
        docs: escape::comment(&Docs::default(), &[docs], call.operation.deprecated, 2),
        signature: format!(
            "  {}",
            biome::call(
                2,
                method,
                &parameters,
                &format!(": Promise<{}> {{", parts.done)
            )
        ),
        body: format!("    {}", biome::call(4, &head, &arguments, ";")),
    })
}

impl<'p> Parts<'p> {
    fn of(call: &'p CallPlan<'_>, plan: &Plan<'_>, imports: &mut Imports) -> Option<Self> {
        let long = call.operation.long_running.as_ref()?;
        let poll = plan.calls.get(&long.poll.operation)?;
        let data = |answer: Answer, imports: &mut Imports| match answer {
            Answer::Json { .. } => Some(answer.data(imports)),
            _ => None,
        };
        let done = data(Answer::of(poll.operation, &plan.types, imports), imports)?;
        let started = data(Answer::of(call.operation, &plan.types, imports), imports)?;
        Some(Self {
            function: call.wait_function.as_deref()?,
            started,
            done,
            long,
        })
    }
}

/// `(core, started, options) => getRun(core, pick(started, "id"), options)`, if the link fills
/// every argument that the linked operation needs.
fn arrow(property: &str, link: &Link, plan: &Plan<'_>, imports: &mut Imports) -> Option<Value> {
    let target = plan.calls.get(&link.operation)?;
    let mut arguments = vec!["core".to_owned()];
    for parameter in path_parameters(target.operation) {
        let argument = link
            .arguments
            .iter()
            .find(|argument| argument.parameter.wire() == parameter.name.wire())?;
        let path: Vec<String> = argument.body_path.iter().map(escape::wire).collect();
        arguments.push(format!("pick(started, {})", path.join(", ")));
    }
    if !target.operation.body.is_empty() && !target.params.holds_body() {
        (!target.operation.body_required).then_some(())?;
        arguments.push("undefined".to_owned());
    }
    if target.params.is_taken() {
        (!target.params.is_required(target.operation)).then_some(())?;
        arguments.push("undefined".to_owned());
    }
    arguments.push("options".to_owned());
    imports.value("runtime/wait", "pick");
    imports.value(
        &format!("generated/functions/{}", target.stem),
        &target.function,
    );
    let head = "(core, started, options) =>";
    let flat = format!("{}({})", target.function, arguments.join(", "));
    // `  poll: HEAD FLAT,`
    if 2 + property.len() + 2 + head.len() + 1 + biome::width(&flat) < biome::WIDTH {
        return Some(Value::code(format!("{head} {flat}")));
    }
    let call = biome::call(4, &target.function, &arguments, "");
    Some(Value::code(format!("{head}\n    {call}")))
}
