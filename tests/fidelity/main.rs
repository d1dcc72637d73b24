//! The fidelity report: what a type leaves unsaid is reported, with its place, and nothing else is.

#![cfg(test)]

use std::fs;

use exai_gen::fidelity::{Level, Report};
use exai_gen::pipeline::{self, Adjustments, Request, Run};
use exai_gen::target::Target;

const HEAD: &str = "openapi: 3.1.1\ninfo: { title: Things, version: '1' }\npaths: {}\n";

/// What is understood of a document.
fn read(text: &str) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("openapi.yaml");
    fs::write(&spec, text).expect("a new file");
    let request = Request {
        spec: &spec,
        config: None,
        command: "exai-gen check",
    };
    let adjustments = Adjustments {
        keep_going: true,
        ..Adjustments::default()
    };
    pipeline::read_adjusted(&request, &adjustments)
}

#[test]
fn a_property_that_python_has_no_name_for_is_said() {
    use Level::{Exact, Untyped};
    for (key, name) in [
        (r#"'a"b'"#, "a\"b"),
        (r"'a\b'", "a\\b"),
        (r#""a\tb""#, "a\tb"),
    ] {
        let schema = format!("{{ type: object, properties: {{ {key}: {{ type: boolean }} }} }}");
        let (levels, reasons) = of(&schema, &format!("/properties/{name}"));
        assert_eq!(levels, [Exact, Untyped, Exact, Exact, Exact], "{reasons:?}");
        assert_eq!(reasons, ["a name that no attribute can have: beside them"]);
    }
}

/// The report on one component, `Thing`, of which a place is `pointer` below it: one level a
/// target, in the order of `Target::ALL`, and all reasons.
fn of(schema: &str, pointer: &str) -> (Vec<Level>, Vec<String>) {
    let run = read(&format!(
        "{HEAD}components:\n  schemas:\n    Thing: {schema}\n"
    ));
    let report = Report::new(&run, &Target::ALL);
    let pointer = format!("/components/schemas/Thing{pointer}");
    let found = report.findings.iter().find(|f| f.place.pointer == pointer);
    let found = found.unwrap_or_else(|| panic!("{schema} has nothing at {pointer}: {report:#?}"));
    let levels = found.verdicts.iter().map(|verdict| verdict.level);
    let reasons = found
        .verdicts
        .iter()
        .flat_map(|verdict| verdict.reasons.clone());
    (levels.collect(), reasons.collect())
}

#[test]
fn what_no_type_says_is_reported_in_every_target() {
    let schemas = [
        ("minimum", "{ type: number, minimum: 1 }"),
        ("maximum", "{ type: number, maximum: 1 }"),
        ("exclusiveMinimum", "{ type: number, exclusiveMinimum: 1 }"),
        ("exclusiveMaximum", "{ type: number, exclusiveMaximum: 1 }"),
        ("multipleOf", "{ type: number, multipleOf: 0.5 }"),
        ("minLength", "{ type: string, minLength: 1 }"),
        ("maxLength", "{ type: string, maxLength: 9 }"),
        ("pattern", "{ type: string, pattern: '^a' }"),
        ("minItems", "{ type: array, minItems: 1 }"),
        ("maxItems", "{ type: array, maxItems: 1 }"),
        ("uniqueItems", "{ type: array, uniqueItems: true }"),
        ("contains", "{ type: array, contains: { type: string } }"),
        ("minProperties", "{ type: object, minProperties: 1 }"),
        ("maxProperties", "{ type: object, maxProperties: 1 }"),
        (
            "propertyNames",
            "{ type: object, propertyNames: { maxLength: 3 } }",
        ),
        (
            "patternProperties",
            "{ type: object, patternProperties: { '^x': { type: string } } }",
        ),
        (
            "dependentRequired",
            "{ type: object, dependentRequired: { a: [b] } }",
        ),
        (
            "dependentSchemas",
            "{ type: object, dependentSchemas: { a: { required: [b] } } }",
        ),
        (
            "unevaluatedItems",
            "{ type: array, unevaluatedItems: false }",
        ),
        ("not", "{ type: string, not: { const: a } }"),
        (
            "if",
            "{ type: string, if: { const: a }, then: { minLength: 3 } }",
        ),
        (
            "anyOf",
            "{ type: object, anyOf: [{ required: [a] }, { required: [b] }] }",
        ),
        (
            "format",
            "{ oneOf: [{ type: string, format: uri }, { type: string, format: date }] }",
        ),
    ];
    for (keyword, schema) in schemas {
        let (levels, reasons) = of(schema, "");
        assert!(
            levels.iter().all(|l| *l == Level::Widened),
            "{schema}: {levels:?} {reasons:?}"
        );
        assert!(
            reasons.iter().all(|r| r.starts_with(keyword)),
            "{schema}: {reasons:?}"
        );
    }
    let (levels, reasons) = of("{ enum: [{ a: 1 }, [2]] }", "");
    assert!(
        levels.iter().all(|l| *l == Level::Untyped),
        "{levels:?} {reasons:?}"
    );
}

#[test]
fn what_is_exact_is_never_reported() {
    let schemas = [
        ("{}", ""),
        ("true", ""),
        ("{ type: string }", ""),
        (
            "{ type: string, title: T, description: D, examples: [a], deprecated: true }",
            "",
        ),
        ("{ type: [string, 'null'] }", ""),
        ("{ type: boolean }", ""),
        ("{ type: number }", ""),
        ("{ type: array, items: { type: string } }", ""),
        (
            "{ type: object, additionalProperties: { type: string } }",
            "",
        ),
        (
            "{ type: object, properties: { a: { type: string } }, required: [a] }",
            "",
        ),
        (
            "{ type: object, properties: { a: { type: string } }, required: [a] }",
            "/properties/a",
        ),
        (
            "{ allOf: [{ type: object, properties: { a: { type: string } } }] }",
            "",
        ),
        (
            "{ type: [string, integer], x-exai-open: true, oneOf: [{ type: string }, { type: boolean }] }",
            "/oneOf/0",
        ),
    ];
    for (schema, pointer) in schemas {
        let (levels, reasons) = of(schema, pointer);
        assert!(
            levels.iter().all(|l| *l == Level::Exact),
            "{schema}: {levels:?} {reasons:?}"
        );
    }
}

#[test]
fn each_language_is_judged_by_what_it_writes() {
    use Level::{Exact, Untyped, Widened};
    // In the order of `Target::ALL`: TypeScript, Python, Go, Rust, axum.
    let schemas = [
        ("{ type: integer }", [Widened, Exact, Exact, Exact, Exact]),
        (
            "{ type: integer, format: int32 }",
            [Widened, Widened, Widened, Exact, Exact],
        ),
        (
            "{ type: number, format: float }",
            [Widened, Widened, Exact, Exact, Exact],
        ),
        (
            "{ type: string, format: date-time }",
            [Widened, Exact, Exact, Exact, Exact],
        ),
        (
            "{ type: string, format: date }",
            [Widened, Exact, Widened, Exact, Exact],
        ),
        ("{ type: string, format: uuid }", [Widened; 5]),
        (
            "{ type: string, format: decimal }",
            [Widened, Exact, Widened, Widened, Widened],
        ),
        (
            "{ type: string, format: byte }",
            [Widened, Exact, Exact, Widened, Widened],
        ),
        ("{ type: string, format: ipv4 }", [Widened; 5]),
        ("false", [Exact, Untyped, Untyped, Untyped, Untyped]),
        ("{ type: 'null' }", [Exact, Exact, Untyped, Exact, Exact]),
        ("{ enum: [a, b] }", [Exact, Exact, Widened, Widened, Exact]),
        (
            "{ enum: [a, 1] }",
            [Exact, Untyped, Untyped, Untyped, Untyped],
        ),
        (
            "{ type: integer, enum: [1, 2] }",
            [Exact, Exact, Widened, Widened, Widened],
        ),
        (
            "{ enum: [a, b], x-exai-open: true }",
            [Exact, Exact, Exact, Exact, Exact],
        ),
        (
            "{ oneOf: [{ type: string }, { type: boolean }] }",
            [Exact, Widened, Widened, Widened, Exact],
        ),
        (
            "{ type: object, properties: { a: true }, additionalProperties: false }",
            [Widened, Widened, Widened, Widened, Exact],
        ),
        (
            "{ type: array, prefixItems: [{ type: string }, { type: boolean }], items: false, minItems: 2 }",
            [Exact, Exact, Untyped, Exact, Exact],
        ),
        (
            "{ type: array, prefixItems: [{ type: string }, { type: boolean }], items: false }",
            [Exact, Untyped, Untyped, Untyped, Untyped],
        ),
    ];
    for (schema, expected) in schemas {
        let (levels, reasons) = of(schema, "");
        assert_eq!(levels, expected, "{schema}: {reasons:?}");
    }
}

#[test]
fn a_constant_that_writes_itself_is_exact() {
    let schema = "{ type: object, required: [kind], properties: { kind: { const: a }, note: { const: b } } }";
    let (levels, _) = of(schema, "/properties/kind");
    assert_eq!(levels[2], Level::Exact, "Go writes it");
    assert_eq!(levels[3], Level::Widened, "Rust holds a string");
    let (levels, _) = of(schema, "/properties/note");
    assert_eq!(levels[2], Level::Widened, "Go takes any string");
    assert_eq!(levels[..2], [Level::Exact, Level::Exact]);
}

#[test]
fn a_place_has_a_pointer_a_file_and_a_line() {
    let run = read(&format!(
        "{HEAD}components:\n  schemas:\n    a/b~c:\n      type: object\n      properties:\n        d: {{ type: string, pattern: x }}\n"
    ));
    let report = Report::new(&run, &[Target::Go]);
    let found = report
        .findings
        .iter()
        .find(|f| f.verdicts[0].level == Level::Widened);
    let place = &found.expect("a pattern is reported").place;
    assert_eq!(place.pointer, "/components/schemas/a~1b~0c/properties/d");
    assert_eq!((place.line, place.column), (9, 12));
    assert!(place.file.ends_with("openapi.yaml"), "{place:?}");
    let text = report.text();
    assert!(
        text.contains("openapi.yaml:9:12 /components/schemas/a~1b~0c/properties/d"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&report.json()).expect("it is JSON");
    assert_eq!(json["targets"]["go"]["totals"]["widened"], 1);
    let places = json["places"].as_array().expect("places");
    assert!(
        places
            .iter()
            .any(|p| p["line"] == 9 && p["go"]["level"] == "widened")
    );
}

#[test]
fn what_nothing_is_made_of_is_unsupported() {
    let run = read(
        r##"
openapi: 3.1.1
info: { title: Things, version: "1" }
paths:
  /things:
    post:
      operationId: make
      requestBody:
        content:
          application/json: { schema: { type: object, properties: { a: { type: string } } } }
          application/xml: { schema: { type: object, properties: { a: { type: string } } } }
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: string } } } }
        "202": { description: begun, content: { application/pdf: {} } }
  /broken:
    get: { operationId: broken, parameters: [{ $ref: "#/components/parameters/None" }], responses: { "200": { description: ok } } }
"##,
    );
    let report = Report::new(&run, &[Target::Typescript, Target::Axum]);
    let unsupported = |at: usize| -> Vec<&str> {
        let findings = report.findings.iter();
        let some = findings.filter(|f| f.verdicts[at].level == Level::Unsupported);
        some.map(|finding| finding.place.pointer.as_str()).collect()
    };
    let [clients, server] = [unsupported(0), unsupported(1)];
    // Each media type has a method, and each success of JSON is read; one of another kind is not.
    let pointer = "/paths/~1things/post/responses/202";
    assert!(clients.contains(&pointer), "{pointer}: {clients:#?}");
    assert!(!server.contains(&pointer), "{server:#?}");
    // The operation that is wrong.
    assert_eq!(clients.len(), server.len() + 1, "{clients:#?} {server:#?}");
    assert_eq!(report.totals(Target::Typescript)[3], clients.len());
}

/// The report on this repository's own document: a change that makes its types say less is seen.
#[test]
fn the_totals_of_the_own_document() {
    let spec = std::path::Path::new("../spec/openapi.yaml");
    let config = std::path::Path::new("../spec/overrides.yaml");
    let run = pipeline::read(&Request {
        spec,
        config: Some(config),
        command: "cargo xtask regen",
    });
    let report = Report::new(&run, &Target::ALL);
    let mut text = String::new();
    for target in Target::ALL {
        text.push_str(&format!("{}: {:?}\n", target.name(), report.totals(target)));
        for (reason, number) in report.reasons(target) {
            text.push_str(&format!("{number:>6}  {reason}\n"));
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../fidelity/golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("own", text));
}
