//! Whether no value can be of two branches of a `oneOf`.

use super::silent::follow;
use crate::document::{Document, Schema, SchemaObject, SchemaType};
use crate::source::Node;

/// True where it can be told that no value is of two branches: by a discriminator (section
/// 4.8.25 has the property say which branch is meant), by types, or by listed values, of the
/// branches themselves or of a property that both require.
pub(super) fn apart(document: &Document, union: &SchemaObject, branches: &[Schema]) -> bool {
    if union.discriminator.is_some() {
        return true;
    }
    let objects: Option<Vec<&SchemaObject>> = branches
        .iter()
        .map(|branch| follow(document, branch).0.as_object())
        .collect();
    objects.is_some_and(|objects| {
        objects.iter().enumerate().all(|(at, one)| {
            let others = objects.iter().skip(at + 1);
            others.into_iter().all(|other| differ(document, one, other))
        })
    })
}

fn differ(document: &Document, one: &SchemaObject, other: &SchemaObject) -> bool {
    let listed = |a: &SchemaObject, b: &SchemaObject| match (values(a), values(b)) {
        (Some(a), Some(b)) => a.iter().all(|value| !b.contains(value)),
        _ => false,
    };
    if listed(one, other) || !types_meet(one, other) {
        return true;
    }
    let is_record = |of: &SchemaObject| {
        of.types.iter().all(|t| t.value == SchemaType::Object) && !of.types.is_empty()
    };
    let needs = |of: &SchemaObject, name: &str| of.required.iter().any(|r| r.value == name);
    is_record(one)
        && is_record(other)
        && one.properties.iter().any(|(name, a)| {
            let name = name.value.as_str();
            let (Some(a), Some(b)) = (
                follow(document, a).0.as_object(),
                other
                    .properties
                    .get(name)
                    .and_then(|b| follow(document, b).0.as_object()),
            ) else {
                return false;
            };
            needs(one, name) && needs(other, name) && listed(a, b)
        })
}

fn types_meet(one: &SchemaObject, other: &SchemaObject) -> bool {
    // A whole number is a number, too.
    let plain = |t: SchemaType| match t {
        SchemaType::Integer => SchemaType::Number,
        t => t,
    };
    one.types.is_empty()
        || other.types.is_empty()
        || one
            .types
            .iter()
            .any(|a| other.types.iter().any(|b| plain(a.value) == plain(b.value)))
}

/// The only values that a schema allows, where it lists them.
fn values(of: &SchemaObject) -> Option<Vec<&Node>> {
    match (&of.const_value, &of.enum_values) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(values)) => Some(values.iter().collect()),
        (None, None) => None,
    }
}
