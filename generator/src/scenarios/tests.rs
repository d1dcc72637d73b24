use std::collections::BTreeMap;

use serde_json::Value;

use super::files;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::lower::lower;
use crate::passes;
use crate::source::Sources;

const HEAD: &str = r#"
openapi: 3.1.0
info: { title: T, version: 1.0.0 }
servers: [{ url: https://api.example.com }]
x-exai-pagination:
  cursor: { request: { cursor: cursor }, response: { items: /data, next: /next } }
"#;

fn made(paths: &str) -> Result<BTreeMap<String, Value>, String> {
    let mut diagnostics = Diagnostics::new();
    let text = format!("{HEAD}paths:\n{paths}");
    let mut sources = Sources::from_text("a.yaml", &text, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics).expect("a document");
    let api = lower(&document, &Config::default(), &mut diagnostics);
    let api = passes::run(api, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let files = files(&document, &api)?.into_iter();
    let parsed = files.map(|file| {
        let value = serde_json::from_str(&file.text).expect("a scenario is JSON");
        (file.path, value)
    });
    Ok(parsed.collect())
}

#[test]
fn a_call_is_seen_as_its_examples_say() {
    let made = made(
        r#"
  /things/{id}:
    get:
      operationId: getThing
      parameters:
        - { name: id, in: path, required: true, schema: { type: string }, example: a }
        - { name: tag, in: query, schema: { type: array, items: { type: string } }, example: [x, $y] }
        - { name: since, in: query, schema: { type: string, format: date-time }, example: "2026-01-02T10:00:00Z" }
        - { name: unsaid, in: query, schema: { type: string } }
      responses:
        "200":
          description: It.
          content:
            application/json:
              schema: { type: object, properties: { name: { type: string } } }
              example: { name: $strange }
"#,
    )
    .expect("scenarios");
    let call = &made["operations/getThing/call.json"];
    let seen = &call["wire"]["requests"][0];
    assert_eq!(seen["path"], "/v1/things/a");
    assert_eq!(
        seen["query"]["$exactly"],
        serde_json::json!({"tag": ["x", "$is $y"], "since": ["$moment 2026-01-02T10:00:00Z"]})
    );
    let value = &call["calls"][0]["expect"]["value"]["$exactly"];
    assert_eq!(value["name"], "$is $strange");
    assert_eq!(call["server"][0]["json"]["name"], "$strange");
}

#[test]
fn a_list_is_turned_by_its_cursor() {
    let made = made(
        r#"
  /things:
    get:
      operationId: listThings
      x-exai-pagination: cursor
      parameters: [{ name: cursor, in: query, schema: { type: string }, example: c }]
      responses:
        "200":
          description: A page.
          content:
            application/json:
              schema:
                type: object
                required: [data, next]
                properties: { data: { type: array, items: { type: string } }, next: { type: [string, "null"] } }
              example: { data: [a], next: null }
"#,
    )
    .expect("scenarios");
    let call = &made["operations/listThings/call.json"];
    let items = call["calls"][0]["expect"]["items"].as_array();
    assert_eq!(items.map(Vec::len), Some(2));
    assert!(call["calls"][0]["args"]["query"].is_null());
    let cursor = &call["server"][0]["json"]["next"];
    let query = &call["wire"]["requests"][1]["query"]["$exactly"];
    assert_eq!(&query["cursor"][0], cursor);
    assert!(call["server"][1]["json"]["next"].is_null());
}

#[test]
fn what_is_required_and_has_no_example_is_named() {
    let error = made(
        r#"
  /things/{id}:
    delete:
      operationId: deleteThing
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "204": { description: Gone. } }
"#,
    );
    let error = error.expect_err("no example");
    assert_eq!(error, "deleteThing: the parameter `id` has no example");
}
