//! A document of any size, the same every time, in the shape of a large API of the public web:
//! a resource has five operations, with parameters, bodies, pages, errors and worked examples.

use serde_json::{Map, Value, json};

/// What names are made of.
const ADJECTIVES: &[&str] = &[
    "active", "billing", "cloud", "daily", "edge", "fleet", "global", "hosted", "inner", "joint",
];
const NOUNS: &[&str] = &[
    "account", "branch", "cluster", "device", "export", "folder", "gateway", "hook", "invoice",
    "job", "key", "ledger", "monitor", "network", "order", "policy", "queue", "release", "secret",
    "ticket",
];
const FIELDS: &[&str] = &[
    "title",
    "summary",
    "owner_id",
    "region",
    "size_bytes",
    "score",
    "enabled",
    "created_at",
    "updated_at",
    "expires_at",
    "labels",
    "notes",
    "priority",
    "source_url",
    "contact_email",
    "version",
    "checksum",
    "retries",
    "timeout_seconds",
    "parent_id",
];
const PROSE: &str = "The value is kept as it was sent, and shown to every member of the \
    organisation that may read the resource. Changes take effect at once for new requests; those \
    that run already end with what they began with. See the guide on limits for how often it may \
    change, and for what happens to the resources that depend on it.";

/// A document of some operations, five a resource, as pretty JSON.
pub(super) fn document(operations: usize) -> String {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for index in 0..operations.div_ceil(5) {
        resource(index, &mut paths, &mut schemas);
    }
    schemas.insert("Problem".to_owned(), problem());
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Synthetic", "version": "1.0.0", "description": PROSE },
        "servers": [{ "url": "https://api.example.com/v1" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    });
    format!("{document:#}")
}

/// `ActiveBillingInvoice` and `active_billing_invoice`, another for each number.
fn names(index: usize) -> (String, String) {
    let mut words = Vec::new();
    let mut rest = index;
    words.push(NOUNS[rest % NOUNS.len()]);
    rest /= NOUNS.len();
    loop {
        words.insert(0, ADJECTIVES[rest % ADJECTIVES.len()]);
        rest /= ADJECTIVES.len();
        if rest == 0 {
            break;
        }
    }
    let pascal = words.iter().map(|word| capital(word)).collect();
    (pascal, words.join("_"))
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn resource(index: usize, paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    let (type_name, name) = names(index);
    let reference =
        |suffix: &str| json!({ "$ref": format!("#/components/schemas/{type_name}{suffix}") });
    let example = example(index);
    schemas.insert(type_name.clone(), record(&type_name, &name, true));
    schemas.insert(
        format!("{type_name}Input"),
        record(&type_name, &name, false),
    );
    schemas.insert(
        format!("{type_name}State"),
        json!({ "type": "string", "enum": ["pending", "running", "done", "failed"], "description": PROSE }),
    );
    schemas.insert(
        format!("{type_name}Page"),
        json!({
            "type": "object",
            "description": format!("A page of {name}s."),
            "required": ["data", "has_more"],
            "properties": {
                "data": { "type": "array", "items": reference(""), "description": PROSE },
                "has_more": { "type": "boolean", "description": "Whether another page follows." },
                "next_cursor": { "type": ["string", "null"], "description": PROSE },
            },
        }),
    );
    let answer = |schema: Value, example: Value| json!({ "description": PROSE, "content": { "application/json": { "schema": schema, "example": example } } });
    let responses = |status: &str, answer: Value| json!({ (status): answer, "404": problem_answer("There is no such resource."), "422": problem_answer(PROSE) });
    let id = format!("{name}_id");
    let body = json!({ "required": true, "content": { "application/json": {
        "schema": reference("Input"), "example": example.clone() } } });
    let operation = |verb: &str, more: Value| {
        let mut operation = json!({
            "operationId": format!("{verb}{type_name}"),
            "summary": format!("{} a {name}", capital(verb)),
            "description": PROSE,
            "tags": [name],
        });
        if let (Some(operation), Value::Object(more)) = (operation.as_object_mut(), more) {
            operation.extend(more);
        }
        operation
    };
    paths.insert(
        format!("/{name}s"),
        json!({
            "get": operation("list", json!({
                "parameters": [
                    query("cursor", json!({ "type": "string" })),
                    query("limit", json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 })),
                    query("state", reference("State")),
                    query("created_after", json!({ "type": "string", "format": "date-time" })),
                ],
                "responses": responses("200", answer(reference("Page"),
                    json!({ "data": vec![example.clone(); 2], "has_more": false, "next_cursor": null }))),
            })),
            "post": operation("create", json!({
                "requestBody": body.clone(),
                "responses": responses("201", answer(reference(""), example.clone())),
            })),
        }),
    );
    paths.insert(
        format!("/{name}s/{{{id}}}"),
        json!({
            "parameters": [{ "name": id, "in": "path", "required": true, "description": PROSE,
                "schema": { "type": "string" }, "example": format!("{name}_0001") }],
            "get": operation("get", json!({
                "responses": responses("200", answer(reference(""), example.clone())),
            })),
            "patch": operation("update", json!({
                "requestBody": body,
                "responses": responses("200", answer(reference(""), example.clone())),
            })),
            "delete": operation("delete", json!({
                "responses": responses("204", json!({ "description": "It is gone." })),
            })),
        }),
    );
}

fn query(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "description": PROSE, "schema": schema })
}

fn problem_answer(description: &str) -> Value {
    json!({ "description": description, "content": { "application/json": {
        "schema": { "$ref": "#/components/schemas/Problem" },
        "example": { "code": "not_found", "message": description } } } })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong.",
        "required": ["code", "message"],
        "properties": {
            "code": { "type": "string", "description": "What a program goes by." },
            "message": { "type": "string", "description": "What a person reads." },
        },
    })
}

/// A record with a nested one, a map, a list of unions and the usual fields.
fn record(type_name: &str, name: &str, whole: bool) -> Value {
    let mut properties = Map::new();
    for field in FIELDS {
        let mut schema = match *field {
            "labels" => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            "size_bytes" | "priority" | "retries" | "timeout_seconds" => {
                json!({ "type": "integer", "format": "int64", "minimum": 0 })
            }
            "score" => json!({ "type": ["number", "null"] }),
            "enabled" => json!({ "type": "boolean", "default": true }),
            "created_at" | "updated_at" | "expires_at" => {
                json!({ "type": "string", "format": "date-time" })
            }
            "source_url" => json!({ "type": "string", "format": "uri" }),
            _ => json!({ "type": "string", "maxLength": 200 }),
        };
        schema["description"] = json!(format!("The {field} of the {name}. {PROSE}"));
        properties.insert((*field).to_owned(), schema);
    }
    properties.insert(
        "state".to_owned(),
        json!({ "$ref": format!("#/components/schemas/{type_name}State") }),
    );
    properties.insert(
        "limits".to_owned(),
        json!({ "type": "object", "description": PROSE, "required": ["soft"], "properties": {
            "soft": { "type": "integer", "description": PROSE },
            "hard": { "type": "integer", "description": PROSE },
        } }),
    );
    properties.insert(
        "rules".to_owned(),
        json!({ "type": "array", "description": PROSE, "items": { "oneOf": [
            { "type": "object", "required": ["kind", "until"], "properties": {
                "kind": { "const": "time" }, "until": { "type": "string", "format": "date-time" } } },
            { "type": "object", "required": ["kind", "count"], "properties": {
                "kind": { "const": "count" }, "count": { "type": "integer" } } },
        ] } }),
    );
    let mut required = vec!["title"];
    if whole {
        properties.insert(
            "id".to_owned(),
            json!({ "type": "string", "description": PROSE }),
        );
        required.extend(["id", "created_at", "state"]);
    }
    json!({ "type": "object", "description": format!("A {name}. {PROSE}"), "required": required, "properties": properties })
}

fn example(index: usize) -> Value {
    json!({
        "id": format!("res_{index:06}"),
        "title": "Nightly export of the ledger",
        "summary": "Everything that was booked since the day before.",
        "owner_id": "usr_0042",
        "region": "eu-central",
        "size_bytes": 1_048_576 + index,
        "score": 0.75,
        "enabled": true,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "labels": { "team": "ledger", "tier": "gold" },
        "priority": 3,
        "source_url": "https://example.com/source",
        "contact_email": "ledger@example.com",
        "version": "7",
        "retries": 2,
        "timeout_seconds": 30,
        "state": "done",
        "limits": { "soft": 10, "hard": 20 },
        "rules": [{ "kind": "time", "until": "2027-01-01T00:00:00Z" }, { "kind": "count", "count": 5 }],
    })
}
