//! Methods: document, signature, one expression.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::arguments::{Argument, Part, arguments};
use super::escape;
use super::facts::{self, Answer};
use super::imports::Imports;
use super::names;
use super::plan::{self, CallPlan, Plan};
use super::types::{self, Place};
use super::waiting;
use crate::ir::{Operation, Payload};
use crate::layout::ruff::{self, Doc};

/// The two clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavor {
    /// `Exai`
    Sync,
    /// `AsyncExai`
    Async,
}

impl Flavor {
    /// `Async`, or nothing: what stands before the names of classes.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Sync => "",
            Self::Async => "Async",
        }
    }

    /// `async_`, or nothing: what stands before the names of modules.
    fn lower(self) -> &'static str {
        match self {
            Self::Sync => "",
            Self::Async => "async_",
        }
    }

    /// `sync` or `async`: the runtime's modules.
    pub(super) fn runtime(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Async => "async",
        }
    }
}

/// A method.
#[derive(Debug, Serialize)]
pub(super) struct MethodView {
    /// `start`
    pub(super) name: String,
    /// `def start(self, *, plan_id: str, **options: Unpack[CallOptions]) -> Run:`
    pub(super) signature: String,
    /// `@deprecated("Use runs.start.")`; empty for what may be called.
    pub(super) deprecated: String,
    /// `"""Start a DAG."""`
    pub(super) docs: String,
    /// `return self._engine.call(ops.START, options, Arguments(...))`
    pub(super) body: String,
    /// It gives its answer whole, and so has a form that gives the head of it too.
    pub(super) whole: bool,
    /// `with_response`
    pub(super) wrapper: String,
    /// `self.start = with_response(resource.start)`
    pub(super) wrapped: String,
}

/// The methods of a call: itself, and one that waits where there is something to wait for.
pub(super) fn methods(
    plan: &Plan<'_>,
    call: &CallPlan<'_>,
    module: &str,
    taken: &HashSet<String>,
    flavor: Flavor,
    imports: &mut Imports,
) -> Vec<MethodView> {
    let hidden: BTreeSet<String> = names::ANNOTATION_BUILTINS
        .iter()
        .filter(|name| taken.contains(**name))
        .map(|name| (*name).to_owned())
        .collect();
    let place = Place::beside_types(true, hidden);
    let arguments = arguments(plan, call.operation, &place, imports);
    let mut out = vec![method(plan, call, &arguments, &place, flavor, imports)];
    let name = format!("{}_and_wait", call.method);
    if let Some(wait) = waiting::waitable(plan, call, module)
        && !taken.contains(&name)
    {
        let done = types::expression(plan, wait.done, &place.sent(false), imports);
        imports.name("..._runtime.options", "WaitOptions");
        let from = format!("{name}_from");
        let passed = passed(plan, call.operation, &arguments, imports);
        out.push(waiting::and_wait(
            call, &name, &done, &arguments, passed, flavor,
        ));
        if !taken.contains(&from) {
            out.push(waiting::and_wait_from(call, &from, &done, flavor));
        }
    }
    let deprecated = deprecated(plan, call.operation, imports);
    for method in &mut out {
        method.deprecated.clone_from(&deprecated);
    }
    out
}

fn method(
    plan: &Plan<'_>,
    call: &CallPlan<'_>,
    arguments: &[Argument<'_>],
    place: &Place,
    flavor: Flavor,
    imports: &mut Imports,
) -> MethodView {
    let received = place.sent(false);
    let mut class = |module: String, name: &str| {
        let name = format!("{}{name}", flavor.prefix());
        imports.name(&format!("..._runtime.{module}"), &name);
        name
    };
    let answers = format!("{}_answers", flavor.runtime());
    let asynchronous = flavor == Flavor::Async;
    let (verb, awaited, returns) = match facts::answer(call.operation) {
        Answer::Json(ty) => (
            "call",
            asynchronous,
            types::expression(plan, ty, &received, imports),
        ),
        Answer::Text if received.hidden.contains("str") => {
            imports.module("builtins");
            ("call", asynchronous, "builtins.str".to_owned())
        }
        Answer::Text => ("call", asynchronous, "str".to_owned()),
        Answer::Nothing => ("call", asynchronous, "None".to_owned()),
        Answer::Binary => ("download", asynchronous, class(answers, "BinaryResponse")),
        Answer::Page(_, page) => {
            let pages = class(format!("{}_pages", flavor.runtime()), "Pages");
            let item = types::expression(plan, &page.item, &received, imports);
            ("pages", false, format!("{pages}[{item}]"))
        }
        Answer::Events(stream) | Answer::Lines(stream) => {
            let class = class(answers, "Stream");
            let item = types::expression(plan, &stream.item, &received, imports);
            ("stream", false, format!("{class}[{item}]"))
        }
    };
    let options = options(call.operation, imports);
    let mut items = vec![
        Doc::text(format!("ops.{}", call.constant)),
        Doc::text("options"),
    ];
    items.extend(passed(plan, call.operation, arguments, imports));
    let expression = Doc::call(&format!("self._engine.{verb}"), items);
    let head = if awaited { "return await " } else { "return " };
    MethodView {
        signature: signature(&call.method, arguments, options, &returns, awaited),
        deprecated: String::new(),
        docs: call
            .docs
            .get_or_init(|| docs(call.operation, arguments, ""))
            .clone(),
        body: ruff::statement(8, head, &expression, ""),
        whole: verb == "call",
        wrapped: wrapped(&call.method, flavor),
        name: call.method.clone(),
        wrapper: wrapper(flavor),
    }
}

/// `with_response`
pub(super) fn wrapper(flavor: Flavor) -> String {
    format!("{}with_response", flavor.lower())
}

/// `self.start = with_response(resource.start)`
pub(super) fn wrapped(method: &str, flavor: Flavor) -> String {
    let value = Doc::call(
        &wrapper(flavor),
        vec![Doc::text(format!("resource.{method}"))],
    );
    ruff::statement(8, &format!("self.{method} = "), &value, "")
}

fn options(operation: &Operation, imports: &mut Imports) -> &'static str {
    imports.name("typing", "Unpack");
    let name = if operation.resume.is_some() {
        "StreamOptions"
    } else {
        "CallOptions"
    };
    imports.name("..._runtime.options", name);
    name
}

pub(super) fn signature(
    name: &str,
    arguments: &[Argument<'_>],
    options: &str,
    returns: &str,
    asynchronous: bool,
) -> String {
    let mut items = vec![Doc::text("self")];
    let (positional, keyword): (Vec<&Argument<'_>>, Vec<&Argument<'_>>) = arguments
        .iter()
        .partition(|argument| matches!(argument.place, Part::Path | Part::Body));
    items.extend(positional.into_iter().map(parameter));
    if !keyword.is_empty() {
        items.push(Doc::text("*"));
        let (required, optional): (Vec<&Argument<'_>>, Vec<&Argument<'_>>) = keyword
            .into_iter()
            .partition(|argument| argument.default.is_none());
        items.extend(required.into_iter().chain(optional).map(parameter));
    }
    items.push(Doc::text(format!("**options: Unpack[{options}]")));
    let head = if asynchronous { "async def" } else { "def" };
    let call = Doc::call(&format!("{head} {name}"), items);
    ruff::statement(4, "", &call, &format!(" -> {returns}:"))
}

fn parameter(argument: &Argument<'_>) -> Doc {
    let text = format!("{}: {}", argument.name, argument.annotation);
    let operands = operands(&text).into_iter().map(Doc::text).collect();
    let tail = argument
        .default
        .as_ref()
        .map_or(String::new(), |value| format!(" = {value}"));
    Doc::Union(operands, tail)
}

/// The operands of a union, but not those inside of brackets.
fn operands(text: &str) -> Vec<&str> {
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            '|' if depth == 0 => {
                out.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[start..].trim());
    out
}

/// What the runtime is handed: `Arguments(path={"run_id": run_id})`.
fn passed(
    plan: &Plan<'_>,
    operation: &Operation,
    arguments: &[Argument<'_>],
    imports: &mut Imports,
) -> Option<Doc> {
    let mut items = Vec::new();
    let places = [
        ("path", Part::Path),
        ("query", Part::Query),
        ("headers", Part::Header),
        ("cookies", Part::Cookie),
    ];
    for (name, place) in places {
        let entries: Vec<_> = arguments
            .iter()
            .filter(|argument| argument.place == place)
            .map(|argument| (argument.wire.clone(), Doc::text(&argument.name)))
            .collect();
        if !entries.is_empty() {
            items.push(Doc::keyword(name, Doc::dict(entries)));
        }
    }
    if let Some(content) = operation.body.first() {
        items.push(Doc::keyword(
            "body",
            sent_body(plan, &content.payload, arguments, imports),
        ));
    }
    if items.is_empty() {
        return None;
    }
    imports.name("..._runtime.engine", "Arguments");
    Some(Doc::call("Arguments", items))
}

fn sent_body(
    plan: &Plan<'_>,
    payload: &Payload,
    arguments: &[Argument<'_>],
    imports: &mut Imports,
) -> Doc {
    if let Some((id, _)) = plan::flattened(plan, payload) {
        let place = Place::beside_types(true, BTreeSet::new());
        let class = types::named(plan, id, &place, imports);
        let given = arguments
            .iter()
            .filter(|argument| argument.place == Part::Property)
            .map(|argument| Doc::keyword(&argument.wire, Doc::text(&argument.name)))
            .collect();
        return Doc::call(&class, given);
    }
    let optional = arguments
        .iter()
        .any(|a| a.place == Part::Body && a.default.is_some());
    if optional {
        imports.name("..._runtime.model", "UNSET");
        return Doc::text("UNSET if body is None else body");
    }
    Doc::text("body")
}

/// The decorator of a method that should no longer be called (PEP 702).
fn deprecated(plan: &Plan<'_>, operation: &Operation, imports: &mut Imports) -> String {
    if !operation.deprecated {
        return String::new();
    }
    imports.name("..._runtime.deprecation", "deprecated");
    let why = match operation.former {
        None => "The API has deprecated it.".to_owned(),
        Some(now) => {
            let path = plan.api.operations[now].sdk_path.iter();
            let path: Vec<String> = path.map(names::method).collect();
            format!("Use `{}`.", path.join("."))
        }
    };
    let call = Doc::call("@deprecated", vec![Doc::text(escape::quote(&why))]);
    ruff::statement(4, "", &call, "")
}

pub(super) fn docs(operation: &Operation, arguments: &[Argument<'_>], more: &str) -> String {
    let mut text = escape::paragraphs(&operation.docs);
    if text.is_empty() {
        text = format!(
            "{} {}.",
            operation.method.as_str(),
            facts::template(operation)
        );
    }
    if !more.is_empty() {
        text.push_str("\n\n");
        text.push_str(more);
    }
    // What a former name says of itself is its decorator's to say.
    if operation.deprecated && operation.former.is_none() {
        text.push_str("\n\nDeprecated.");
    }
    let lines: Vec<String> = arguments
        .iter()
        .map(|argument| (&argument.name, argument.docs()))
        .filter(|(_, docs)| !docs.is_empty())
        .map(|(name, docs)| format!("    {name}: {docs}"))
        .collect();
    if !lines.is_empty() {
        text = format!("{text}\n\nArgs:\n{}", lines.join("\n"));
    }
    escape::docstring(8, &text)
}
