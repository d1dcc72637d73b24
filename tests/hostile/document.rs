//! A document whose every text is the same.

use serde_json::{Value, json};

/// A document that says `text` wherever the standard allows any text: titles, descriptions,
/// summaries, tags, names of properties and of query parameters, enum values, discriminator
/// values, defaults, patterns, examples.
pub(crate) fn hostile(text: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Things {text}"), "summary": text, "description": text,
            "version": "1.0.0", "termsOfService": "https://things.example",
            "contact": { "name": text }, "license": { "name": text },
        },
        "servers": [{ "url": "https://things.example/{part}", "description": text,
            "variables": { "part": { "default": "v1", "description": text } } }],
        "tags": [{ "name": text, "description": text }],
        "security": [{ "token": [] }],
        "paths": { "/things/{id}": { "summary": text, "description": text,
            "get": operation(text, "getThing", "things.get"),
            "put": with_body(text, operation(text, "putThing", "things.put")),
        }},
        "webhooks": { "changed": { "post": {
            "operationId": "changed", "summary": text, "description": text,
            "requestBody": { "description": text, "content": json_content("Event") },
            "responses": { "204": { "description": text } },
        }}},
        "components": { "schemas": schemas(text), "securitySchemes": {
            "token": { "type": "http", "scheme": "bearer", "description": text },
        }},
    })
}

fn operation(text: &str, id: &str, method: &str) -> Value {
    json!({
        "operationId": id, "summary": text, "description": text, "tags": [text],
        "x-exai-method": method, "deprecated": true,
        "externalDocs": { "url": "https://things.example", "description": text },
        "parameters": [
            { "name": "id", "in": "path", "required": true, "description": text,
              "schema": { "type": "string", "description": text, "pattern": text, "example": text } },
            { "name": format!("q{text}"), "in": "query", "description": text,
              "schema": { "type": "string", "default": text } },
            { "name": "kind", "in": "query", "description": text,
              "schema": { "type": "string", "enum": [text, "plain"] } },
        ],
        "responses": {
            "200": { "description": text, "content": json_content("Thing"),
                "headers": { "X-Thing": { "description": text, "schema": { "type": "string" } } } },
            "404": { "description": text, "x-exai-error": "not_found", "content": json_content("Fault") },
        },
    })
}

fn with_body(text: &str, mut operation: Value) -> Value {
    operation["requestBody"] =
        json!({ "required": true, "description": text, "content": json_content("Thing") });
    operation
}

fn json_content(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn schemas(text: &str) -> Value {
    json!({
        "Thing": {
            "type": "object", "title": text, "description": text, "deprecated": true,
            "required": ["id", text],
            "properties": {
                "id": { "type": "string", "description": text, "examples": [text] },
                text: { "type": "string", "description": text, "default": text },
                format!("x{text}"): { "type": "integer", "title": text, "description": text },
                "shade": { "$ref": "#/components/schemas/Shade" },
                "only": { "const": text },
                "event": { "$ref": "#/components/schemas/Event" },
                "inner": { "type": "object", "description": text,
                    "properties": { format!("y{text}"): { "type": "boolean", "description": text } } },
            },
        },
        "Shade": { "type": "string", "title": text, "description": text, "x-exai-open": true,
            "enum": [text, format!("dark {text}"), "light"] },
        "Event": { "title": text, "description": text, "x-exai-open": true,
            "oneOf": [{ "$ref": "#/components/schemas/Made" }, { "$ref": "#/components/schemas/Sold" }],
            "discriminator": { "propertyName": "type", "mapping": {
                text: "#/components/schemas/Made", "sold": "#/components/schemas/Sold" } } },
        "Made": { "type": "object", "description": text, "required": ["type"],
            "properties": { "type": { "type": "string", "description": text } } },
        "Sold": { "type": "object", "description": text, "required": ["type"],
            "properties": { "type": { "type": "string", "description": text } } },
        "Fault": { "type": "object", "description": text, "required": ["message"],
            "properties": { "message": { "type": "string", "description": text } } },
    })
}
