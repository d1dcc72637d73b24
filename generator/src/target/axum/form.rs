//! A record that arrives as `multipart/form-data`: a struct, and how it is read.

use serde::Serialize;

use crate::ir::{Field, Part, PartKind, Record, TypeId};
use crate::layout::rustfmt;
use crate::target::rust_lang::names::{Scope, snake};
use crate::target::rust_lang::{From, RustTypes, escape as rust};

/// A struct that a form becomes.
#[derive(Debug, Serialize)]
pub(super) struct FormView {
    /// `["/// A file that prompts can refer to."]`
    pub(super) docs: Vec<String>,
    /// `UploadBuildAsset`
    pub(super) name: String,
    /// In the document's order.
    pub(super) fields: Vec<FormField>,
}

/// A field of a form.
#[derive(Debug, Serialize)]
pub(super) struct FormField {
    /// `["    /// The bytes."]`
    pub(super) docs: Vec<String>,
    /// `pub file: crate::runtime::File,`
    pub(super) declaration: String,
    /// `file: form.take_file("file")?,`
    pub(super) reading: String,
}

impl FormView {
    pub(super) fn new(id: TypeId, record: &Record, parts: &[Part], types: &RustTypes<'_>) -> Self {
        let def = &types.api().types[id];
        let mut scope = Scope::default();
        let fields = record
            .fields
            .iter()
            .map(|field| {
                let name = scope.take(snake(field.name.words()), "_field");
                let part = parts.iter().find(|p| p.name.wire() == field.name.wire());
                let (ty, method) = shape(field, part, types, From::Types(def.home));
                let wire = rust::wire(&field.name);
                let fallback = rust::code_span(field.name.wire());
                FormField {
                    docs: rust::doc_comment(4, &field.docs, field.deprecated, &fallback),
                    declaration: rustfmt::assign(4, &format!("pub {name}:"), &ty, ","),
                    reading: rustfmt::assign(
                        12,
                        &format!("{name}:"),
                        &format!("form.{method}({wire})?"),
                        ",",
                    ),
                }
            })
            .collect();
        let fallback = format!("{} as a form.", rust::code_span(def.name.wire()));
        Self {
            docs: rust::doc_comment(0, &def.docs, def.deprecated, &fallback),
            name: types.name(id).to_owned(),
            fields,
        }
    }

    /// True when the struct names `BTreeMap`.
    pub(super) fn names_map(&self) -> bool {
        let mut declarations = self.fields.iter().map(|field| &field.declaration);
        declarations.any(|text| text.contains("BTreeMap<"))
    }
}

/// The type of a field, and what takes it from the form.
fn shape(
    field: &Field,
    part: Option<&Part>,
    types: &RustTypes<'_>,
    from: From,
) -> (String, &'static str) {
    let file = "crate::runtime::File";
    match part.map(|part| (part.kind, part.repeated)) {
        Some((PartKind::File, true)) => (format!("Vec<{file}>"), "take_files"),
        Some((PartKind::File, false)) if field.required => (file.to_owned(), "take_file"),
        Some((PartKind::File, false)) => (format!("Option<{file}>"), "take_optional_file"),
        _ => {
            let ty = types.expression(field.ty.split_null().0, from);
            match field.required {
                true => (ty, "take"),
                false => (format!("Option<{ty}>"), "take"),
            }
        }
    }
}
