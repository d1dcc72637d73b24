//! `oneOf` and `anyOf`, with and without discriminator.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Discriminator, Location, Schema, SchemaType};
use crate::ir::{Docs, Name, Shape, StringFormat, Tagging, Text, Type, Union, Variant};

use super::all_of::{Branches, Merged};
use super::schema::{At, Found, kind_words, spelled};
use super::{Lowering, docs, enumeration, name};

/// Names of properties that usually tell variants apart, asked first.
const USUAL_TAGS: &[&str] = &["type", "kind", "object", "event", "name"];

impl<'d> Lowering<'d, '_> {
    /// The union that a merged schema is; `None` when it is none.
    pub(super) fn find_union(&mut self, merged: &Merged<'d>, at: &At) -> Option<(Found, bool)> {
        let groups: Vec<Branches<'d>> = merged
            .unions
            .iter()
            .copied()
            .filter(|group| !group.branches.iter().all(is_constraint))
            .collect();
        match groups.as_slice() {
            [] => self.find_implied(merged, at),
            [group] => Some(self.union(merged, group, at)),
            [_, second, ..] => {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnsupportedSchema,
                        second.span,
                        "a schema that is in one of several unions at once is not modelled",
                    )
                    .hint("write the combinations out as the branches of one `oneOf`"),
                );
                Some((Found::Type(Type::Any), false))
            }
        }
    }

    fn union(&mut self, merged: &Merged<'d>, group: &Branches<'d>, at: &At) -> (Found, bool) {
        let (nulls, branches): (Vec<&Schema>, Vec<&'d Schema>) =
            group.branches.iter().partition(|branch| is_null(branch));
        let nullable = !nulls.is_empty()
            || merged
                .types
                .as_ref()
                .is_some_and(|types| types.contains(&SchemaType::Null));
        if !merged.has_properties()
            && let Some(listed) = enumeration::of_branches(group)
        {
            return (Found::Shape(Shape::Enum(listed)), nullable);
        }
        let found = self.variants(merged, &branches, group.discriminator, group.open, at);
        let inner_null = group
            .branches
            .iter()
            .any(|branch| self.allows_null(branch, 0));
        (found, nullable || inner_null)
    }

    /// A union that the document does not write down: of these schemas, open.
    pub(super) fn union_of(&mut self, branches: &[&'d Schema], at: &At) -> Found {
        let Some(first) = branches.first() else {
            return Found::Type(Type::Any);
        };
        let base = Merged::empty(first.span());
        self.variants(&base, branches, None, true, at)
    }

    fn variants(
        &mut self,
        merged: &Merged<'d>,
        branches: &[&'d Schema],
        discriminator: Option<&'d Discriminator>,
        open: bool,
        at: &At,
    ) -> Found {
        let property = match discriminator {
            Some(discriminator) => Some(discriminator.property_name.value.clone()),
            None => self.common_tag(merged, branches),
        };
        let mut variants: Vec<Variant> = Vec::new();
        for branch in branches {
            let tags = match &property {
                Some(property) => self.tags(merged, branch, property, discriminator),
                None => Vec::new(),
            };
            if property.is_some() && tags.is_empty() {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnreadableDiscriminator,
                        branch.span(),
                        "nothing says which value of the discriminator means this branch",
                    )
                    .hint("give the property a `const`, or name the branch in `mapping`"),
                );
                continue;
            }
            let ty = self.branch_type(merged, branch, &tags, at);
            let (ty, _) = ty.split_null();
            variants.push(Variant {
                name: self.variant_name(branch, &tags, ty),
                ty: ty.clone(),
                tags: tags.iter().map(Text::new).collect(),
                docs: if branch.reference().is_some() {
                    docs::of(branch)
                } else {
                    Docs::default()
                },
                indirect: false,
            });
        }
        close_union(variants, property, open)
    }

    fn branch_type(
        &mut self,
        merged: &Merged<'d>,
        branch: &'d Schema,
        tags: &[String],
        at: &At,
    ) -> Type {
        let at = match (tags.first(), branch.as_object()) {
            (Some(tag), _) => at.child(tag),
            (None, Some(object)) => match (&object.title, object.types.as_slice()) {
                (Some(title), _) => at.child(&title.value),
                (None, [only]) => at.child(only.value.name()),
                _ => at.child("variant"),
            },
            (None, None) => at.child("variant"),
        };
        if !merged.has_properties() && merged.required.is_empty() {
            return self.type_of(branch, &at);
        }
        let mut both = Merged {
            unions: Vec::new(),
            base: None,
            ..merged.clone()
        };
        let extra = self.merge_all(&[branch], branch.span());
        for (wire, schemas) in extra.properties {
            both.properties.entry(wire).or_default().extend(schemas);
        }
        both.required.extend(extra.required);
        both.additional = extra.additional.or(both.additional);
        both.unions = extra.unions;
        both.object = extra.object;
        self.inline(&both, &at)
    }

    /// The values of the discriminator that mean a branch: by `mapping`, else what the branch
    /// itself says of the property, else its name (section 4.8.25.2 of the standard).
    fn tags(
        &mut self,
        merged: &Merged<'d>,
        branch: &'d Schema,
        property: &str,
        written: Option<&'d Discriminator>,
    ) -> Vec<String> {
        let target = branch.reference().map(|reference| &reference.target);
        let mut mapped: Vec<String> = written
            .into_iter()
            .flat_map(|discriminator| &discriminator.mapping)
            .filter(|(_, reference)| Some(&reference.target) == target)
            .map(|(key, _)| key.value.clone())
            .collect();
        mapped.sort();
        if !mapped.is_empty() {
            return mapped;
        }
        let said = self.values_of(merged, branch, property, 0);
        if !said.is_empty() {
            return said;
        }
        match (written, target) {
            (Some(_), Some(target)) => vec![target.name()],
            _ => Vec::new(),
        }
    }

    /// The strings that a branch allows under a property, over unions inside it.
    fn values_of(
        &mut self,
        base: &Merged<'d>,
        branch: &'d Schema,
        property: &str,
        depth: usize,
    ) -> Vec<String> {
        let merged = self.merge_all(&[branch], branch.span());
        let schemas = merged
            .properties
            .get(property)
            .or_else(|| base.properties.get(property));
        if let Some(schemas) = schemas.cloned() {
            let values = self
                .merge_all(&schemas, branch.span())
                .values
                .unwrap_or_default();
            return values
                .iter()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect();
        }
        let inner: Vec<&'d Schema> = merged
            .unions
            .iter()
            .flat_map(|group| group.branches)
            .collect();
        if depth > 8 {
            return Vec::new();
        }
        inner
            .into_iter()
            .flat_map(|branch| self.values_of(base, branch, property, depth + 1))
            .collect()
    }

    /// A required property whose one string differs in every branch: a tag in all but name.
    fn common_tag(&mut self, base: &Merged<'d>, branches: &[&'d Schema]) -> Option<String> {
        if branches.len() < 2 {
            return None;
        }
        let mut candidates: Option<BTreeSet<String>> = None;
        for branch in branches {
            let merged = self.merge_all(&[*branch], branch.span());
            let own: BTreeSet<String> = merged
                .properties
                .keys()
                .filter(|wire| merged.required.contains(wire) || base.required.contains(wire))
                .map(|wire| (*wire).to_owned())
                .collect();
            candidates = Some(match candidates {
                None => own,
                Some(before) => before.intersection(&own).cloned().collect(),
            });
        }
        let candidates = candidates?;
        let usual = USUAL_TAGS.iter().map(|tag| (*tag).to_owned());
        let ordered = usual
            .filter(|tag| candidates.contains(tag))
            .chain(candidates.iter().cloned());
        for property in ordered.collect::<Vec<_>>() {
            let mut seen = BTreeSet::new();
            let distinct = branches.iter().all(|branch| {
                let values = self.values_of(base, branch, &property, 0);
                values.len() == 1 && values.into_iter().all(|value| seen.insert(value))
            });
            if distinct {
                return Some(property);
            }
        }
        None
    }

    /// A discriminator without branches: the variants are the schemas that say `allOf` of this
    /// one, or that its `mapping` names.
    fn find_implied(&mut self, merged: &Merged<'d>, at: &At) -> Option<(Found, bool)> {
        let own = merged.object?.discriminator.as_ref()?;
        let place = at.place.as_ref()?;
        let document = self.document;
        let mut children: Vec<(Vec<String>, Location)> = Vec::new();
        for (tag, reference) in &own.mapping {
            match children.iter_mut().find(|(_, at)| *at == reference.target) {
                Some((tags, _)) => tags.push(tag.value.clone()),
                None => children.push((vec![tag.value.clone()], reference.target.clone())),
            }
        }
        for (key, schema) in super::sorted(&document.components.schemas) {
            let pointer = format!(
                "/components/schemas/{}",
                crate::source::escape_token(&key.value)
            );
            let child = Location::new(document.file, pointer);
            let derives = schema.as_object().is_some_and(|object| {
                object
                    .all_of
                    .iter()
                    .any(|s| s.reference().is_some_and(|r| r.target == *place))
            });
            if derives && !children.iter().any(|(_, at)| *at == child) {
                children.push((vec![key.value.clone()], child));
            }
        }
        children.retain(|(_, at)| at != place);
        if children.is_empty() {
            return None;
        }
        for (tags, _) in &mut children {
            tags.sort();
        }
        children.sort();
        let mut variants = Vec::new();
        for (tags, child) in children {
            let Some(schema) = document.resolve_schema(&child) else {
                continue;
            };
            variants.push(Variant {
                name: name::split(tags.first().map_or("variant", String::as_str)),
                ty: self.named(&child, schema).split_null().0.clone(),
                tags: tags.iter().map(Text::new).collect(),
                docs: Docs::default(),
                indirect: false,
            });
        }
        make_unique(&mut variants);
        let tagging = Tagging::Property(name::split(&own.property_name.value));
        let nullable = merged
            .types
            .as_ref()
            .is_some_and(|t| t.contains(&SchemaType::Null));
        let union = Union {
            variants,
            tagging,
            open: true,
        };
        Some((Found::Shape(Shape::Union(union)), nullable))
    }

    fn variant_name(&self, branch: &Schema, tags: &[String], ty: &Type) -> Name {
        if let Some(tag) = tags.first() {
            return name::split(tag);
        }
        let title = branch.as_object().and_then(|object| object.title.as_ref());
        match (ty, title) {
            (Type::Named(_), _) | (_, None) => spelled(kind_words(ty, &self.types)),
            (_, Some(title)) => name::split(&title.value),
        }
    }

    /// A schema of several types, each a variant of its own.
    pub(super) fn union_of_types(
        &mut self,
        types: &[SchemaType],
        merged: &Merged<'d>,
        at: &At,
    ) -> Found {
        let mut variants = Vec::new();
        for ty in types {
            let one = Merged {
                types: Some(vec![*ty]),
                ..merged.clone()
            };
            let ty = self.inline(&one, &at.child(ty.name()));
            variants.push(Variant {
                name: spelled(kind_words(&ty, &self.types)),
                ty,
                tags: Vec::new(),
                docs: Docs::default(),
                indirect: false,
            });
        }
        close_union(variants, None, false)
    }
}

/// The union of variants, or less: one variant alone is that type, and any value is any value.
fn close_union(mut variants: Vec<Variant>, property: Option<String>, open: bool) -> Found {
    if property.is_none() {
        variants = plain(variants);
    }
    if let ([only], false) = (variants.as_slice(), open) {
        return Found::Type(only.ty.clone());
    }
    if variants.iter().any(|variant| variant.ty == Type::Any) && property.is_none() {
        return Found::Type(Type::Any);
    }
    make_unique(&mut variants);
    let tagging = property.map_or(Tagging::Untagged, |wire| {
        Tagging::Property(name::split(&wire))
    });
    Found::Shape(Shape::Union(Union {
        variants,
        tagging,
        open,
    }))
}

/// Branches that say nothing of the value's type, only of which properties must be there.
fn is_constraint(branch: &Schema) -> bool {
    branch.as_object().is_some_and(|object| {
        object.reference.is_none()
            && object.types.is_empty()
            && object.enum_values.is_none()
            && object.const_value.is_none()
            && object.items.is_none()
            && object.all_of.is_empty()
            && object.one_of.is_empty()
            && object.any_of.is_empty()
            && object.properties.is_empty()
            && object.format.is_none()
            && (!object.required.is_empty() || object.not.is_some())
    })
}

fn is_null(branch: &Schema) -> bool {
    branch.as_object().is_some_and(|object| {
        matches!(object.types.as_slice(), [only] if only.value == SchemaType::Null)
            || object
                .const_value
                .as_ref()
                .is_some_and(crate::source::Node::is_null)
    })
}

/// Untagged variants that a reader could not tell apart become one: strings of several formats
/// are strings, and the same type twice is one.
fn plain(variants: Vec<Variant>) -> Vec<Variant> {
    let strings = variants
        .iter()
        .filter(|v| matches!(v.ty, Type::String(_)))
        .count();
    let mut out: Vec<Variant> = Vec::new();
    for mut variant in variants {
        if strings > 1 && matches!(variant.ty, Type::String(_)) {
            variant.ty = Type::String(StringFormat::Plain);
            variant.name = name::split("string");
        }
        if !out.iter().any(|before| before.ty == variant.ty) {
            out.push(variant);
        }
    }
    out
}

fn make_unique(variants: &mut [Variant]) {
    let mut seen = BTreeSet::new();
    for variant in variants {
        let mut number = 2_u32;
        let words = variant.name.words().to_vec();
        while !seen.insert(variant.name.words().to_vec()) {
            let longer = [words.clone(), vec![number.to_string()]].concat();
            variant.name = Name::new(longer, variant.name.wire().raw());
            number += 1;
        }
    }
}
