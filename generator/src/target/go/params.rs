//! What a call takes beside its path: one struct of the body's members and the other parameters,
//! or the body by itself where it is no record.

use serde::Serialize;

use super::escape;
use super::record::{StructBody, rest};
use super::types::{GoTypes, Imports};
use crate::ir::{
    Api, Content, Operation, Parameter, Part, PartKind, Payload, Place, Record, Shape, Style, Type,
    TypeId,
};

/// The struct of a call's named arguments.
#[derive(Debug, Serialize)]
pub(super) struct ParamsView {
    /// `// RunStartParams holds the arguments of [RunsService.Start].`
    pub(super) docs: String,
    /// `RunStartParams`
    pub(super) name: String,
    /// The struct's body: ``PlanID string `json:"plan_id"` ``
    pub(super) body: String,
}

/// How a call's body is given.
pub(super) enum Body<'a> {
    /// There is none.
    None,
    /// Its members are fields of the call's parameters.
    Flat(&'static str, &'a Record, &'a Content),
    /// It is an argument of its own: the runtime's kind and the Go type.
    Whole(&'static str, String, &'a Content),
}

impl<'a> Body<'a> {
    /// The body of an operation under its preferred media type.
    pub(super) fn of(
        operation: &'a Operation,
        api: &'a Api,
        types: &GoTypes<'_>,
        imports: &mut Imports,
    ) -> Self {
        let Some(content) = operation.body.first() else {
            return Self::None;
        };
        let [json, value, form, multipart] = if operation.body_required {
            ["bodyJSON", "bodyJSONValue", "bodyForm", "bodyMultipart"]
        } else {
            [
                "bodyOptionalJSON",
                "bodyOptionalJSONValue",
                "bodyOptionalForm",
                "bodyOptionalMultipart",
            ]
        };
        match &content.payload {
            Payload::Json(ty) => match flat_record(api, ty) {
                Some(id) => Self::flat(json, id, api, content),
                None => Self::Whole(value, types.result(ty, imports), content),
            },
            Payload::Form { record, .. } => Self::flat(form, *record, api, content),
            Payload::Multipart { record, .. } => Self::flat(multipart, *record, api, content),
            Payload::Text => Self::Whole("bodyRaw", "string".to_owned(), content),
            Payload::Binary | Payload::Events(_) | Payload::Lines(_) => {
                imports.insert("io");
                Self::Whole("bodyRaw", "io.Reader".to_owned(), content)
            }
        }
    }

    fn flat(kind: &'static str, id: TypeId, api: &'a Api, content: &'a Content) -> Self {
        match &api.types[id].shape {
            Shape::Record(record) => Self::Flat(kind, record, content),
            _ => Self::None,
        }
    }

    /// The runtime's name for how it is written, and its media type.
    pub(super) fn kind(&self) -> Option<(&'static str, &'a Content)> {
        match self {
            Self::None => None,
            Self::Flat(kind, _, content) | Self::Whole(kind, _, content) => Some((kind, content)),
        }
    }
}

/// The record whose members become arguments, if a JSON body is one.
pub(super) fn flat_record(api: &Api, ty: &Type) -> Option<TypeId> {
    match api.types.resolve(ty) {
        Type::Named(id) if matches!(api.types[*id].shape, Shape::Record(_)) => Some(*id),
        _ => None,
    }
}

/// True when a call takes a struct of parameters.
pub(super) fn has_params(operation: &Operation, body: &Body<'_>) -> bool {
    matches!(body, Body::Flat(..)) || operation.parameters.iter().any(|p| p.place != Place::Path)
}

impl ParamsView {
    pub(super) fn new(
        name: &str,
        method: &str,
        operation: &Operation,
        body: &Body<'_>,
        types: &GoTypes<'_>,
        imports: &mut Imports,
    ) -> Self {
        let mut fields = StructBody::new();
        if let Body::Flat(_, record, content) = body {
            for field in &record.fields {
                let (ty, tag) = match part_of(content, field.name.wire().clone()) {
                    Some(part) => part_field(part, field.required, &field.ty, types, imports),
                    None => body_field(content, field, types, imports),
                };
                let field_name = fields.name(field.name.words());
                let docs = escape::comment(&field.docs, field.deprecated);
                match &field.ty {
                    Type::Literal(value) if field.required => {
                        let tag = escape::tag(&[
                            ("const", escape::tag_name(&field.name)),
                            ("value", escape::json(value)),
                        ]);
                        fields.push(Vec::new(), ["_".to_owned(), "struct{}".to_owned(), tag]);
                    }
                    _ => fields.push(docs, [field_name, ty, tag]),
                }
            }
            rest(&mut fields, record, false, types, imports);
        }
        for parameter in operation
            .parameters
            .iter()
            .filter(|p| p.place != Place::Path)
        {
            let ty = types
                .field(&parameter.ty, parameter.required, false, imports)
                .text;
            let field_name = fields.name(parameter.name.words());
            let docs = escape::comment(&parameter.docs, parameter.deprecated);
            fields.push(docs, [field_name, ty, parameter_tag(parameter)]);
        }
        Self {
            docs: escape::own_comment(&format!("{name} holds the arguments of [{method}]."))
                .join("\n"),
            name: name.to_owned(),
            body: fields.text(),
        }
    }
}

/// A member of a JSON or form body.
fn body_field(
    content: &Content,
    field: &crate::ir::Field,
    types: &GoTypes<'_>,
    imports: &mut Imports,
) -> (String, String) {
    let ty = types.field(&field.ty, field.required, field.indirect, imports);
    let mut pairs = escape::member(&field.name, ty.omit_zero);
    if let Payload::Form { fields, .. } = &content.payload
        && let Some(form) = fields.iter().find(|f| f.name.wire() == field.name.wire())
    {
        pairs.extend(style_pairs(
            form.style,
            form.explode,
            form.json,
            Style::Form,
        ));
    }
    (ty.text, escape::tag(&pairs))
}

fn part_of(content: &Content, wire: crate::ir::Text) -> Option<&Part> {
    match &content.payload {
        Payload::Multipart { parts, .. } => parts.iter().find(|part| *part.name.wire() == wire),
        _ => None,
    }
}

/// A part of a multipart body: a file, or a value.
fn part_field(
    part: &Part,
    required: bool,
    ty: &Type,
    types: &GoTypes<'_>,
    imports: &mut Imports,
) -> (String, String) {
    let ty = match (part.kind, part.repeated, required) {
        (PartKind::File, true, _) => "[]File".to_owned(),
        (PartKind::File, false, true) => "File".to_owned(),
        (PartKind::File, false, false) => "*File".to_owned(),
        _ => types.field(ty, required, false, imports).text,
    };
    let mut pairs = escape::member(&part.name, !required);
    if !part.content_type.is_empty() {
        pairs.push(("part", escape::tag_text(&part.content_type)));
    }
    (ty, escape::tag(&pairs))
}

fn parameter_tag(parameter: &Parameter) -> String {
    let (place, default) = match parameter.place {
        Place::Query | Place::Path => ("query", Style::Form),
        Place::Header => ("header", Style::Simple),
        Place::Cookie => ("cookie", Style::Form),
    };
    let mut pairs = vec![(place, escape::tag_name(&parameter.name))];
    pairs.extend(style_pairs(
        parameter.style,
        parameter.explode,
        parameter.json,
        default,
    ));
    if parameter.allow_reserved {
        pairs.push(("reserved", "true".to_owned()));
    }
    escape::tag(&pairs)
}

/// The tag pairs for a style that is not the default of its place.
fn style_pairs(
    style: Style,
    explode: bool,
    json: bool,
    default: Style,
) -> Vec<(&'static str, String)> {
    if json {
        return vec![("style", "json".to_owned())];
    }
    let mut pairs = Vec::new();
    if style != default {
        pairs.push(("style", style_name(style).to_owned()));
    }
    if explode != (style == Style::Form) && style != Style::DeepObject {
        pairs.push(("explode", explode.to_string()));
    }
    pairs
}

fn style_name(style: Style) -> &'static str {
    match style {
        Style::Simple => "simple",
        Style::Label => "label",
        Style::Matrix => "matrix",
        Style::Form => "form",
        Style::SpaceDelimited => "spaceDelimited",
        Style::PipeDelimited => "pipeDelimited",
        Style::DeepObject => "deepObject",
    }
}
