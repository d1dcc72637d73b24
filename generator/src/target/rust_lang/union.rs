//! One of several types: an enum with a variant each, and one that keeps any other value.

use serde::Serialize;

use super::names::{catch_all, pascal_all};
use super::types::{From, Keep, RustTypes};
use super::{escape, fit, size};
use crate::ir::{Name, Tagging, Type, TypeId, Union};
use crate::layout::rustfmt;

/// An enum of types.
#[derive(Debug, Serialize)]
pub struct UnionView {
    /// `["/// What happens in a run."]`
    pub docs: Vec<String>,
    /// `RunEvent`
    pub name: String,
    /// In the document's order.
    pub variants: Vec<VariantView>,
    /// `Unknown`; empty where other values are refused.
    pub unknown: String,
    /// `"type"`; empty where the variants are told apart by trying.
    pub property: String,
    /// `crate::runtime::union`
    pub runtime: String,
    /// `["    Filter => Record \"must\",", "    Has => Record \"has\","]`: what the variants are
    /// written as, where trying one after the other could take the wrong one.
    pub fits: Vec<String>,
    /// `crate::runtime::fit::read_union`
    pub fit: String,
    /// `fn read<'de, R: crate::runtime::union::Rest<'de>>(`, its parameters, and what it gives.
    pub signature: String,
    /// True where clippy would find one variant too large, and it is as large as it is.
    pub uneven: bool,
    /// True where a newer document may add variants.
    pub non_exhaustive: bool,
}

/// A branch of a union.
#[derive(Debug, Serialize)]
pub struct VariantView {
    /// `["    /// A node has ended."]`
    pub docs: Vec<String>,
    /// `NodeCompleted(NodeCompletedEvent),`, in a `Box` where the union would hold itself.
    pub declaration: String,
    /// `Some("node.completed") => Self::NodeCompleted(rest.without_tag()?),`
    pub arm: String,
}

impl UnionView {
    pub(super) fn new(id: TypeId, union: &Union, types: &RustTypes<'_>) -> Self {
        let def = &types.api().types[id];
        let wanted: Vec<&Name> = union.variants.iter().map(|variant| &variant.name).collect();
        let names = pascal_all(&wanted, &["Self"], "Variant");
        let variants = union
            .variants
            .iter()
            .zip(&names)
            .map(|(variant, name)| {
                let text = types.expression(&variant.ty, From::Types(def.home));
                let read = match &variant.ty {
                    Type::Named(id) if types.tag(*id).is_some() => "without_tag",
                    _ => "with_tag",
                };
                let tags: Vec<String> = variant.tags.iter().map(escape::string).collect();
                let pattern = format!("Some({})", tags.join(" | "));
                let body = format!("Self::{name}(rest.{read}()?)");
                let fallback = match &variant.tags[..] {
                    [tag] => escape::code_span(tag),
                    _ => format!("A [`{}`].", text.trim_start_matches("super::")),
                };
                let linked = matches!(variant.ty, Type::Named(_)) || !variant.tags.is_empty();
                let fallback = if linked {
                    fallback
                } else {
                    format!("A `{text}`.")
                };
                let ty = if variant.indirect {
                    format!("Box<{text}>")
                } else {
                    text
                };
                VariantView {
                    docs: escape::doc_comment(4, &variant.docs, false, &fallback),
                    arm: rustfmt::arm(12, &pattern, &body),
                    declaration: rustfmt::signature(4, name, &[ty], ","),
                }
            })
            .collect();
        let keeps = match types.dialect().keep {
            Keep::Everything => !def.usage.sent_only() || union.open,
            Keep::Open => union.open,
        };
        let runtime = format!("{}::union", types.dialect().support);
        let property = match &union.tagging {
            Tagging::Property(name) => escape::wire(name),
            Tagging::Untagged => String::new(),
        };
        let direct: Vec<&Type> = union
            .variants
            .iter()
            .filter(|v| !v.indirect)
            .map(|v| &v.ty)
            .collect();
        let fallback = format!("{} on the wire.", escape::code_span(def.name.wire()));
        Self {
            docs: escape::doc_comment(0, &def.docs, def.deprecated, &fallback),
            name: types.name(id).to_owned(),
            variants,
            unknown: if keeps {
                catch_all(&names)
            } else {
                String::new()
            },
            property,
            signature: rustfmt::signature(
                4,
                &format!("fn read<'de, R: {runtime}::Rest<'de>>"),
                &["tag: Option<&str>", "rest: R"].map(str::to_owned),
                " -> Result<Self, R::Error> {",
            ),
            runtime,
            fits: fit::lines(union, &names, types),
            fit: format!("{}::fit::read_union", types.dialect().support),
            uneven: size::is_uneven(&direct, types),
            non_exhaustive: types.dialect().non_exhaustive,
        }
    }
}
