//! The least of a schema that holds a place, wherever the schema stands (JSON Schema 2020-12,
//! core, section 10).

use super::Change;
use super::find::entry;
use crate::source::{Node, Span, Value, escape_token};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// A schema.
    Schema,
    /// Schemas by name: `properties`.
    Schemas,
    /// An operation, a parameter, a media type: what can hold a schema.
    Other,
}

/// What is to become of the least, below the node that it was looked for in.
#[derive(Debug, PartialEq)]
pub(super) struct Least {
    /// `` `const` of a schema ``
    pub(super) what: String,
    pub(super) pointer: String,
    pub(super) change: Change,
}

/// The keyword of the innermost schema that holds `span`, or that schema; `None` where the place is
/// in no schema, or in no more than the whole of `node`.
pub(super) fn least(node: &Node, position: Position, span: Span) -> Option<Least> {
    let mut found = None;
    let mut pointer = String::new();
    let (mut node, mut position) = (node, position);
    loop {
        let (token, child) = match &node.value {
            Value::Sequence(items) => {
                let index = items.iter().position(|item| item.span.holds(span));
                let Some(index) = index else { break };
                (index.to_string(), &items[index])
            }
            _ => match entry(node, span) {
                Some((key, child)) => (key.to_owned(), child),
                None => break,
            },
        };
        pointer = format!("{pointer}/{}", escape_token(&token));
        let next = match (position, &node.value) {
            (_, Value::Sequence(_)) => Some(position),
            (Position::Schemas, _) => Some(Position::Schema),
            (Position::Schema, _) => below_schema(&token),
            (Position::Other, _) => below_other(&token),
        };
        if position == Position::Schema && matches!(node.value, Value::Mapping(_)) {
            found = Some(Least {
                what: format!("`{token}` of a schema"),
                pointer: pointer.clone(),
                change: Change::Remove,
            });
        } else if next == Some(Position::Schema) && !matches!(child.value, Value::Sequence(_)) {
            found = Some(Least {
                what: "schema".to_owned(),
                pointer: pointer.clone(),
                change: Change::Open,
            });
        }
        match next {
            Some(next) => (node, position) = (child, next),
            None => break,
        }
    }
    found
}

/// What stands under a keyword of a schema.
fn below_schema(keyword: &str) -> Option<Position> {
    match keyword {
        "items"
        | "additionalItems"
        | "additionalProperties"
        | "allOf"
        | "anyOf"
        | "contains"
        | "contentSchema"
        | "else"
        | "if"
        | "not"
        | "oneOf"
        | "prefixItems"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Some(Position::Schema),
        "$defs" | "definitions" | "dependentSchemas" | "patternProperties" | "properties" => {
            Some(Position::Schemas)
        }
        _ => None,
    }
}

/// What stands under a key of the standard's other objects; values that are no description are
/// not looked into.
fn below_other(key: &str) -> Option<Position> {
    match key {
        "schema" | "itemSchema" => Some(Position::Schema),
        "example" | "examples" | "default" | "value" => None,
        key if key.starts_with("x-") => None,
        _ => Some(Position::Other),
    }
}
