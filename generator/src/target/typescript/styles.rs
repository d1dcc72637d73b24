//! How parameters are written: the runtime's styles by name.

use super::escape;
use super::imports::Imports;
use super::operation::path_parameters;
use super::plan::CallPlan;
use crate::ir::{Operation, Parameter, Place, Style, Type};
use crate::layout::biome::Value;

/// The path parameters in another style than `simple`: `{ id: label }`.
pub(super) fn path_styles(operation: &Operation, imports: &mut Imports) -> Vec<(String, Value)> {
    path_parameters(operation)
        .filter_map(|parameter| {
            let scalar = is_scalar(&parameter.ty);
            let name = match (parameter.style, parameter.explode && !scalar) {
                (Style::Label, false) => "label",
                (Style::Label, true) => "labelExploded",
                (Style::Matrix, false) => "matrix",
                (Style::Matrix, true) => "matrixExploded",
                (_, true) => "simpleExploded",
                _ => return None,
            };
            imports.value("runtime/path-styles", name);
            Some((
                escape::key(&escape::slot(&parameter.name)),
                Value::code(name),
            ))
        })
        .collect()
}

/// The parameters of a place: `{ limit: form }`.
pub(super) fn parameter_styles(
    call: &CallPlan<'_>,
    place: Place,
    imports: &mut Imports,
) -> Vec<(String, Value)> {
    call.params
        .properties
        .iter()
        .map(|item| (item, &call.operation.parameters[item.index]))
        .filter(|(_, parameter)| parameter.place == place)
        .map(|(item, parameter)| {
            let (module, style) = match place {
                Place::Query | Place::Cookie => query_style(parameter),
                _ => header_style(parameter),
            };
            imports.value(module, style);
            let value = match &item.renamed {
                None => Value::code(style),
                Some(_) => Value::Object(vec![
                    (
                        "name".to_owned(),
                        Value::code(escape::wire(&parameter.name)),
                    ),
                    ("style".to_owned(), Value::code(style)),
                ]),
            };
            let key = match &item.renamed {
                None => escape::object_key(&parameter.name),
                Some(name) => escape::key(name),
            };
            (key, value)
        })
        .collect()
}

fn query_style(parameter: &Parameter) -> (&'static str, &'static str) {
    const MORE: &str = "runtime/query-styles";
    match (
        parameter.style,
        parameter.explode || is_scalar(&parameter.ty),
    ) {
        _ if parameter.json => (MORE, "jsonQuery"),
        (Style::DeepObject, _) => (MORE, "deepObject"),
        (_, true) if parameter.allow_reserved => (MORE, "formReserved"),
        (Style::SpaceDelimited, false) => (MORE, "spaceDelimited"),
        (Style::PipeDelimited, false) => (MORE, "pipeDelimited"),
        (_, false) => (MORE, "formJoined"),
        (_, true) => ("runtime/query", "form"),
    }
}

fn header_style(parameter: &Parameter) -> (&'static str, &'static str) {
    let style = match (
        parameter.json,
        parameter.explode && !is_scalar(&parameter.ty),
    ) {
        (true, _) => "headerJSON",
        (false, true) => "headerExploded",
        (false, false) => "headerSimple",
    };
    ("runtime/header-styles", style)
}

/// A value that is written the same way in every style.
fn is_scalar(ty: &Type) -> bool {
    matches!(
        ty.split_null().0,
        Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String(_) | Type::Literal(_)
    )
}
