//! Waiting for what an operation only begins.

use std::collections::BTreeSet;

use super::arguments::{Argument, Part};
use super::escape;
use super::facts::{Answer, answer, set, tuple};
use super::imports::Imports;
use super::operation::{self, Flavor, MethodView};
use super::plan::{CallPlan, Plan};
use super::types::{self, Place};
use crate::ir::{Docs, Link, Type};
use crate::layout::ruff::{self, Doc};

/// The constant that says how to wait for what a call only begins: `START_WAIT`.
pub(super) fn long_running(
    plan: &Plan<'_>,
    call: &CallPlan<'_>,
    module: &str,
    imports: &mut Imports,
) -> Option<String> {
    let wait = waitable(plan, call, module)?;
    imports.name("..._runtime.operation", "LongRunning");
    let place = Place::beside_types(false, BTreeSet::new());
    let of = types::expression(plan, wait.done, &place, imports);
    let long_running = call.operation.long_running.as_ref()?;
    let mut items = vec![
        Doc::text(&call.constant),
        Doc::text(wait.poll.0),
        wait.poll.1,
        Doc::text(tuple(wait.state.iter().map(|name| format!("\"{name}\"")))),
        set(&long_running.terminal),
    ];
    if let Some((constant, path)) = wait.stream {
        items.extend([Doc::text(constant), path]);
    }
    Some(ruff::exploded(
        0,
        &format!("{}_WAIT = LongRunning[{of}](", call.constant),
        &items,
        ")",
    ))
}

/// How to wait, in Python's names.
pub(super) struct Wait<'a> {
    /// What the end of it is.
    pub(super) done: &'a Type,
    poll: (String, Doc),
    stream: Option<(String, Doc)>,
    state: Vec<String>,
}

/// How to wait for a call's end; `None` where a link leads out of the module, or its values are
/// no attributes of the answer.
pub(super) fn waitable<'a>(plan: &Plan<'a>, call: &CallPlan<'a>, module: &str) -> Option<Wait<'a>> {
    let long_running = call.operation.long_running.as_ref()?;
    let Answer::Json(started) = answer(call.operation) else {
        return None;
    };
    let poll = &plan.api.operations[long_running.poll.operation];
    let Answer::Json(done) = answer(poll) else {
        return None;
    };
    Some(Wait {
        done,
        poll: link(plan, &long_running.poll, started, module)?,
        stream: long_running
            .stream
            .as_ref()
            .filter(|link| {
                matches!(
                    answer(&plan.api.operations[link.operation]),
                    Answer::Events(_)
                )
            })
            .and_then(|stream| link(plan, stream, started, module)),
        state: plan.path(done, &long_running.state)?,
    })
}

fn link(plan: &Plan<'_>, link: &Link, started: &Type, module: &str) -> Option<(String, Doc)> {
    let (home, constant) = plan.facts(link.operation)?;
    if home != module {
        return None;
    }
    let mut entries = Vec::new();
    for argument in &link.arguments {
        let path = plan.path(started, &argument.body_path)?;
        let path = tuple(path.iter().map(|name| format!("\"{name}\"")));
        entries.push((escape::wire(&argument.parameter), Doc::text(path)));
    }
    Some((constant.clone(), Doc::dict(entries)))
}

/// `start_and_wait`
pub(super) fn and_wait(
    call: &CallPlan<'_>,
    name: &str,
    done: &str,
    arguments: &[Argument<'_>],
    passed: Option<Doc>,
    flavor: Flavor,
) -> MethodView {
    let mut items = vec![
        Doc::text(format!("ops.{}_WAIT", call.constant)),
        Doc::text("options"),
    ];
    items.extend(passed);
    let more = "Waits until it is over; `timeout` bounds the whole, and there is none by default.";
    let signature = operation::signature(
        name,
        arguments,
        "WaitOptions",
        done,
        flavor == Flavor::Async,
    );
    let docs = operation::docs(call.operation, arguments, more);
    waiting_method(name, signature, docs, "wait", items, flavor)
}

/// `start_and_wait_from`
pub(super) fn and_wait_from(
    call: &CallPlan<'_>,
    name: &str,
    done: &str,
    flavor: Flavor,
) -> MethodView {
    let items = vec![
        Doc::text(format!("ops.{}_WAIT", call.constant)),
        Doc::text("token"),
        Doc::text("options"),
    ];
    let nothing = Docs::default();
    let token = Argument {
        name: "token".to_owned(),
        wire: String::new(),
        place: Part::Body,
        annotation: "str".to_owned(),
        default: None,
        docs: &nothing,
    };
    let signature =
        operation::signature(name, &[token], "WaitOptions", done, flavor == Flavor::Async);
    let docs = escape::docstring(
        8,
        &format!(
            "Goes on with a wait of `{}_and_wait`.\n\n\
             Args:\n    token: The latest that `on_waiting` was given, or an error's `wait_token`.\n\n\
             Raises:\n    ValueError: The token is none of this operation.",
            call.method
        ),
    );
    waiting_method(name, signature, docs, "wait_from", items, flavor)
}

fn waiting_method(
    name: &str,
    signature: String,
    docs: String,
    verb: &str,
    items: Vec<Doc>,
    flavor: Flavor,
) -> MethodView {
    let head = match flavor {
        Flavor::Sync => "return ",
        Flavor::Async => "return await ",
    };
    let expression = Doc::call(&format!("self._engine.{verb}"), items);
    MethodView {
        signature,
        deprecated: String::new(),
        docs,
        body: ruff::statement(8, head, &expression, ""),
        whole: true,
        wrapped: operation::wrapped(name, flavor),
        wrapper: operation::wrapper(flavor),
        name: name.to_owned(),
    }
}
