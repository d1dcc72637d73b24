//! Keywords whose values cannot be told to be more or fewer.

use super::schemas::{Around, Pair};
use super::{Direction, Rule, Trail, Walk};
use crate::document::{Map, Schema, SchemaObject};
use crate::source::Span;

impl<'d> Walk<'d> {
    pub(super) fn conditions(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        around: Around<'d>,
        at: &Trail,
    ) {
        let spans = (old.span, new.span);
        for (keyword, old, new) in [
            ("contains", &old.contains, &new.contains),
            ("propertyNames", &old.property_names, &new.property_names),
            ("not", &old.not, &new.not),
            ("if", &old.if_schema, &new.if_schema),
            ("then", &old.then_schema, &new.then_schema),
            ("else", &old.else_schema, &new.else_schema),
            ("contentSchema", &old.content_schema, &new.content_schema),
        ] {
            match (old, new) {
                (Some(old), Some(new)) => self.schemas(
                    old,
                    new,
                    Direction::Condition,
                    &at.step(&format!("<{keyword}>")),
                ),
                (None, None) => {}
                _ => self.condition(keyword, spans, at),
            }
        }
        self.keyed(
            "patternProperties",
            (&old.pattern_properties, &new.pattern_properties),
            direction,
            spans,
            at,
        );
        let schemas = (&old.dependent_schemas, &new.dependent_schemas);
        self.keyed("dependentSchemas", schemas, Direction::Condition, spans, at);
        if old.dependent_required != new.dependent_required {
            self.condition("dependentRequired", spans, at);
        }
        if old.prefix_items.len() != new.prefix_items.len() {
            self.condition("prefixItems", spans, at);
        }
        for (index, (old, new)) in old.prefix_items.iter().zip(&new.prefix_items).enumerate() {
            self.schemas(old, new, direction, &at.step(&format!("[{index}]")));
        }
        if old.dialect != new.dialect {
            self.condition("$schema", spans, at);
        }
        let xml = |of: &SchemaObject| {
            let xml = of.xml.as_ref()?;
            let texts = [&xml.name, &xml.namespace, &xml.prefix, &xml.node_type];
            Some((
                texts.map(|text| text.as_ref().map(|t| t.value.clone())),
                xml.attribute,
                xml.wrapped,
            ))
        };
        if xml(old) != xml(new) {
            self.condition("xml", spans, at);
        }
        let plain = (old.reference.as_ref(), new.reference.as_ref());
        let dynamic = (
            old.dynamic_reference.as_deref(),
            new.dynamic_reference.as_deref(),
        );
        for (keyword, (old, new)) in [("$ref", plain), ("$dynamicRef", dynamic)] {
            let old = old.map(|reference| self.old.resolve_schema(&reference.target));
            let new = new.map(|reference| self.new.resolve_schema(&reference.target));
            match (old, new) {
                (None, None) => {}
                (Some(Some(old)), Some(Some(new))) => {
                    if self.compared.insert((old, new, direction, around.key())) {
                        let at = at.step(&format!("<{keyword}>"));
                        self.waiting.push(Pair {
                            old,
                            new,
                            direction,
                            around,
                            at,
                        });
                    }
                }
                _ => self.condition(keyword, spans, at),
            }
        }
    }

    /// What `unevaluated...` keywords speak of is what others leave over: where one of these is
    /// new or gone, more and less cannot be told.
    pub(super) fn left_over(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        around: Around<'d>,
        at: &Trail,
    ) {
        let says = |of: &SchemaObject| {
            [&of.unevaluated_items, &of.unevaluated_properties].map(Option::is_some)
        };
        let speaks = says(old) != [false; 2] || says(new) != [false; 2];
        let takes = |of: &SchemaObject| {
            [
                of.items.is_some(),
                of.contains.is_some(),
                of.additional_properties.is_some(),
                of.unevaluated_items.is_some(),
                of.unevaluated_properties.is_some(),
            ]
        };
        if (speaks || around.left_over.is_some()) && takes(old) != takes(new) {
            self.condition("unevaluated", (old.span, new.span), at);
        }
    }

    fn keyed(
        &mut self,
        keyword: &str,
        (old, new): (&'d Map<Schema>, &'d Map<Schema>),
        direction: Direction,
        spans: (Span, Span),
        at: &Trail,
    ) {
        if old.len() != new.len() || old.keys().any(|key| !new.contains_key(key.value.as_str())) {
            self.condition(keyword, spans, at);
        }
        for (key, before) in old {
            if let Some(after) = new.get(key.value.as_str()) {
                self.schemas(
                    before,
                    after,
                    direction,
                    &at.step(&format!("<{keyword} {}>", **key)),
                );
            }
        }
    }

    pub(super) fn condition(&mut self, keyword: &str, spans: (Span, Span), at: &Trail) {
        self.found(
            Rule::ConditionChanged,
            at,
            spans.0,
            spans.1,
            format!("`{keyword}` changed"),
        );
    }
}
