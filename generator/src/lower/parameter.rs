//! Parameters: where a value stands outside the body, and how it is written.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{self, ParameterLocation, ParameterStyle, Schema, SchemaObject};
use crate::ir::{Docs, Parameter, ParameterContract, Place, StringFormat, Style, Type};

use super::at::At;
use super::{Lowering, body, docs, literal, name};

/// Headers that OpenAPI says are not parameters (section 4.8.12.1).
const NOT_PARAMETERS: &[&str] = &["accept", "content-type", "authorization"];

impl<'d> Lowering<'d, '_> {
    /// A parameter, or several; none when it is none by the standard, or cannot be modelled.
    pub(super) fn parameters(
        &mut self,
        parameter: &'d document::Parameter,
        at: &At,
    ) -> Vec<Parameter> {
        match place(parameter.location.value) {
            Some(place) => self.parameter(parameter, place, at).into_iter().collect(),
            None => self.query_string(parameter, at),
        }
    }

    fn parameter(
        &mut self,
        parameter: &'d document::Parameter,
        place: Place,
        at: &At,
    ) -> Option<Parameter> {
        let wire = &parameter.name.value;
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
            docs: if own.is_empty() {
                Docs { ..of_schema }
            } else {
                own
            },
            deprecated: parameter.deprecated || object.is_some_and(|object| object.deprecated),
        })
    }

    /// The query string as a whole (3.2, section 4.12.1): where it is a form, each property of its
    /// schema is a parameter, written as in a form body.
    fn query_string(&mut self, parameter: &'d document::Parameter, at: &At) -> Vec<Parameter> {
        let Some((form, schema)) = self.query_form(parameter) else {
            let message = "a query string that is no form of properties is not supported";
            let place = parameter.location.span;
            self.diagnostics.push(
                Diagnostic::error(Code::UnsupportedParameter, place, message)
                    .hint("use `application/x-www-form-urlencoded` with an object's properties"),
            );
            return Vec::new();
        };
        let mut out = Vec::new();
        for (key, property) in &schema.properties {
            let name = name::split(&key.value);
            let field = body::form_field(&name, &form.encoding);
            let object = self.follow(property).as_object();
            out.push(Parameter {
                ty: self.type_of(property, &at.child(&key.value)),
                place: Place::Query,
                required: parameter.required
                    && schema.required.iter().any(|name| name.value == key.value),
                style: field.style,
                explode: field.explode,
                allow_reserved: false,
                json: field.json,
                default: object
                    .and_then(|o| o.default.as_ref())
                    .map(literal::literal),
                docs: docs::of(property),
                deprecated: parameter.deprecated || object.is_some_and(|o| o.deprecated),
                name,
            });
        }
        out
    }

    /// The form that a query string is, and its schema: an object with properties and no others.
    fn query_form(
        &self,
        parameter: &'d document::Parameter,
    ) -> Option<(&'d document::MediaType, &'d SchemaObject)> {
        let (media_type, content) = parameter.content.iter().next()?;
        let is_form = body::essence(&media_type.value) == "application/x-www-form-urlencoded";
        let form = self.document.media_type(content).filter(|_| is_form)?;
        let object = self.follow(form.schema.as_ref()?).as_object()?;
        let only = object.all_of.is_empty() && object.reference.is_none();
        (only && !object.properties.is_empty()).then_some((form, object))
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
        if !body::is_json(&media_type.value) {
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

    /// What a server holds a parameter's value against, where it was written as this one, or as a
    /// property of it.
    pub(super) fn parameter_contract(
        &mut self,
        written: &'d document::Parameter,
        parameter: &Parameter,
    ) -> Option<ParameterContract> {
        let wire = parameter.name.wire().raw();
        let schema = match place(written.location.value) {
            Some(place) if place != parameter.place || written.name.value != wire => return None,
            Some(_) => self.contract_schema(written),
            None if parameter.place != Place::Query => return None,
            None => {
                let (_, form) = self.query_form(written)?;
                let mut properties = form.properties.iter();
                Some(properties.find(|(key, _)| key.value == wire)?.1)
            }
        };
        Some(ParameterContract {
            name: parameter.name.wire().clone(),
            place: parameter.place,
            schema: schema.map_or(serde_json::Value::Bool(true), |s| self.schema_json(s)),
        })
    }

    fn contract_schema(&self, parameter: &'d document::Parameter) -> Option<&'d Schema> {
        parameter.schema.as_ref().or_else(|| {
            let (_, content) = parameter.content.iter().next()?;
            self.document.media_type(content)?.schema.as_ref()
        })
    }
}

/// Where a parameter stands; `None` for the whole query string.
fn place(location: ParameterLocation) -> Option<Place> {
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
