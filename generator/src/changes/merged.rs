//! The same record, put together otherwise: one schema, or an `allOf` of several.

use std::collections::{BTreeMap, BTreeSet};

use super::silent::{follow, goes, is_at_most_record};
use super::{Direction, Trail, Walk};
use crate::document::{Document, Schema, SchemaObject};

/// What a schema and the parts of its `allOf` say together.
#[derive(Default)]
struct Merged<'d> {
    is_object: bool,
    properties: BTreeMap<&'d str, &'d Schema>,
    required: BTreeSet<&'d str>,
}

impl<'d> Walk<'d> {
    /// Compares property by property where both schemas are records of the same properties, however
    /// these are spread over `allOf`; `false` where that is not so, and nothing was compared.
    pub(super) fn merged(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        at: &Trail,
    ) -> bool {
        let (_, gone, fresh) = self.branches(&old.all_of, &new.all_of);
        if gone.is_empty() && fresh.is_empty() {
            return false;
        }
        let (mut was, mut is) = (Merged::default(), Merged::default());
        let plain = was.add(self.old, old, 0) && is.add(self.new, new, 0);
        let same = was.is_object == is.is_object
            && was.required == is.required
            && was.properties.keys().eq(is.properties.keys());
        if !plain || !same {
            return false;
        }
        let pairs = was.properties.iter().zip(is.properties.values());
        let pairs: Vec<_> = pairs
            .map(|((name, old), new)| (*name, *old, *new))
            .collect();
        let sees = |document, schema| goes(document, schema, direction);
        let ways = |(_, old, new): &(&str, &'d Schema, &'d Schema)| {
            (sees(self.old, old), sees(self.new, new))
        };
        if pairs.iter().map(ways).any(|(was, is)| was != is) {
            return false;
        }
        for (name, old, new) in pairs {
            if goes(self.old, old, direction) {
                self.schemas(old, new, direction, &at.step(&format!(".{name}")));
            }
        }
        true
    }
}

impl<'d> Merged<'d> {
    /// Adds a part; `false` where it says more than a record, or what another part says too.
    fn add(&mut self, document: &'d Document, of: &'d SchemaObject, depth: usize) -> bool {
        let ours = |name: &str| name.starts_with("x-exai-");
        let speaks = of.extensions.iter().any(|(name, _)| ours(name))
            || (depth > 0 && (of.deprecated || of.read_only || of.write_only))
            || (depth > 0 && of.default.is_some());
        if depth > 16 || speaks || !is_at_most_record(of) {
            return false;
        }
        self.is_object |= !of.types.is_empty();
        self.required
            .extend(of.required.iter().map(|name| name.value.as_str()));
        for (name, schema) in &of.properties {
            if self.properties.insert(&name.value, schema).is_some() {
                return false;
            }
        }
        let referred = of.reference.as_ref().map(|reference| {
            let schema = document.resolve_schema(&reference.target);
            schema.and_then(Schema::as_object)
        });
        let parts = of
            .all_of
            .iter()
            .map(|part| follow(document, part).0.as_object());
        referred
            .into_iter()
            .chain(parts)
            .all(|part| part.is_some_and(|part| self.add(document, part, depth + 1)))
    }
}
