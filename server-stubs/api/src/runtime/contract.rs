//! The document's JSON Schemas, and requests held against them.

use std::collections::HashMap;
use std::sync::Mutex;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use super::{Detail, Location};

const ID: &str = "urn:contract";

/// Every schema of the document that requests are held against.
///
/// The text is JSON: `$defs` by name, and `operations` by id, each with `parameters` by place and
/// name and `body` by media type. A validator is compiled when it is first asked for.
pub struct Contract {
    registry: Option<Registry<'static>>,
    compiled: Mutex<HashMap<String, Option<std::sync::Arc<Validator>>>>,
}

impl std::fmt::Debug for Contract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contract").finish_non_exhaustive()
    }
}

impl Contract {
    /// Reads the contract that was generated. A text that is none refuses every request, which a
    /// test of the generated crate would show.
    pub fn new(text: &str) -> Self {
        let registry = serde_json::from_str::<Value>(text)
            .ok()
            .and_then(|document| Registry::new().add(ID, document).ok()?.prepare().ok());
        Self {
            registry,
            compiled: Mutex::new(HashMap::new()),
        }
    }

    /// Every rule that a value breaks, of the schema at a JSON Pointer into the contract.
    /// `prefix` stands before the pointers of the details.
    pub fn check(
        &self,
        schema: &str,
        value: &Value,
        location: Location,
        prefix: &str,
    ) -> Vec<Detail> {
        let Some(validator) = self.validator(schema) else {
            return vec![Detail {
                location,
                pointer: prefix.to_owned(),
                rule: "schema".to_owned(),
                message: "the server cannot check this".to_owned(),
            }];
        };
        validator
            .iter_errors(value)
            .map(|error| Detail {
                location,
                pointer: format!("{prefix}{}", error.instance_path()),
                rule: error.kind().keyword().to_owned(),
                message: error.to_string(),
            })
            .collect()
    }

    fn validator(&self, schema: &str) -> Option<std::sync::Arc<Validator>> {
        let mut compiled = self
            .compiled
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = compiled.get(schema) {
            return found.clone();
        }
        let built = self.registry.as_ref().and_then(|registry| {
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(registry)
                .build(&json!({ "$ref": format!("{ID}#{schema}") }))
                .ok()
                .map(std::sync::Arc::new)
        });
        compiled.insert(schema.to_owned(), built.clone());
        built
    }
}
