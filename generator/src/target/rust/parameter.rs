//! Parameters: the type that a caller gives, and the link of the call that sends it.

use super::operation::place;
use crate::ir::{FormField, Literal, Parameter, Place, StringFormat, Style, Type};
use crate::layout::rustfmt::Link;
use crate::target::rust_lang::escape;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::{From, RustTypes};

/// The type of an argument, and the expression that is sent.
pub(super) fn argument(ty: &Type, name: &str, types: &RustTypes<'_>) -> (String, String) {
    let (inner, _) = ty.split_null();
    match types.api().types.resolve(inner) {
        Type::String(StringFormat::DateTime | StringFormat::Date | StringFormat::Secret) => {}
        Type::String(_) | Type::Literal(Literal::String(_)) => {
            return ("impl AsRef<str>".to_owned(), format!("{name}.as_ref()"));
        }
        _ => {}
    }
    (types.expression(inner, From::Outside), name.to_owned())
}

/// The link that sends a parameter: `.query_param("limit", limit)`.
pub(super) fn encode(parameter: &Parameter, value: String, imports: &mut Imports) -> Link {
    let wire = escape::wire(&parameter.name);
    let name = place(parameter.place);
    if parameter.json && parameter.place == Place::Query {
        return (format!("json_{name}"), vec![wire, value]);
    }
    let usual = match parameter.place {
        Place::Path | Place::Header => (Style::Simple, false),
        Place::Query | Place::Cookie => (Style::Form, true),
    };
    if (parameter.style, parameter.explode) == usual && !parameter.allow_reserved {
        return (name.to_owned(), vec![wire, value]);
    }
    let encoding = encoding(
        parameter.style,
        parameter.explode,
        parameter.allow_reserved,
        imports,
    );
    (format!("styled_{name}"), vec![wire, encoding, value])
}

/// The entry of a form's property that is not written in the usual style.
pub(super) fn form_style(field: &FormField, imports: &mut Imports) -> Option<String> {
    let wire = escape::wire(&field.name);
    if field.json {
        imports.runtime("FormStyle");
        return Some(format!("({wire}, FormStyle::Json)"));
    }
    if (field.style, field.explode) == (Style::Form, true) {
        return None;
    }
    imports.runtime("FormStyle");
    let encoding = encoding(field.style, field.explode, false, imports);
    Some(format!("({wire}, FormStyle::Style({encoding}))"))
}

fn encoding(style: Style, explode: bool, reserved: bool, imports: &mut Imports) -> String {
    imports.runtime("Encoding");
    let text = match (style, explode) {
        (Style::Simple, false) => "Encoding::SIMPLE".to_owned(),
        (Style::Form, true) => "Encoding::FORM".to_owned(),
        (style, explode) => {
            imports.runtime("Style");
            format!("Encoding::new(Style::{style:?}, {explode})")
        }
    };
    if reserved {
        format!("{text}.with_reserved()")
    } else {
        text
    }
}
