//! What a schema was understood as, and what it says beyond that: noted where the type is made.

use crate::document::{Schema, SchemaObject};
use crate::ir::{Beyond, Meaning, Type};
use crate::source::Span;

use super::Lowering;
use super::all_of::Branches;

impl Lowering<'_, '_> {
    /// Notes what the schema at a place was understood as. A schema that is understood in several
    /// steps is noted after the last of them, which says most.
    pub(super) fn understood(&mut self, span: Span, ty: &Type, mut beyond: Vec<Beyond>) {
        beyond.sort();
        beyond.dedup();
        let ty = ty.clone();
        self.meanings.insert(span, Meaning { span, ty, beyond });
    }
}

impl Branches<'_> {
    /// `oneOf` or `anyOf`
    pub(super) fn keyword(&self) -> &'static str {
        if self.exclusive { "oneOf" } else { "anyOf" }
    }
}

/// The keywords of a schema itself that no type of the IR takes up. `absorb` reads all others.
pub(super) fn untyped_keywords(object: &SchemaObject) -> Vec<Beyond> {
    // `items` behind `prefixItems` and as many items as those say what a tuple is.
    let prefix = object.prefix_items.len() as u64;
    let counts = |bound: &Option<crate::source::Spanned<u64>>| {
        bound
            .as_ref()
            .is_some_and(|bound| prefix == 0 || bound.value != prefix)
    };
    let bounds = [
        ("multipleOf", object.multiple_of.is_some()),
        ("maximum", object.maximum.is_some()),
        ("exclusiveMaximum", object.exclusive_maximum.is_some()),
        ("minimum", object.minimum.is_some()),
        ("exclusiveMinimum", object.exclusive_minimum.is_some()),
        ("maxLength", object.max_length.is_some()),
        ("minLength", object.min_length.is_some()),
        ("pattern", object.pattern.is_some()),
        ("maxItems", counts(&object.max_items)),
        ("minItems", counts(&object.min_items)),
        ("uniqueItems", object.unique_items),
        ("maxProperties", object.max_properties.is_some()),
        ("minProperties", object.min_properties.is_some()),
        ("propertyNames", object.property_names.is_some()),
    ];
    let conditions = [
        ("contains", object.contains.is_some()),
        ("unevaluatedItems", object.unevaluated_items.is_some()),
        ("dependentRequired", !object.dependent_required.is_empty()),
        ("dependentSchemas", !object.dependent_schemas.is_empty()),
        ("not", object.not.is_some()),
        ("if", object.if_schema.is_some()),
        (
            "allOf",
            object
                .all_of
                .iter()
                .any(|schema| matches!(schema, Schema::Bool(value) if !value.value)),
        ),
    ];
    let shapes = [
        ("patternProperties", !object.pattern_properties.is_empty()),
        ("contentSchema", object.content_schema.is_some()),
    ];
    let said = |(keyword, is_said): (&'static str, bool)| is_said.then_some(keyword);
    let bounds = bounds.into_iter().filter_map(said).map(Beyond::Bound);
    let conditions = conditions.into_iter().filter_map(said);
    let shapes = shapes.into_iter().filter_map(said).map(Beyond::Shape);
    bounds
        .chain(conditions.map(Beyond::Condition))
        .chain(shapes)
        .collect()
}
