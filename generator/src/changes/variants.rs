//! Unions: `oneOf`, `anyOf`, `allOf`, and what tells variants apart.

use super::apart::apart;
use super::direction::{Aspect, Effect, rule};
use super::schemas::{Around, Pair};
use super::silent::follow;
use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{Document, Location, Schema, SchemaObject, SchemaType};

impl<'d> Walk<'d> {
    pub(super) fn variants(
        &mut self,
        old: &'d SchemaObject,
        new: &'d SchemaObject,
        direction: Direction,
        around: Around<'d>,
        at: &Trail,
    ) {
        let spans = (old.span, new.span);
        for (keyword, before, after) in [
            ("oneOf", &old.one_of, &new.one_of),
            ("anyOf", &old.any_of, &new.any_of),
        ] {
            if before.is_empty() != after.is_empty() {
                self.condition(keyword, spans, at);
                continue;
            }
            // One of them and no other: where a value can be of two, more of one is less of all.
            let apart =
                keyword == "anyOf" || (apart(self.old, old, before) && apart(self.new, new, after));
            let direction = if apart {
                direction
            } else {
                Direction::Condition
            };
            let open = is_open_enum(self.old, before) && is_open_enum(self.new, after);
            let around = Around {
                open: around.open || open,
                part: false,
                ..around
            };
            let (both, gone, fresh) = self.branches(before, after);
            for branch in gone {
                let rule = rule(Aspect::Variants, Effect::Narrowed, direction);
                self.found(
                    rule,
                    at,
                    branch.span(),
                    spans.1,
                    format!("{} is gone", say(self.old, branch)),
                );
            }
            for branch in fresh {
                let rule = match direction {
                    // A type that was there may have been used alone, and is a variant now.
                    Direction::Received if around.open && !self.was(branch) => {
                        Rule::ResponseOpenVariantAdded
                    }
                    _ => rule(Aspect::Variants, Effect::Widened, direction),
                };
                self.found(
                    rule,
                    at,
                    spans.0,
                    branch.span(),
                    format!("{} is new", say(self.new, branch)),
                );
            }
            for (index, (old, new)) in both.into_iter().enumerate() {
                let at = at.step(&format!("<{keyword} {index}>"));
                self.compare(Pair {
                    old,
                    new,
                    direction,
                    around,
                    at,
                });
            }
        }
        let (both, gone, fresh) = self.branches(&old.all_of, &new.all_of);
        if !gone.is_empty() || !fresh.is_empty() {
            self.condition("allOf", spans, at);
        }
        for (index, (old, new)) in both.into_iter().enumerate() {
            let at = at.step(&format!("<allOf {index}>"));
            let around = Around {
                part: true,
                ..around
            };
            self.compare(Pair {
                old,
                new,
                direction,
                around,
                at,
            });
        }
        self.implied(old, new, direction, around, at);
        self.discriminators(old, new, at);
    }

    /// Whether the old document has a schema of the name of this one.
    fn was(&self, branch: &Schema) -> bool {
        let Some(name) = name(self.new, branch) else {
            return true;
        };
        let known = &self.old.components.schemas;
        let referred = self.old.referred_schemas();
        known.contains_key(name.as_str()) || referred.iter().any(|(at, _)| at.name() == name)
    }

    /// Branches that say the same name belong together, the others by their order.
    pub(super) fn branches(
        &self,
        old: &'d [Schema],
        new: &'d [Schema],
    ) -> (
        Vec<(&'d Schema, &'d Schema)>,
        Vec<&'d Schema>,
        Vec<&'d Schema>,
    ) {
        let of =
            |document: &'d Document, list: &'d [Schema]| -> Vec<(Option<String>, &'d Schema)> {
                list.iter()
                    .map(|schema| (name(document, schema), schema))
                    .collect()
            };
        let (old, new) = (of(self.old, old), of(self.new, new));
        let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        let (both, gone, fresh) = pair(&old, &new, |(name, _)| name.clone());
        let strip = |list: Vec<&(Option<String>, &'d Schema)>| {
            list.into_iter().map(|(_, schema)| *schema).collect()
        };
        let both = both
            .into_iter()
            .map(|((_, old), (_, new))| (*old, *new))
            .collect();
        (both, strip(gone), strip(fresh))
    }

    fn discriminators(&mut self, old: &'d SchemaObject, new: &'d SchemaObject, at: &Trail) {
        let spans = (old.span, new.span);
        let (before, after) = match (&old.discriminator, &new.discriminator) {
            (None, None) => return,
            (Some(before), Some(after)) => (before, after),
            (Some(_), None) => {
                return self.found(
                    Rule::DiscriminatorChanged,
                    at,
                    spans.0,
                    spans.1,
                    "has no discriminator any more",
                );
            }
            (None, Some(_)) => {
                return self.found(
                    Rule::DiscriminatorChanged,
                    at,
                    spans.0,
                    spans.1,
                    "has a discriminator now",
                );
            }
        };
        let spans = (before.span, after.span);
        if before.property_name != after.property_name {
            let message = format!(
                "`{}` told variants apart, `{}` does now",
                *before.property_name, *after.property_name
            );
            self.found(Rule::DiscriminatorChanged, at, spans.0, spans.1, message);
        }
        let last = |default: &Option<crate::document::Reference>| {
            default.as_ref().map(|r| r.target.name())
        };
        if last(&before.default_mapping) != last(&after.default_mapping) {
            self.found(
                Rule::DiscriminatorChanged,
                at,
                spans.0,
                spans.1,
                "`defaultMapping` changed",
            );
        }
        for (tag, target) in &before.mapping {
            let message = match after.mapping.get(tag.value.as_str()) {
                Some(other) if other.target.name() == target.target.name() => continue,
                Some(other) => format!("`{}` is another variant: `{}`", **tag, other.target.name()),
                None => format!("`{}` is no tag any more", **tag),
            };
            self.found(Rule::DiscriminatorChanged, at, tag.span, spans.1, message);
        }
        // The tag of a variant that was there before: it was told by its name until now.
        for (tag, target) in &after.mapping {
            let known = |schema: &Schema| {
                schema
                    .reference()
                    .is_some_and(|r| r.target.name() == target.target.name())
            };
            let mapped = before.mapping.contains_key(tag.value.as_str());
            if !mapped && old.one_of.iter().chain(&old.any_of).any(known) {
                let message = format!("`{}` is a new tag of `{}`", **tag, target.target.name());
                self.found(Rule::DiscriminatorChanged, at, spans.0, tag.span, message);
            }
        }
    }
}

/// What a branch goes by: a referred place, or the one value that it allows.
fn name(document: &Document, schema: &Schema) -> Option<String> {
    let (schema, place) = follow(document, schema);
    let constant = || schema.as_object()?.const_value.as_ref().map(super::value);
    place.map(Location::name).or_else(constant)
}

fn say(document: &Document, schema: &Schema) -> String {
    name(document, schema).map_or("a variant without a name".to_owned(), |name| {
        format!("`{}`", name.trim_matches('`'))
    })
}

/// `anyOf: [{enum: [...]}, {type: string}]`: an enum that leaves room for later values.
fn is_open_enum(document: &Document, branches: &[Schema]) -> bool {
    let is = |test: &dyn Fn(&SchemaObject) -> bool| {
        branches
            .iter()
            .any(|branch| follow(document, branch).0.as_object().is_some_and(test))
    };
    is(&|object| object.enum_values.is_some() || object.const_value.is_some())
        && is(&|object| {
            let text =
                matches!(object.types.as_slice(), [only] if only.value == SchemaType::String);
            text && object.enum_values.is_none()
                && object.const_value.is_none()
                && object.pattern.is_none()
        })
}
