//! A record that is sent as `multipart/form-data`: a struct, and the form that it becomes.

use serde::Serialize;

use crate::ir::{Field, Part, PartKind, Record, TypeId};
use crate::layout::rustfmt::{self, Link};
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::names::{Scope, plain_snake, snake};
use crate::target::rust_lang::{From, RustTypes};

/// A struct that becomes a form.
#[derive(Debug, Serialize)]
pub(super) struct MultipartView {
    /// `["/// A file that prompts can refer to."]`
    pub(super) docs: Vec<String>,
    /// `UploadBuildAsset`
    pub(super) name: String,
    /// In the document's order.
    pub(super) fields: Vec<MultipartField>,
    /// `pub fn new(file: impl Into<crate::runtime::Part>) -> Self {`
    pub(super) signature: String,
    /// `Self { file: file.into() }`
    pub(super) body: String,
    /// `Self::new().part("file", value.file)`
    pub(super) form: String,
}

/// A field, and its setter where it is optional.
#[derive(Debug, Serialize)]
pub(super) struct MultipartField {
    /// `["    /// The bytes."]`
    pub(super) docs: Vec<String>,
    /// `pub file: crate::runtime::Part,`
    pub(super) declaration: String,
    /// ``    /// Sets [`label`](Self::label).``
    pub(super) setter_docs: String,
    /// `pub fn with_label(mut self, value: impl Into<String>) -> Self {`; empty where required.
    pub(super) setter: String,
    /// `self.label = Some(value.into());`
    pub(super) statement: String,
}

impl MultipartView {
    pub(super) fn new(id: TypeId, record: &Record, parts: &[Part], types: &RustTypes<'_>) -> Self {
        let def = &types.api().types[id];
        let from = From::Types(def.home);
        let mut scope = Scope::default();
        let mut methods = Scope::with(&["new"]);
        let (mut fields, mut links) = (Vec::new(), Vec::<Link>::new());
        let (mut parameters, mut values) = (Vec::new(), Vec::new());
        for field in &record.fields {
            let name = scope.take(snake(field.name.words()), "_field");
            let part = parts
                .iter()
                .find(|part| part.name.wire() == field.name.wire());
            let (ty, argument, value) = forms(field, part, types, from);
            let value_of = |name: &str| value.replace("{}", name);
            let stored = if field.required {
                ty.clone()
            } else {
                format!("Option<{ty}>")
            };
            if field.required {
                parameters.push(format!("{name}: {argument}"));
                let value = value_of(&name);
                values.push(if value == name {
                    value
                } else {
                    format!("{name}: {value}")
                });
            } else {
                values.push(format!("{name}: None"));
            }
            links.push(link(field, part, &name));
            let method = format!("with_{}", plain_snake(field.name.words()));
            let setter = [String::from("mut self"), format!("value: {argument}")];
            fields.push(MultipartField {
                docs: rust::doc_comment(
                    4,
                    &field.docs,
                    field.deprecated,
                    &rust::code_span(field.name.wire()),
                ),
                declaration: rustfmt::assign(4, &format!("pub {name}:"), &stored, ","),
                setter: match field.required {
                    true => String::new(),
                    false => {
                        let method = methods.take(method, "_field");
                        rustfmt::signature(4, &format!("pub fn {method}"), &setter, " -> Self {")
                    }
                },
                statement: format!("self.{name} = Some({});", value_of("value")),
                setter_docs: format!("    /// Sets {}.", rust::own_field(&name)),
            });
        }
        let fallback = format!("{} as a form.", rust::code_span(def.name.wire()));
        Self {
            docs: rust::doc_comment(0, &def.docs, def.deprecated, &fallback),
            name: types.form(id).to_owned(),
            fields,
            signature: rustfmt::signature(4, "pub fn new", &parameters, " -> Self {"),
            body: rustfmt::struct_literal(8, "Self", &values, ""),
            form: rustfmt::chain(8, "Self::new()", &links),
        }
    }
}

/// A member of a form as it is given from outside of the types.
#[derive(Debug)]
pub(super) struct Member {
    /// `file`
    pub(super) name: String,
    /// `"file"`
    pub(super) wire: String,
    /// `types::BuildAssetPurpose`
    pub(super) ty: String,
    /// Holds the content of a file.
    pub(super) file: bool,
    /// Any number of files.
    pub(super) repeated: bool,
    /// The setter of one that may be left out: `with_label`.
    pub(super) setter: Option<String>,
}

/// The members of a form, in the order of its fields.
pub(super) fn members(record: &Record, parts: &[Part], types: &RustTypes<'_>) -> Vec<Member> {
    let mut scope = Scope::default();
    let mut methods = Scope::with(&["new"]);
    let member = |field: &Field| {
        let part = parts
            .iter()
            .find(|part| part.name.wire() == field.name.wire());
        let method = format!("with_{}", plain_snake(field.name.words()));
        Member {
            name: scope.take(snake(field.name.words()), "_field"),
            wire: rust::wire(&field.name),
            ty: forms(field, part, types, From::Outside).0,
            file: part.is_some_and(|part| part.kind == PartKind::File),
            repeated: part.is_some_and(|part| part.repeated),
            setter: (!field.required).then(|| methods.take(method, "_field")),
        }
    };
    record.fields.iter().map(member).collect()
}

/// The type of a field, that of its argument, and the value made of the argument (`{}`).
fn forms(
    field: &Field,
    part: Option<&Part>,
    types: &RustTypes<'_>,
    from: From,
) -> (String, String, &'static str) {
    let file = "crate::runtime::Part";
    match part {
        Some(Part {
            kind: PartKind::File,
            repeated: true,
            ..
        }) => (format!("Vec<{file}>"), format!("Vec<{file}>"), "{}"),
        Some(Part {
            kind: PartKind::File,
            ..
        }) => (file.to_owned(), format!("impl Into<{file}>"), "{}.into()"),
        _ => {
            let (inner, _) = field.ty.split_null();
            let (argument, into) = types.argument(inner, from);
            (
                types.expression(inner, from),
                argument,
                if into { "{}.into()" } else { "{}" },
            )
        }
    }
}

/// The link that adds a field to the form.
fn link(field: &Field, part: Option<&Part>, name: &str) -> Link {
    let wire = rust::wire(&field.name);
    let value = format!("value.{name}");
    match part.map(|part| (part.kind, part.repeated)) {
        Some((PartKind::File, false)) if field.required => ("part".to_owned(), vec![wire, value]),
        Some((PartKind::File, true)) if !field.required => (
            "parts".to_owned(),
            vec![wire, format!("{value}.into_iter().flatten()")],
        ),
        Some((PartKind::File, _)) => ("parts".to_owned(), vec![wire, value]),
        Some((PartKind::Json, _)) => ("json".to_owned(), vec![wire, format!("&{value}")]),
        Some((PartKind::Text, _)) | None => ("value".to_owned(), vec![wire, format!("&{value}")]),
    }
}
