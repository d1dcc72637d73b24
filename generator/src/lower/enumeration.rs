//! `enum`, and `const`s in a `oneOf`.

use std::collections::HashSet;

use crate::document::Schema;
use crate::ir::{Docs, Enum, EnumBase, EnumValue, Literal, Name, Text};
use crate::source::{Node, Value};

use super::all_of::Branches;
use super::{docs, literal, name};

/// An enum of values, `null` and repeats left out.
pub(super) fn of_values(values: &[&Node], open: bool) -> Enum {
    let mut out: Vec<EnumValue> = Vec::new();
    let mut seen = HashSet::new();
    for node in values.iter().filter(|node| !node.is_null()) {
        let value = literal::literal(node);
        if !seen.insert(value.clone()) {
            continue;
        }
        out.push(EnumValue {
            name: value_name(node),
            value,
            docs: Docs::default(),
        });
    }
    Enum {
        base: base(&out),
        values: out,
        open,
    }
}

/// An enum written as branches, each a `const` with words for people; and the idiom
/// `anyOf: [{enum: [...]}, {type: string}]`, an open enum. `None` when the branches are no enum.
pub(super) fn of_branches(group: &Branches<'_>) -> Option<Enum> {
    let mut values = Vec::new();
    let mut open = group.open;
    for branch in group.branches {
        let object = branch.as_object()?;
        if object.reference.is_some() || !object.all_of.is_empty() {
            return None;
        }
        if let Some(node) = &object.const_value {
            let docs = Docs {
                summary: Text::default(),
                ..docs::of(branch)
            };
            let name = object
                .title
                .as_ref()
                .filter(|_| node.as_str().is_none())
                .map_or_else(|| value_name(node), |title| name::split(&title.value));
            values.push(EnumValue {
                name,
                value: literal::literal(node),
                docs,
            });
        } else if let Some(listed) = &object.enum_values {
            let listed: Vec<&Node> = listed.iter().collect();
            values.extend(of_values(&listed, false).values);
        } else if is_any_string(branch) {
            open = true;
        } else {
            return None;
        }
    }
    values.retain(|value| value.value != Literal::Null);
    (!values.is_empty()).then(|| Enum {
        base: base(&values),
        values,
        open,
    })
}

fn is_any_string(schema: &Schema) -> bool {
    schema.as_object().is_some_and(|object| {
        matches!(object.types.as_slice(), [only] if only.value == crate::document::SchemaType::String)
            && object.format.is_none()
            && object.pattern.is_none()
            && object.one_of.is_empty()
            && object.any_of.is_empty()
    })
}

fn base(values: &[EnumValue]) -> EnumBase {
    let all = |test: fn(&Literal) -> bool| values.iter().all(|value| test(&value.value));
    if all(|v| matches!(v, Literal::String(_))) {
        EnumBase::String
    } else if all(|v| matches!(v, Literal::Integer(_))) {
        EnumBase::Integer
    } else {
        EnumBase::Mixed
    }
}

fn value_name(node: &Node) -> Name {
    match &node.value {
        Value::String(text) => name::split(text),
        Value::Number(text) => {
            let number = name::split(text);
            let mut words = vec!["value".to_owned()];
            words.extend(number.words().iter().cloned());
            Name::new(words, text.clone())
        }
        Value::Bool(true) => name::split("true"),
        Value::Bool(false) => name::split("false"),
        Value::Null => name::split("null"),
        Value::Sequence(_) => name::split("list"),
        Value::Mapping(_) => name::split("object"),
    }
}
