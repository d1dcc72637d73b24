//! Enums: a `Literal` of the known values, and for an open one any other value of their type.

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::plan::Plan;
use crate::ir::{Enum, EnumBase, TypeDef, TypeId};
use crate::layout::ruff::{self, Doc};

/// A name for a type that is not a class: an enum, an alias.
#[derive(Debug, Serialize)]
pub(super) struct AliasView {
    /// `RunStatus: TypeAlias = Literal["queued", "running"] | str`
    pub(super) statement: String,
    /// `"""Where a run is."""`, or nothing.
    pub(super) docs: String,
    /// True: it is the same for type checkers and at run time.
    pub(super) plain: bool,
}

impl AliasView {
    pub(super) fn of_enum(
        plan: &Plan<'_>,
        id: TypeId,
        def: &TypeDef,
        value: &Enum,
        imports: &mut Imports,
    ) -> Self {
        imports.name("typing", "TypeAlias");
        let name = plan.type_name(id);
        let values: Vec<Doc> = value
            .values
            .iter()
            .filter_map(|value| escape::listed(&value.value))
            .map(Doc::text)
            .collect();
        let base = match value.base {
            EnumBase::String => "str",
            EnumBase::Integer => "int",
            EnumBase::Mixed => "Any",
        };
        let are_all = values.len() == value.values.len();
        let listed = !values.is_empty() && value.base != EnumBase::Mixed;
        let mut operands = Vec::new();
        if listed {
            imports.name("typing", "Literal");
            operands.push(Doc::subscript("Literal", values));
        } else if base == "Any" {
            imports.name("typing", "Any");
        }
        if value.open || !listed || !are_all {
            operands.push(Doc::text(base));
        }
        let head = format!("{name}: TypeAlias = ");
        Self {
            statement: ruff::union_statement(0, &head, &operands),
            docs: escape::docstring(0, &with_values(&described(def, ""), value)),
            plain: true,
        }
    }
}

/// What the document says of a type; of one it says nothing of, that it is a type of the API.
pub(super) fn described(def: &TypeDef, name: &str) -> String {
    let mut text = escape::paragraphs(&def.docs);
    if text.is_empty() && !name.is_empty() {
        text = format!("`{name}` of the API.");
    }
    if def.deprecated && !def.former {
        text = format!("{text}\n\nDeprecated.").trim().to_owned();
    }
    text
}

/// Adds what the document says of single values.
fn with_values(text: &str, value: &Enum) -> String {
    let lines: Vec<String> = value
        .values
        .iter()
        .filter(|value| !value.docs.is_empty())
        .filter_map(|value| {
            Some(format!(
                "- `{}`: {}",
                escape::literal(&value.value)?,
                escape::short(&value.docs)
            ))
        })
        .collect();
    if lines.is_empty() {
        return text.to_owned();
    }
    let lead = if text.is_empty() {
        "The known values."
    } else {
        text
    };
    format!("{lead}\n\n{}", lines.join("\n"))
}
