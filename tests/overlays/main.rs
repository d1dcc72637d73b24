//! Overlay 1.0: a document that one does not own, changed without editing it.

#![cfg(test)]

use std::fs;

use exai_gen::diagnostic::{Code, Severity};
use exai_gen::pipeline::{self, Adjustments, Request, Run};

const DOCUMENT: &str = r##"
openapi: 3.1.1
info: { title: Pets, version: "1" }
tags: [{ name: pets }]
paths:
  /pets:
    get:
      operationId: getAllThePets
      tags: [pets]
      parameters: [{ name: cursor, in: query, schema: { type: string } }]
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Page" } } } } }
  /internal:
    x-internal: true
    get: { operationId: internal, responses: { "200": { description: ok } } }
components:
  schemas:
    Page: { type: object, required: [data], properties: { data: { type: array, items: { type: string } }, next: { type: string } } }
"##;

/// The document with overlays, each the text of its `actions`.
fn changed(actions: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("openapi.yaml");
    fs::write(&spec, DOCUMENT).expect("a new file");
    let mut overlays = Vec::new();
    for (index, actions) in actions.iter().enumerate() {
        let path = folder.path().join(format!("{index}.yaml"));
        let head = "overlay: 1.0.0\ninfo: { title: a, version: '1' }\nactions:\n";
        fs::write(&path, format!("{head}{actions}")).expect("a new file");
        overlays.push(path);
    }
    let request = Request {
        spec: &spec,
        config: None,
        command: "the tests",
    };
    let adjustments = Adjustments {
        overlays,
        ..Adjustments::default()
    };
    pipeline::read_adjusted(&request, &adjustments)
}

/// The sdk methods of all operations, dotted.
fn methods(run: &Run) -> Vec<String> {
    let api = run
        .api
        .as_ref()
        .unwrap_or_else(|| panic!("{:#?}", run.diagnostics));
    let operations = api.operations.iter();
    let mut out: Vec<String> = operations
        .map(|(_, operation)| {
            let words = operation.sdk_path.iter().map(|name| name.words().concat());
            words.collect::<Vec<_>>().join(".")
        })
        .collect();
    out.sort();
    out
}

#[test]
fn names_pages_and_what_is_not_wanted() {
    let run = changed(&[r#"
  - target: $.paths[?@["x-internal"] == true]
    remove: true
  - target: $.paths["/pets"].get
    update:
      x-exai-method: pets.list
      x-exai-pagination: { request: { cursor: cursor }, response: { items: /data, next: /next } }
"#]);
    assert_eq!(methods(&run), ["pets.list"]);
    let api = run.api.expect("an API");
    assert!(api.operations.iter().all(|(_, one)| one.page.is_some()));
}

#[test]
fn lists_grow_objects_merge_and_the_last_word_counts() {
    let run = changed(&[
        "  - { target: $.tags, update: { name: others } }\n  - { target: $, update: { info: { title: A } } }\n",
        "  - { target: $.info, update: { title: B } }\n",
    ]);
    let document = run.document.expect("a document");
    let tags: Vec<&str> = document
        .tags
        .iter()
        .map(|t| t.name.value.as_str())
        .collect();
    assert_eq!(tags, ["pets", "others"]);
    assert_eq!(document.info.title.value, "B");
    assert_eq!(document.info.version.value, "1");
}

#[test]
fn several_items_of_a_list_are_removed_whole() {
    let more = "  - { target: $.tags, update: { name: a } }\n  - { target: $.tags, update: { name: b } }\n";
    let run = changed(&[
        more,
        "  - { target: '$.tags[?@.name != \"a\"]', remove: true }\n",
    ]);
    let document = run.document.expect("a document");
    let tags: Vec<&str> = document
        .tags
        .iter()
        .map(|t| t.name.value.as_str())
        .collect();
    assert_eq!(tags, ["a"]);
}

#[test]
fn what_is_wrong_with_an_overlay_is_said_at_its_place() {
    for (actions, code) in [
        (
            "  - { target: '$.paths[', remove: true }\n",
            Code::InvalidValue,
        ),
        ("  - { remove: true }\n", Code::MissingField),
        ("  - { target: $.info }\n", Code::MissingField),
        ("  - { target: $.info.title, update: B }\n", Code::WrongType),
        // What an update brings is held against the standard as all else is.
        (
            "  - { target: $.info, update: { title: [] } }\n",
            Code::WrongType,
        ),
    ] {
        let run = changed(&[actions]);
        assert!(run.api.is_none(), "{actions}");
        let found = run
            .diagnostics
            .iter()
            .find(|found| found.severity == Severity::Error);
        let found = found.unwrap_or_else(|| panic!("{actions}: nothing is said"));
        assert_eq!(found.code, code, "{actions}");
        let span = found.span().expect("a place");
        assert!(
            run.sources.file(span.file).name.ends_with("0.yaml"),
            "{actions}"
        );
    }
}

#[test]
fn a_target_that_selects_nothing_is_said_and_stops_nothing() {
    let run = changed(&["  - { target: '$.paths[\"/none\"]', remove: true }\n"]);
    assert_eq!(methods(&run).len(), 2);
    let codes: Vec<Code> = run.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!(codes, [Code::DanglingReference]);
}
