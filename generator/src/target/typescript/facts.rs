//! The facts of an operation as an object literal.

use super::answer::Answer;
use super::body::body_encoder;
use super::escape;
use super::imports::Imports;
use super::plan::{CallPlan, Plan};
use super::security::{security, security_value};
use super::styles::{parameter_styles, path_styles};
use crate::ir::{Name, Operation, Page, PathSegment, Payload, Place, Shape, Tagging, Type};
use crate::layout::biome::{self, Value};

/// `const getRunOperation: Operation<Run> = {` to `};`
pub(super) fn literal(
    call: &CallPlan<'_>,
    plan: &Plan<'_>,
    answer: &Answer,
    imports: &mut Imports,
) -> String {
    let operation = call.operation;
    let mut members: Vec<(String, Value)> = Vec::new();
    let mut add = |name: &str, value: Value| members.push((name.to_owned(), value));
    add("id", Value::code(escape::wire(&operation.name)));
    add(
        "method",
        Value::code(format!("\"{}\"", operation.method.as_str())),
    );
    add("path", Value::code(escape::quote(&path(operation))));
    if let Some(server) = operation.servers.first() {
        add("server", Value::code(escape::server(server)));
    }
    let styles = path_styles(operation, imports);
    if !styles.is_empty() {
        add("pathStyles", Value::Object(styles));
    }
    for (place, name) in [
        (Place::Query, "query"),
        (Place::Header, "headers"),
        (Place::Cookie, "cookies"),
    ] {
        let styles = parameter_styles(call, place, imports);
        if !styles.is_empty() {
            add(name, Value::Object(styles));
        }
    }
    if let Some(encoder) = body_encoder(operation, &plan.types, imports) {
        add("body", encoder);
        if operation.body_required {
            add("bodyRequired", Value::code("true"));
        }
    }
    if let Some(response) = operation.success()
        && !response.contents.is_empty()
    {
        let types = response
            .contents
            .iter()
            .take(1)
            .map(|content| &content.media_type);
        add("accept", Value::code(escape::accept(types)));
    }
    if let Some(key) = &operation.idempotency {
        add("idempotencyKey", Value::code(escape::string(&key.header)));
    }
    let security = security(operation, plan.api);
    if security != plan.security {
        add("security", security_value(&security));
    }
    if let Some(page) = &operation.page {
        add("pagination", pagination(call, page));
    }
    for (property, name) in answer.readers(imports) {
        add(property, Value::code(name));
    }
    if let Some(terminal) = terminal(operation, plan) {
        add("terminal", terminal);
    }
    if let Some(header) = &operation.resume
        && matches!(answer, Answer::Stream { .. })
    {
        add("resume", Value::code(escape::string(header)));
    }
    let ty = answer.facts_type(imports);
    biome::declaration(
        &format!("const {}: {ty}", call.facts),
        &Value::Object(members),
    )
}

/// The arguments of the runtime's function: `{ path: [runId], params }`.
pub(super) fn arguments(call: &CallPlan<'_>) -> String {
    let mut members = Vec::new();
    if !call.arguments.is_empty() {
        let names = call.arguments.iter().map(Value::code).collect();
        members.push(("path".to_owned(), Value::Array(names)));
    }
    if call.params.is_taken() {
        members.push(("params".to_owned(), Value::code("params")));
    }
    if has_whole_body(call) {
        members.push(("body".to_owned(), Value::code("body")));
    }
    Value::Object(members).flat()
}

fn has_whole_body(call: &CallPlan<'_>) -> bool {
    !call.operation.body.is_empty() && !call.params.holds_body()
}

/// `/runs/{run_id}`
pub(super) fn path(operation: &Operation) -> String {
    operation
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => escape::path(text),
            PathSegment::Parameter(index) => {
                format!("{{{}}}", escape::slot(&operation.parameters[*index].name))
            }
        })
        .collect()
}

fn pagination(call: &CallPlan<'_>, page: &Page) -> Value {
    let parameter = call
        .params
        .properties
        .iter()
        .find(|item| item.index == page.cursor)
        .and_then(|item| item.renamed.as_deref().map(escape::quote))
        .unwrap_or_else(|| escape::wire(&call.operation.parameters[page.cursor].name));
    let mut members = vec![("by".to_owned(), Value::code("\"cursor\""))];
    members.extend(paging(parameter, page));
    Value::Object(members)
}

/// `{ parameter: "cursor", items: ["data"], next: ["next_cursor"] }`, by the names on the wire.
pub(super) fn wire_paging(operation: &Operation, page: &Page) -> Value {
    let parameter = escape::wire(&operation.parameters[page.cursor].name);
    Value::Object(paging(parameter, page).into())
}

fn paging(parameter: String, page: &Page) -> [(String, Value); 3] {
    let path =
        |names: &[Name]| Value::Array(names.iter().map(escape::wire).map(Value::code).collect());
    [
        ("parameter".to_owned(), Value::code(parameter)),
        ("items".to_owned(), path(&page.items)),
        ("next".to_owned(), path(&page.next)),
    ]
}

/// `{ property: "type", values: ["run.completed"] }`
fn terminal(operation: &Operation, plan: &Plan<'_>) -> Option<Value> {
    let content = operation.success()?.contents.first()?;
    let (Payload::Events(stream) | Payload::Lines(stream)) = &content.payload else {
        return None;
    };
    let Type::Named(id) = plan.api.types.resolve(&stream.item) else {
        return None;
    };
    let Shape::Union(union) = &plan.api.types[*id].shape else {
        return None;
    };
    let Tagging::Property(tag) = &union.tagging else {
        return None;
    };
    let values: Vec<Value> = stream
        .terminal
        .iter()
        .map(|value| Value::code(escape::string(value)))
        .collect();
    (!values.is_empty()).then(|| {
        Value::Object(vec![
            ("property".to_owned(), Value::code(escape::wire(tag))),
            ("values".to_owned(), Value::Array(values)),
        ])
    })
}
