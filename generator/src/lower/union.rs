//! `oneOf` and `anyOf`, with and without discriminator.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Discriminator, Schema, SchemaType};
use crate::ir::{
    Beyond, Docs, Literal, Name, Shape, StringFormat, Tagging, Text, Type, Types, Union, Variant,
};
use crate::numbers::Numbers;

use super::all_of::{Branches, Merged};
use super::at::At;
use super::schema::Found;
use super::{Lowering, docs, enumeration, name};

impl<'d> Lowering<'d, '_> {
    /// The union that a merged schema is; `None` when it is none.
    pub(super) fn find_union(&mut self, merged: &Merged<'d>, at: &At) -> Option<(Found, bool)> {
        let (constraints, groups): (Vec<_>, Vec<Branches<'d>>) = merged
            .unions
            .iter()
            .copied()
            .partition(|group| group.branches.iter().all(is_constraint));
        let said = constraints.iter().map(|group| group.keyword());
        self.beyond.extend(said.map(Beyond::Condition));
        match groups.as_slice() {
            [] => self.find_implied(merged, at),
            [group] => Some(self.union(merged, group, at)),
            [_, second, ..] => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        Code::UnsupportedSchema,
                        second.span,
                        "a schema that is in one of several unions at once is any value",
                    )
                    .hint("write the combinations out as the branches of one `oneOf`"),
                );
                self.beyond.push(Beyond::Untyped(second.keyword()));
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
        let tags = property
            .as_deref()
            .and_then(|property| self.tags_apart(merged, branches, property, discriminator));
        let property = property.filter(|_| tags.is_some());
        let tags = tags.unwrap_or_else(|| vec![Vec::new(); branches.len()]);
        let mut variants: Vec<Variant> = Vec::new();
        for (branch, tags) in branches.iter().zip(tags) {
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
        if property.is_none() && has_formats(&variants) {
            self.beyond.push(Beyond::Shape("format"));
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
            let ty = self.inline_part(&one, &at.child(ty.name()));
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

/// The union of types without null that may stand in one another's place, or the one type that is
/// left where a reader could not tell them apart.
pub(crate) fn union_of(types: Vec<Type>, all: &Types) -> Result<Shape, Type> {
    let variant = |ty: Type| Variant {
        name: spelled(kind_words(&ty, all)),
        ty,
        tags: Vec::new(),
        docs: Docs::default(),
        indirect: false,
    };
    let variants = types.into_iter().map(variant).collect();
    match close_union(variants, None, false) {
        Found::Shape(shape) => Ok(shape),
        Found::Type(ty) => Err(ty),
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
    let mut seen: HashSet<Type> = HashSet::new();
    let mut out: Vec<Variant> = Vec::new();
    for mut variant in variants {
        if strings > 1 && matches!(variant.ty, Type::String(_)) {
            variant.ty = Type::String(StringFormat::Plain);
            variant.name = name::split("string");
        }
        if seen.insert(variant.ty.clone()) {
            out.push(variant);
        }
    }
    out
}

/// Whether strings of several formats are variants, and any string is none: `plain` makes them one.
fn has_formats(variants: &[Variant]) -> bool {
    let strings = variants.iter().filter_map(|variant| match &variant.ty {
        Type::String(format) => Some(format),
        _ => None,
    });
    let formats: Vec<&StringFormat> = strings.collect();
    formats.iter().any(|format| *format != formats[0]) && !formats.contains(&&StringFormat::Plain)
}

/// Numbers variants that have the name of one before.
pub(super) fn make_unique(variants: &mut [Variant]) {
    let mut seen: HashSet<Vec<String>> = HashSet::new();
    let mut numbers = Numbers::default();
    for variant in variants {
        let words = variant.name.words().to_vec();
        if seen.contains(&words) {
            let numbered = |words: &Vec<String>, number: u32| {
                [words.as_slice(), &[number.to_string()]].concat()
            };
            let longer = numbers.free(words, numbered, |longer| seen.contains(longer));
            variant.name = Name::new(longer, variant.name.wire().raw());
        }
        seen.insert(variant.name.words().to_vec());
    }
}

/// A name for a branch or a part from the words of a type.
fn kind_words(ty: &Type, types: &crate::ir::Types) -> Vec<String> {
    let word = match ty {
        Type::Any => "value",
        Type::Never => "never",
        Type::Null => "null",
        Type::Boolean => "boolean",
        Type::Integer(_) => "integer",
        Type::Number(_) => "number",
        Type::String(StringFormat::Plain | StringFormat::Other(_)) => "string",
        Type::String(StringFormat::DateTime) => "time",
        Type::String(StringFormat::Date) => "date",
        Type::String(StringFormat::Binary | StringFormat::Base64) => "bytes",
        Type::String(_) => "string",
        Type::Literal(Literal::String(text)) => return name::words(text.raw()),
        Type::Literal(_) => "constant",
        Type::Nullable(inner) => return kind_words(inner, types),
        Type::List(inner) => return [kind_words(inner, types), vec!["list".to_owned()]].concat(),
        Type::Map(_) => "map",
        Type::Tuple { .. } => "tuple",
        Type::Named(id) => return types[*id].name.words().to_vec(),
    };
    vec![word.to_owned()]
}

/// Words as a name whose wire spelling says the same.
fn spelled(words: Vec<String>) -> Name {
    let wire = words.join("_");
    Name::new(words, wire)
}
