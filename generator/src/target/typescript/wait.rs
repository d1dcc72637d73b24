//! Waiting for what an operation only promises: functions and methods beside the call's own, one
//! that starts and waits, and one that goes on from a token.

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
    /// `startAndWait`
    method: &'p str,
    /// `startRunAndWaitFrom`
    from_function: &'p str,
    /// `startAndWaitFrom`
    from_method: &'p str,
    /// `startRunWaiting`
    facts: String,
    /// `Run`
    done: String,
    long: &'p LongRunning,
}

/// The functions that wait, if the links of the operation tell how to poll.
pub(super) fn functions(
    call: &CallPlan<'_>,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Vec<FunctionView> {
    let Some((parts, facts)) = facts(call, plan, imports) else {
        return Vec::new();
    };
    imports.ty("runtime/core", "Core");
    imports.ty("runtime/result", "Result");
    for (name, only_type) in [
        ("WaitOptions", true),
        ("Waiting", true),
        ("wait", false),
        ("waitFrom", false),
    ] {
        match only_type {
            true => imports.ty("runtime/wait", name),
            false => imports.value("runtime/wait", name),
        }
    }
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
        parts.facts.clone(),
        "options".to_owned(),
    ];
    let from_parameters = ["core: Core", "token: string", "options?: WaitOptions"];
    let from_arguments = ["core", "token", &parts.facts, "options"];
    let shown = call.shown.strip_suffix(&call.method).unwrap_or_default();
    let view = |facts, name: &str, method: &str, parameters: &[String], body: String| {
        let docs = format!("The same as the method `{shown}{method}`.");
        let head = format!("export function {name}");
        let tail = format!(": Result<{}> {{", parts.done);
        FunctionView {
            facts,
            docs: escape::comment(&Docs::default(), &[docs], call.operation.deprecated, 0),
            signature: biome::call(0, &head, parameters, &tail),
            body: format!("  {body}"),
        }
    };
    vec![
        view(
            facts,
            parts.function,
            parts.method,
            &parameters,
            biome::call(2, "return wait", &arguments, ";"),
        ),
        view(
            String::new(),
            parts.from_function,
            parts.from_method,
            &from_parameters.map(str::to_owned),
            biome::call(
                2,
                "return waitFrom",
                &from_arguments.map(str::to_owned),
                ";",
            ),
        ),
    ]
}

/// The methods that wait.
pub(super) fn methods(
    call: &CallPlan<'_>,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Vec<MethodView> {
    // The facts are the functions': what they import is not this file's.
    let scratch = &mut Imports::of("generated/functions/index");
    let Some((parts, _)) = facts(call, plan, scratch) else {
        return Vec::new();
    };
    let Some(done) = done(parts.long, plan, imports) else {
        return Vec::new();
    };
    imports.ty("runtime/result", "Result");
    imports.ty("runtime/wait", "WaitOptions");
    let module = format!("generated/functions/{}", call.stem);
    let mut view = |name: &str,
                    function: &str,
                    docs: String,
                    mut parameters: Vec<String>,
                    names: Vec<String>| {
        imports.value(&module, function);
        parameters.push("options?: WaitOptions".to_owned());
        let mut arguments = vec!["this.#core".to_owned()];
        arguments.extend(names);
        arguments.push("options".to_owned());
        let tail = format!(": Result<{done}> {{");
        let head = format!("return {function}");
        MethodView {
            docs: escape::comment(&Docs::default(), &[docs], call.operation.deprecated, 2),
            signature: format!("  {}", biome::call(2, name, &parameters, &tail)),
            body: format!("    {}", biome::call(4, &head, &arguments, ";")),
        }
    };
    let scratch = &mut Imports::of("generated/functions/index");
    let shape = shape(call, plan, scratch);
    vec![
        view(
            parts.method,
            parts.function,
            format!(
                "Calls `{}` and waits for the result. `timeout` bounds the whole wait, ten minutes by default.",
                call.shown
            ),
            shape.parameters,
            shape.names,
        ),
        view(
            parts.from_method,
            parts.from_function,
            format!(
                "Goes on with a wait of `{}` from a token that `onWaiting` or an error gave.",
                parts.method
            ),
            vec!["token: string".to_owned()],
            vec!["token".to_owned()],
        ),
    ]
}

/// `startAndWait` and `startAndWaitFrom`, where there are such methods.
pub(super) fn names<'p>(call: &'p CallPlan<'_>, plan: &Plan<'_>) -> Option<(&'p str, &'p str)> {
    let (parts, _) = facts(call, plan, &mut Imports::of("generated/functions/index"))?;
    Some((parts.method, parts.from_method))
}

/// How to wait, as an object literal.
fn facts<'p>(
    call: &'p CallPlan<'_>,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Option<(Parts<'p>, String)> {
    let long = call.operation.long_running.as_ref()?;
    // What the start answers must be JSON too: the links lead into it.
    json(call, plan, &mut Imports::of("generated/functions/index"))?;
    let done = done(long, plan, imports)?;
    let mut members = vec![(
        "operation".to_owned(),
        Value::code(escape::wire(&call.operation.name)),
    )];
    members.extend(link("poll", &long.poll, plan, imports)?);
    let stream = long.stream.as_ref();
    if let Some(stream) = stream.and_then(|stream| link("stream", stream, plan, imports)) {
        members.extend(stream);
    }
    let state = long.state.iter().map(escape::wire).map(Value::code);
    members.push(("state".to_owned(), Value::Array(state.collect())));
    let terminal = long.terminal.iter().map(escape::string).map(Value::code);
    members.push(("terminal".to_owned(), Value::Array(terminal.collect())));
    let parts = Parts {
        function: call.wait_function.as_deref()?,
        method: call.wait_method.as_deref()?,
        from_function: call.wait_from_function.as_deref()?,
        from_method: call.wait_from_method.as_deref()?,
        facts: call.facts.replacen("Operation", "Waiting", 1),
        done,
        long,
    };
    let facts = biome::declaration(
        &format!("const {}: Waiting<{}>", parts.facts, parts.done),
        &Value::Object(members),
    );
    Some((parts, facts))
}

/// What polling gives in the end: `Run`.
fn done(long: &LongRunning, plan: &Plan<'_>, imports: &mut Imports) -> Option<String> {
    json(plan.calls.get(&long.poll.operation)?, plan, imports)
}

fn json(call: &CallPlan<'_>, plan: &Plan<'_>, imports: &mut Imports) -> Option<String> {
    match Answer::of(call.operation, &plan.types, imports) {
        Answer::Json { ty, .. } => Some(ty),
        _ => None,
    }
}

/// `poll: (core, options, runId) => getRun(core, runId, options)` and `pollPath: [["id"]]`, if the
/// link fills every argument that the linked operation needs.
fn link(
    property: &str,
    link: &Link,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Option<[(String, Value); 2]> {
    let target = plan.calls.get(&link.operation)?;
    let mut paths = Vec::new();
    for parameter in path_parameters(target.operation) {
        let argument = link
            .arguments
            .iter()
            .find(|argument| argument.parameter.wire() == parameter.name.wire())?;
        let path = argument.body_path.iter().map(escape::wire).map(Value::code);
        paths.push(Value::Array(path.collect()));
    }
    let mut arguments = vec!["core".to_owned()];
    arguments.extend(target.arguments.iter().cloned());
    if !target.operation.body.is_empty() && !target.params.holds_body() {
        (!target.operation.body_required).then_some(())?;
        arguments.push("undefined".to_owned());
    }
    if target.params.is_taken() {
        (!target.params.is_required(target.operation)).then_some(())?;
        arguments.push("undefined".to_owned());
    }
    arguments.push("options".to_owned());
    imports.value(
        &format!("generated/functions/{}", target.stem),
        &target.function,
    );
    let taken = [
        &["core".to_owned(), "options".to_owned()],
        target.arguments.as_slice(),
    ];
    let head = format!("({}) =>", taken.concat().join(", "));
    let flat = format!("{}({})", target.function, arguments.join(", "));
    // `  poll: HEAD FLAT,`
    let used = 2 + property.len() + 2 + biome::width(&head) + 1;
    let arrow = if used + biome::width(&flat) < biome::WIDTH {
        format!("{head} {flat}")
    } else {
        let call = biome::call(4, &target.function, &arguments, "");
        format!("{head}\n    {call}")
    };
    Some([
        (property.to_owned(), Value::code(arrow)),
        (format!("{property}Path"), Value::Array(paths)),
    ])
}
