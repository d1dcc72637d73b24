//! A value that a schema describes, where its keywords say enough: what a simulated agent gives.

use serde_json::{Map, Value, json};

/// How deep a value is at most: schemas may refer to themselves.
const DEPTH: usize = 16;

/// A value for a schema. `text` is what its strings say.
pub(super) fn instance(schema: &Value, text: &str) -> Value {
    at(schema, schema, text, DEPTH)
}

fn at(root: &Value, schema: &Value, text: &str, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    if let Some(told) = ["const", "default"].iter().find_map(|key| schema.get(key)) {
        return told.clone();
    }
    for key in ["enum", "examples"] {
        if let Some(first) = schema[key].get(0) {
            return first.clone();
        }
    }
    if let Some(pointer) = schema["$ref"].as_str().and_then(|to| to.strip_prefix('#')) {
        return root
            .pointer(pointer)
            .map_or(Value::Null, |schema| at(root, schema, text, depth));
    }
    if let Some(first) = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema[*key].get(0))
    {
        return at(root, first, text, depth);
    }
    let kind = schema["type"]
        .as_str()
        .or_else(|| schema["type"][0].as_str());
    match kind {
        Some("string") => string(schema, text),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        Some("array") => {
            let count = schema["minItems"].as_u64().unwrap_or(0).min(100);
            (0..count)
                .map(|_| at(root, &schema["items"], text, depth))
                .collect()
        }
        _ => {
            let required = schema["required"].as_array().into_iter().flatten();
            let members = required.filter_map(Value::as_str).map(|name| {
                let value = at(root, &schema["properties"][name], text, depth);
                (name.to_owned(), value)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

/// The text, cut or filled up to the lengths that a schema asks for.
fn string(schema: &Value, text: &str) -> Value {
    let length = |key: &str| schema[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let least = length("minLength").unwrap_or(0).min(10_000);
    let most = length("maxLength").unwrap_or(usize::MAX);
    let endless = text.chars().chain(std::iter::repeat('.'));
    let count = text.chars().count().max(least).min(most);
    Value::String(endless.take(count).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_its_schema_describes() {
        let schema = json!({
            "type": "object",
            "required": ["say", "how", "count", "list", "deep", "short", "long"],
            "properties": {
                "say": {"type": "string"}, "how": {"enum": ["well", "badly"]},
                "count": {"type": "integer", "minimum": 3}, "free": {"type": "string"},
                "list": {"type": "array", "minItems": 2, "items": {"type": "boolean"}},
                "deep": {"$ref": "#/$defs/deep"}, "short": {"type": "string", "maxLength": 1},
                "long": {"type": ["string", "null"], "minLength": 4},
            },
            "$defs": {"deep": {"type": "object", "required": ["x"], "properties": {"x": {"const": 1}}}},
        });
        let found = instance(&schema, "hi");
        let wanted = json!({
            "say": "hi", "how": "well", "count": 3, "list": [true, true], "deep": {"x": 1},
            "short": "h", "long": "hi..",
        });
        assert_eq!(found, wanted);
        assert!(jsonschema::is_valid(&schema, &found));
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({"required": ["x"], "properties": {"x": {"$ref": "#"}}});
        assert!(instance(&schema, "").is_object());
    }
}
