//! The API's own document, read by others: the official schema of OpenAPI 3.1 and an independent
//! validator of JSON Schema 2020-12.
//!
//! `openapi-3.1.schema.json` is the OpenAPI Initiative's, under the Apache License 2.0.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

use std::path::{Path, PathBuf};

use exai_gen::bundle;
use exai_gen::diagnostic::Diagnostics;
use exai_gen::document;
use exai_gen::source::Sources;
use jsonschema::{Draft, Registry};
use serde_json::{Map, Value, json};

const DOCUMENT: &str = "urn:document";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The document in one piece.
fn bundled() -> Value {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(&root().join("spec/openapi.yaml"), &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics).expect("spec/ is a document");
    assert!(
        !diagnostics.has_errors(),
        "`exai-gen check spec/openapi.yaml` says what is wrong"
    );
    serde_json::from_str(&bundle::to_json(&bundle::bundle(&document, &sources)))
        .expect("a bundle is JSON")
}

fn object(value: &Value) -> &Map<String, Value> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&EMPTY)
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut out = Vec::new();
    for (path, item) in object(&document["paths"]) {
        for (method, operation) in object(item) {
            if operation.get("operationId").is_some() {
                out.push((method.to_uppercase(), path.clone(), operation));
            }
        }
    }
    out
}

#[test]
fn the_operations_are_those_promised() {
    let document = bundled();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| {
            let id = text(&operation["operationId"]);
            let sdk = text(&operation["x-exai-method"]);
            [method, path, id, sdk].join("\t")
        })
        .collect();
    found.sort();
    let mut promised: Vec<&str> = include_str!("operations.tsv").lines().collect();
    promised.sort_unstable();
    assert_eq!(found, promised);
    assert_eq!(found.len(), 142);
}

#[test]
fn the_document_is_openapi_by_the_official_schema() {
    let schema: Value = serde_json::from_str(include_str!("openapi-3.1.schema.json"))
        .expect("the official schema is JSON");
    let validator = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .build(&schema)
        .expect("the official schema is a schema");
    let document = bundled();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

/// A value, the place of its schema in the document, and where the value stands.
struct Example {
    value: Value,
    schema: String,
    at: String,
}

fn token(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

fn follow<'d>(document: &'d Value, value: &'d Value) -> (Option<&'d str>, &'d Value) {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#');
            (Some(pointer), document.pointer(pointer).unwrap_or(value))
        }
        None => (None, value),
    }
}

/// The values under `example` and `examples` of an object that has a schema.
fn values<'d>(document: &'d Value, holder: &'d Value) -> Vec<&'d Value> {
    let named = object(&holder["examples"])
        .values()
        .map(|example| &follow(document, example).1["value"]);
    holder.get("example").into_iter().chain(named).collect()
}

/// Examples of one media type: its own, an event's data each, or a line each.
fn of_content(
    document: &Value,
    media_type: &str,
    content: &Value,
    at: &str,
    out: &mut Vec<Example>,
) {
    let streamed = content.get("x-exai-stream").is_some();
    for value in values(document, content) {
        let texts: Vec<String> = match (media_type, value.as_str()) {
            ("text/event-stream", Some(text)) => text
                .split("\n\n")
                .map(|event| {
                    let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
                    data.map(str::trim_start).collect::<Vec<_>>().join("\n")
                })
                .filter(|data| !data.is_empty())
                .collect(),
            ("application/x-ndjson", Some(text)) => text.lines().map(str::to_owned).collect(),
            _ => {
                let schema = format!("{at}/schema");
                if content.get("schema").is_some() {
                    out.push(Example {
                        value: value.clone(),
                        schema,
                        at: at.to_owned(),
                    });
                }
                continue;
            }
        };
        assert!(
            streamed && !texts.is_empty(),
            "{at}: a stream has an example and says its items"
        );
        for text in texts {
            let value = serde_json::from_str(&text).expect("a piece of a stream is JSON");
            out.push(Example {
                value,
                schema: format!("{at}/x-exai-stream/item"),
                at: at.to_owned(),
            });
        }
    }
}

fn of_contents(document: &Value, holder: &Value, at: &str, out: &mut Vec<Example>) -> usize {
    let before = out.len();
    for (media_type, content) in object(&holder["content"]) {
        let at = format!("{at}/content/{}", token(media_type));
        of_content(document, media_type, content, &at, out);
    }
    out.len() - before
}

#[test]
fn every_example_is_what_its_schema_says() {
    let document = bundled();
    let mut examples = Vec::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("/paths/{}/{}", token(&path), method.to_lowercase());
        let id = &operation["operationId"];
        if let Some(body) = operation.get("requestBody") {
            let (place, body) = follow(&document, body);
            let place = place.map_or(format!("{at}/requestBody"), str::to_owned);
            let found = of_contents(&document, body, &place, &mut examples);
            let raw = object(&body["content"])
                .keys()
                .all(|key| key == "application/octet-stream" || key.contains("gzip"));
            assert!(found > 0 || raw, "{id}: the request has no example");
        }
        for (status, response) in object(&operation["responses"]) {
            let (place, response) = follow(&document, response);
            let place = place.map_or(format!("{at}/responses/{status}"), str::to_owned);
            let found = of_contents(&document, response, &place, &mut examples);
            let raw = object(&response["content"])
                .keys()
                .all(|key| !key.contains("json") && key != "text/event-stream");
            assert!(found > 0 || raw, "{id}: the answer {status} has no example");
        }
        for (index, parameter) in operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let (place, parameter) = follow(&document, parameter);
            let place = place.map_or(format!("{at}/parameters/{index}"), str::to_owned);
            for value in values(&document, parameter) {
                let schema = format!("{place}/schema");
                examples.push(Example {
                    value: value.clone(),
                    schema,
                    at: place.clone(),
                });
            }
        }
    }
    for (name, item) in object(&document["webhooks"]) {
        for (method, operation) in object(item) {
            let at = format!("/webhooks/{}/{method}/requestBody", token(name));
            let found = of_contents(&document, &operation["requestBody"], &at, &mut examples);
            assert!(found > 0, "{name}: the webhook has no example");
        }
    }
    assert!(
        examples.len() > 500,
        "only {} examples were found",
        examples.len()
    );
    check(&document, &examples);
}

fn check(document: &Value, examples: &[Example]) {
    let registry = Registry::new()
        .add(DOCUMENT, document.clone())
        .expect("the document can be referred to")
        .prepare()
        .expect("the document's references lead somewhere");
    let mut errors = Vec::new();
    for example in examples {
        let schema = json!({ "$ref": format!("{DOCUMENT}#{}", example.schema.replace('{', "%7B").replace('}', "%7D")) });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&registry)
            .build(&schema)
            .unwrap_or_else(|error| panic!("{}: {error}", example.schema));
        for error in validator.iter_errors(&example.value) {
            errors.push(format!(
                "{}: {}: {error}",
                example.at,
                error.instance_path()
            ));
        }
    }
    assert_eq!(errors, Vec::<String>::new());
}
