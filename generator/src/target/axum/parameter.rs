//! Parameters: the struct of those beside the path, and how each is read.

use serde::Serialize;

use super::escape;
use crate::ir::{IntegerFormat, Literal, Parameter, Place, Shape, Type};
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::names::{Scope, snake};
use crate::target::rust_lang::{From, RustTypes};

/// What a method may be told beside its path and body.
#[derive(Debug, Serialize)]
pub(super) struct ParamsView {
    /// `ListRunsParams`
    pub(super) name: String,
    /// `Runs::list_runs`
    pub(super) method: String,
    /// In the document's order.
    pub(super) fields: Vec<ParamView>,
}

/// A parameter.
#[derive(Debug, Serialize)]
pub(super) struct ParamView {
    /// `["    /// At most so many."]`
    pub(super) docs: Vec<String>,
    /// `pub limit: i64,`
    pub(super) declaration: String,
    /// `limit: request.query("limit")?`
    #[serde(skip)]
    reading: String,
}

impl ParamsView {
    pub(super) fn new(
        name: String,
        method: &str,
        parameters: &[&Parameter],
        types: &RustTypes<'_>,
    ) -> Self {
        let mut scope = Scope::default();
        let fields = parameters
            .iter()
            .map(|parameter| {
                let field = scope.take(snake(parameter.name.words()), "_param");
                let ty = types.expression(parameter.ty.split_null().0, From::Outside);
                let default = default(parameter, types);
                let ty = match parameter.required || default.is_some() {
                    true => ty,
                    false => format!("Option<{ty}>"),
                };
                ParamView {
                    docs: docs(parameter, default),
                    declaration: rustfmt::assign(4, &format!("pub {field}:"), &ty, ","),
                    reading: rustfmt::assign(8, &format!("{field}:"), &reading(parameter), ""),
                }
            })
            .collect();
        Self {
            name,
            method: method.to_owned(),
            fields,
        }
    }

    /// `let params = resources::ListRunsParams { limit: request.query("limit")? };`
    pub(super) fn reading(&self) -> String {
        let readings: Vec<String> = self.fields.iter().map(|f| f.reading.clone()).collect();
        rustfmt::struct_literal(
            4,
            &format!("let params = resources::{}", self.name),
            &readings,
            ";",
        )
    }

    /// What the struct names.
    pub(super) fn declarations(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.declaration.as_str())
    }
}

fn docs(parameter: &Parameter, default: Option<&Literal>) -> Vec<String> {
    let wire = rust::code_span(parameter.name.wire());
    let mut docs = rust::doc_comment(4, &parameter.docs, parameter.deprecated, &wire);
    if let Some(default) = default {
        let line = format!("{} where it is left out.", escape::literal_span(default));
        docs.extend(["    ///".to_owned(), format!("    /// {line}")]);
    }
    docs
}

/// `request.query("limit")?`
pub(super) fn reading(parameter: &Parameter) -> String {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    format!("request.{place}({})?", rust::wire(&parameter.name))
}

/// What an absent value means, where the parameter's type has that value.
pub(super) fn default<'p>(parameter: &'p Parameter, types: &RustTypes<'_>) -> Option<&'p Literal> {
    let default = parameter.default.as_ref()?;
    escape::json(default)?;
    let named = |ty: &Type| match ty {
        Type::Named(id) => match &types.api().types[*id].shape {
            Shape::Enum(values) => values.values.iter().any(|value| value.value == *default),
            _ => false,
        },
        _ => false,
    };
    let ty = types.api().types.resolve(parameter.ty.split_null().0);
    let fits = match (ty, default) {
        (Type::Boolean, Literal::Boolean(_))
        | (Type::String(crate::ir::StringFormat::Plain), Literal::String(_))
        | (Type::Number(_), Literal::Number(_) | Literal::Integer(_)) => true,
        (Type::Integer(format), Literal::Integer(digits)) => fits(*format, digits),
        (Type::Literal(value), default) => value == default,
        (ty, _) => named(ty),
    };
    (!parameter.required && fits).then_some(default)
}

fn fits(format: IntegerFormat, digits: &str) -> bool {
    match format {
        IntegerFormat::Any | IntegerFormat::Int64 => digits.parse::<i64>().is_ok(),
        IntegerFormat::Int32 => digits.parse::<i32>().is_ok(),
        IntegerFormat::Uint32 => digits.parse::<u32>().is_ok(),
        IntegerFormat::Uint64 => digits.parse::<u64>().is_ok(),
    }
}
