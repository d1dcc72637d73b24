//! `exai-gen explain`: a place by each way of saying it, and the reasons for its names.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

use std::process::Command;

const DOCUMENT: &str = r##"openapi: 3.1.0
info: { title: Zoo, version: "1" }
tags: [{ name: Animals }]
paths:
  /animals/{id}:
    get:
      operationId: readAnimal
      tags: [Animals]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "200":
          description: It.
          content: { application/json: { schema: { $ref: "#/components/schemas/Animal" } } }
    put:
      operationId: replaceAnimal
      x-exai-method: animals.replace
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/Animal" } } }
      responses: { "204": { description: It is. } }
components:
  schemas:
    Animal:
      type: object
      properties:
        id: { type: string, readOnly: true }
        cage: { $ref: "#/components/schemas/cage" }
        food:
          type: object
          properties: { name: { type: string } }
    cage: { type: object, properties: { number: { type: integer } } }
    Cage: { type: object, properties: { name: { type: string } } }
    Odd: { type: string, enum: [a, b] }
"##;

const CONFIG: &str = "\
names: [{ at: /components/schemas/Odd, name: Even, reason: Odd says nothing }]\n";

/// Exit code, standard output and standard error.
fn explain(place: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("zoo.yaml"), DOCUMENT).expect("a new file");
    std::fs::write(folder.path().join("config.yaml"), CONFIG).expect("a new file");
    let output = Command::new(env!("CARGO_BIN_EXE_exai-gen"))
        .args(["explain", "zoo.yaml", place])
        .args(more)
        .current_dir(folder.path())
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap_or_else(|error| panic!("{error}"));
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn said(place: &str, more: &[&str]) -> String {
    let (code, text, error) = explain(place, more);
    assert_eq!(code, Some(0), "{place}: {error}");
    text
}

#[test]
fn an_operation_is_found_however_it_is_called() {
    let line = DOCUMENT
        .lines()
        .position(|line| line.contains("readAnimal"));
    let line = format!("zoo.yaml:{}", line.expect("it is there") + 1);
    let expected = said("readAnimal", &[]);
    assert!(
        expected.contains("an operation, `GET /animals/{id}`"),
        "{expected}"
    );
    assert!(expected.contains("called by its operationId"), "{expected}");
    for symbol in [
        "Animals::read_animal",
        "client.Animals.ReadAnimal(",
        "zoo.animals.read_animal(",
        "client.animals().read_animal(",
        "client.animals.readAnimal(",
    ] {
        assert!(expected.contains(symbol), "{symbol}: {expected}");
    }
    for place in ["GET /animals/{id}", "/paths/~1animals~1{id}/get", &line] {
        assert_eq!(said(place, &[]), expected, "{place}");
    }
    let named = said("replaceAnimal", &[]);
    assert!(named.contains("`x-exai-method`"), "{named}");
}

#[test]
fn a_schema_that_goes_both_ways_and_differs_is_two_types() {
    let text = said("Animal", &["--target", "python"]);
    assert!(
        text.contains("types.AnimalInput") && text.contains("types.Animal\n"),
        "{text}"
    );
    assert!(
        text.contains("a record, sent") && text.contains("a record, received"),
        "{text}"
    );
}

#[test]
fn a_name_says_what_it_was_kept_apart_from_and_who_chose_it() {
    let (upper, lower) = (said("Cage", &[]), said("cage", &[]));
    let apart = "kept apart from `cage`, which is `/components/schemas/";
    assert!(
        upper.contains(apart) != lower.contains(apart),
        "{upper}{lower}"
    );
    let pinned = said("Odd", &["--config", "config.yaml"]);
    assert!(
        pinned.contains("as the configuration's `names` says"),
        "{pinned}"
    );
    assert!(pinned.contains("types.Even"), "{pinned}");
    let place = "/components/schemas/Animal/properties/food";
    let placed = said(place, &[]);
    assert!(
        placed.contains("called by the place that it stands at"),
        "{placed}"
    );
    assert!(placed.contains("types.AnimalFood"), "{placed}");
    // A reference is what it refers to; what has no name is written out.
    let referred = said("/components/schemas/Animal/properties/cage", &[]);
    assert_eq!(referred, lower);
    let plain = said(&format!("{place}/properties/name"), &[]);
    assert!(
        plain.contains("a string without a name of its own"),
        "{plain}"
    );
}

#[test]
fn programs_read_json_and_nothing_is_said_of_what_is_not_there() {
    let json = said("Cage", &["--format", "json", "--target", "go"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["pointer"], "/components/schemas/Cage");
    assert!(
        json[0]["symbols"]["go"].is_string() && json[0]["line"].is_number(),
        "{json}"
    );
    for place in [
        "nothing",
        "/paths/~1nothing",
        "zoo.yaml:999",
        "other.yaml#/a",
        "/info",
    ] {
        let (code, text, error) = explain(place, &[]);
        assert_eq!((code, text.as_str()), (Some(2), ""), "{place}");
        assert!(error.starts_with("error: "), "{error}");
    }
}

#[test]
fn what_is_nearly_right_is_told() {
    for (place, near) in [
        ("Animl", "Animal"),
        ("readAnimals", "readAnimal"),
        ("PUT /animal/{id}", "PUT /animals/{id}"),
    ] {
        let (_, _, error) = explain(place, &[]);
        let hint = format!("did you mean `{near}`?");
        assert!(error.contains(&hint), "{place}: {error}");
    }
}
