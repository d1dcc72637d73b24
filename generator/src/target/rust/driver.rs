//! The part of the conformance suite's driver that calls every operation by its id.

use std::collections::BTreeMap;

use serde::Serialize;

use super::called::{Called, Ways};
use super::multipart::{Member, members};
use super::parameter::argument;
use super::{Planned, View};
use crate::ir::{Content, Parameter, Payload, Place, Shape, Type};
use crate::layout::rustfmt::{self, Link};
use crate::target::Owner;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::snake;
use crate::target::rust_lang::{From, RustTypes};

/// A file of the driver: the operations of one resource.
#[derive(Debug, Serialize)]
pub(super) struct DriverView {
    /// `cargo xtask regen`
    command: String,
    /// `["use exai_sdk::types;"]`
    imports: Vec<String>,
    /// One a function.
    operations: Vec<DrivenView>,
}

/// A function that calls one operation.
#[derive(Debug, Serialize)]
pub(super) struct DrivenView {
    /// `start_run`
    function: String,
    /// `` `startRun`, `POST /runs` ``
    docs: String,
    /// `["let body: types::StartRun = asked.body()?;"]`
    lines: Vec<String>,
}

/// The file that leads from an id to its function.
#[derive(Debug, Serialize)]
pub(super) struct DispatchView {
    /// `cargo xtask regen`
    command: String,
    /// `["agents", "runs"]`, sorted.
    modules: Vec<String>,
    /// `["\"startRun\" => runs::start_run(asked).await,"]`
    arms: Vec<String>,
}

/// The files of the driver, below its folder.
pub(super) fn plan(
    called: &[Called<'_>],
    ways: &Ways,
    types: &RustTypes<'_>,
    library: &str,
    command: &str,
) -> Vec<Planned> {
    let mut modules: BTreeMap<String, Vec<&Called<'_>>> = BTreeMap::new();
    for called in called {
        let module = called.module.rsplit("::").next().unwrap_or_default();
        modules.entry(module.to_owned()).or_default().push(called);
    }
    let mut planned = Vec::new();
    let mut arms = Vec::new();
    for (module, called) in &modules {
        let mut imports = Imports::default();
        imports.take("crate::asked", "Asked");
        imports.take("crate::asked", "Done");
        let mut operations = Vec::new();
        for called in called {
            let function = snake(called.operation.name.words());
            arms.push(rustfmt::arm(
                8,
                &rust::wire(&called.operation.name),
                &format!("{module}::{function}(asked).await"),
            ));
            // The crate's own paths, as its users write them.
            let lines = lines(called, ways, types).into_iter();
            let lines = lines.map(|line| line.replace("crate::", &format!("{library}::")));
            let lines: Vec<String> = lines.collect();
            if lines.iter().any(|line| line.contains("types::")) {
                imports.take(library, "types");
            }
            if lines.iter().any(|line| line.contains("BTreeMap<")) {
                imports.take("std::collections", "BTreeMap");
            }
            operations.push(DrivenView {
                function,
                docs: rust::operation_line(called.operation),
                lines,
            });
        }
        planned.push(file(
            &format!("{}.rs", module.trim_start_matches("r#")),
            "rust/driver.rs.jinja",
            View::Driver(DriverView {
                command: command.to_owned(),
                imports: imports.drain(),
                operations,
            }),
        ));
    }
    arms.sort();
    let dispatch = DispatchView {
        command: command.to_owned(),
        modules: modules.into_keys().collect(),
        arms,
    };
    planned.push(file(
        "mod.rs",
        "rust/dispatch.rs.jinja",
        View::Dispatch(dispatch),
    ));
    planned
}

fn file(path: &str, template: &'static str, view: View) -> Planned {
    Planned {
        path: format!("src/generated/{path}"),
        template,
        view,
        owner: Owner::Driver,
    }
}

/// The statements that make one call of what the suite gives.
fn lines(called: &Called<'_>, ways: &Ways, types: &RustTypes<'_>) -> Vec<String> {
    let operation = called.operation;
    let body = operation.body.first();
    let required = body.filter(|_| operation.body_required);
    let optional = body.filter(|_| !operation.body_required);
    let changes = !called.setters.is_empty() || optional.is_some();

    let mut lines = Vec::new();
    let mut arguments: Vec<String> = Vec::new();
    for (name, parameter) in &called.arguments {
        let ty = owned(parameter, types);
        let wire = rust::wire(&parameter.name);
        let place = place(parameter.place);
        lines.push(format!("let {name}: {ty} = asked.{place}({wire})?;"));
        arguments.push(name.clone());
    }
    if let Some(content) = required {
        lines.extend(body_lines(content, types, 4));
        arguments.push("body".to_owned());
    }
    let way: Vec<Link> = ways
        .to(&called.holder)
        .iter()
        .map(|accessor| (accessor.clone(), Vec::new()))
        .collect();
    let call = [(called.method.clone(), arguments)];
    let binding = if changes { "let mut call" } else { "let call" };
    if way.is_empty() {
        lines.push(format!(
            "{binding} = {};",
            rustfmt::chain(4, "asked.client", &call)
        ));
    } else {
        let resource = rustfmt::chain(4, "asked.client", &way);
        lines.push(format!("let resource = {resource};"));
        lines.push(format!(
            "{binding} = {};",
            rustfmt::chain(4, "resource", &call)
        ));
    }
    if let Some(content) = optional {
        lines.push("if asked.has_body() {".to_owned());
        for line in body_lines(content, types, 8) {
            lines.push(format!("    {line}"));
        }
        lines.push("    call = call.body(body);".to_owned());
        lines.push("}".to_owned());
    }
    for (setter, parameter) in &called.setters {
        let ty = owned(parameter, types);
        let wire = rust::wire(&parameter.name);
        let place = place(parameter.place);
        lines.push(format!(
            "if let Some(value) = asked.{place}::<Option<{ty}>>({wire})? {{"
        ));
        lines.push(format!("    call = call.{setter}(value);"));
        lines.push("}".to_owned());
    }
    if called.result.is_some() {
        lines.push("if asked.waits() {".to_owned());
        lines.push("    return asked.wait(asked.set(call).wait()).await;".to_owned());
        lines.push("}".to_owned());
    }
    let kind = called.answer.split('<').next().unwrap_or_default();
    lines.push(match kind {
        "Paged" => "asked.pages(call).await".to_owned(),
        "Events" => "asked.events(call).await".to_owned(),
        "Lines" => "asked.stream(call).await".to_owned(),
        "Binary" => "asked.bytes(call).await".to_owned(),
        _ => "asked.one(call).await".to_owned(),
    });
    lines
}

/// The type of an argument as a value of its own.
fn owned(parameter: &Parameter, types: &RustTypes<'_>) -> String {
    match argument(&parameter.ty, "value", types).0 {
        text if text.starts_with("impl ") => "String".to_owned(),
        ty => ty,
    }
}

/// What binds `body`.
fn body_lines(content: &Content, types: &RustTypes<'_>, indent: usize) -> Vec<String> {
    let plain = |ty: String| vec![format!("let body: {ty} = asked.body()?;")];
    match &content.payload {
        Payload::Json(ty) => plain(types.expression(ty, From::Outside)),
        Payload::Form { record, .. } => {
            plain(types.expression(&Type::Named(*record), From::Outside))
        }
        Payload::Multipart { record, parts } => {
            let Shape::Record(shape) = &types.api().types[*record].shape else {
                return Vec::new();
            };
            let name = format!("types::{}", types.form(*record));
            form_lines(&name, &members(shape, parts, types), indent)
        }
        _ => vec!["let body = asked.content()?;".to_owned()],
    }
}

fn form_lines(name: &str, members: &[Member], indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut arguments = Vec::new();
    let source = |member: &Member| match (member.file, member.repeated) {
        (true, false) => "part",
        (true, true) => "parts",
        (false, _) => "member",
    };
    for member in members.iter().filter(|member| member.setter.is_none()) {
        let Member { name, ty, wire, .. } = member;
        let ty = if member.file {
            String::new()
        } else {
            format!(": {ty}")
        };
        lines.push(format!(
            "let {name}{ty} = asked.{}({wire})?;",
            source(member)
        ));
        arguments.push(name.clone());
    }
    let optional: Vec<&Member> = members.iter().filter(|m| m.setter.is_some()).collect();
    let binding = if optional.is_empty() {
        "let body"
    } else {
        "let mut body"
    };
    let made = rustfmt::call(indent, &format!("{binding} = {name}::new"), &arguments, ";");
    lines.push(made);
    for member in optional {
        let (Member { ty, wire, .. }, Some(setter)) = (member, &member.setter) else {
            continue;
        };
        lines.push(if member.file {
            format!(
                "if let Some(value) = asked.given_{}({wire})? {{",
                source(member)
            )
        } else {
            format!("if let Some(value) = asked.member::<Option<{ty}>>({wire})? {{")
        });
        lines.push(format!("    body = body.{setter}(value);"));
        lines.push("}".to_owned());
    }
    lines
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}
