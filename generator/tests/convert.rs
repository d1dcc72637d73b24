//! A document in the words of an older version of the standard: what it says is the same, and
//! what is lost is said.

use std::path::Path;

use exai_gen::convert::to_3_0;
use exai_gen::diagnostic::Diagnostics;
use exai_gen::document;
use exai_gen::source::Sources;
use serde_json::{Value, json};

/// The document of a text, converted, and what was said of it.
fn converted(text: &str) -> (Value, Vec<String>) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path().join("openapi.yaml");
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{error}"));
    convert(&path)
}

fn convert(path: &Path) -> (Value, Vec<String>) {
    let mut found = Diagnostics::new();
    let mut sources = Sources::open(path, &mut found);
    document::read(&mut sources, &mut found);
    assert!(!found.has_errors(), "{}: {found:#?}", path.display());
    let mut lost = Diagnostics::new();
    let root = sources
        .root()
        .and_then(|file| sources.file(file).node.clone());
    let root = root.unwrap_or_else(|| panic!("{} is empty", path.display()));
    let tree = to_3_0(&root, &mut lost);
    let lost = lost.iter().map(|found| found.message.clone());
    (tree.to_json(), lost.collect())
}

/// A schema of 3.1 as one of 3.0.
fn schema(text: &str) -> (Value, Vec<String>) {
    let document = format!(
        "openapi: 3.1.1\ninfo: {{ title: a, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {{ Other: {{}}, A: {text} }} }}\n"
    );
    let (document, lost) = converted(&document);
    (document["components"]["schemas"]["A"].clone(), lost)
}

#[test]
fn a_schema_says_the_same_in_the_words_of_3_0() {
    let cases = [
        ("true", json!({})),
        ("false", json!({ "not": {} })),
        (
            "{ type: [string, 'null'] }",
            json!({ "type": "string", "nullable": true }),
        ),
        (
            "{ type: [string, integer] }",
            json!({ "allOf": [{ "anyOf": [{ "type": "string" }, { "type": "integer" }] }] }),
        ),
        ("{ const: a }", json!({ "enum": ["a"] })),
        (
            "{ type: integer, exclusiveMinimum: 3 }",
            json!({ "type": "integer", "minimum": 3, "exclusiveMinimum": true }),
        ),
        (
            "{ type: integer, minimum: 5, exclusiveMinimum: 3 }",
            json!({ "type": "integer", "minimum": 5 }),
        ),
        (
            "{ type: integer, minimum: 2, exclusiveMinimum: 3 }",
            json!({ "type": "integer", "minimum": 3, "exclusiveMinimum": true }),
        ),
        ("{ examples: [1, 2] }", json!({ "example": 1 })),
        ("{ type: array }", json!({ "type": "array", "items": {} })),
        (
            "{ type: string, contentEncoding: base64 }",
            json!({ "type": "string", "format": "byte" }),
        ),
        (
            "{ type: string, contentMediaType: application/octet-stream }",
            json!({ "type": "string", "format": "binary" }),
        ),
        (
            "{ anyOf: [{ type: 'null' }, { type: string }] }",
            json!({ "anyOf": [{ "type": "string" }], "nullable": true }),
        ),
        (
            "{ $ref: '#/components/schemas/Other', description: d }",
            json!({ "allOf": [{ "$ref": "#/components/schemas/Other" }], "description": "d" }),
        ),
        (
            "{ type: object, properties: { const: { const: 1 }, schema: { type: [integer, 'null'] } }, additionalProperties: false }",
            json!({
                "type": "object",
                "properties": { "const": { "enum": [1] }, "schema": { "type": "integer", "nullable": true } },
                "additionalProperties": false,
            }),
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(schema(text), (wanted, Vec::new()), "{text}");
    }
}

#[test]
fn what_3_0_has_no_words_for_is_said() {
    let (made, lost) = schema("{ type: object, patternProperties: { a: {} }, if: {}, then: {} }");
    assert_eq!(made, json!({ "type": "object" }));
    let lacks = |name: &str| format!("OpenAPI 3.0 has no `{name}`");
    assert_eq!(lost, ["patternProperties", "if", "then"].map(lacks));

    let (made, lost) = converted(
        "\
openapi: 3.1.1
info: { title: a, version: '1', summary: s }
webhooks: {}
paths:
  /a:
    summary: kept
    get: { summary: kept, responses: { '204': { description: query } } }
",
    );
    assert_eq!(lost, ["summary", "webhooks"].map(lacks));
    assert_eq!(made["paths"]["/a"]["summary"], "kept");
    assert_eq!(made["openapi"], "3.0.4");
}

/// Documents of every feature are read as 3.0 when they are converted, without one more word
/// against them; and what is 3.0 already stays as it is.
#[test]
fn what_is_converted_is_a_document_of_3_0() {
    let mut number = 0;
    for entry in std::fs::read_dir("../tests/features")
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = entry.path().join("openapi.yaml");
        if !path.is_file() {
            continue;
        }
        let (made, _) = convert(&path);
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let file = folder.path().join("openapi.json");
        std::fs::write(&file, made.to_string()).unwrap_or_else(|error| panic!("{error}"));
        let (again, lost) = convert(&file);
        assert_eq!((again, lost), (made, Vec::new()), "{}", path.display());
        number += 1;
    }
    assert!(number > 10, "{number} documents");
}
