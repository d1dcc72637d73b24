//! Parameters: every style of the OpenAPI Specification (3.1.1, section 4.8.12.2), escaped.
//!
//! All percent-encoding of the runtime is done here. What is not unreserved by RFC 3986, section
//! 2.3, is encoded, so a value can end neither its segment nor its parameter.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What RFC 3986, section 2.2, reserves is let through where a document says `allowReserved`;
/// `#`, `&`, `+` and `=` are not, for they would end the value.
const ENCODED_BUT_RESERVED: &AsciiSet = &ENCODED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');

/// How a parameter that is a list or an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b`: paths and headers.
    Simple,
    /// `.a.b`: paths.
    Label,
    /// `;name=a;name=b`: paths.
    Matrix,
    /// `name=a&name=b`: queries and cookies.
    Form,
    /// `name=a%20b`: queries.
    SpaceDelimited,
    /// `name=a%7Cb`: queries.
    PipeDelimited,
    /// `name%5Bkey%5D=a`: queries, objects only; nested objects get further brackets.
    DeepObject,
}

/// A style with its two switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// The style.
    pub style: Style,
    /// Whether each value of a list or an object is written on its own.
    pub explode: bool,
    /// Whether reserved characters that cannot end the value stay as they are.
    pub allow_reserved: bool,
}

impl Encoding {
    /// The default of path and header parameters.
    pub const SIMPLE: Self = Self::new(Style::Simple, false);
    /// The default of query and cookie parameters.
    pub const FORM: Self = Self::new(Style::Form, true);

    /// A style, exploded or not, with everything reserved escaped.
    #[must_use]
    pub const fn new(style: Style, explode: bool) -> Self {
        Self {
            style,
            explode,
            allow_reserved: false,
        }
    }

    /// The same, with reserved characters left as they are.
    #[must_use]
    pub const fn with_reserved(self) -> Self {
        Self {
            allow_reserved: true,
            ..self
        }
    }
}

/// How a property of an `application/x-www-form-urlencoded` body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormStyle {
    /// As a query parameter would be.
    Style(Encoding),
    /// As JSON text.
    Json,
}

/// Percent-encodes all that RFC 3986 does not call unreserved.
pub(super) fn escape(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// A parameter's value, flat: what the styles tell apart.
enum Flat {
    Absent,
    Scalar(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

fn flat(value: &Value) -> Flat {
    match value {
        Value::Null => Flat::Absent,
        Value::Array(items) => Flat::List(items.iter().filter_map(scalar).collect()),
        Value::Object(fields) => Flat::Object(
            fields
                .iter()
                .filter_map(|(k, v)| scalar(v).map(|v| (k.clone(), v)))
                .collect(),
        ),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            scalar(value).map_or(Flat::Absent, Flat::Scalar)
        }
    }
}

/// The text of a value; what is nested where a style has no rule for it is written as JSON.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A value as its JSON says it: serde's values hold a narrow float as a wide one, with digits that
/// nobody wrote.
pub(super) fn json(value: &impl Serialize) -> Result<Value, String> {
    let text = serde_json::to_string(value);
    text.and_then(|text| serde_json::from_str(&text))
        .map_err(|error| error.to_string())
}

/// Expands one path parameter: the text that stands for `{name}`.
///
/// # Errors
/// A message where the value cannot be serialized, is null, or expands to nothing: an empty
/// segment would address another resource.
pub(super) fn path(
    name: &str,
    encoding: Encoding,
    value: &impl Serialize,
) -> Result<String, String> {
    let encode = |text: &str| encode(text, encoding);
    let value = flat(&json(value)?);
    let text = match (encoding.style, value) {
        (_, Flat::Absent) => String::new(),
        (Style::Label, value) => {
            let separator = if encoding.explode { "." } else { "," };
            let text = joined(value, encoding.explode, separator, encode);
            if text.is_empty() {
                text
            } else {
                format!(".{text}")
            }
        }
        (Style::Matrix, Flat::Scalar(text)) if text.is_empty() => format!(";{}", escape(name)),
        (Style::Matrix, Flat::List(items)) if encoding.explode => {
            items.iter().fold(String::new(), |mut out, item| {
                let _ = write!(out, ";{}={}", escape(name), encode(item));
                out
            })
        }
        (Style::Matrix, Flat::Object(fields)) if encoding.explode => {
            fields.iter().fold(String::new(), |mut out, (key, item)| {
                let _ = write!(out, ";{}={}", escape(key), encode(item));
                out
            })
        }
        (Style::Matrix, value) => {
            let text = joined(value, false, ",", encode);
            if text.is_empty() {
                text
            } else {
                format!(";{}={text}", escape(name))
            }
        }
        (_, value) => joined(value, encoding.explode, ",", encode),
    };
    if text.is_empty() {
        Err(format!("the path parameter {name} is empty"))
    } else {
        Ok(text)
    }
}

/// Writes one query parameter, or one property of a form, as escaped `name=value` pairs.
///
/// # Errors
/// A message where the value cannot be serialized.
pub(super) fn query(
    name: &str,
    encoding: Encoding,
    value: &impl Serialize,
) -> Result<Vec<String>, String> {
    let value = json(value)?;
    let mut pairs = Vec::new();
    if encoding.style == Style::DeepObject {
        deep(&escape(name), &value, encoding, &mut pairs);
        return Ok(pairs);
    }
    let pair = |name: &str, text: &str| format!("{}={}", escape(name), encode(text, encoding));
    match flat(&value) {
        Flat::Absent => {}
        Flat::Scalar(text) => pairs.push(pair(name, &text)),
        Flat::List(items) if encoding.explode => {
            pairs.extend(items.iter().map(|item| pair(name, item)));
        }
        Flat::Object(fields) if encoding.explode => {
            pairs.extend(fields.iter().map(|(key, item)| pair(key, item)));
        }
        value => {
            let separator = match encoding.style {
                Style::SpaceDelimited => "%20",
                Style::PipeDelimited => "%7C",
                _ => ",",
            };
            let text = joined(value, false, separator, |text| encode(text, encoding));
            if !text.is_empty() {
                pairs.push(format!("{}={text}", escape(name)));
            }
        }
    }
    Ok(pairs)
}

/// The value of a header, in the simple style; headers are not percent-encoded.
///
/// # Errors
/// A message where the value cannot be serialized.
pub(super) fn header(encoding: Encoding, value: &impl Serialize) -> Result<Option<String>, String> {
    Ok(match flat(&json(value)?) {
        Flat::Absent => None,
        value => Some(joined(value, encoding.explode, ",", str::to_owned)),
    })
}

fn encode(text: &str, encoding: Encoding) -> String {
    let set = if encoding.allow_reserved {
        ENCODED_BUT_RESERVED
    } else {
        ENCODED
    };
    utf8_percent_encode(text, set).to_string()
}

/// `a,b` for a list; `k,v,k,v` or, exploded, `k=v,k=v` for an object.
fn joined(value: Flat, explode: bool, separator: &str, encode: impl Fn(&str) -> String) -> String {
    let parts: Vec<String> = match value {
        Flat::Absent => Vec::new(),
        Flat::Scalar(text) => vec![encode(&text)],
        Flat::List(items) => items.iter().map(|item| encode(item)).collect(),
        Flat::Object(fields) if explode => fields
            .iter()
            .map(|(key, item)| format!("{}={}", encode(key), encode(item)))
            .collect(),
        Flat::Object(fields) => fields
            .iter()
            .flat_map(|(key, item)| [encode(key), encode(item)])
            .collect(),
    };
    parts.join(separator)
}

fn deep(name: &str, value: &Value, encoding: Encoding, pairs: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, item) in fields {
                deep(
                    &format!("{name}%5B{}%5D", escape(key)),
                    item,
                    encoding,
                    pairs,
                );
            }
        }
        Value::Array(items) => {
            for item in items {
                deep(name, item, encoding, pairs);
            }
        }
        scalar => {
            let text = scalar
                .as_str()
                .map_or_else(|| scalar.to_string(), str::to_owned);
            pairs.push(format!("{name}={}", encode(&text, encoding)));
        }
    }
}

#[cfg(test)]
mod tests;
