//! Types, formats, listed values and limits.

use super::direction::{Aspect, Effect, rule};
use super::{Direction, Rule, Trail, Walk, value};
use crate::document::{SchemaObject, SchemaType};
use crate::source::{Node, Span, Spanned};

impl<'d> Walk<'d> {
    pub(super) fn values(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        open: bool,
        at: &Trail,
    ) {
        self.types(old, new, direction, at);
        self.formats(old, new, direction, at);
        self.listed(old, new, direction, open, at);
        self.bounds(old, new, direction, at);
    }

    fn types(&mut self, old: &SchemaObject, new: &SchemaObject, direction: Direction, at: &Trail) {
        // No `type` is every type; `number` is `integer` too.
        let covers = |all: &SchemaObject, part: &SchemaObject| {
            let has = |wanted: SchemaType| {
                all.types.iter().any(|t| {
                    t.value == wanted
                        || (t.value == SchemaType::Number && wanted == SchemaType::Integer)
                })
            };
            all.types.is_empty()
                || (!part.types.is_empty() && part.types.iter().all(|t| has(t.value)))
        };
        let effect = match (covers(old, new), covers(new, old)) {
            (true, true) => return,
            (true, false) => Effect::Narrowed,
            (false, true) => Effect::Widened,
            (false, false) => Effect::Changed,
        };
        let say = |of: &SchemaObject| match of.types.as_slice() {
            [] => "any".to_owned(),
            types => types
                .iter()
                .map(|t| t.value.name())
                .collect::<Vec<_>>()
                .join(" or "),
        };
        let message = format!("the type changed from {} to {}", say(old), say(new));
        self.found(
            rule(Aspect::Type, effect, direction),
            at,
            old.span,
            new.span,
            message,
        );
    }

    fn formats(
        &mut self,
        old: &SchemaObject,
        new: &SchemaObject,
        direction: Direction,
        at: &Trail,
    ) {
        for (keyword, before, after) in [
            ("format", &old.format, &new.format),
            (
                "contentEncoding",
                &old.content_encoding,
                &new.content_encoding,
            ),
            (
                "contentMediaType",
                &old.content_media_type,
                &new.content_media_type,
            ),
        ] {
            let text = |of: &'_ Option<Spanned<String>>| of.as_ref().map(|t| t.value.clone());
            let (was, is) = (text(before), text(after));
            let effect = match (was.as_deref(), is.as_deref()) {
                (was, is) if was == is => continue,
                (None, _) | (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => {
                    Effect::Narrowed
                }
                (_, None) | (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => {
                    Effect::Widened
                }
                _ => Effect::Changed,
            };
            let say =
                |text: Option<String>| text.map_or("none".to_owned(), |text| format!("`{text}`"));
            let message = format!("`{keyword}` changed from {} to {}", say(was), say(is));
            self.found(
                rule(Aspect::Format, effect, direction),
                at,
                old.span,
                new.span,
                message,
            );
        }
    }

    fn listed(
        &mut self,
        old: &SchemaObject,
        new: &SchemaObject,
        direction: Direction,
        open: bool,
        at: &Trail,
    ) {
        let of = |object: &SchemaObject| -> Option<Vec<Node>> {
            match (&object.const_value, &object.enum_values) {
                (Some(value), Some(values)) if !values.contains(value) => Some(Vec::new()),
                (Some(value), _) => Some(vec![value.clone()]),
                (None, values) => values.clone(),
            }
        };
        let spans = (old.span, new.span);
        match (of(old), of(new)) {
            (None, None) => {}
            (None, Some(_)) => {
                let rule = rule(Aspect::Values, Effect::Narrowed, direction);
                self.found(rule, at, spans.0, spans.1, "only listed values now");
            }
            (Some(_), None) => {
                let rule = rule(Aspect::Values, Effect::Widened, direction);
                self.found(
                    rule,
                    at,
                    spans.0,
                    spans.1,
                    "more than the listed values now",
                );
            }
            (Some(old), Some(new)) => {
                for gone in old.iter().filter(|value| !new.contains(value)) {
                    let rule = rule(Aspect::Values, Effect::Narrowed, direction);
                    self.found(
                        rule,
                        at,
                        gone.span,
                        spans.1,
                        format!("{} is gone", value(gone)),
                    );
                }
                for fresh in new.iter().filter(|value| !old.contains(value)) {
                    let rule = match direction {
                        Direction::Received if open => Rule::ResponseOpenValueAdded,
                        _ => rule(Aspect::Values, Effect::Widened, direction),
                    };
                    self.found(
                        rule,
                        at,
                        spans.0,
                        fresh.span,
                        format!("{} is new", value(fresh)),
                    );
                }
            }
        }
    }

    fn bounds(&mut self, old: &SchemaObject, new: &SchemaObject, direction: Direction, at: &Trail) {
        let text = |of: &Option<Spanned<String>>| of.as_ref().map(|n| n.value.clone());
        let count = |of: &Option<Spanned<u64>>| of.as_ref().map(|n| n.value.to_string());
        let spans = (old.span, new.span);
        let lower = [
            ("minimum", text(&old.minimum), text(&new.minimum)),
            (
                "exclusiveMinimum",
                text(&old.exclusive_minimum),
                text(&new.exclusive_minimum),
            ),
            ("minLength", count(&old.min_length), count(&new.min_length)),
            ("minItems", count(&old.min_items), count(&new.min_items)),
            (
                "minProperties",
                count(&old.min_properties),
                count(&new.min_properties),
            ),
        ];
        for (keyword, was, is) in lower {
            // At least nothing is no limit, but of numbers.
            let counted = keyword.len() > "minimum".len() && !keyword.starts_with("excl");
            let real = |n: Option<String>| n.filter(|n| !counted || n != "0");
            self.bound(
                keyword,
                real(was),
                real(is),
                Effect::Narrowed,
                direction,
                spans,
                at,
            );
        }
        let upper = [
            ("maximum", text(&old.maximum), text(&new.maximum)),
            (
                "exclusiveMaximum",
                text(&old.exclusive_maximum),
                text(&new.exclusive_maximum),
            ),
            ("maxLength", count(&old.max_length), count(&new.max_length)),
            ("maxItems", count(&old.max_items), count(&new.max_items)),
            (
                "maxProperties",
                count(&old.max_properties),
                count(&new.max_properties),
            ),
        ];
        for (keyword, was, is) in upper {
            self.bound(keyword, was, is, Effect::Widened, direction, spans, at);
        }
        let other = [
            ("pattern", text(&old.pattern), text(&new.pattern)),
            ("multipleOf", text(&old.multiple_of), text(&new.multiple_of)),
            (
                "minContains",
                // Left out it is one.
                count(&old.min_contains).or(Some("1".to_owned())),
                count(&new.min_contains).or(Some("1".to_owned())),
            ),
            (
                "maxContains",
                count(&old.max_contains),
                count(&new.max_contains),
            ),
            (
                "uniqueItems",
                old.unique_items.then(String::new),
                new.unique_items.then(String::new),
            ),
        ];
        for (keyword, was, is) in other {
            self.bound(keyword, was, is, Effect::Changed, direction, spans, at);
        }
    }

    /// `greater` is what a greater limit does to the values; `Changed` where that cannot be told.
    #[expect(
        clippy::too_many_arguments,
        reason = "one limit, twice, and where it stands"
    )]
    fn bound(
        &mut self,
        keyword: &str,
        was: Option<String>,
        is: Option<String>,
        greater: Effect,
        direction: Direction,
        spans: (Span, Span),
        at: &Trail,
    ) {
        let (effect, message) = match (&was, &is) {
            (None, None) => return,
            (None, Some(is)) => (Effect::Narrowed, format!("`{keyword}` is new: `{is}`")),
            (Some(was), None) => (
                Effect::Widened,
                format!("`{keyword}` is gone: it was `{was}`"),
            ),
            (Some(was), Some(is)) if was == is || same_number(was, is) => return,
            (Some(was), Some(is)) => {
                let numbers = (was.parse::<f64>(), is.parse::<f64>());
                let effect = match (greater, numbers) {
                    (Effect::Narrowed | Effect::Widened, (Ok(was), Ok(is))) if was < is => greater,
                    (Effect::Narrowed, (Ok(was), Ok(is))) if was > is => Effect::Widened,
                    (Effect::Widened, (Ok(was), Ok(is))) if was > is => Effect::Narrowed,
                    _ => Effect::Changed,
                };
                (
                    effect,
                    format!("`{keyword}` changed from `{was}` to `{is}`"),
                )
            }
        };
        self.found(
            rule(Aspect::Bounds, effect, direction),
            at,
            spans.0,
            spans.1,
            message,
        );
    }
}

/// `5` and `5.0`: whole numbers that a double holds.
fn same_number(one: &str, other: &str) -> bool {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one == other && one.fract() == 0.0 && one.abs() < WHOLE,
        _ => false,
    }
}
