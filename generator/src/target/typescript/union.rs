//! A union: a type alias over its variants.

use super::enum_::{AliasView, alias};
use super::escape;
use super::imports::Imports;
use super::types::Types;
use crate::ir::{Name, Tagging, Type, TypeDef, Union, Variant};

impl AliasView {
    /// The type of a union. Each variant of a tagged one has the literal tags that mean it; an
    /// open one that is received ends with the variant that this version does not know.
    pub(super) fn of_union(
        def: &TypeDef,
        name: &str,
        union: &Union,
        types: &Types<'_>,
        imports: &mut Imports,
    ) -> Self {
        let mut members: Vec<String> = Vec::new();
        for variant in &union.variants {
            let member = match &union.tagging {
                Tagging::Property(tag) => tagged(variant, tag, def, types, imports),
                Tagging::Untagged => types.expression(&variant.ty, def.usage, imports),
            };
            if !members.contains(&member) {
                members.push(member);
            }
        }
        if let Tagging::Property(tag) = &union.tagging
            && union.open
            && !def.usage.sent_only()
        {
            imports.ty("runtime/open", "UnknownVariant");
            members.push(format!("UnknownVariant<{}>", escape::wire(tag)));
        }
        if members.is_empty() {
            members.push("never".to_owned());
        }
        Self {
            docs: escape::comment(&def.docs, &[], def.deprecated, 0),
            text: alias(name, &members),
        }
    }
}

/// A variant, narrowed to its tags where its own record says less.
fn tagged(
    variant: &Variant,
    tag: &Name,
    def: &TypeDef,
    types: &Types<'_>,
    imports: &mut Imports,
) -> String {
    let text = types.expression(&variant.ty, def.usage, imports);
    let fixed = types.record(&variant.ty).and_then(|(_, record)| {
        record
            .fields
            .iter()
            .find(|field| field.name.wire() == tag.wire())
    });
    if fixed.is_some_and(|field| field.required && matches!(field.ty, Type::Literal(_))) {
        return text;
    }
    let tags: Vec<String> = variant.tags.iter().map(escape::string).collect();
    if tags.is_empty() {
        return text;
    }
    format!(
        "({text} & {{ {}: {} }})",
        escape::property(tag),
        tags.join(" | ")
    )
}
