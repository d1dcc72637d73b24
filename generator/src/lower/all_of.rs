//! `allOf`, and keywords beside a `$ref`: many schemas that all hold, read as one.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Discriminator, Location, Schema, SchemaObject, SchemaType};
use crate::ir::Beyond;
use crate::source::{Node, Span};

use super::schema::MAX_NESTING;
use super::{Lowering, sorted};

/// All that several schemas say of one value.
#[derive(Clone, Debug)]
pub(super) struct Merged<'d> {
    pub(super) span: Span,
    /// The types that all allow; `None` when none says.
    pub(super) types: Option<Vec<SchemaType>>,
    /// The values that all allow, `const` included.
    pub(super) values: Option<Vec<&'d Node>>,
    /// The value came from `const`.
    pub(super) constant: bool,
    pub(super) open: bool,
    pub(super) format: Option<&'d str>,
    pub(super) content_encoding: Option<&'d str>,
    pub(super) content_media_type: Option<&'d str>,
    /// Every schema that speaks of a property.
    pub(super) properties: IndexMap<&'d str, Vec<&'d Schema>>,
    pub(super) required: Vec<&'d str>,
    pub(super) additional: Option<&'d Schema>,
    pub(super) patterns: Vec<&'d Schema>,
    pub(super) items: Vec<&'d Schema>,
    pub(super) prefix_items: &'d [Schema],
    /// Every group of branches.
    pub(super) unions: Vec<Branches<'d>>,
    /// A discriminator without branches: the types below it say `allOf` of this one.
    pub(super) base: Option<&'d Discriminator>,
    pub(super) says_string: bool,
    /// The references that were followed: a schema that must hold twice holds once.
    pub(super) followed: HashSet<&'d Location>,
    /// What is said of the value that no type can say.
    pub(super) beyond: Vec<Beyond>,
    pub(super) object: Option<&'d SchemaObject>,
}

/// The branches of one `oneOf` or `anyOf`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branches<'d> {
    pub(super) branches: &'d [Schema],
    pub(super) discriminator: Option<&'d Discriminator>,
    pub(super) open: bool,
    /// It is a `oneOf`.
    pub(super) exclusive: bool,
    pub(super) span: Span,
}

impl<'d> Merged<'d> {
    /// Nothing said yet.
    pub(super) fn empty(span: Span) -> Self {
        Self {
            span,
            types: None,
            values: None,
            constant: false,
            open: false,
            format: None,
            content_encoding: None,
            content_media_type: None,
            properties: IndexMap::new(),
            required: Vec::new(),
            additional: None,
            patterns: Vec::new(),
            items: Vec::new(),
            prefix_items: &[],
            unions: Vec::new(),
            base: None,
            says_string: false,
            followed: HashSet::new(),
            beyond: Vec::new(),
            object: None,
        }
    }

    /// Where the schema itself stands, of those that are merged.
    pub(super) fn own_span(&self) -> Span {
        self.object.map_or(self.span, |object| object.span)
    }

    /// Whether it says anything of properties.
    pub(super) fn has_properties(&self) -> bool {
        !self.properties.is_empty()
    }
}

impl<'d> Lowering<'d, '_> {
    /// Everything that a schema says, over `allOf` and references.
    pub(super) fn merge(&mut self, object: &'d SchemaObject) -> Merged<'d> {
        let mut merged = Merged::empty(object.span);
        merged.object = Some(object);
        self.absorb(object, &mut merged);
        merged
    }

    /// Everything that several schemas say of one property.
    pub(super) fn merge_all(&mut self, schemas: &[&'d Schema], span: Span) -> Merged<'d> {
        let mut merged = Merged::empty(span);
        for schema in schemas {
            if let Some(object) = schema.as_object() {
                merged.object = Some(object);
                self.absorb(object, &mut merged);
            }
        }
        merged
    }

    fn absorb(&mut self, object: &'d SchemaObject, merged: &mut Merged<'d>) {
        if let Some(reference) = object
            .reference
            .as_ref()
            .or(object.dynamic_reference.as_deref())
        {
            let document = self.document;
            if self.merging.len() > MAX_NESTING {
                let message = "this schema is made of others that are made of others, too deep";
                self.error(Code::TooDeep, reference.span, message);
                return;
            }
            if self.merging.contains(&reference.target) {
                let message = "this schema is made of itself";
                self.diagnostics.push(
                    Diagnostic::error(Code::ReferenceLoop, reference.span, message)
                        .label("leads back to a schema that is being merged")
                        .hint("refer to the schema from a property instead"),
                );
                return;
            }
            if let Some(target) = document
                .resolve_schema(&reference.target)
                .and_then(Schema::as_object)
                && merged.followed.insert(&reference.target)
            {
                self.merging.push(reference.target.clone());
                self.absorb(target, merged);
                self.merging.pop();
            }
        }
        for member in &object.all_of {
            if let Some(member) = member.as_object() {
                self.absorb(member, merged);
            }
        }
        self.absorb_own(object, merged);
    }

    fn absorb_own(&mut self, object: &'d SchemaObject, merged: &mut Merged<'d>) {
        merged
            .beyond
            .extend(super::meaning::untyped_keywords(object));
        if !object.types.is_empty() {
            let own: Vec<SchemaType> = object.types.iter().map(|t| t.value).collect();
            let both = match &merged.types {
                None => own,
                Some(before) => intersect_types(before, &own),
            };
            if both.is_empty() {
                let message = "no value has this type and the one that `allOf` asks for";
                let at = object.types[0].span;
                self.diagnostics
                    .push(Diagnostic::warning(Code::Contradiction, at, message));
            }
            merged.types = Some(both);
        }
        if let Some(values) = &object.enum_values {
            merged.values = Some(intersect_values(
                merged.values.take(),
                values.iter().collect(),
            ));
            merged.constant = false;
        }
        if let Some(value) = &object.const_value {
            merged.values = Some(intersect_values(merged.values.take(), vec![value]));
            merged.constant = true;
        }
        let open = self.flag_extension(&object.extensions, "x-exai-open");
        merged.open |= open && object.one_of.is_empty() && object.any_of.is_empty();
        let text = |spanned: &'d Option<crate::source::Spanned<String>>| {
            spanned.as_ref().map(|s| s.value.as_str())
        };
        merged.format = text(&object.format).or(merged.format);
        merged.content_encoding = text(&object.content_encoding).or(merged.content_encoding);
        merged.content_media_type = text(&object.content_media_type).or(merged.content_media_type);
        merged.says_string |=
            object.pattern.is_some() || object.min_length.is_some() || object.max_length.is_some();
        for (name, schema) in sorted(&object.properties) {
            merged
                .properties
                .entry(&name.value)
                .or_default()
                .push(schema);
        }
        merged
            .required
            .extend(object.required.iter().map(|name| name.value.as_str()));
        merged.patterns.extend(
            sorted(&object.pattern_properties)
                .into_iter()
                .map(|(_, s)| s),
        );
        let additional = object
            .additional_properties
            .as_ref()
            .or(object.unevaluated_properties.as_ref());
        merged.additional = additional.or(merged.additional);
        merged.items.extend(object.items.as_ref());
        if !object.prefix_items.is_empty() {
            merged.prefix_items = &object.prefix_items;
        }
        let groups = [(&object.one_of, true), (&object.any_of, false)];
        let mut has_branches = false;
        for (branches, exclusive) in groups.into_iter().filter(|(group, _)| !group.is_empty()) {
            has_branches = true;
            merged.unions.push(Branches {
                branches,
                discriminator: object.discriminator.as_deref(),
                open,
                exclusive,
                span: object.span,
            });
        }
        if !has_branches {
            merged.base = object.discriminator.as_deref().or(merged.base);
        }
    }
}

fn intersect_types(a: &[SchemaType], b: &[SchemaType]) -> Vec<SchemaType> {
    let mut both: Vec<SchemaType> = a.iter().copied().filter(|t| b.contains(t)).collect();
    let whole = SchemaType::Integer;
    let mixed = (a.contains(&whole) && b.contains(&SchemaType::Number))
        || (b.contains(&whole) && a.contains(&SchemaType::Number));
    if mixed && !both.contains(&whole) {
        both.push(whole);
    }
    both
}

fn intersect_values<'d>(before: Option<Vec<&'d Node>>, own: Vec<&'d Node>) -> Vec<&'d Node> {
    match before {
        None => own,
        Some(before) => own.into_iter().filter(|v| before.contains(v)).collect(),
    }
}
