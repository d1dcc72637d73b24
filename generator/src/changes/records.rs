//! Properties, and what may stand beside those that are listed.

use std::collections::HashSet;

use super::direction::{Aspect, Effect, rule};
use super::schemas::Around;
use super::silent::{allows_anything, goes};
use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{Document, Schema, SchemaObject};
use crate::source::Span;

impl<'d> Walk<'d> {
    /// A type that goes both ways, of which one way has properties that the other has not.
    fn divided(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        at: &Trail,
    ) {
        self.ways.insert((old, new, direction));
        if !self.ways.contains(&(old, new, direction.turned())) {
            return;
        }
        let divides = |document: &'d Document, of: &'d SchemaObject| {
            let ways = [Direction::Sent, Direction::Received];
            let one_way = |schema| ways.iter().any(|way| !goes(document, schema, *way));
            of.properties.values().any(one_way)
        };
        let message = match (divides(self.old, old), divides(self.new, new)) {
            (false, true) => "what is sent and what comes are two types now",
            (true, false) => "what is sent and what comes are one type now",
            _ => return,
        };
        self.found(Rule::TypeDivided, at, old.span, new.span, message);
    }

    pub(super) fn properties(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        around: Around<'d>,
        at: &Trail,
    ) {
        use Direction::{Condition, Received, Sent};
        self.divided(old, new, direction, at);
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
        for (name, span, after) in fresh {
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
            let said = rest(old).or(around.left_over.and_then(rest));
            // What another schema of the same value lists is sent, whatever this one says.
            let known = around.top.is_some_and(|top| {
                !std::ptr::eq(top, old) && lists(self.old, top, name, &mut HashSet::new())
            });
            if known && direction == Sent && after.is_some_and(|after| !allows_anything(after)) {
                let at = at.step(&format!(".{name}"));
                self.condition("properties", (old.span, *span), &at);
            }
            let spans = (old.span, *span);
            self.listed_now(
                said,
                *after,
                direction,
                spans,
                &at.step(&format!(".{name}")),
            );
            // By its name it may be one of those that a pattern speaks of.
            let patterns = !old.pattern_properties.is_empty();
            if patterns && after.is_some_and(|after| !allows_anything(after)) {
                self.condition("patternProperties", spans, &at.step(&format!(".{name}")));
            }
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
            // What is required but not listed is as what is not listed is.
            let (before, after) = (before.or(rest(old)), after.or(rest(new)));
            self.either(before, after, direction, spans, &at);
        }
    }

    /// A property that is new in the list was one of those that are not listed. Where the old
    /// schema says nothing of these, nobody sends them, and who gets them leaves them alone.
    fn listed_now(
        &mut self,
        said: Option<&'d Schema>,
        new: Option<&'d Schema>,
        direction: Direction,
        spans: (Span, Span),
        at: &Trail,
    ) {
        let said = said.filter(|rest| match rest {
            Schema::Bool(rest) => match direction {
                Direction::Sent => rest.value,
                Direction::Received => !rest.value,
                Direction::Condition => false,
            },
            Schema::Object(_) => true,
        });
        if said.is_some() {
            self.either(said, new, direction, spans, at);
        }
    }

    /// Schemas for what is not listed: none allows anything, `false` nothing.
    pub(super) fn additional(
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
}

/// Whether a schema, or one that is asked of the same value, speaks of a property.
fn lists<'d>(
    document: &'d Document,
    of: &'d SchemaObject,
    name: &str,
    seen: &mut HashSet<*const SchemaObject>,
) -> bool {
    if !seen.insert(of) {
        return false;
    }
    let lists_of = [&of.all_of, &of.any_of, &of.one_of];
    let one_of = [&of.if_schema, &of.then_schema, &of.else_schema, &of.not];
    let referred = of
        .reference
        .as_ref()
        .and_then(|reference| document.resolve_schema(&reference.target));
    of.properties.contains_key(name)
        || of.required.iter().any(|required| required.value == name)
        || lists_of
            .into_iter()
            .flatten()
            .chain(one_of.into_iter().flatten())
            .chain(of.dependent_schemas.values())
            .chain(referred)
            .filter_map(Schema::as_object)
            .any(|below| lists(document, below, name, seen))
}

/// What a schema says of properties that it does not list.
fn rest(of: &SchemaObject) -> Option<&Schema> {
    let kinds = [&of.additional_properties, &of.unevaluated_properties];
    kinds.into_iter().find_map(Option::as_ref)
}
