//! An enum: a union of its values.

use serde::Serialize;

use super::escape;
use crate::ir::{Enum, EnumBase, TypeDef};
use crate::layout::biome;

/// A type alias, of an enum, a union or a type without a name of its own.
#[derive(Debug, Serialize)]
pub(super) struct AliasView {
    /// `/** Where a run stands. */` and a line break, or nothing.
    pub(super) docs: String,
    /// `export type RunStatus = "queued" | "running";`
    pub(super) text: String,
}

impl AliasView {
    /// The type of an enum. An open one takes any other value of its base too, and editors still
    /// offer the known ones.
    pub(super) fn of_enum(def: &TypeDef, name: &str, item: &Enum) -> Self {
        let mut members: Vec<String> = item
            .values
            .iter()
            .map(|value| escape::literal(&value.value))
            .collect();
        if item.open {
            members.push(
                match item.base {
                    EnumBase::String => "(string & {})",
                    EnumBase::Integer => "(number & {})",
                    EnumBase::Mixed => "unknown",
                }
                .to_owned(),
            );
        }
        if members.is_empty() {
            members.push("never".to_owned());
        }
        let values: Vec<String> = item
            .values
            .iter()
            .filter_map(|value| {
                let text = escape::phrase(&value.docs)?;
                Some(format!(
                    "- `{}`: {text}",
                    escape::code_span(&escape::literal(&value.value))
                ))
            })
            .collect();
        let docs = escape::comment_with_list(&def.docs, &values, def.deprecated);
        Self {
            docs,
            text: alias(name, &members),
        }
    }
}

/// `export type Name = A | B;` A single member needs no parentheses.
pub(super) fn alias(name: &str, members: &[String]) -> String {
    if let [member] = members
        && let Some(inner) = member
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
        && !inner.contains(['(', ')'])
    {
        return biome::union(0, &format!("export type {name} ="), &[inner.to_owned()]);
    }
    biome::union(0, &format!("export type {name} ="), members)
}
