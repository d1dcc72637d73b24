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
        let mut rows: Vec<Row> = Vec::new();
        let mut documented = false;
        for (item, constant) in value.values.iter().zip(constants) {
            let Some(literal) = literal(&item.value) else {
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
            base: if value.base == EnumBase::Integer {
                "int64"
            } else {
                "string"
            },
            constants: indented(&align(&rows)),
        }
    }
}

fn literal(value: &Literal) -> Option<String> {
    match value {
        Literal::String(text) => Some(escape::string(text)),
        Literal::Integer(digits) => Some(digits.clone()),
        _ => None,
    }
}
