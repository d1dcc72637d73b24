//! Schemas, keyword by keyword. A keyword that no rule understands is a condition.

use super::direction::{Aspect, Effect, rule};
use super::silent::{allows_anything, follow};
use super::{Direction, Rule, Trail, Walk};
use crate::document::{Location, Schema, SchemaObject};
use crate::source::Span;

/// What opens an enum or a union to values of later versions.
pub(super) const OPEN: &str = "x-exai-open";

/// Two schemas to compare, and where.
pub(super) struct Pair<'d> {
    pub(super) old: &'d Schema,
    pub(super) new: &'d Schema,
    pub(super) direction: Direction,
    pub(super) around: Around<'d>,
    pub(super) at: Trail,
}

/// What the schemas around say that are asked of the same value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'d> {
    /// Whether values that are not listed were to be expected.
    pub(super) open: bool,
    /// The old schema whose `unevaluated...` keywords speak of what those below leave over.
    pub(super) left_over: Option<&'d SchemaObject>,
    /// The outermost of the old ones.
    pub(super) top: Option<&'d SchemaObject>,
    /// Whether it is a part of an `allOf`: what another schema is made of, and no value alone.
    pub(super) part: bool,
}

impl<'d> Around<'d> {
    /// What tells it from others.
    pub(super) fn key(self) -> ([bool; 2], [Option<*const SchemaObject>; 2]) {
        let schemas = [self.left_over, self.top];
        (
            [self.open, self.part],
            schemas.map(|of| of.map(std::ptr::from_ref)),
        )
    }

    /// The same, for what stands below a schema.
    pub(super) fn below(self, old: &'d SchemaObject) -> Self {
        let says = old.unevaluated_items.is_some() || old.unevaluated_properties.is_some();
        Self {
            left_over: Some(old).filter(|_| says).or(self.left_over),
            top: self.top.or(Some(old)),
            ..self
        }
    }
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
            around: Around::default(),
            at,
        });
    }

    pub(super) fn compare(&mut self, pair: Pair<'d>) {
        let Pair {
            old,
            new,
            direction,
            around,
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
                let rule = match self.shipped.keeps_type(old) {
                    true => Rule::TypeRenamedKept,
                    false => Rule::TypeRenamed,
                };
                let message = format!("`{old}` became `{new}`");
                self.found(rule, &at, spans.0, spans.1, message);
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
        if !self
            .compared
            .insert((before, after, direction, around.key()))
        {
            return;
        }
        let next = Pair {
            old: before,
            new: after,
            direction,
            around,
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
            around,
            at,
        } = pair;
        let spans = (old.span(), new.span());
        let effect = match (old, new) {
            (Schema::Object(old), Schema::Object(new)) => {
                return self.objects(old, new, direction, around, &at);
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
        around: Around<'d>,
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
        let around = Around {
            open: around.open || (is_open(old) && is_open(new)),
            ..around.below(old)
        };
        self.annotations(old, new, direction, at);
        self.conventions(&old.extensions, &new.extensions, at);
        if around.left_over.is_none() && self.merged(old, new, direction, at) {
            return;
        }
        self.values(old, new, direction, around.open, at);
        self.properties(old, new, direction, around, at);
        self.left_over(old, new, around, at);
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
        self.variants(old, new, direction, around, at);
        self.conditions(old, new, direction, around, at);
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
        self.lifecycle(
            [Rule::SchemaDeprecated, Rule::SchemaRevived],
            (old.deprecated, new.deprecated),
            (&old.extensions, &new.extensions),
            (old.span, new.span),
            at,
        );
        if old.examples != new.examples {
            let message = "the examples changed";
            self.found(Rule::WordsChanged, at, old.span, new.span, message);
        }
        self.elsewhere(
            old.external_docs.as_deref(),
            new.external_docs.as_deref(),
            at,
        );
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
}
