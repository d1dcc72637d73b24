//! The tags of records that are variants of unions.

use std::collections::{HashMap, HashSet};

use super::escape;
use crate::ir::{Api, Field, Literal, Payload, Shape, Text, Type, TypeId, Union};

/// The tag of each record that unions name by one tag of one property alone: the tag is its own.
pub(super) struct Tags {
    own: HashMap<TypeId, Tag>,
    /// Records that a method's parameters are made into, the tag among them.
    flattened: HashSet<TypeId>,
}

/// The tag of a record.
#[derive(Clone, PartialEq)]
pub(super) struct Tag {
    /// The property's name on the wire.
    pub(super) property: Text,
    /// Its value.
    pub(super) value: Text,
    /// True where the record declares the property, as a text.
    declared: bool,
}

impl Tags {
    /// Reads them off the unions.
    pub(super) fn new(api: &Api) -> Self {
        let mut found: HashMap<TypeId, Option<Tag>> = HashMap::new();
        for (id, property, variant) in api.tagged_variants() {
            let tag = match variant.tags.as_slice() {
                [value] => Some(Tag {
                    property: property.wire().clone(),
                    value: value.clone(),
                    declared: declares(api, id, property.wire()),
                }),
                _ => None,
            };
            found
                .entry(id)
                .and_modify(|known| {
                    if *known != tag {
                        *known = None;
                    }
                })
                .or_insert(tag);
        }
        let own = found
            .into_iter()
            .filter_map(|(id, tag)| Some((id, tag?)))
            .collect();
        Self {
            own,
            flattened: flattened(api),
        }
    }

    /// The tag of a record, where a property of it is the tag.
    pub(super) fn of_field(&self, id: TypeId, field: &Field) -> Option<&Tag> {
        let tag = self.own.get(&id)?;
        (tag.declared && tag.property == *field.name.wire()).then_some(tag)
    }

    /// The tag of a record, where the decoder itself can tell the record by it.
    pub(super) fn told(&self, id: TypeId) -> Option<&Tag> {
        let tag = self.own.get(&id)?;
        (tag.declared && !self.flattened.contains(&id)).then_some(tag)
    }

    /// True for a union whose variants the decoder itself can tell: each a record of its own tag.
    /// One variant alone is no union to it.
    pub(super) fn tells(&self, union: &Union) -> bool {
        let mut records = HashSet::new();
        let told = union.variants.iter().all(|variant| match variant.ty {
            Type::Named(id) => records.insert(id) && self.told(id).is_some(),
            _ => false,
        });
        told && records.len() > 1
    }
}

/// True for a record with this property, as a text.
fn declares(api: &Api, id: TypeId, property: &Text) -> bool {
    let Shape::Record(record) = &api.types[id].shape else {
        return false;
    };
    record.fields.iter().any(|field| {
        field.name.wire() == property
            && escape::is_mappable(&field.name)
            && is_textual(api, &field.ty)
    })
}

/// True for a string, a string constant or an enum: what a tag can be.
fn is_textual(api: &Api, ty: &Type) -> bool {
    match api.types.resolve(ty) {
        Type::String(_) | Type::Literal(Literal::String(_)) => true,
        Type::Named(id) => matches!(api.types[*id].shape, Shape::Enum(_)),
        _ => false,
    }
}

fn flattened(api: &Api) -> HashSet<TypeId> {
    let bodies = api
        .operations
        .iter()
        .filter_map(|(_, operation)| operation.body.first());
    bodies
        .filter_map(|content| match &content.payload {
            Payload::Json(ty) => match api.types.resolve(ty) {
                Type::Named(id) => Some(*id),
                _ => None,
            },
            Payload::Form { record, .. } | Payload::Multipart { record, .. } => Some(*record),
            _ => None,
        })
        .collect()
}
