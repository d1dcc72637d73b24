//! JSON Merge Patch (RFC 7396) between the types of the API.

use exai_server::ApiError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::store::failed;

/// Changes a record by what a request says: what is absent stays, what is null goes.
pub(crate) fn merge<T, P>(record: &mut T, patch: &P) -> Result<(), ApiError>
where
    T: Serialize + DeserializeOwned,
    P: Serialize,
{
    let mut value = serde_json::to_value(&*record).map_err(failed)?;
    apply(&mut value, serde_json::to_value(patch).map_err(failed)?);
    *record = serde_json::from_value(value).map_err(failed)?;
    Ok(())
}

/// A value as another type with the same names; what that one has no place for is left out.
pub(crate) fn recast<A: Serialize, B: DeserializeOwned>(value: &A) -> Result<B, ApiError> {
    let value = serde_json::to_value(value).map_err(failed)?;
    serde_json::from_value(value).map_err(failed)
}

fn apply(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            match value {
                Value::Null => drop(target.remove(&key)),
                value => apply(target.entry(key).or_insert(Value::Null), value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::apply;
    use serde_json::json;

    #[test]
    fn the_examples_of_rfc_7396_appendix_a() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b"}),
                json!({"b": "c"}),
                json!({"a": "b", "b": "c"}),
            ),
            (
                json!({"a": "b", "b": "c"}),
                json!({"a": null}),
                json!({"b": "c"}),
            ),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            let mut found = target;
            apply(&mut found, patch);
            assert_eq!(found, result);
        }
    }
}
