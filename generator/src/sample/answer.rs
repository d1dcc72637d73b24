//! What a server might answer: JSON of any type, with what may be left out where that is plain.

use serde_json::{Map, Value as Json, json};

use super::escape;
use crate::ir::{Api, Shape, StringFormat, Tagging, Type, TypeId, Union};

/// How many records and unions deep an answer goes.
const DEPTH: usize = 6;

/// JSON of a type; `None` where it has no value that is worth its length.
pub(super) fn of(api: &Api, ty: &Type) -> Option<Json> {
    inside(api, ty, &mut Vec::new())
}

fn inside(api: &Api, ty: &Type, around: &mut Vec<TypeId>) -> Option<Json> {
    Some(match ty {
        Type::Any => json!("anything"),
        Type::Never => return None,
        Type::Null => Json::Null,
        Type::Boolean => json!(true),
        Type::Integer(_) => json!(1),
        Type::Number(_) => json!(1.5),
        Type::String(format) => string(format)?,
        Type::Literal(literal) => escape::json(literal)?,
        Type::Nullable(inner) => inside(api, inner, around).unwrap_or(Json::Null),
        Type::List(item) => Json::Array(inside(api, item, around).into_iter().collect()),
        Type::Map(value) => {
            let value = inside(api, value, around).map(|value| ("key".to_owned(), value));
            Json::Object(value.into_iter().collect())
        }
        Type::Tuple { items, .. } => {
            let items = items.iter().map(|item| inside(api, item, around));
            Json::Array(items.collect::<Option<_>>()?)
        }
        Type::Named(id) if around.contains(id) || around.len() == DEPTH => return None,
        Type::Named(id) => {
            around.push(*id);
            let value = named(api, *id, around);
            around.pop();
            value?
        }
    })
}

fn string(format: &StringFormat) -> Option<Json> {
    Some(json!(match format {
        StringFormat::Date => "2026-01-31",
        StringFormat::DateTime => "2026-01-31T12:00:00Z",
        StringFormat::Time => "12:00:00Z",
        StringFormat::Uuid => "6f1d2c3b-8a4e-4f5d-9b6c-7e8f90a1b2c3",
        StringFormat::Uri => "https://example.com",
        StringFormat::Email => "someone@example.com",
        StringFormat::Decimal => "1.5",
        StringFormat::Base64 => "AQID",
        StringFormat::Duration | StringFormat::Binary => return None,
        StringFormat::Plain | StringFormat::Secret | StringFormat::Other(_) => "text",
    }))
}

fn named(api: &Api, id: TypeId, around: &mut Vec<TypeId>) -> Option<Json> {
    match &api.types[id].shape {
        Shape::Alias(target) => inside(api, target, around),
        Shape::Enum(values) => escape::json(&values.values.first()?.value),
        Shape::Union(union) => union_of(api, union, around),
        Shape::Record(record) => {
            let mut members = Map::new();
            for field in &record.fields {
                let value = inside(api, &field.ty, around);
                match value {
                    Some(value) => {
                        members.insert(escape::wire(&field.name), value);
                    }
                    None if field.required => return None,
                    None => {}
                }
            }
            Some(Json::Object(members))
        }
    }
}

/// The first variant that has a value, under its tag.
fn union_of(api: &Api, union: &Union, around: &mut Vec<TypeId>) -> Option<Json> {
    union.variants.iter().find_map(|variant| {
        let mut value = inside(api, &variant.ty, around)?;
        if let Tagging::Property(property) = &union.tagging {
            let tag = escape::text(variant.tags.first()?);
            let members = value.as_object_mut()?;
            members.insert(escape::wire(property), tag.into());
        }
        Some(value)
    })
}
