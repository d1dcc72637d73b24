//! Values that a schema lists must be of the types that it lists.

use super::Reader;
use super::wording::article;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::document::model::{SchemaObject, SchemaType};
use crate::source::{Node, Span, Spanned, Value};

impl Reader<'_> {
    /// Checks `default`, `const` and `enum` of a schema against its `type` and its bounds.
    pub(super) fn check_values(&mut self, schema: &SchemaObject) {
        self.check_bounds(schema);
        let Some(first) = schema.types.first() else {
            return;
        };
        for (name, value) in values(schema) {
            if schema.types.iter().any(|kind| fits(value, kind.value)) {
                continue;
            }
            let types: Vec<_> = schema
                .types
                .iter()
                .map(|kind| article(kind.name()))
                .collect();
            let message = format!("a value of `{name}` is not {}", types.join(" or "));
            let mut found = Diagnostic::error(Code::ValueOfOtherType, value.span, message)
                .label(format!("this is {}", value.kind()))
                .secondary(first.span, "the `type` is here");
            // Large public documents have defaults that do not fit, nulls, and text that YAML made
            // a number or a boolean of. A listed value that no value can be is a mistake.
            let is_text = schema
                .types
                .iter()
                .any(|kind| kind.value == SchemaType::String);
            if name == "default" || value.is_null() || (is_text && is_scalar(value)) {
                found.severity = Severity::Warning;
            }
            self.push(found);
        }
    }

    /// Nobody can send a value that another keyword excludes; the rest of the schema holds.
    fn check_bounds(&mut self, schema: &SchemaObject) {
        for (name, value) in values(schema) {
            let Some((keyword, at)) = excluded(value, schema) else {
                continue;
            };
            let message = format!("a value of `{name}` is excluded by `{keyword}`");
            self.push(
                Diagnostic::warning(Code::ValueExcluded, value.span, message)
                    .secondary(at, format!("`{keyword}` is here"))
                    .hint("change one of the two"),
            );
        }
    }
}

/// The values that a schema lists, each with its keyword.
fn values(schema: &SchemaObject) -> impl Iterator<Item = (&'static str, &Node)> {
    let listed = schema.enum_values.iter().flatten();
    let single = [("const", &schema.const_value), ("default", &schema.default)];
    single
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?)))
        .chain(listed.map(|value| ("enum", value)))
}

/// The bound that a value is beyond (JSON Schema 2020-12, validation, section 6).
fn excluded(value: &Node, schema: &SchemaObject) -> Option<(&'static str, Span)> {
    let number = |text: &str| text.parse::<f64>().ok();
    if let Some(value) = value.as_number().and_then(number) {
        let below = |bound: &&Spanned<String>| number(&bound.value).is_some_and(|b| value < b);
        let at_most = |bound: &&Spanned<String>| number(&bound.value).is_some_and(|b| value <= b);
        let minimum = schema.minimum.as_ref().filter(below);
        let exclusive = schema.exclusive_minimum.as_ref().filter(at_most);
        return minimum
            .map(|bound| ("minimum", bound.span))
            .or_else(|| Some(("exclusiveMinimum", exclusive?.span)));
    }
    let length = value.as_str()?.chars().count() as u64;
    let bound = schema.max_length.as_ref()?;
    (length > bound.value).then_some(("maxLength", bound.span))
}

fn fits(value: &Node, kind: SchemaType) -> bool {
    match (&value.value, kind) {
        (Value::Null, SchemaType::Null)
        | (Value::Bool(_), SchemaType::Boolean)
        | (Value::Number(_), SchemaType::Number)
        | (Value::String(_), SchemaType::String)
        | (Value::Sequence(_), SchemaType::Array)
        | (Value::Mapping(_), SchemaType::Object) => true,
        (Value::Number(text), SchemaType::Integer) => is_integer(text),
        _ => false,
    }
}

fn is_scalar(value: &Node) -> bool {
    matches!(value.value, Value::Number(_) | Value::Bool(_))
}

/// Whether a number is whole: `3`, `3.0` and `3e2` are.
fn is_integer(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
        || text.parse::<f64>().is_ok_and(|value| value.fract() == 0.0)
}
