//! What flows along the edges of a plan.

use exai_server::ApiError;
use exai_server::types::{EdgeMapping, JsonObject, JsonSchema};
use serde_json::{Map, Value};

use crate::world::refused;

/// A fixed input with more members; those that come later win.
pub(super) fn object(fixed: Option<&JsonObject>, more: Option<&JsonObject>) -> Value {
    let members = fixed.into_iter().chain(more).flatten();
    Value::Object(members.map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// Carries an output into the input of the node at the end of an edge: what the edge names, or
/// else the whole. An output that is no object has no members to merge: it takes its node's key.
pub(super) fn carry(input: &mut Value, key: &str, output: &Value, mapping: Option<&[EdgeMapping]>) {
    let Some(mapping) = mapping else {
        if !input.is_object() {
            *input = Value::Object(Map::new());
        }
        if let Value::Object(input) = input {
            match output {
                Value::Object(output) => {
                    input.extend(output.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
                Value::Null => {}
                output => drop(input.insert(key.to_owned(), output.clone())),
            }
        }
        return;
    };
    for one in mapping {
        if let Some(value) = output.pointer(&one.output) {
            put(input, &one.input, value.clone());
        }
    }
}

/// Puts a value where a pointer (RFC 6901) leads, and objects where there is nothing on the way.
/// What stands in the way stays: a value is never put inside a text, a number or behind an array's
/// end.
fn put(target: &mut Value, pointer: &str, value: Value) {
    let mut place = target;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = match place {
            Value::Object(members) => members.entry(token).or_insert(Value::Null),
            Value::Array(items) => {
                let at: Option<usize> = token.parse().ok();
                match at.and_then(|at| items.get_mut(at)) {
                    Some(item) => item,
                    None => return,
                }
            }
            _ => return,
        };
    }
    *place = value;
}

/// 422 where a value is not what a schema of the caller's describes.
pub(crate) fn conforms(schema: &JsonSchema, value: &Value, at: &str) -> Result<(), ApiError> {
    let Some((place, message)) = fault(schema, value) else {
        return Ok(());
    };
    Err(refused(&format!("{at}{place}"), "schema", message))
}

/// Where and why a value is not what a schema describes.
pub(crate) fn fault(schema: &JsonSchema, value: &Value) -> Option<(String, String)> {
    if schema.is_empty() {
        return None;
    }
    let schema = object(Some(schema), None);
    match jsonschema::validator_for(&schema) {
        Ok(schema) => {
            let error = schema.iter_errors(value).next()?;
            Some((error.instance_path().to_string(), error.to_string()))
        }
        Err(error) => Some((String::new(), format!("the schema cannot be used: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_edge_carries_the_whole_output_or_what_it_names() {
        let mut input = json!({"a": 1});
        carry(&mut input, "node", &json!({"a": 2, "b": 3}), None);
        carry(&mut input, "text", &json!("hi"), None);
        assert_eq!(input, json!({"a": 2, "b": 3, "text": "hi"}));
        let mapping = |output: &str, input: &str| EdgeMapping {
            input: input.to_owned(),
            output: output.to_owned(),
        };
        let mut input = json!({"list": [1], "text": "hi"});
        let edge = [
            mapping("/b", "/deep/er~1"),
            mapping("/b", "/list/0"),
            mapping("/b", "/list/1"),
            mapping("/b", "/text/in"),
            mapping("/missing", "/none"),
        ];
        carry(&mut input, "node", &json!({"b": 3}), Some(&edge));
        assert_eq!(
            input,
            json!({"list": [3], "text": "hi", "deep": {"er/": 3}})
        );
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused_where_it_does_not() {
        let schema = json!({"properties": {"n": {"type": "integer"}}});
        let schema: JsonSchema = serde_json::from_value(schema).expect("a schema");
        assert_eq!(fault(&schema, &json!({"n": 1})), None);
        let (place, _) = fault(&schema, &json!({"n": "1"})).expect("a fault");
        assert_eq!(place, "/n");
    }
}
