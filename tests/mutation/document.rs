//! A small document, and changes to it.

use serde_json::{Map, Value, json};

/// Where a key goes among the keys of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    First,
    Middle,
    Last,
}

/// Puts a key into an object at a place.
pub(crate) fn insert(object: &mut Value, place: Place, key: &str, value: Value) {
    let Value::Object(entries) = object else {
        panic!("{object} is no object");
    };
    let at = match place {
        Place::First => 0,
        Place::Middle => entries.len() / 2,
        Place::Last => entries.len(),
    };
    entries.shift_insert(at, key.to_owned(), value);
}

/// Three resources that share a type, each with inline types of the same words.
pub(crate) fn zoo() -> Value {
    let mut paths = Map::new();
    for (one, many) in [
        ("Animal", "animals"),
        ("Keeper", "keepers"),
        ("Zone", "zones"),
    ] {
        let mut get = operation(&format!("get{one}"), &format!("{many}.get"));
        get["responses"]["200"]["content"] = content(one);
        let mut put = operation(&format!("put{one}"), &format!("{many}.put"));
        put["requestBody"] = json!({ "required": true, "content": content(one) });
        paths.insert(format!("/{many}/{{id}}"), json!({ "get": get, "put": put }));
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Zoo", "version": "1.0.0" },
        "servers": [{ "url": "https://zoo.example" }],
        "paths": paths,
        "components": { "schemas": {
            "Animal": record(&["status", "mood", "home"]),
            "Keeper": record(&["status", "mood", "home"]),
            "Zone": record(&["status", "kind"]),
            "Address": { "type": "object", "properties": { "street": { "type": "string" } } },
        }},
    })
}

/// An operation of one thing that answers with a type of its own.
pub(crate) fn operation(id: &str, method: &str) -> Value {
    json!({
        "operationId": id,
        "x-exai-method": method,
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "responses": { "200": { "description": "Done.", "content": {
            "application/json": { "schema": record(&["status"]) } } } },
    })
}

/// A record with an inline enum for each of `fields`, and a shared address for `home`.
pub(crate) fn record(fields: &[&str]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let value = match *field {
            "home" => json!({ "$ref": "#/components/schemas/Address" }),
            field => {
                json!({ "type": "string", "enum": [format!("{field}_a"), format!("{field}_b")] })
            }
        };
        properties.insert((*field).to_owned(), value);
    }
    json!({ "type": "object", "required": [fields[0]], "properties": properties })
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}
