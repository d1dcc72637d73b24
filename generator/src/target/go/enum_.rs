//! An enum: a named string or integer type and its constants. Any other value can be held too.

use serde::Serialize;

use super::escape;
use super::record::{indented, type_docs};
use crate::ir::{Enum, EnumBase, Literal, TypeDef};
use crate::layout::go_align::{Row, align};

/// A type whose values are listed.
#[derive(Debug, Serialize)]
pub(super) struct EnumView {
    /// `// RunStatus says how far a run is.`
    pub(super) docs: String,
    /// `RunStatus`
    pub(super) name: String,
    /// `string`
    pub(super) base: &'static str,
    /// The const block's body: `RunStatusQueued RunStatus = "queued"`; empty without values.
    pub(super) constants: String,
}

impl EnumView {
    pub(super) fn new(def: &TypeDef, name: &str, value: &Enum, constants: &[String]) -> Self {
        let base = match value.base {
            EnumBase::Integer => integer_base(value.values.iter().map(|item| &item.value)),
            _ => "string",
        };
        let mut rows: Vec<Row> = Vec::new();
        let mut documented = false;
        for (item, constant) in value.values.iter().zip(constants) {
            let Some(literal) = literal(&item.value, base) else {
                continue;
            };
            let docs = escape::comment(&item.docs, false);
            if !rows.is_empty() && (documented || !docs.is_empty()) {
                rows.push(Row::Lines(vec![String::new()]));
            }
            documented = !docs.is_empty();
            if documented {
                rows.push(Row::Lines(docs));
            }
            rows.push(Row::Cells(vec![
                constant.clone(),
                name.to_owned(),
                format!("= {literal}"),
            ]));
        }
        Self {
            docs: type_docs(name, def).join("\n"),
            name: name.to_owned(),
            base,
            constants: indented(&align(&rows)),
        }
    }
}

/// The type of some fixed integers: the signed one, unless one is beyond it and none below zero.
pub(super) fn integer_base<'l>(values: impl IntoIterator<Item = &'l Literal>) -> &'static str {
    let mut is_beyond = false;
    for value in values {
        match value {
            Literal::Integer(digits) if digits.starts_with('-') => return "int64",
            Literal::Integer(digits) => is_beyond |= digits.parse::<i64>().is_err(),
            _ => {}
        }
    }
    if is_beyond { "uint64" } else { "int64" }
}

/// A value as a constant of a type; `None` for what it cannot hold.
fn literal(value: &Literal, base: &str) -> Option<String> {
    match value {
        Literal::String(text) => Some(escape::string(text)),
        Literal::Integer(digits) => {
            let fits = match base {
                "uint64" => digits.parse::<u64>().is_ok(),
                _ => digits.parse::<i64>().is_ok(),
            };
            fits.then(|| digits.clone())
        }
        _ => None,
    }
}
