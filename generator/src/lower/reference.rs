//! Schemas that say what others say: references, and what stands beside them.

use crate::document::{Reference, Schema, SchemaObject, SchemaType};

use super::Lowering;
use super::schema::MAX_NESTING;

/// The one schema that this one only refers to: `$ref`, or the idiom `allOf: [$ref]`; and
/// whether `null` is allowed beside it.
pub(super) fn single(object: &SchemaObject) -> Option<(&Reference, bool)> {
    if let Some(reference) = &object.reference {
        return is_plain(object).then_some((reference, false));
    }
    let [Schema::Object(only)] = object.all_of.as_slice() else {
        return None;
    };
    let mut types = object.types.iter().map(|t| t.value);
    let plain = types.all(|t| matches!(t, SchemaType::Object | SchemaType::Null))
        && !has_shape(object)
        && is_plain(only);
    let null = object.types.iter().any(|t| t.value == SchemaType::Null);
    let reference = only.reference.as_ref().filter(|_| plain)?;
    Some((reference, null))
}

/// A reference with nothing beside it that shapes the value.
fn is_plain(object: &SchemaObject) -> bool {
    object.reference.is_some()
        && object.types.is_empty()
        && object.all_of.is_empty()
        && !has_shape(object)
}

/// Whether a schema says anything of its own of the value, types and `allOf` aside.
fn has_shape(object: &SchemaObject) -> bool {
    object.enum_values.is_some()
        || object.const_value.is_some()
        || !object.properties.is_empty()
        || !object.pattern_properties.is_empty()
        || object.additional_properties.is_some()
        || object.unevaluated_properties.is_some()
        || !object.required.is_empty()
        || object.items.is_some()
        || !object.prefix_items.is_empty()
        || !object.any_of.is_empty()
        || !object.one_of.is_empty()
        || object.format.is_some()
}

/// Whether two schemas only refer to the same third one.
pub(super) fn same(a: &Schema, b: &Schema) -> bool {
    match (
        a.as_object().and_then(single),
        b.as_object().and_then(single),
    ) {
        (Some((a, _)), Some((b, _))) => a.target == b.target,
        _ => false,
    }
}

impl<'d> Lowering<'d, '_> {
    /// Follows a chain of references without siblings to the schema that says something.
    pub(super) fn follow(&self, mut schema: &'d Schema) -> &'d Schema {
        for _ in 0..64 {
            let Some(object) = schema.as_object() else {
                return schema;
            };
            match &object.reference {
                Some(reference) if is_plain(object) => {
                    match self.document.resolve_schema(&reference.target) {
                        Some(target) => schema = target,
                        None => return schema,
                    }
                }
                _ => return schema,
            }
        }
        schema
    }

    /// Whether a schema allows `null` by its own word; a schema that says nothing does not count.
    pub(super) fn allows_null(&mut self, schema: &'d Schema, depth: usize) -> bool {
        let Some(object) = schema.as_object() else {
            return false;
        };
        if depth > MAX_NESTING {
            return false;
        }
        if let Some(values) = &object.enum_values {
            return values.iter().any(crate::source::Node::is_null);
        }
        if let Some(value) = &object.const_value {
            return value.is_null();
        }
        if !object.types.is_empty() {
            return object.types.iter().any(|t| t.value == SchemaType::Null);
        }
        let branches = object.one_of.iter().chain(&object.any_of);
        for branch in branches {
            if self.allows_null(branch, depth + 1) {
                return true;
            }
        }
        let reference = object.reference.as_ref();
        if reference.is_some_and(|reference| self.target_allows_null(reference, depth + 1)) {
            return true;
        }
        let mut all = !object.all_of.is_empty();
        for member in &object.all_of {
            all = all && self.allows_null(member, depth + 1);
        }
        all
    }

    /// Asked once of each place: unions of references to unions are many ways to few places.
    fn target_allows_null(&mut self, reference: &'d Reference, depth: usize) -> bool {
        if let Some(known) = self.nullable.get(&reference.target) {
            return *known;
        }
        // What comes back to itself says nothing more by it.
        self.nullable.insert(&reference.target, false);
        let target = self.document.resolve_schema(&reference.target);
        let allowed = target.is_some_and(|target| self.allows_null(target, depth));
        self.nullable.insert(&reference.target, allowed);
        allowed
    }
}
