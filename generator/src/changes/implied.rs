//! A discriminator without branches: the variants are the schemas that say `allOf` of the one that
//! has it, or that its `mapping` names (section 4.8.25 of the standard).

use super::direction::{Aspect, Effect, rule};
use super::schemas::Around;
use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{Document, Schema, SchemaObject};

impl<'d> Walk<'d> {
    pub(super) fn implied(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        around: Around<'d>,
        at: &Trail,
    ) {
        // Of a schema that another one is made of, only that other one is a value.
        if around.part {
            return;
        }
        let (before, after) = (children(self.old, old), children(self.new, new));
        let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        let (both, gone, fresh) = pair(&before, &after, |(name, _)| name.clone());
        for (name, schema) in gone {
            let rule = rule(Aspect::Variants, Effect::Narrowed, direction);
            let message = format!("`{name}` is gone");
            self.found(rule, at, schema.span(), new.span, message);
        }
        for (name, schema) in fresh {
            let rule = match direction {
                Direction::Received if around.open => Rule::ResponseOpenVariantAdded,
                _ => rule(Aspect::Variants, Effect::Widened, direction),
            };
            let message = format!("`{name}` is new");
            self.found(rule, at, old.span, schema.span(), message);
        }
        for ((name, old), (_, new)) in both {
            self.schemas(old, new, direction, &Trail::new(name));
        }
    }
}

/// The schemas that are variants of one, by name.
fn children<'d>(document: &'d Document, of: &'d SchemaObject) -> Vec<(String, &'d Schema)> {
    let Some(discriminator) = &of.discriminator else {
        return Vec::new();
    };
    if !of.one_of.is_empty() || !of.any_of.is_empty() {
        return Vec::new();
    }
    let is = |schema: Option<&Schema>| {
        schema
            .and_then(Schema::as_object)
            .is_some_and(|object| std::ptr::eq(object, of))
    };
    let derives = |schema: &Schema| {
        let parts = schema.as_object().map_or(&[][..], |object| &object.all_of);
        parts.iter().any(|part| {
            let reference = part.reference();
            is(reference.and_then(|reference| document.resolve_schema(&reference.target)))
        })
    };
    let named = document.components.schemas.iter();
    let named = named.filter(|(_, schema)| derives(schema));
    let mut out: Vec<(String, &Schema)> = named
        .map(|(name, schema)| (name.value.clone(), schema))
        .collect();
    for reference in discriminator.mapping.values() {
        let name = reference.target.name();
        let Some(schema) = document.resolve_schema(&reference.target) else {
            continue;
        };
        if !is(Some(schema)) && out.iter().all(|(known, _)| *known != name) {
            out.push((name, schema));
        }
    }
    out
}
