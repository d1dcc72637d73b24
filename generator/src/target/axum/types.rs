//! The files of types: one a top-level resource, and one for what several of them use.

use serde::Serialize;

use super::body::forms;
use super::form::FormView;
use crate::ir::{Home, Shape};
use crate::target::rust_lang::{RustTypes, TypeView};

/// A file of types.
#[derive(Debug, Serialize)]
pub(super) struct TypesView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// `["use serde::{Deserialize, Serialize};"]`
    pub(super) imports: Vec<String>,
    /// In the document's order.
    pub(super) items: Vec<TypeView>,
    /// Records that arrive as forms.
    pub(super) forms: Vec<FormView>,
}

impl TypesView {
    pub(super) fn new(home: Home, types: &RustTypes<'_>, command: &str) -> Self {
        let api = types.api();
        let of_api = forms(api);
        let (mut items, mut forms) = (Vec::new(), Vec::new());
        for (id, def) in api.types.iter().filter(|(_, def)| def.home == home) {
            match (of_api.get(&id), &def.shape) {
                (Some(parts), Shape::Record(record)) => {
                    forms.push(FormView::new(id, record, parts, types));
                }
                _ => items.push(TypeView::new(id, types)),
            }
        }
        let mut imports = Vec::new();
        if items.iter().any(TypeView::names_map) || forms.iter().any(FormView::names_map) {
            imports.push("use std::collections::BTreeMap;".to_owned());
        }
        imports.extend(TypeView::traits(&items).map(str::to_owned));
        Self {
            command: command.to_owned(),
            imports,
            items,
            forms,
        }
    }
}
