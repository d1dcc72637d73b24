//! What decides about branches: predicates over the output of a node.

use std::cmp::Ordering;

use exai_server::types::{CompareCondition, CompareOperator, Condition};
use serde_json::{Number, Value, json};

/// Whether a condition holds for a value. What this version does not know holds for nothing.
pub(super) fn holds(condition: &Condition, value: &Value) -> bool {
    match condition {
        Condition::All(all) => all.conditions.iter().all(|one| holds(one, value)),
        Condition::Any(any) => any.conditions.iter().any(|one| holds(one, value)),
        Condition::Not(not) => !holds(&not.condition, value),
        Condition::Compare(compare) => compares(compare, value),
        Condition::Unknown(_) => false,
    }
}

/// A pointer that leads nowhere compares as null.
fn compares(compare: &CompareCondition, value: &Value) -> bool {
    let found = value.pointer(&compare.pointer).unwrap_or(&Value::Null);
    let wanted = &compare.value;
    let ordered = |holds: fn(Ordering) -> bool| order(found, wanted).is_some_and(holds);
    match &compare.operator {
        CompareOperator::Eq => same(found, wanted),
        CompareOperator::Ne => !same(found, wanted),
        CompareOperator::Lt => ordered(Ordering::is_lt),
        CompareOperator::Lte => ordered(Ordering::is_le),
        CompareOperator::Gt => ordered(Ordering::is_gt),
        CompareOperator::Gte => ordered(Ordering::is_ge),
        CompareOperator::In => holds_item(wanted, found),
        CompareOperator::Contains => match (found, wanted) {
            (Value::String(text), Value::String(part)) => text.contains(part),
            _ => holds_item(found, wanted),
        },
        CompareOperator::Matches => matches(found, wanted),
        CompareOperator::Unknown(_) => false,
    }
}

fn holds_item(array: &Value, wanted: &Value) -> bool {
    let items = array.as_array();
    items.is_some_and(|items| items.iter().any(|item| same(item, wanted)))
}

/// Regular expressions are those of JSON Schema, and so is what reads them.
fn matches(found: &Value, expression: &Value) -> bool {
    let schema = json!({ "type": "string", "pattern": expression });
    jsonschema::validator_for(&schema).is_ok_and(|schema| schema.is_valid(found))
}

/// Two numbers or two strings; strings by code point, as their UTF-8 sorts.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => numbers(left, right),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Equality of JSON values: 1 and 1.0 are one number, members have no order.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            numbers(left, right) == Some(Ordering::Equal)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Value::Object(left), Value::Object(right)) => {
            let other = |name: &String| right.get(name);
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(k, a)| other(k).is_some_and(|b| same(a, b)))
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(pointer: &str, operator: &str, value: Value) -> Value {
        json!({"type": "compare", "pointer": pointer, "operator": operator, "value": value})
    }

    #[test]
    fn operators_mean_what_the_document_says() {
        let output = json!({"n": 2, "s": "beta", "a": [1, {"k": 1.0}], "o": {"x": 1, "y": 2}});
        for (pointer, operator, value, expected) in [
            ("/n", "eq", json!(2.0), true),
            ("/n", "ne", json!(2), false),
            ("/n", "lt", json!(2.5), true),
            ("/n", "lte", json!(2), true),
            ("/n", "gt", json!("1"), false),
            ("/n", "gte", json!(u64::MAX), false),
            ("/s", "gt", json!("alpha"), true),
            ("/s", "in", json!(["alpha", "beta"]), true),
            ("/s", "contains", json!("et"), true),
            ("/s", "contains", json!("eta!"), false),
            ("/a", "contains", json!({"k": 1}), true),
            ("/s", "matches", json!("^b.t"), true),
            ("/s", "matches", json!("("), false),
            ("/n", "matches", json!("2"), false),
            ("/o", "eq", json!({"y": 2, "x": 1}), true),
            ("/missing", "eq", Value::Null, true),
            ("/missing", "lt", json!(1), false),
            ("/n", "later", json!(2), false),
        ] {
            let condition = compare(pointer, operator, value.clone());
            let condition: Condition = serde_json::from_value(condition).expect("a condition");
            let found = holds(&condition, &output);
            assert_eq!(found, expected, "{pointer} {operator} {value}");
        }
    }

    #[test]
    fn conditions_nest() {
        let (yes, no) = (compare("", "eq", json!(1)), compare("", "eq", json!(2)));
        let nested = json!({"type": "all", "conditions": [
            {"type": "any", "conditions": [no, yes]},
            {"type": "not", "condition": no},
        ]});
        let nested: Condition = serde_json::from_value(nested).expect("a condition");
        assert!(holds(&nested, &json!(1)));
        assert!(!holds(&nested, &json!(2)));
    }
}
