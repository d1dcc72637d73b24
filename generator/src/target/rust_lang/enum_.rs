//! One of a list of values: an enum of unit variants, and one that keeps any other value.

use serde::Serialize;

use super::alias::AliasView;
use super::escape;
use super::names::{catch_all, pascal_all};
use super::types::{Keep, RustTypes};
use crate::ir::{Enum, EnumBase, IntegerFormat, Literal, Name, Type, TypeId};
use crate::layout::rustfmt;

/// An enum of strings.
#[derive(Debug, Serialize)]
pub struct EnumView {
    /// `["/// Where a run stands."]`
    pub docs: Vec<String>,
    /// `RunStatus`
    pub name: String,
    /// In the document's order.
    pub variants: Vec<ValueView>,
    /// `Unknown`; empty where other values are refused.
    pub unknown: String,
    /// `crate::runtime::serialize::text`
    pub text: String,
    /// True where no variant holds a string.
    pub derives_copy: bool,
    /// True where a newer document may add variants.
    pub non_exhaustive: bool,
}

/// A value of an enum.
#[derive(Debug, Serialize)]
pub struct ValueView {
    /// `["    /// Waiting for a worker."]`
    pub docs: Vec<String>,
    /// `"in_progress"`
    pub wire: String,
    /// `InProgress`
    pub name: String,
    /// `Self::InProgress => "in_progress",`
    pub arm: String,
    /// `"in_progress" => Self::InProgress,`
    pub read: String,
}

/// The variants of an enum of strings, in the document's order: `InProgress`.
pub(in crate::target) fn variants(values: &Enum) -> Vec<String> {
    let wanted: Vec<&Name> = values.values.iter().map(|value| &value.name).collect();
    pascal_all(&wanted, &["Self"], "Value")
}

/// The format that all values of an enum of integers have: the signed one, unless one is beyond it
/// and none below zero.
fn integer(values: &Enum) -> IntegerFormat {
    let digits = values.values.iter().filter_map(|value| match &value.value {
        Literal::Integer(digits) => Some(digits),
        _ => None,
    });
    let fits = |of: fn(&str) -> bool| digits.clone().all(|digits| of(digits));
    match fits(|digits| digits.parse::<u64>().is_ok()) && !fits(|d| d.parse::<i64>().is_ok()) {
        true => IntegerFormat::Uint64,
        false => IntegerFormat::Int64,
    }
}

impl EnumView {
    /// The enum; an alias of the values' type where they are not strings, which Rust's enums and
    /// serde's derives have no variants for.
    pub(super) fn new(id: TypeId, values: &Enum, types: &RustTypes<'_>) -> Result<Self, AliasView> {
        let def = &types.api().types[id];
        let strings: Vec<_> = values
            .values
            .iter()
            .filter_map(|value| match &value.value {
                Literal::String(text) => Some((value, text)),
                _ => None,
            })
            .collect();
        if strings.len() != values.values.len() || strings.is_empty() {
            let target = match values.base {
                EnumBase::Integer => Type::Integer(integer(values)),
                EnumBase::String | EnumBase::Mixed => Type::Any,
            };
            return Err(AliasView::new(id, &target, types));
        }
        let names = variants(values);
        let variants = strings
            .into_iter()
            .zip(&names)
            .map(|((value, text), name)| {
                let wire = escape::string(text);
                ValueView {
                    docs: escape::doc_comment(4, &value.docs, false, &escape::code_span(text)),
                    arm: rustfmt::arm(12, &format!("Self::{name}"), &wire),
                    read: rustfmt::arm(12, &wire, &format!("Self::{name}")),
                    wire,
                    name: name.clone(),
                }
            })
            .collect();
        let keeps = match types.dialect().keep {
            Keep::Everything => !def.usage.sent_only() || values.open,
            Keep::Open => values.open,
        };
        let unknown = if keeps {
            catch_all(&names)
        } else {
            String::new()
        };
        let fallback = format!("{} on the wire.", escape::code_span(def.name.wire()));
        Ok(Self {
            docs: escape::doc_comment(0, &def.docs, def.deprecated, &fallback),
            name: types.name(id).to_owned(),
            variants,
            text: format!("{}::serialize::text", types.dialect().support),
            derives_copy: unknown.is_empty(),
            non_exhaustive: types.dialect().non_exhaustive,
            unknown,
        })
    }
}
