//! What the runtime is told of operations: a constant each, in the modules of operations.

use std::collections::BTreeSet;

use super::escape;
use super::imports::Imports;
use super::plan::{CallPlan, Plan, ResourcePlan};
use super::security::Security;
use super::types::{self, Place};
use super::waiting::long_running;
use crate::ir::{
    Content, Operation, Page, Parameter, PartKind, PathSegment, Payload, Place as In, Stream,
    Style, Tagging, Text, Type,
};
use crate::layout::ruff::{self, Doc};

/// The constants of a module, each a statement: `GET = Operation[Run](...)`.
pub(super) fn constants(
    plan: &Plan<'_>,
    resource: &ResourcePlan<'_>,
    security: &Security,
    imports: &mut Imports,
) -> Vec<String> {
    let mut out = Vec::new();
    let mut waits = Vec::new();
    walk(resource, resource.module != "root", &mut |call| {
        out.push(operation(plan, call, security, imports));
        if let Some(wait) = long_running(plan, call, &resource.module, imports) {
            waits.push(wait);
        }
    });
    out.extend(waits);
    if let Some(events) = &plan.api.webhook_events
        && unwraps(plan, resource).is_some()
    {
        imports.name("..._runtime.decode", "Codec");
        let place = Place::beside_types(false, BTreeSet::new());
        let event = types::expression(plan, &events.event, &place, imports);
        out.push(format!("WEBHOOK_EVENT = Codec[{event}]({event})"));
    }
    out
}

/// The method that verifies and reads webhooks, if a resource or one below it is where it stands:
/// the class of that resource.
pub(super) fn unwraps(plan: &Plan<'_>, resource: &ResourcePlan<'_>) -> Option<String> {
    let events = plan.api.webhook_events.as_ref()?;
    let (_, accessors) = events.sdk_path.split_last()?;
    let mut at = plan.root.children.iter().find(|child| {
        accessors
            .first()
            .is_some_and(|name| name.words() == child.resource.name.words())
    })?;
    if at.module != resource.module {
        return None;
    }
    for name in &accessors[1..] {
        at = at
            .children
            .iter()
            .find(|child| child.resource.name.words() == name.words())?;
    }
    Some(at.class.clone())
}

/// Every call of a resource, and of those below it where `deep`.
pub(super) fn walk(resource: &ResourcePlan<'_>, deep: bool, each: &mut impl FnMut(&CallPlan<'_>)) {
    resource.calls.iter().for_each(&mut *each);
    if deep {
        resource
            .children
            .iter()
            .for_each(|child| walk(child, deep, each));
    }
}

/// What the answer of an operation is to its caller.
pub(super) enum Answer<'a> {
    /// One JSON value.
    Json(&'a Type),
    /// A page of many.
    Page(&'a Type, &'a Page),
    /// A string.
    Text,
    /// Bytes.
    Binary,
    /// Server-sent events, or JSON lines.
    Events(&'a Stream),
    /// JSON lines.
    Lines(&'a Stream),
    /// Nothing.
    Nothing,
}

/// Reads the answer off an operation.
pub(super) fn answer(operation: &Operation) -> Answer<'_> {
    let content = operation
        .success()
        .and_then(|response| response.contents.first());
    match content.map(|content| &content.payload) {
        Some(Payload::Json(ty)) => match &operation.page {
            Some(page) => Answer::Page(ty, page),
            None => Answer::Json(ty),
        },
        Some(Payload::Text | Payload::Form { .. }) => Answer::Text,
        Some(Payload::Binary | Payload::Multipart { .. }) => Answer::Binary,
        Some(Payload::Events(stream)) => Answer::Events(stream),
        Some(Payload::Lines(stream)) => Answer::Lines(stream),
        None => Answer::Nothing,
    }
}

fn operation(
    plan: &Plan<'_>,
    call: &CallPlan<'_>,
    security: &Security,
    imports: &mut Imports,
) -> String {
    let operation = call.operation;
    let place = Place::beside_types(false, BTreeSet::new());
    let (result, accept) = match answer(operation) {
        Answer::Json(_) | Answer::Page(..) => ("json", "application/json"),
        Answer::Text => ("text", "text/*"),
        Answer::Binary => ("binary", "*/*"),
        Answer::Events(_) => ("events", "text/event-stream"),
        Answer::Lines(_) => ("lines", "application/x-ndjson"),
        Answer::Nothing => ("none", ""),
    };
    let mut class = "Operation";
    let mut more = Vec::new();
    let of = match answer(operation) {
        Answer::Json(ty) => {
            let target = types::expression(plan, ty, &place, imports);
            more.push(keyword("target", &target));
            target
        }
        Answer::Page(ty, page) => {
            class = "PagedOperation";
            let target = types::expression(plan, ty, &place, imports);
            more.push(keyword("target", &target));
            more.extend(paging(plan, operation, ty, page));
            types::expression(plan, &page.item, &place, imports)
        }
        Answer::Events(stream) | Answer::Lines(stream) => {
            let target = types::expression(plan, &stream.item, &place, imports);
            more.push(keyword("target", &target));
            more.extend(terminal(plan, stream));
            target
        }
        Answer::Text => "str".to_owned(),
        Answer::Binary => "bytes".to_owned(),
        Answer::Nothing => "None".to_owned(),
    };
    imports.name("..._runtime.operation", class);
    let mut items = vec![
        Doc::text(format!("\"{}\"", operation.method.as_str())),
        Doc::text(escape::quote(&template(operation))),
    ];
    if result != "none" {
        items.push(keyword("result", &format!("\"{result}\"")));
    }
    items.append(&mut more);
    items.push(keyword("id", &escape::wire(&operation.name)));
    let media = operation
        .success()
        .and_then(|response| response.contents.first());
    if let Some(media) = media
        && escape::string(&media.media_type) != format!("\"{accept}\"")
    {
        items.push(keyword("accept", &escape::string(&media.media_type)));
    }
    if let Some(content) = operation.body.first() {
        items.push(Doc::keyword(
            "body",
            body(content, operation.body_required, imports),
        ));
    }
    items.extend(styles(operation, imports));
    if let Some(key) = &operation.idempotency {
        items.push(keyword("idempotency_header", &escape::string(&key.header)));
    }
    if let Some(header) = &operation.resume {
        items.push(keyword("resume_header", &escape::string(header)));
    }
    if let Some(own) = security.of(operation) {
        items.push(keyword("security", &own));
    }
    if let Some(server) = operation.servers.first() {
        items.push(keyword("server", &escape::url(&server.by_default())));
    }
    ruff::exploded(
        0,
        &format!("{} = {class}[{of}](", call.constant),
        &items,
        ")",
    )
}

fn keyword(name: &str, value: &str) -> Doc {
    Doc::keyword(name, Doc::text(value))
}

/// `/runs/{run_id}`
pub(super) fn template(operation: &Operation) -> String {
    operation
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => escape::path(text),
            PathSegment::Parameter(at) => operation
                .parameters
                .get(*at)
                .map_or(String::new(), |p| escape::slot(&p.name)),
        })
        .collect()
}

fn paging(plan: &Plan<'_>, operation: &Operation, ty: &Type, page: &Page) -> Vec<Doc> {
    let mut out = Vec::new();
    if let Some(cursor) = operation.parameters.get(page.cursor) {
        out.push(keyword("cursor", &escape::wire(&cursor.name)));
    }
    for (name, path) in [("items", &page.items), ("next", &page.next)] {
        // Where the answer is no record, the runtime looks the wire names up.
        let path = match plan.path(ty, path) {
            Some(attributes) => tuple(attributes.iter().map(|name| format!("\"{name}\""))),
            None => tuple(path.iter().map(escape::wire)),
        };
        out.push(keyword(name, &path));
    }
    out
}

/// `("data",)`
pub(super) fn tuple(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    match items.as_slice() {
        [only] => format!("({only},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// `frozenset({"succeeded", "failed"})`
pub(super) fn set(items: &[Text]) -> Doc {
    let items = items
        .iter()
        .map(|item| Doc::text(escape::string(item)))
        .collect();
    let inner = Doc::Brackets {
        open: "{".into(),
        items,
        close: "}".into(),
        atom: true,
    };
    Doc::call("frozenset", vec![inner])
}

fn terminal(plan: &Plan<'_>, stream: &Stream) -> Vec<Doc> {
    if stream.terminal.is_empty() {
        return Vec::new();
    }
    let mut out = vec![Doc::keyword("terminal", set(&stream.terminal))];
    let Type::Named(id) = plan.api.types.resolve(&stream.item) else {
        return out;
    };
    let crate::ir::Shape::Union(union) = &plan.api.types[*id].shape else {
        return out;
    };
    if let Tagging::Property(property) = &union.tagging
        && let Some((attribute, _)) = plan.attribute(&stream.item, property)
        && attribute != "type"
    {
        out.push(keyword("terminal_attribute", &format!("\"{attribute}\"")));
    }
    out
}

fn body(content: &Content, required: bool, imports: &mut Imports) -> Doc {
    imports.name("..._runtime.operation", "Body");
    let kind = match &content.payload {
        Payload::Json(_) => "json",
        Payload::Form { .. } => "form",
        Payload::Multipart { .. } => "multipart",
        Payload::Text => "text",
        Payload::Binary | Payload::Events(_) | Payload::Lines(_) => "binary",
    };
    let mut items = vec![
        Doc::text(format!("\"{kind}\"")),
        Doc::text(escape::string(&content.sent_media_type())),
    ];
    if !required {
        items.push(keyword("required", "False"));
    }
    match &content.payload {
        Payload::Form { fields, .. } => {
            let entries: Vec<_> = fields
                .iter()
                .filter(|field| field.json || field.style != Style::Form || !field.explode)
                .map(|field| {
                    let style = style(field.style, field.explode, false, field.json, imports);
                    (escape::wire(&field.name), style)
                })
                .collect();
            if !entries.is_empty() {
                items.push(Doc::keyword("styles", Doc::dict(entries)));
            }
        }
        Payload::Multipart { parts, .. } => {
            let entries: Vec<_> = parts
                .iter()
                .filter_map(|part| {
                    let given = match part.kind {
                        _ if !part.content_type.is_empty() => escape::string(&part.content_type),
                        PartKind::Json => "\"application/json\"".to_owned(),
                        PartKind::File | PartKind::Text => return None,
                    };
                    Some((escape::wire(&part.name), Doc::text(given)))
                })
                .collect();
            if !entries.is_empty() {
                items.push(Doc::keyword("parts", Doc::dict(entries)));
            }
        }
        _ => {}
    }
    Doc::call("Body", items)
}

fn styles(operation: &Operation, imports: &mut Imports) -> Vec<Doc> {
    let places = [
        ("path_styles", In::Path),
        ("query_styles", In::Query),
        ("header_styles", In::Header),
        ("cookie_styles", In::Cookie),
    ];
    places
        .into_iter()
        .filter_map(|(name, place)| {
            let entries: Vec<_> = operation
                .parameters
                .iter()
                .filter(|parameter| parameter.place == place && !is_default(parameter))
                .map(|p| {
                    let style = style(p.style, p.explode, p.allow_reserved, p.json, imports);
                    (escape::wire(&p.name), style)
                })
                .collect();
            (!entries.is_empty()).then(|| Doc::keyword(name, Doc::dict(entries)))
        })
        .collect()
}

fn is_default(parameter: &Parameter) -> bool {
    let (style, explode) = match parameter.place {
        In::Path | In::Header => (Style::Simple, false),
        In::Query | In::Cookie => (Style::Form, true),
    };
    parameter.style == style
        && parameter.explode == explode
        && !parameter.allow_reserved
        && !parameter.json
}

fn style(style: Style, explode: bool, reserved: bool, json: bool, imports: &mut Imports) -> Doc {
    imports.name("..._runtime.parameters", "Style");
    let name = match style {
        Style::Simple => "simple",
        Style::Label => "label",
        Style::Matrix => "matrix",
        Style::Form => "form",
        Style::SpaceDelimited => "spaceDelimited",
        Style::PipeDelimited => "pipeDelimited",
        Style::DeepObject => "deepObject",
    };
    let mut items = vec![Doc::text(format!("\"{name}\""))];
    for (word, set) in [("explode", explode), ("reserved", reserved), ("json", json)] {
        if set {
            items.push(keyword(word, "True"));
        }
    }
    Doc::call("Style", items)
}
