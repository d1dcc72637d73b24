//! The files of types: one a top-level resource, and one for what several of them use.

use std::collections::BTreeMap;

use serde::Serialize;

use super::form::FormView;
use crate::ir::{Part, Shape, TypeId};
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
    /// `ids` are the types of the file, `of_api` the forms of all.
    pub(super) fn new(
        ids: &[TypeId],
        of_api: &BTreeMap<TypeId, &[Part]>,
        types: &RustTypes<'_>,
        command: &str,
    ) -> Self {
        let (mut items, mut forms) = (Vec::new(), Vec::new());
        for &id in ids {
            match (of_api.get(&id), &types.api().types[id].shape) {
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
