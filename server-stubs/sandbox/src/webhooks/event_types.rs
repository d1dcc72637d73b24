//! The types of events, as the document that this crate is built beside has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use exai_server::{ApiError, types};
use serde_json::{Map, Value};
use types::{ApiArea, EventTypeDefinition, EventTypeDescription};

use crate::store::failed;

const DOCUMENT: &str = include_str!("../../../../spec/bundled/openapi.json");

/// By name.
static DEFINITIONS: LazyLock<Result<BTreeMap<String, EventTypeDefinition>, String>> =
    LazyLock::new(|| read().map_err(|error| error.to_string()));

/// Every type, ordered by name.
pub(super) fn all() -> Result<Vec<EventTypeDescription>, ApiError> {
    let describe = |found: &EventTypeDefinition| EventTypeDescription {
        area: found.area.clone(),
        description: found.description.clone(),
        summary: found.summary.clone(),
        r#type: found.r#type.clone(),
    };
    Ok(definitions()?.values().map(describe).collect())
}

/// A type; 404 where there is none.
pub(super) fn one(name: &str) -> Result<EventTypeDefinition, ApiError> {
    let missing = || ApiError::not_found(format!("there is no event type {name}"));
    definitions()?.get(name).cloned().ok_or_else(missing)
}

fn definitions() -> Result<&'static BTreeMap<String, EventTypeDefinition>, ApiError> {
    DEFINITIONS.as_ref().map_err(failed)
}

fn read() -> serde_json::Result<BTreeMap<String, EventTypeDefinition>> {
    let document: Value = serde_json::from_str(DOCUMENT)?;
    let mut found = BTreeMap::new();
    for (name, item) in document["webhooks"].as_object().into_iter().flatten() {
        let sent = &item["post"];
        let content = &sent["requestBody"]["content"]["application/json"];
        let definition = EventTypeDefinition {
            area: area(name),
            description: serde_json::from_value(sent["description"].clone())?,
            example: serde_json::from_value(content["example"].clone())?,
            payload_schema: serde_json::from_value(whole(&document, &content["schema"]))?,
            summary: serde_json::from_value(sent["summary"].clone())?,
            r#type: serde_json::from_value(Value::from(name.as_str()))?,
        };
        found.insert(name.clone(), definition);
    }
    Ok(found)
}

/// The area whose things the events of a type are about.
fn area(name: &str) -> ApiArea {
    match name.split('.').next().unwrap_or_default() {
        "workspace" => ApiArea::Workspaces,
        "composer" => ApiArea::Composer,
        "build" => ApiArea::Builder,
        "run" => ApiArea::Orchestrator,
        "agent" => ApiArea::Agents,
        "template" => ApiArea::Templates,
        "audit" => ApiArea::Audit,
        "webhook" => ApiArea::Webhooks,
        other => ApiArea::Unknown(other.to_owned()),
    }
}

/// A schema that stands alone: what it refers to, it brings in `$defs`.
fn whole(document: &Value, schema: &Value) -> Value {
    let mut definitions = Map::new();
    let schema = match schema["$ref"].as_str() {
        Some(reference) => pointed(document, reference),
        None => schema.clone(),
    };
    let mut schema = moved(document, &schema, &mut definitions);
    if let Value::Object(fields) = &mut schema {
        let dialect = "https://json-schema.org/draft/2020-12/schema";
        fields.insert("$schema".to_owned(), dialect.into());
        fields.insert("$defs".to_owned(), Value::Object(definitions));
    }
    schema
}

/// A schema whose references, and the mappings of its discriminators, lead into `$defs`.
fn moved(document: &Value, schema: &Value, definitions: &mut Map<String, Value>) -> Value {
    match schema {
        Value::String(text) => match text.strip_prefix("#/components/schemas/") {
            Some(name) => {
                if !definitions.contains_key(name) {
                    // It may refer to itself: its place is taken before it is read.
                    definitions.insert(name.to_owned(), Value::Null);
                    let found = moved(document, &pointed(document, text), definitions);
                    definitions.insert(name.to_owned(), found);
                }
                format!("#/$defs/{name}").into()
            }
            None => schema.clone(),
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| moved(document, item, definitions));
            items.collect()
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields =
                fields.map(|(key, item)| (key.clone(), moved(document, item, definitions)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

fn pointed(document: &Value, reference: &str) -> Value {
    let pointer = reference.trim_start_matches('#');
    document.pointer(pointer).cloned().unwrap_or_default()
}
