//! Bodies of `application/x-www-form-urlencoded`, read by the encodings of their members.

use serde_json::Value;

use super::reading::{pairs, query_pairs, same};

/// Members are written as query parameters of the style `form` are, unless their encodings say
/// otherwise (section 4.15). Nothing says how a list or an object within another is written.
pub(super) fn fault(wanted: &Value, encodings: &Value, body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let mut given = pairs(&text);
    for (name, value) in wanted.as_object().into_iter().flatten() {
        if value.is_null() || !is_flat(value) {
            continue;
        }
        let mut parameter = encodings[name].clone();
        let has_style = parameter["style"].is_string() || parameter["explode"].is_boolean();
        let media_type = parameter["contentType"].as_str().unwrap_or_default();
        let expected = if !has_style && media_type.contains("json") {
            vec![(name.clone(), value.to_string())]
        } else {
            parameter["name"] = name.as_str().into();
            query_pairs(&parameter, wanted)
        };
        for (key, value) in expected {
            let mut places = given.iter();
            let Some(place) = places.position(|(own, text)| *own == key && same(text, &value))
            else {
                return Some(format!("the form has no {key} that is {value}: {text}"));
            };
            given.remove(place);
        }
    }
    None
}

fn is_flat(value: &Value) -> bool {
    let scalar = |value: &Value| !value.is_array() && !value.is_object();
    match value {
        Value::Array(items) => items.iter().all(scalar),
        Value::Object(members) => members.values().all(scalar),
        _ => true,
    }
}
