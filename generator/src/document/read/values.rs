//! Values that a schema lists must be of the types that it lists.

use super::Reader;
use super::wording::article;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::document::model::{SchemaObject, SchemaType};
use crate::source::{Node, Value};

impl Reader<'_> {
    /// Checks `default`, `const` and `enum` of a schema against its `type`.
    pub(super) fn check_values(&mut self, schema: &SchemaObject) {
        let Some(first) = schema.types.first() else {
            return;
        };
        let listed = schema
            .enum_values
            .iter()
            .flatten()
            .map(|value| ("enum", value));
        let single = [("const", &schema.const_value), ("default", &schema.default)];
        let single = single
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (name, value) in single.chain(listed) {
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
