//! The way from the document's text into places that only a server crate has.

use crate::ir::{Literal, Operation, Text};
use crate::target::rust_lang::docs;
use crate::target::rust_lang::escape::{self, quote};

/// The path as the router wants it, as a string literal: `"/runs/{p0}"`. A segment that holds a
/// parameter is a placeholder whole, named by where it stands, so that paths of one shape are one
/// route; what is written out is percent-encoded, as requests are.
pub(super) fn route(operation: &Operation) -> String {
    let template = escape::template(operation);
    let segments = template.split('/').enumerate().map(|(index, segment)| {
        if segment.contains('{') {
            format!("{{p{}}}", index.saturating_sub(1))
        } else {
            segment.to_owned()
        }
    });
    quote(&segments.collect::<Vec<_>>().join("/"))
}

/// The literal as JSON, as a string literal: `"\"desc\""`.
pub(super) fn json(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Boolean(value) => Some(quote(&value.to_string())),
        Literal::Integer(digits) if digits.parse::<i64>().is_ok() => Some(quote(digits)),
        Literal::Number(text) if serde_json::from_str::<f64>(text).is_ok() => Some(quote(text)),
        Literal::String(text) => {
            let json = serde_json::Value::String(text.raw().to_owned());
            Some(quote(&json.to_string()))
        }
        _ => None,
    }
}

/// The literal within a doc comment: `` `50` ``.
pub(super) fn literal_span(literal: &Literal) -> String {
    match literal {
        Literal::Boolean(value) => format!("`{value}`"),
        Literal::Integer(digits) => escape::code_span(&Text::new(digits)),
        Literal::Number(text) => escape::code_span(&Text::new(text)),
        Literal::String(text) => escape::code_span(text),
        _ => "the document's default".to_owned(),
    }
}

/// What the JSON Schemas of a contract say, as JSON with two spaces a level. Characters that are
/// not seen stand in strings alone, and are written as escapes there.
pub(super) fn contract(value: &serde_json::Value) -> String {
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\n' => out.push('\n'),
            c if c.is_control() || docs::is_invisible(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// A text as a key of the contract.
pub(super) fn key(text: &Text) -> String {
    text.raw().to_owned()
}
