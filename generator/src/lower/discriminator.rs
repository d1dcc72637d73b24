//! What tells the branches of a union apart: a discriminator, written or not.

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Discriminator, Location, Schema, SchemaType};
use crate::ir::{Docs, Shape, Tagging, Text, Union, Variant};

use super::all_of::Merged;
use super::at::At;
use super::schema::{Found, MAX_NESTING};
use super::union::make_unique;
use super::{Lowering, name};

/// Names of properties that usually tell variants apart, asked first.
const USUAL_TAGS: &[&str] = &["type", "kind", "object", "event", "name"];

impl<'d> Lowering<'d, '_> {
    /// The values of the property that mean each branch, none of them two; `None` where the
    /// property does not tell all branches apart, so that they are told apart by trying.
    pub(super) fn tags_apart(
        &mut self,
        merged: &Merged<'d>,
        branches: &[&'d Schema],
        property: &str,
        written: Option<&'d Discriminator>,
    ) -> Option<Vec<Vec<String>>> {
        let mut tags: Vec<Vec<String>> = branches
            .iter()
            .map(|branch| self.tags(merged, branch, property, written))
            .collect();
        // Branches that share what they say of the property are meant by their names.
        if written.is_some() && !are_apart(&tags) {
            let named = |(branch, tags): (&&'d Schema, Vec<String>)| {
                let name = branch.reference().map(|reference| reference.target.name());
                match name.filter(|name| tags.contains(name)) {
                    Some(name) => vec![name],
                    None => tags,
                }
            };
            tags = branches.iter().zip(tags).map(named).collect();
        }
        let unsaid = tags.iter().position(Vec::is_empty);
        if unsaid.is_none() && are_apart(&tags) {
            return Some(tags);
        }
        let (message, hint) = match unsaid {
            Some(_) => (
                "nothing says which value of the discriminator means this branch",
                "give the property a `const`, or name the branch in `mapping`",
            ),
            None => (
                "a value of the discriminator means several branches",
                "name each branch in `mapping`",
            ),
        };
        let at = branches.get(unsaid.unwrap_or_default())?.span();
        self.diagnostics.push(
            Diagnostic::warning(Code::UnreadableDiscriminator, at, message)
                .label("told apart from the others by trying")
                .hint(hint),
        );
        None
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
        let said = self.values_of(merged, branch, property, &mut HashSet::new());
        if !said.is_empty() {
            return said;
        }
        match (written, target) {
            (Some(_), Some(target)) => vec![target.name()],
            _ => Vec::new(),
        }
    }

    /// The strings that a branch allows under a property, over unions inside it; `seen` are the
    /// references that were followed.
    fn values_of(
        &mut self,
        base: &Merged<'d>,
        branch: &'d Schema,
        property: &str,
        seen: &mut HashSet<&'d Location>,
    ) -> Vec<String> {
        let reference = branch.reference();
        if seen.len() > MAX_NESTING || reference.is_some_and(|r| !seen.insert(&r.target)) {
            return Vec::new();
        }
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
        inner
            .into_iter()
            .flat_map(|branch| self.values_of(base, branch, property, seen))
            .collect()
    }

    /// A required property whose one string differs in every branch: a tag in all but name.
    pub(super) fn common_tag(
        &mut self,
        base: &Merged<'d>,
        branches: &[&'d Schema],
    ) -> Option<String> {
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
                let values = self.values_of(base, branch, &property, &mut HashSet::new());
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
    pub(super) fn find_implied(&mut self, merged: &Merged<'d>, at: &At) -> Option<(Found, bool)> {
        let own = merged.object?.discriminator.as_ref()?;
        let place = at.place()?;
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
}

/// Whether no value stands in two lists.
fn are_apart(tags: &[Vec<String>]) -> bool {
    let mut seen = BTreeSet::new();
    tags.iter().flatten().all(|tag| seen.insert(tag))
}
