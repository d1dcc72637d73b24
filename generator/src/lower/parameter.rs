//! Parameters: where a value stands outside the body, and how it is written.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{self, ParameterLocation, ParameterStyle, Schema};
use crate::ir::{Docs, Parameter, ParameterContract, Place, StringFormat, Style, Text, Type};
use crate::source::Node;

use super::at::At;
use super::{Lowering, docs, literal, name};

/// Headers that OpenAPI says are not parameters (section 4.8.12.1).
const NOT_PARAMETERS: &[&str] = &["accept", "content-type", "authorization"];

impl<'d> Lowering<'d, '_> {
    /// A parameter; `None` when it is none by the standard, or cannot be modelled.
    pub(super) fn parameter(
        &mut self,
        parameter: &'d document::Parameter,
        at: &At,
    ) -> Option<Parameter> {
        let wire = &parameter.name.value;
        let Some(place) = place(parameter.location.value) else {
            let message = "a parameter that is the whole query string is not supported";
            self.error(Code::UnsupportedParameter, parameter.location.span, message);
            return None;
        };
        if place == Place::Header && NOT_PARAMETERS.contains(&wire.to_ascii_lowercase().as_str()) {
            return None;
        }
        let at = at.child(wire);
        let (schema, json) = self.parameter_schema(parameter);
        let ty = match schema {
            Some(schema) => self.type_of(schema, &at),
            None if parameter.content.is_empty() => Type::Any,
            None => Type::String(StringFormat::Plain),
        };
        let object = schema.and_then(|schema| self.follow(schema).as_object());
        let own = docs::docs(None, parameter.description.as_ref());
        let of_schema = schema.map(docs::of).unwrap_or_default();
        Some(Parameter {
            name: name::split(wire),
            place,
            ty,
            required: parameter.required || place == Place::Path,
            style: style(parameter.style),
            explode: parameter.explode,
            allow_reserved: parameter.allow_reserved,
            json,
            default: object
                .and_then(|object| object.default.as_ref())
                .map(literal::literal),
            example: self
                .example(parameter)
                .or_else(|| object?.examples.first())
                .map(literal::literal),
            docs: if own.is_empty() {
                Docs { ..of_schema }
            } else {
                own
            },
            deprecated: parameter.deprecated || object.is_some_and(|object| object.deprecated),
        })
    }

    /// The schema of a parameter, and whether its value is written as JSON. One that is written
    /// as anything else is the text that the caller writes.
    fn parameter_schema(
        &mut self,
        parameter: &'d document::Parameter,
    ) -> (Option<&'d Schema>, bool) {
        let Some((media_type, content)) = parameter.content.iter().next() else {
            return (parameter.schema.as_ref(), false);
        };
        if !super::body::is_json(&media_type.value) {
            self.diagnostics.push(
                Diagnostic::warning(
                    Code::UnsupportedParameter,
                    media_type.span,
                    format!("a parameter written as `{media_type}` is a text as it is sent"),
                )
                .hint("use `schema` with a style, or `application/json`"),
            );
            return (None, false);
        }
        let schema = self
            .document
            .media_type(content)
            .and_then(|content| content.schema.as_ref());
        (schema, true)
    }

    /// The first value that the document gives for a parameter.
    fn example(&self, parameter: &'d document::Parameter) -> Option<&'d Node> {
        let mut examples = parameter.examples.values();
        examples.find_map(|example| self.document.example(example)?.value.as_ref())
    }

    /// What a server holds the parameter's value against.
    pub(super) fn parameter_contract(
        &mut self,
        parameter: &'d document::Parameter,
        place: Place,
    ) -> ParameterContract {
        let schema = parameter.schema.as_ref().or_else(|| {
            let (_, content) = parameter.content.iter().next()?;
            self.document.media_type(content)?.schema.as_ref()
        });
        ParameterContract {
            name: Text::new(&parameter.name.value),
            place,
            schema: schema.map_or(serde_json::Value::Bool(true), |s| self.schema_json(s)),
        }
    }
}

/// Where a parameter stands; `None` for the whole query string.
pub(super) fn place(location: ParameterLocation) -> Option<Place> {
    match location {
        ParameterLocation::Path => Some(Place::Path),
        ParameterLocation::Query => Some(Place::Query),
        ParameterLocation::Header => Some(Place::Header),
        ParameterLocation::Cookie => Some(Place::Cookie),
        ParameterLocation::QueryString => None,
    }
}

/// A style of the standard.
pub(super) fn style(style: ParameterStyle) -> Style {
    match style {
        ParameterStyle::Matrix => Style::Matrix,
        ParameterStyle::Label => Style::Label,
        ParameterStyle::Simple => Style::Simple,
        ParameterStyle::Form | ParameterStyle::Cookie => Style::Form,
        ParameterStyle::SpaceDelimited => Style::SpaceDelimited,
        ParameterStyle::PipeDelimited => Style::PipeDelimited,
        ParameterStyle::DeepObject => Style::DeepObject,
    }
}
