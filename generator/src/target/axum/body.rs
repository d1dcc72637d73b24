//! The body of a request: the argument that it becomes, and how it is read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::names;
use super::operation::Making;

use crate::ir::{Api, Content, NamesTypes, Operation, Part, PartKind, Payload, Type, TypeId};
use crate::target::rust_lang::From;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::names::Scope;

/// One of several bodies.
#[derive(Debug, Serialize)]
pub(super) struct BodyView {
    /// `CreatePetBody`
    pub(super) name: String,
    /// `Pets::create_pet`
    pub(super) method: String,
    /// One a kind of body.
    pub(super) variants: Vec<VariantView>,
}

/// A kind of body.
#[derive(Debug, Serialize)]
pub(super) struct VariantView {
    /// ``    /// `application/json` ``
    pub(super) docs: String,
    /// `Json(types::Pet),`
    pub(super) declaration: String,
}

/// What an operation's body is to a method and its handler.
pub(super) struct BodyPlan {
    /// `types::StartRun`
    pub(super) ty: String,
    /// The same where the resource's names are behind `resources::`.
    pub(super) outside: String,
    /// `let body = request.json().await?;`
    pub(super) reading: String,
    pub(super) view: Option<BodyView>,
}

impl BodyPlan {
    /// Nothing where the operation takes no body.
    pub(super) fn new(
        operation: &Operation,
        name: &str,
        method: &str,
        cx: &mut Making<'_, '_>,
    ) -> Option<Self> {
        let first = operation.body.first()?;
        let kinds = kinds(&operation.body);
        if let [_] = &kinds[..] {
            let (ty, read) = one(&first.payload, cx);
            return Some(match operation.body_required {
                true => Self {
                    outside: ty.clone(),
                    ty,
                    reading: format!("let body = {read};"),
                    view: None,
                },
                false => Self {
                    outside: format!("Option<{ty}>"),
                    ty: format!("Option<{ty}>"),
                    reading: format!(
                        "let body = if request.has_body() {{\n        Some({read})\n    }} else {{\n        None\n    }};"
                    ),
                    view: None,
                },
            });
        }
        Some(Self::several(operation, &kinds, name, method, cx))
    }

    fn several(
        operation: &Operation,
        kinds: &[Vec<&Content>],
        name: &str,
        method: &str,
        cx: &mut Making<'_, '_>,
    ) -> Self {
        let name = cx.module.take(format!("{name}Body"), "Content");
        let mut scope = Scope::with(&["Self"]);
        let (mut variants, mut arms) = (Vec::new(), String::new());
        let required = operation.body_required;
        for (index, kind) in kinds.iter().enumerate() {
            let Some(first) = kind.first() else { continue };
            let variant = scope.take(names::payload_word(&first.payload).to_owned(), "Body");
            let (ty, read) = one(&first.payload, cx);
            cx.imports.expression(&ty);
            let spans: Vec<String> = kind
                .iter()
                .map(|content| rust::code_span(&content.media_type))
                .collect();
            variants.push(VariantView {
                docs: format!("    /// {}", spans.join(", ")),
                declaration: format!("{variant}({ty}),"),
            });
            // The runtime gives none but the document's media types.
            let last = index + 1 == kinds.len();
            let media_types: Vec<String> = kind
                .iter()
                .map(|content| rust::string(&content.media_type))
                .collect();
            let media_types = media_types.join(" | ");
            let pattern = match (last, required) {
                (true, true) => "_".to_owned(),
                (true, false) => "Some(_)".to_owned(),
                (false, true) => media_types,
                (false, false) => format!("Some({media_types})"),
            };
            let value = format!("resources::{name}::{variant}({read})");
            let value = match required {
                true => value,
                false => format!("Some({value})"),
            };
            let arm = crate::layout::rustfmt::arm(8, &pattern, &value);
            arms.push_str(&format!("        {arm}\n"));
        }
        let scrutinee = match required {
            true => "request.media_type()?",
            false => {
                arms.push_str("        None => None,\n");
                "request.optional_media_type()?"
            }
        };
        let wrap = |name: String| match required {
            true => name,
            false => format!("Option<{name}>"),
        };
        Self {
            ty: wrap(name.clone()),
            outside: wrap(format!("resources::{name}")),
            reading: format!("let body = match {scrutinee} {{\n{arms}    }};"),
            view: Some(BodyView {
                name,
                method: method.to_owned(),
                variants,
            }),
        }
    }
}

/// The type of a body, and the expression that reads it.
fn one(payload: &Payload, cx: &mut Making<'_, '_>) -> (String, String) {
    let types = cx.types;
    let named = |ty: &Type| types.expression(ty, From::Outside);
    let (ty, read) = match payload {
        Payload::Json(ty) => (named(ty), "request.json().await?"),
        Payload::Form { record, .. } => (
            named(&Type::Named(*record)),
            "request.form().await?.into_value()?",
        ),
        Payload::Multipart { record, .. } => {
            let read = match forms(types.api()).contains_key(record) {
                true => "request.form().await?.into_record()?",
                false => "request.form().await?.into_value()?",
            };
            (named(&Type::Named(*record)), read)
        }
        Payload::Text => ("String".to_owned(), "request.text().await?"),
        Payload::Binary | Payload::Events(_) | Payload::Lines(_) => {
            cx.imports.runtime("Body");
            ("Body".to_owned(), "request.stream()?")
        }
    };
    cx.imports.expression(&ty);
    (ty, read.to_owned())
}

/// The contents of a body by what they mean, each kind at its first place.
fn kinds(contents: &[Content]) -> Vec<Vec<&Content>> {
    let mut kinds: Vec<Vec<&Content>> = Vec::new();
    for content in contents {
        let same = |kind: &&mut Vec<&Content>| {
            kind.first()
                .is_some_and(|first| first.payload == content.payload)
        };
        match kinds.iter_mut().find(same) {
            Some(kind) => kind.push(content),
            None => kinds.push(vec![content]),
        }
    }
    kinds
}

/// The records that arrive as forms with files and as nothing else, with the form's parts.
pub(super) fn forms(api: &Api) -> BTreeMap<TypeId, &[Part]> {
    let others = elsewhere(api);
    let bodies = api
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.body);
    bodies
        .filter_map(|content| match &content.payload {
            Payload::Multipart { record, parts } => Some((*record, parts.as_slice())),
            _ => None,
        })
        .filter(|(record, parts)| {
            let files = parts.iter().any(|part| part.kind == PartKind::File);
            files && !others.contains(record)
        })
        .collect()
}

/// The types that something other than a multipart body names.
fn elsewhere(api: &Api) -> BTreeSet<TypeId> {
    let mut named: BTreeSet<TypeId> = api
        .types
        .iter()
        .flat_map(|(_, def)| def.shape.type_ids())
        .collect();
    for (_, operation) in api.operations.iter() {
        let answers = operation.responses.iter().flat_map(|r| &r.contents);
        for content in operation.body.iter().chain(answers) {
            match &content.payload {
                Payload::Json(ty) => named.extend(ty.type_ids()),
                Payload::Form { record, .. } => drop(named.insert(*record)),
                Payload::Events(stream) | Payload::Lines(stream) => {
                    named.extend(stream.item.type_ids());
                }
                Payload::Multipart { .. } | Payload::Text | Payload::Binary => {}
            }
        }
    }
    named
}
