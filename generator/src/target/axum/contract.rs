//! The document's JSON Schemas, as the runtime reads them.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::escape;
use crate::ir::{Api, Place};

/// `src/generated/contract.json`
#[derive(Debug, Serialize)]
pub(super) struct ContractView {
    /// All of it, indented.
    pub(super) text: String,
}

impl ContractView {
    pub(super) fn new(api: &Api) -> Self {
        let mut operations = Map::new();
        for held in &api.contract.operations {
            let mut parameters = Map::new();
            for parameter in &held.parameters {
                let place = match parameter.place {
                    Place::Path => "path",
                    Place::Query => "query",
                    Place::Header => "header",
                    Place::Cookie => "cookie",
                };
                if let Value::Object(named) = parameters
                    .entry(place)
                    .or_insert_with(|| Value::Object(Map::new()))
                {
                    named.insert(escape::key(&parameter.name), parameter.schema.clone());
                }
            }
            let body: Map<String, Value> = held
                .body
                .iter()
                .map(|(media_type, schema)| (escape::key(media_type), schema.clone()))
                .collect();
            let name = api.operations[held.operation].name.wire();
            let entry = json!({ "parameters": parameters, "body": body });
            operations.insert(escape::key(name), entry);
        }
        let whole = json!({
            "$defs": api.contract.definitions,
            "operations": operations,
        });
        Self {
            text: escape::contract(&whole),
        }
    }
}
