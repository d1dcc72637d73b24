//! What schemas say by their own word, and what the words of others are.

use super::Direction;
use crate::document::{Document, Location, Schema, SchemaObject, SchemaType};

/// The schema that plain references lead to, and the last place that they name.
pub(super) fn follow<'d>(
    document: &'d Document,
    mut schema: &'d Schema,
) -> (&'d Schema, Option<&'d Location>) {
    let mut name = None;
    for _ in 0..64 {
        let Some(object) = schema.as_object().filter(|object| is_silent(object)) else {
            break;
        };
        let inner = match (&object.reference, object.all_of.as_slice()) {
            (Some(reference), []) => {
                let Some(target) = document.resolve_schema(&reference.target) else {
                    break;
                };
                name = Some(&reference.target);
                target
            }
            (None, [only]) => only,
            _ => break,
        };
        schema = inner;
    }
    (schema, name)
}

/// Whether a property goes this way at all: `readOnly` ones are not sent, `writeOnly` ones do
/// not come.
pub(super) fn goes(document: &Document, schema: &Schema, direction: Direction) -> bool {
    let kept = |of: &Schema| match (of, direction) {
        (Schema::Object(object), Direction::Sent) => object.read_only,
        (Schema::Object(object), Direction::Received) => object.write_only,
        _ => false,
    };
    let said = |of: &Schema| kept(of) || kept(follow(document, of).0);
    let parts = follow(document, schema).0.as_object();
    !said(schema) && !parts.is_some_and(|of| of.all_of.iter().any(said))
}

/// Whether a schema is as good as none.
pub(super) fn allows_anything(schema: &Schema) -> bool {
    match schema {
        Schema::Bool(value) => value.value,
        Schema::Object(object) => {
            is_silent(object) && object.reference.is_none() && object.all_of.is_empty()
        }
    }
}

/// Whether a schema forbids nothing by its own word; `$ref` and `allOf` are the words of others.
fn is_silent(object: &SchemaObject) -> bool {
    is_at_most_record(object)
        && object.types.is_empty()
        && object.properties.is_empty()
        && object.required.is_empty()
}

/// Whether a schema says no more by its own word than that a value is an object, what properties it
/// has, and which of them are required.
pub(super) fn is_at_most_record(object: &SchemaObject) -> bool {
    let numbers = [
        &object.multiple_of,
        &object.maximum,
        &object.exclusive_maximum,
        &object.minimum,
        &object.exclusive_minimum,
        &object.pattern,
        &object.format,
        &object.content_encoding,
        &object.content_media_type,
    ];
    let counts = [
        &object.max_length,
        &object.min_length,
        &object.max_items,
        &object.min_items,
        &object.max_contains,
        &object.min_contains,
        &object.max_properties,
        &object.min_properties,
    ];
    let schemas = [
        &object.items,
        &object.contains,
        &object.unevaluated_items,
        &object.additional_properties,
        &object.property_names,
        &object.unevaluated_properties,
        &object.not,
        &object.if_schema,
        &object.then_schema,
        &object.else_schema,
        &object.content_schema,
    ];
    let lists = [&object.prefix_items, &object.any_of, &object.one_of];
    let maps = [&object.pattern_properties, &object.dependent_schemas];
    numbers.iter().all(|n| n.is_none())
        && counts.iter().all(|n| n.is_none())
        && schemas.iter().all(|s| s.is_none())
        && lists.iter().all(|l| l.is_empty())
        && maps.iter().all(|m| m.is_empty())
        && object.types.iter().all(|of| of.value == SchemaType::Object)
        && object.enum_values.is_none()
        && object.const_value.is_none()
        && object.dependent_required.is_empty()
        && object.dynamic_reference.is_none()
        && object.discriminator.is_none()
        && object.xml.is_none()
        && !object.unique_items
}
