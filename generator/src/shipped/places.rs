//! Where types stand on the wire: `GET /plans/{} 200 application/json/steps[]`.
//!
//! A place begins with what is sent or comes, and goes on by steps that can be seen in a value:
//! `/name` of a property, `[]` of a list, `{}` of a map or of what a record holds beside its
//! properties, `<2>` of a tuple, `|tag` of a tagged union, and `=` from a name to what it stands
//! for. The variants of a union without tags cannot be told apart by anything that is sent: no
//! place leads into one.

use std::collections::VecDeque;

use super::escape;
use crate::ir::{Additional, Api, Content, Payload, Shape, Tagging, Type, TypeId};

/// A type that has a name, and one place where it stands.
type Placed = (TypeId, String);

/// One place of each type that has any, the shortest, and of those the first by its spelling.
pub(super) fn places(api: &Api) -> Vec<Option<String>> {
    let mut out: Vec<Option<String>> = vec![None; api.types.len()];
    let mut waiting: VecDeque<Placed> = roots(api).into();
    while let Some((id, place)) = waiting.pop_front() {
        let at = &mut out[id.0 as usize];
        if at.is_none() {
            waiting.extend(below(api, id, &place));
            *at = Some(place);
        }
    }
    out
}

/// The type that stands at a place; `None` where none does, or where more than one might.
pub(super) fn at(api: &Api, place: &str) -> Option<TypeId> {
    let leads = |(_, way): &Placed| place.starts_with(way.as_str());
    let mut waiting: Vec<Placed> = roots(api).into_iter().filter(leads).collect();
    let mut found = None;
    // Every step makes the way longer, so the place bounds how many there are.
    while let Some((id, way)) = waiting.pop() {
        if way == place && found.replace(id).is_some_and(|other| other != id) {
            return None;
        }
        waiting.extend(below(api, id, &way).into_iter().filter(leads));
    }
    found
}

/// What operations, errors and webhooks name, shortest place first.
fn roots(api: &Api) -> Vec<Placed> {
    let mut out = Vec::new();
    for (_, operation) in api.operations.iter() {
        let request = escape::request(operation);
        for parameter in &operation.parameters {
            let place = format!("{request} parameter {}", escape::wire(&parameter.name));
            named(&parameter.ty, place, &mut out);
        }
        for content in &operation.body {
            contents(content, &format!("{request} body"), &mut out);
        }
        for response in &operation.responses {
            let answer = format!("{request} {}", escape::status(response.status));
            for header in &response.headers {
                let place = format!("{answer} header {}", escape::wire(&header.name));
                named(&header.ty, place, &mut out);
            }
            for content in &response.contents {
                contents(content, &answer, &mut out);
            }
        }
    }
    for error in &api.errors {
        let place = format!("error {}", escape::wire(&error.name));
        for header in &error.headers {
            let place = format!("{place} header {}", escape::wire(&header.name));
            named(&header.ty, place, &mut out);
        }
        if let Some(body) = &error.body {
            named(body, place, &mut out);
        }
    }
    for webhook in &api.webhooks {
        if let Some(payload) = &webhook.payload {
            let place = escape::webhook(&webhook.method, &webhook.name);
            named(payload, place, &mut out);
        }
    }
    if let Some(events) = &api.webhook_events {
        named(&events.event, "webhooks".to_owned(), &mut out);
    }
    out.sort_by(|(_, a), (_, b)| (a.len(), a).cmp(&(b.len(), b)));
    out
}

fn contents(content: &Content, at: &str, out: &mut Vec<Placed>) {
    let place = format!("{at} {}", escape::text(&content.media_type));
    match &content.payload {
        Payload::Json(ty) => named(ty, place, out),
        Payload::Form { record, .. } | Payload::Multipart { record, .. } => {
            named(&Type::Named(*record), place, out);
        }
        Payload::Events(stream) | Payload::Lines(stream) => named(&stream.item, place, out),
        Payload::Text | Payload::Binary => {}
    }
}

/// The types with a name that a use leads to without another name between.
fn named(ty: &Type, place: String, out: &mut Vec<Placed>) {
    match ty {
        Type::Named(id) => out.push((*id, place)),
        Type::Nullable(inner) => named(inner, place, out),
        Type::List(inner) => named(inner, place + "[]", out),
        Type::Map(inner) => named(inner, place + "{}", out),
        Type::Tuple { items, rest, .. } => {
            for (index, item) in items.iter().enumerate() {
                named(item, format!("{place}<{index}>"), out);
            }
            if let Some(rest) = rest {
                named(rest, place + "[]", out);
            }
        }
        _ => {}
    }
}

/// What a type leads to by one step.
fn below(api: &Api, id: TypeId, place: &str) -> Vec<Placed> {
    let mut out = Vec::new();
    match &api.types[id].shape {
        Shape::Record(record) => {
            for field in &record.fields {
                let step = format!("{place}/{}", escape::wire(&field.name));
                named(&field.ty, step, &mut out);
            }
            if let Additional::Typed(ty) = &record.additional {
                named(ty, format!("{place}{{}}"), &mut out);
            }
        }
        Shape::Union(union) if union.tagging != Tagging::Untagged => {
            for variant in &union.variants {
                for tag in &variant.tags {
                    let step = format!("{place}|{}", escape::text(tag));
                    named(&variant.ty, step, &mut out);
                }
            }
        }
        Shape::Alias(target) => named(target, format!("{place}="), &mut out),
        Shape::Union(_) | Shape::Enum(_) => {}
    }
    out
}
