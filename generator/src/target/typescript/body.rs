//! How bodies are written: the runtime's encoders by name.

use super::escape;
use super::imports::Imports;
use super::types::Types;
use crate::ir::{Operation, Payload, Style, Type};
use crate::layout::biome::Value;

/// The encoder: `jsonBody`, `multipartBody({ file: "image/png" })`.
pub(super) fn body_encoder(
    operation: &Operation,
    types: &Types<'_>,
    imports: &mut Imports,
) -> Option<Value> {
    let content = operation.body.first()?;
    Some(match &content.payload {
        Payload::Json(ty) => {
            let wide = types.is_wide(ty);
            let (module, name) = if wide {
                ("runtime/lossless-json", "losslessJSONBody")
            } else {
                ("runtime/body", "jsonBody")
            };
            if escape::is_plain_json(&content.sent_media_type()) {
                imports.value(module, name);
                Value::code(name)
            } else {
                imports.value("runtime/body", "bodyAs");
                imports.value(module, name);
                pure(
                    "bodyAs",
                    &[
                        escape::media_type(&content.sent_media_type()),
                        name.to_owned(),
                    ],
                )
            }
        }
        Payload::Form { fields, .. } => {
            imports.value("runtime/form-body", "formBody");
            let styles: Vec<(String, Value)> = fields
                .iter()
                .filter_map(|field| {
                    let name = form_style(field.style, field.explode, field.json)?;
                    imports.value("runtime/query-styles", name);
                    Some((escape::object_key(&field.name), Value::code(name)))
                })
                .collect();
            pure("formBody", &options(styles))
        }
        Payload::Multipart { parts, .. } => {
            imports.value("runtime/multipart", "multipartBody");
            let fixed: Vec<(String, Value)> = parts
                .iter()
                .filter(|part| !part.content_type.is_empty())
                .map(|part| {
                    (
                        escape::object_key(&part.name),
                        Value::code(escape::media_type(&part.content_type)),
                    )
                })
                .collect();
            pure("multipartBody", &options(fixed))
        }
        Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => {
            imports.value("runtime/body", "rawBody");
            pure("rawBody", &[escape::media_type(&content.sent_media_type())])
        }
    })
}

fn form_style(style: Style, explode: bool, json: bool) -> Option<&'static str> {
    Some(match (style, explode) {
        _ if json => "jsonQuery",
        (Style::DeepObject, _) => "deepObject",
        (_, true) => return None,
        (Style::SpaceDelimited, false) => "spaceDelimited",
        (Style::PipeDelimited, false) => "pipeDelimited",
        (_, false) => "formJoined",
    })
}

fn options(members: Vec<(String, Value)>) -> Vec<String> {
    if members.is_empty() {
        Vec::new()
    } else {
        vec![Value::Object(members).flat()]
    }
}

/// A call that a bundler may leave out when nothing uses its result.
fn pure(function: &str, arguments: &[String]) -> Value {
    Value::code(format!(
        "/* @__PURE__ */ {function}({})",
        arguments.join(", ")
    ))
}

/// The JSON type of a body that is an argument of its own; `Some(None)` for bytes and text.
pub(super) fn whole_body<'a>(
    operation: &'a Operation,
    types: &Types<'_>,
) -> Option<Option<&'a Type>> {
    match &operation.body.first()?.payload {
        Payload::Json(ty) => types.record(ty).is_none().then_some(Some(ty)),
        Payload::Form { record, .. } | Payload::Multipart { record, .. } => types
            .record(&Type::Named(*record))
            .is_none()
            .then_some(None),
        Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => Some(None),
    }
}

/// What an argument of bytes or text can be.
pub(super) fn raw_body_type(operation: &Operation, imports: &mut Imports) -> String {
    if let Some(Payload::Text) = operation.body.first().map(|content| &content.payload) {
        return "string".to_owned();
    }
    imports.ty("runtime/body", "BytesInput");
    "BytesInput".to_owned()
}
