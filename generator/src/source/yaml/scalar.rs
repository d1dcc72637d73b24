//! What a YAML scalar stands for, by its style, its tag and the core schema.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Tag};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::number::yaml_number;
use crate::source::{Span, Value};

/// Refuses a tag that is none of `allowed`, names of the core schema.
pub(super) fn check_tag(tag: Option<&Tag>, allowed: &[&str], span: Span) -> Result<(), Diagnostic> {
    match tag {
        None => Ok(()),
        Some(tag) if tag.original() == "!" => Ok(()),
        Some(tag) if allowed.iter().any(|name| tag.is_yaml_core_schema_tag(name)) => Ok(()),
        Some(tag) => Err(unsupported_tag(tag, span)),
    }
}

/// The value of a scalar that is no key.
pub(super) fn scalar(
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: Span,
) -> Result<Value, Diagnostic> {
    let plain = |text: Cow<'_, str>| resolve(text, span);
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain {
            plain(text)
        } else {
            Ok(Value::String(text.into_owned()))
        };
    };
    if tag.original() == "!" || tag.is_yaml_core_schema_tag("str") {
        return Ok(Value::String(text.into_owned()));
    }
    let value = plain(text)?;
    let suits = match &value {
        Value::Null => tag.is_yaml_core_schema_tag("null"),
        Value::Bool(_) => tag.is_yaml_core_schema_tag("bool"),
        Value::Number(_) => {
            tag.is_yaml_core_schema_tag("int") || tag.is_yaml_core_schema_tag("float")
        }
        _ => false,
    };
    if suits {
        Ok(value)
    } else {
        Err(unsupported_tag(tag, span))
    }
}

fn unsupported_tag(tag: &Tag, span: Span) -> Diagnostic {
    let message = format!(
        "the tag `{}` does not fit this value or is not of YAML's core schema",
        tag.original()
    );
    Diagnostic::error(Code::UnsupportedYaml, span, message).hint("remove the tag")
}

/// A plain scalar by the core schema.
fn resolve(text: Cow<'_, str>, span: Span) -> Result<Value, Diagnostic> {
    Ok(match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        other
            if !other.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) =>
        {
            Value::String(text.into_owned())
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF"
        | ".nan" | ".NaN" | ".NAN" => {
            let message = format!("`{text}` is a number that JSON cannot write");
            return Err(Diagnostic::error(Code::UnsupportedYaml, span, message)
                .hint("quote it if it is text"));
        }
        other => match yaml_number(other) {
            Some(number) => Value::Number(number),
            None => Value::String(text.into_owned()),
        },
    })
}
