//! What oasdiff calls breaking is breaking here: `oasdiff.json` has a pair of documents for each
//! of its rules of the level error or warning, by the names of its `checker/rules.go`, and for
//! those it only notes though they break users of an SDK.
//!
//! A row of `schemas` is two schemas, the wide one and the narrow one. What is sent breaks from
//! wide to narrow, what comes from narrow to wide; the name of a rule says where the schema stands.

use exai_gen::changes::{Change, Class, compare};
use serde_json::{Value, json};

/// A document in which everything has a place.
fn document() -> Value {
    json!({
        "openapi": "3.2.0",
        "info": { "title": "Pets", "version": "1.0.0" },
        "servers": [{ "url": "https://pets.example/v1" }],
        "paths": { "/pets": { "post": {
            "operationId": "makePet",
            "responses": { "200": { "description": "Done." } },
        } } },
        "components": { "securitySchemes": {
            "a": { "type": "apiKey", "in": "header", "name": "A" },
            "b": { "type": "apiKey", "in": "header", "name": "B" },
            "o": { "type": "oauth2", "flows": { "clientCredentials": {
                "tokenUrl": "https://a.example/t", "scopes": { "r": "r", "w": "w" },
            } } },
        } },
    })
}

/// The document with a value at a JSON Pointer; without it where the value is null.
pub(super) fn with(at: &str, value: &Value) -> Value {
    let mut document = document();
    let Some((home, key)) = at.rsplit_once('/') else {
        for (key, value) in value.as_object().into_iter().flatten() {
            document[key] = value.clone();
        }
        return document;
    };
    let mut home = document.pointer_mut(home).expect("a place of the document");
    let key = key.replace("~1", "/");
    if value.is_null() {
        home.as_object_mut().expect("an object").remove(&key);
    } else {
        home = &mut home[key];
        *home = value.clone();
    }
    document
}

/// The document with a schema where a rule of this name looks.
pub(super) fn placed(rule: &str, schema: &Value) -> Value {
    let media = |schema: &Value| json!({ "application/json": { "schema": schema } });
    let property = json!({ "type": "object", "properties": { "p": schema } });
    let post = "/paths/~1pets/post";
    let body = |schema: &Value| {
        let body = json!({ "required": true, "content": media(schema) });
        with(&format!("{post}/requestBody"), &body)
    };
    let answer = |answer: Value| with(&format!("{post}/responses/200"), &answer);
    if rule.contains("RequestHeader") || rule.starts_with("RequestParameter") {
        let parameter = json!([{ "name": "X-P", "in": "header", "schema": schema }]);
        return with(&format!("{post}/parameters"), &parameter);
    }
    if rule.starts_with("ResponseHeader") {
        let headers = json!({ "X-P": { "required": true, "schema": schema } });
        return answer(json!({ "description": "Done.", "headers": headers }));
    }
    let deep = rule.contains("Property") && !rule.contains("Required");
    let schema = if deep { &property } else { schema };
    if rule.starts_with("Response") {
        answer(json!({ "description": "Done.", "content": media(schema) }))
    } else {
        body(schema)
    }
}

/// The worst class to callers between two documents.
fn worst(old: &Value, new: &Value) -> Option<Class> {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |name: &str, document: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, document.to_string()).expect("a file");
        super::read(&path).1
    };
    let (old, new) = (read("old.json", old), read("new.json", new));
    let changes = compare(&old, &new);
    changes.iter().map(Change::to_callers).max()
}

#[test]
fn what_oasdiff_calls_breaking_is_breaking() {
    let text = include_str!("oasdiff.json");
    let table: Value = serde_json::from_str(text).expect("JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    let mut held = std::collections::BTreeSet::new();
    let mut hold = |rule: &Value, old: &Value, new: &Value| {
        let rule = rule.as_str().expect("a name").to_owned();
        if worst(old, new) != Some(Class::Breaking) {
            wrong.push(format!("{rule}: {old} -> {new}"));
        }
        held.insert(rule);
    };
    for row in list(&table["schemas"]) {
        let of = |rule: &Value, key: &str| placed(rule.as_str().unwrap_or_default(), &row[key]);
        for rule in list(&row["request"]) {
            hold(&rule, &of(&rule, "wide"), &of(&rule, "narrow"));
        }
        for rule in list(&row["response"]) {
            hold(&rule, &of(&rule, "narrow"), &of(&rule, "wide"));
        }
    }
    for row in [list(&table["documents"]), list(&table["noted"])].concat() {
        let at = row["at"].as_str().expect("a place");
        for rule in list(&row["ids"]) {
            hold(&rule, &with(at, &row["old"]), &with(at, &row["new"]));
        }
    }
    assert!(wrong.is_empty(), "not breaking:\n{}", wrong.join("\n"));
    assert!(held.len() > 200, "only {} rules were held", held.len());
}
