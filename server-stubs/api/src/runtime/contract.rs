//! The document's JSON Schemas, and requests held against them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Registry, Validator};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::request::pointer_token;
use super::{ApiError, Detail, Location};

const ID: &str = "urn:contract";

/// A body may break one rule a million times; nobody reads that, and it would be a large answer
/// to a small request.
const MAX_DETAILS: usize = 100;

/// In characters; what names every unknown property may be as long as the body.
const MAX_MESSAGE: usize = 500;

/// Every schema of the document that requests are held against.
///
/// The text is JSON: `$defs` by name, and `operations` by id, each with `parameters` by place and
/// name and `body` by media type. A validator is compiled when it is first asked for.
pub struct Contract {
    document: Result<Value, String>,
    registry: Result<Registry<'static>, String>,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl std::fmt::Debug for Contract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contract").finish_non_exhaustive()
    }
}

impl Contract {
    /// Reads the contract that was generated. A text that is none answers 500 to every request,
    /// which [`verify`](Self::verify) shows before.
    pub fn new(text: &str) -> Self {
        let document: Result<Value, String> =
            serde_json::from_str(text).map_err(|error| error.to_string());
        let registry = document.clone().and_then(|document| {
            let added = Registry::new().add(ID, document);
            let prepared = added.and_then(|registry| registry.prepare());
            prepared.map_err(|error| error.to_string())
        });
        Self {
            document,
            registry,
            compiled: Mutex::new(HashMap::new()),
        }
    }

    /// The rules that a value breaks, a hundred at most, of the schema at a path of keys into the
    /// contract. `prefix` stands before the pointers of the details.
    ///
    /// # Errors
    /// 500, when the contract has no such schema: a defect of the server.
    pub fn check(
        &self,
        schema: &[&str],
        value: &Value,
        location: Location,
        prefix: &str,
    ) -> Result<Vec<Detail>, ApiError> {
        let validator = self
            .validator(&reference(schema))
            .map_err(|_| ApiError::internal_error())?;
        Ok(validator
            .iter_errors(value)
            .take(MAX_DETAILS)
            .map(|error| Detail {
                location,
                pointer: format!("{prefix}{}", error.instance_path()),
                rule: error.kind().keyword().to_owned(),
                // What was sent is not sent back: it may be long, or a secret.
                message: error
                    .masked()
                    .to_string()
                    .chars()
                    .take(MAX_MESSAGE)
                    .collect(),
            })
            .collect())
    }

    /// Compiles every schema, which a server's test does once.
    ///
    /// # Errors
    /// What is wrong with the first schema that cannot be compiled.
    pub fn verify(&self) -> Result<(), String> {
        let operations = match &self.document {
            Ok(document) => document.get("operations").and_then(Value::as_object),
            Err(error) => return Err(error.clone()),
        };
        for (id, held) in operations.into_iter().flatten() {
            let body = held.get("body").and_then(Value::as_object);
            for media_type in body.into_iter().flat_map(|body| body.keys()) {
                self.validator(&reference(&["operations", id, "body", media_type]))?;
            }
            let places = held.get("parameters").and_then(Value::as_object);
            for (place, named) in places.into_iter().flatten() {
                for name in named.as_object().into_iter().flat_map(|named| named.keys()) {
                    let path = ["operations", id, "parameters", place, name];
                    self.validator(&reference(&path))?;
                }
            }
        }
        Ok(())
    }

    fn validator(&self, reference: &str) -> Result<Arc<Validator>, String> {
        let mut compiled = self
            .compiled
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = compiled.get(reference) {
            return Ok(found.clone());
        }
        let registry = self.registry.as_ref().map_err(Clone::clone)?;
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(registry)
            .should_validate_formats(true)
            .build(&json!({ "$ref": reference }))
            .map_err(|error| format!("{reference}: {error}"))?;
        let built = Arc::new(built);
        compiled.insert(reference.to_owned(), built.clone());
        Ok(built)
    }
}

/// The URI of a schema: a JSON Pointer as a fragment (RFC 6901 section 6).
fn reference(path: &[&str]) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'~')
        .remove(b'-')
        .remove(b'_')
        .remove(b'.');
    let mut uri = format!("{ID}#");
    for key in path {
        let token = pointer_token(key);
        uri.push('/');
        uri.extend(utf8_percent_encode(&token, KEPT));
    }
    uri
}
