//! The files of types: one a top-level resource, and one for what several of them use.

use std::collections::BTreeMap;

use serde::Serialize;

use super::multipart::MultipartView;
use crate::ir::{Api, Part, Payload, Shape, TypeId};
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
    /// Records that are sent as forms.
    pub(super) forms: Vec<MultipartView>,
}

/// The records that some operation sends as a multipart form, with the form's parts.
pub(super) fn forms(api: &Api) -> BTreeMap<TypeId, &[Part]> {
    let bodies = api
        .operations
        .iter()
        .flat_map(|(_, operation)| operation.body.first());
    let forms = bodies.filter_map(|content| match &content.payload {
        Payload::Multipart { record, parts } => Some((*record, parts.as_slice())),
        _ => None,
    });
    forms.collect()
}

impl TypesView {
    /// `ids` are the types of the file, `forms_of_api` the forms of all.
    pub(super) fn new(
        ids: &[TypeId],
        forms_of_api: &BTreeMap<TypeId, &[Part]>,
        types: &RustTypes<'_>,
        command: &str,
    ) -> Self {
        let (mut items, mut forms) = (Vec::new(), Vec::new());
        for &id in ids {
            match (forms_of_api.get(&id), &types.api().types[id].shape) {
                (Some(parts), Shape::Record(record)) => {
                    forms.push(MultipartView::new(id, record, parts, types));
                    if types.form(id) != types.name(id) {
                        items.push(TypeView::new(id, types));
                    }
                }
                _ => items.push(TypeView::new(id, types)),
            }
        }
        let mut imports = Vec::new();
        let form_maps = forms.iter().flat_map(|form| &form.fields);
        if items.iter().any(TypeView::names_map)
            || form_maps
                .into_iter()
                .any(|field| field.declaration.contains("BTreeMap<"))
        {
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
