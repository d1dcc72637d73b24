//! The types that a package declares, with all that they lead to: what calls take and give, and
//! what a caller may find in an answer's text.

use std::collections::BTreeSet;

use super::escape;
use super::params::flat_record;
use crate::ir::{Additional, Api, Payload, Shape, Type, TypeId, Usage};

/// The types that calls name: those of parameters, of bodies and of answers. A body whose members
/// become arguments is not named itself.
pub(super) fn roots(api: &Api) -> Vec<Type> {
    let mut roots = Vec::new();
    for (_, operation) in api.operations.iter() {
        roots.extend(
            operation
                .parameters
                .iter()
                .map(|parameter| parameter.ty.clone()),
        );
        if let Some(content) = operation.body.first() {
            match &content.payload {
                Payload::Json(ty) => match flat_record(api, ty) {
                    Some(id) => roots.extend(fields(api, id)),
                    None => roots.push(ty.clone()),
                },
                Payload::Form { record, .. } | Payload::Multipart { record, .. } => {
                    roots.extend(fields(api, *record));
                }
                Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => {}
            }
        }
        let mut answers = operation
            .responses
            .iter()
            .flat_map(|response| &response.contents);
        // A page is what holds its items.
        if let Some(page) = &operation.page {
            roots.push(page.item.clone());
            answers.next();
        }
        roots.extend(answers.filter_map(|content| match &content.payload {
            Payload::Json(ty) => Some(ty.clone()),
            Payload::Events(stream) | Payload::Lines(stream) => Some(stream.item.clone()),
            _ => None,
        }));
    }
    // What is in the text of an error or a webhook, for Unmarshal.
    let errors = api.errors.iter().filter_map(|error| error.body.as_ref());
    roots.extend(errors.filter(|body| !is_envelope(api, body)).cloned());
    let webhooks = api.webhooks.iter();
    roots.extend(webhooks.filter_map(|webhook| webhook.payload.clone()));
    roots.extend(api.webhook_events.iter().map(|events| events.event.clone()));
    // What no operation leads to, the document's readers may still be given.
    let unreached = api
        .types
        .iter()
        .filter(|(_, def)| def.usage == Usage::default());
    roots.extend(unreached.map(|(id, _)| Type::Named(id)));
    roots
}

/// Whether the runtime's APIError says all that a body of errors holds.
fn is_envelope(api: &Api, body: &Type) -> bool {
    let Type::Named(id) = api.types.resolve(body) else {
        return false;
    };
    let Shape::Record(record) = &api.types[*id].shape else {
        return false;
    };
    let fields = record.fields.iter();
    let names: BTreeSet<String> = fields.map(|field| escape::tag_name(&field.name)).collect();
    let all = ["code", "name", "message", "details", "receipt"];
    all[..3].iter().all(|name| names.contains(*name))
        && names.iter().all(|name| all.contains(&name.as_str()))
}

fn fields(api: &Api, id: TypeId) -> Vec<Type> {
    let Shape::Record(record) = &api.types[id].shape else {
        return Vec::new();
    };
    let mut types: Vec<Type> = record.fields.iter().map(|field| field.ty.clone()).collect();
    if let Additional::Typed(ty) = &record.additional {
        types.push(ty.clone());
    }
    types
}
