//! Schemas, keyword by keyword. A keyword that no rule understands is a condition.

use super::direction::{Aspect, Effect, rule};
use super::silent::{allows_anything, follow, goes};
use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{Document, Location, Map, Schema, SchemaObject};
use crate::source::Span;

/// What opens an enum or a union to values of later versions.
pub(super) const OPEN: &str = "x-exai-open";

/// Two schemas to compare, and where.
pub(super) struct Pair<'d> {
    pub(super) old: &'d Schema,
    pub(super) new: &'d Schema,
    pub(super) direction: Direction,
    /// Whether values that are not listed were to be expected, as what stands around says.
    pub(super) open: bool,
    pub(super) at: Trail,
}

impl<'d> Walk<'d> {
    /// Schemas that may be missing: none allows anything.
    pub(super) fn either(
        &mut self,
        old: Option<&'d Schema>,
        new: Option<&'d Schema>,
        direction: Direction,
        spans: (Span, Span),
        at: &Trail,
    ) {
        match (old, new) {
            (Some(old), Some(new)) => self.schemas(old, new, direction, at),
            (None, Some(new)) if !allows_anything(new) => {
                let rule = rule(Aspect::Type, Effect::Narrowed, direction);
                self.found(rule, at, spans.0, new.span(), "has a schema now");
            }
            (Some(old), None) if !allows_anything(old) => {
                let rule = rule(Aspect::Type, Effect::Widened, direction);
                self.found(rule, at, old.span(), spans.1, "has no schema any more");
            }
            _ => {}
        }
    }

    pub(super) fn schemas(
        &mut self,
        old: &'d Schema,
        new: &'d Schema,
        direction: Direction,
        at: &Trail,
    ) {
        let at = at.clone();
        self.compare(Pair {
            old,
            new,
            direction,
            open: false,
            at,
        });
    }

    pub(super) fn compare(&mut self, pair: Pair<'d>) {
        let Pair {
            old,
            new,
            direction,
            open,
            at,
        } = pair;
        let (before, old_name) = follow(self.old, old);
        let (after, new_name) = follow(self.new, new);
        if let (Schema::Object(old), Schema::Object(new), true) =
            (old, new, old_name.is_some() || new_name.is_some())
        {
            self.annotations(old, new, direction, &at);
        }
        let (old_name, new_name) = (old_name.map(Location::name), new_name.map(Location::name));
        let spans = (old.span(), new.span());
        let at = match (&old_name, &new_name) {
            (Some(old), Some(new)) if old == new => Trail::new(old),
            (Some(old), Some(new)) => {
                self.found(
                    Rule::TypeRenamed,
                    &at,
                    spans.0,
                    spans.1,
                    format!("`{old}` became `{new}`"),
                );
                at
            }
            (Some(name), None) => {
                self.found(
                    Rule::TypeRenamed,
                    &at,
                    spans.0,
                    spans.1,
                    format!("`{name}` became a schema without a name"),
                );
                at
            }
            (None, Some(name)) => {
                self.found(
                    Rule::TypeRenamed,
                    &at,
                    spans.0,
                    spans.1,
                    format!("a schema without a name became `{name}`"),
                );
                at
            }
            (None, None) => at,
        };
        if !self.compared.insert((before, after, direction, open)) {
            return;
        }
        let next = Pair {
            old: before,
            new: after,
            direction,
            open,
            at,
        };
        // What references lead to waits, so that a long chain of them is no deep recursion.
        if old_name.is_some() || new_name.is_some() {
            self.waiting.push(next);
        } else {
            self.followed(next);
        }
    }

    /// Compares schemas that are not plain references.
    pub(super) fn followed(&mut self, pair: Pair<'d>) {
        let Pair {
            old,
            new,
            direction,
            open,
            at,
        } = pair;
        let spans = (old.span(), new.span());
        let effect = match (old, new) {
            (Schema::Object(old), Schema::Object(new)) => {
                return self.objects(old, new, direction, open, &at);
            }
            (old, new) if allows_anything(old) && allows_anything(new) => return,
            (Schema::Bool(old), Schema::Bool(new)) if old == new => return,
            (Schema::Bool(old), _) if old.value => Effect::Narrowed,
            (_, Schema::Bool(new)) if !new.value => Effect::Narrowed,
            _ => Effect::Widened,
        };
        let message = match effect {
            Effect::Narrowed => "allows fewer values",
            _ => "allows more values",
        };
        self.found(
            rule(Aspect::Type, effect, direction),
            &at,
            spans.0,
            spans.1,
            message,
        );
    }

    fn objects(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        open: bool,
        at: &Trail,
    ) {
        let is_open = |object: &SchemaObject| {
            let said = crate::document::extension(&object.extensions, OPEN);
            said.is_some_and(|node| node.as_bool() == Some(true))
        };
        if is_open(old) != is_open(new) {
            let now = if is_open(new) {
                "is open now"
            } else {
                "is closed now"
            };
            self.found(Rule::OpennessChanged, at, old.span, new.span, now);
        }
        let open = open || (is_open(old) && is_open(new));
        self.annotations(old, new, direction, at);
        self.conventions(&old.extensions, &new.extensions, at);
        self.values(old, new, direction, open, at);
        self.properties(old, new, direction, at);
        let (items, rest) = (at.step("[]"), at.step("{}"));
        for (old, new, at) in [
            (&old.items, &new.items, &items),
            (&old.unevaluated_items, &new.unevaluated_items, &items),
            (
                &old.additional_properties,
                &new.additional_properties,
                &rest,
            ),
            (
                &old.unevaluated_properties,
                &new.unevaluated_properties,
                &rest,
            ),
        ]
        .map(|(before, after, at)| ((before, old.span), (after, new.span), at))
        {
            self.additional(old, new, direction, at);
        }
        self.variants(old, new, direction, open, at);
        self.conditions(old, new, direction, at);
    }

    fn annotations(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        at: &Trail,
    ) {
        self.words("title", old.title.as_ref(), new.title.as_ref(), at);
        self.words(
            "description",
            old.description.as_ref(),
            new.description.as_ref(),
            at,
        );
        if !old.deprecated && new.deprecated {
            self.found(
                Rule::SchemaDeprecated,
                at,
                old.span,
                new.span,
                "is deprecated",
            );
        }
        if old.default != new.default {
            let rule = match direction {
                Direction::Sent => Rule::RequestDefaultChanged,
                Direction::Received => Rule::ResponseDefaultChanged,
                Direction::Condition => return,
            };
            let say = |object: &SchemaObject| {
                object
                    .default
                    .as_ref()
                    .map_or("none".to_owned(), super::value)
            };
            let message = format!("the default changed from {} to {}", say(old), say(new));
            self.found(rule, at, old.span, new.span, message);
        }
    }

    fn properties(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        at: &Trail,
    ) {
        use Direction::{Condition, Received, Sent};
        let names = |document: &'d Document,
                     of: &'d SchemaObject|
         -> Vec<(&'d str, Span, Option<&'d Schema>)> {
            let listed = of
                .properties
                .iter()
                .map(|(name, schema)| (name.value.as_str(), name.span, Some(schema)));
            let bare = of
                .required
                .iter()
                .filter(|name| !of.properties.contains_key(name.value.as_str()));
            listed
                .chain(bare.map(|name| (name.value.as_str(), name.span, None)))
                .filter(|(_, _, schema)| {
                    schema.is_none_or(|schema| goes(document, schema, direction))
                })
                .collect()
        };
        let required = |of: &SchemaObject, name: &str| of.required.iter().any(|r| r.value == name);
        let (before, after) = (names(self.old, old), names(self.new, new));
        let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        let (both, gone, fresh) = pair(&before, &after, |(name, ..)| *name);
        for (name, span, _) in gone {
            let rule = match direction {
                Sent => Rule::RequestPropertyRemoved,
                Received => Rule::ResponsePropertyRemoved,
                Condition => Rule::ConditionChanged,
            };
            self.found(
                rule,
                &at.step(&format!(".{name}")),
                *span,
                new.span,
                "is gone",
            );
        }
        for (name, span, _) in fresh {
            let rule = match (direction, required(new, name)) {
                (Sent, true) => Rule::RequestPropertyAddedRequired,
                (Sent, false) => Rule::RequestPropertyAdded,
                (Received, _) => Rule::ResponsePropertyAdded,
                (Condition, _) => Rule::ConditionChanged,
            };
            self.found(
                rule,
                &at.step(&format!(".{name}")),
                old.span,
                *span,
                "is new",
            );
        }
        for ((name, old_span, before), (_, new_span, after)) in both {
            let at = at.step(&format!(".{name}"));
            let spans = (*old_span, *new_span);
            let (was, is) = (required(old, name), required(new, name));
            if was != is {
                let (rule, message) = match (direction, is) {
                    (Sent, true) => (Rule::RequestPropertyBecameRequired, "is required now"),
                    (Sent, false) => (Rule::RequestPropertyBecameOptional, "is optional now"),
                    (Received, true) => {
                        (Rule::ResponsePropertyBecameRequired, "is always there now")
                    }
                    (Received, false) => {
                        (Rule::ResponsePropertyBecameOptional, "may be missing now")
                    }
                    (Condition, _) => (
                        Rule::ConditionChanged,
                        "is required or optional now, as it was not",
                    ),
                };
                self.found(rule, &at, spans.0, spans.1, message);
            }
            self.either(*before, *after, direction, spans, &at);
        }
    }

    /// Schemas for what is not listed: none allows anything, `false` nothing.
    fn additional(
        &mut self,
        (old, old_span): (&'d Option<Schema>, Span),
        (new, new_span): (&'d Option<Schema>, Span),
        direction: Direction,
        at: &Trail,
    ) {
        let rank = |schema: &Option<Schema>| match schema {
            Some(Schema::Bool(value)) if !value.value => 0,
            Some(schema) if !allows_anything(schema) => 1,
            _ => 2,
        };
        if let (Some(old), Some(new), 1, 1) = (old, new, rank(old), rank(new)) {
            return self.schemas(old, new, direction, at);
        }
        let (effect, message) = match rank(old).cmp(&rank(new)) {
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Greater => (Effect::Narrowed, "allows less than before"),
            std::cmp::Ordering::Less => (Effect::Widened, "allows more than before"),
        };
        let old = old.as_ref().map_or(old_span, Schema::span);
        let new = new.as_ref().map_or(new_span, Schema::span);
        self.found(
            rule(Aspect::Additional, effect, direction),
            at,
            old,
            new,
            message,
        );
    }

    fn conditions(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
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
                    if self.compared.insert((old, new, direction, false)) {
                        let at = at.step(&format!("<{keyword}>"));
                        self.waiting.push(Pair {
                            old,
                            new,
                            direction,
                            open: false,
                            at,
                        });
                    }
                }
                _ => self.condition(keyword, spans, at),
            }
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
