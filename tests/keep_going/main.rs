//! Documents that are wrong in places: what is left out of them, and that it is said.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use exai_gen::diagnostic::Severity;
use exai_gen::pipeline::{self, Adjustments, Request, Run};

fn read(spec: &Path, keep_going: bool) -> Run {
    let request = Request {
        spec,
        config: None,
        command: "the tests",
    };
    pipeline::read_adjusted(
        &request,
        &Adjustments {
            keep_going,
            ..Adjustments::default()
        },
    )
}

/// Files in a folder of their own, the first being the document; and what was made of it.
fn kept(files: &[(&str, &str)]) -> (Run, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a new file");
    }
    let spec = folder.path().join(files[0].0);
    assert!(read(&spec, false).api.is_none(), "it is refused otherwise");
    let run = read(&spec, true);
    let mut left: Vec<String> = run.left_out.iter().map(|item| item.what.clone()).collect();
    left.sort();
    (run, left)
}

fn operations(run: &Run) -> Vec<String> {
    let api = run.api.as_ref().expect("the rest is fine");
    let operations = api.operations.iter();
    let mut names: Vec<String> = operations
        .map(|(_, operation)| operation.name.wire().raw().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn each_wrong_item_is_left_out_and_no_other() {
    let (run, left) = kept(&[(
        "openapi.yaml",
        "\
openapi: 3.1.1
info: { title: a, version: '1' }
paths:
  /fine:
    get: { responses: { '200': { description: no operationId } } }
  /undeclared/{id}:
    get: { operationId: undeclared, responses: { '200': { description: ok } } }
    post:
      operationId: declared
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok } }
  /same:
    get: { operationId: same, responses: { '200': { description: ok } } }
    put: { operationId: same, responses: { '200': { description: ok } } }
  /dangling:
    get:
      operationId: dangling
      parameters: [{ $ref: '#/components/parameters/None' }]
      responses: { '200': { description: ok } }
    put:
      operationId: opened
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { $ref: '#/components/schemas/Bad' } } }
components:
  schemas:
    Bad: { type: object, properties: { a: { $ref: '#/components/schemas/None' } } }
    Good: { type: object, properties: { a: { type: string } } }
",
    )]);
    assert_eq!(
        left,
        [
            "`$ref` of a schema in the schema `Bad`",
            "operation `GET /dangling`",
            "operation `GET /undeclared/{id}`",
            "operation `PUT /same`",
        ]
    );
    assert_eq!(
        operations(&run),
        [
            "GET /fine",
            "PUT /same",
            "declared",
            "opened",
            "same",
            "undeclared"
        ]
    );
    let gone: usize = run.left_out.iter().map(|item| item.operations).sum();
    assert_eq!(gone, 1);
    let mended = run.left_out.iter().filter(|item| item.mended);
    assert_eq!(mended.count(), 2);
}

#[test]
fn what_has_one_meaning_is_mended() {
    let (run, left) = kept(&[(
        "openapi.yaml",
        "\
openapi: 3.1.1
info: { title: a, version: '1' }
paths:
  /a/{b}/{c}/{d}:
    parameters: [{ name: d, in: path, required: true, schema: { type: integer } }]
    get:
      operationId: a
      parameters: [{ name: c, in: path, schema: { type: integer } }]
      responses: { '200': { description: ok } }
",
    )]);
    assert_eq!(left, ["operation `GET /a/{b}/{c}/{d}`"; 2]);
    assert!(run.left_out.iter().all(|item| item.mended));
    let api = run.api.expect("all of it");
    let (_, operation) = api.operations.iter().next().expect("an operation");
    let parameters = operation.parameters.iter();
    let mut names: Vec<&str> = parameters.map(|p| p.name.wire().raw()).collect();
    names.sort_unstable();
    assert_eq!(names, ["b", "c", "d"]);
}

/// Everything but the wrong keyword is still typed: the schemas beside it, and the operation.
#[test]
fn a_wrong_keyword_costs_no_more_than_itself() {
    let (run, left) = kept(&[(
        "openapi.yaml",
        "\
openapi: 3.1.1
info: { title: a, version: '1' }
paths:
  /a:
    post:
      operationId: a
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                dangling: { $ref: '#/components/schemas/None' }
                typed: { type: integer, const: text }
                listed: { type: array, items: { type: [string, nothing] } }
                required: { type: string, required: true }
      responses: { '200': { description: ok } }
",
    )]);
    assert_eq!(
        left,
        [
            "`$ref` of a schema in the operation `POST /a`",
            "`const` of a schema in the operation `POST /a`",
            "`required` of a schema in the operation `POST /a`",
            "`type` of a schema in the operation `POST /a`",
        ]
    );
    assert_eq!(operations(&run), ["a"]);
    let gone: usize = run.left_out.iter().map(|item| item.operations).sum();
    assert_eq!(gone, 0);
}

#[test]
fn what_leads_to_a_wrong_component_goes_with_it() {
    let (run, left) = kept(&[(
        "openapi.yaml",
        "\
openapi: 3.1.1
info: { title: a, version: '1' }
paths:
  /a:
    parameters: [{ $ref: '#/components/parameters/Page' }]
    get: { operationId: a, responses: { '200': { description: ok } } }
  /b:
    get: { operationId: b, responses: { '200': { description: ok } } }
components:
  parameters:
    Page: { name: page, in: nowhere, schema: { type: string } }
",
    )]);
    assert_eq!(left, ["parameter `Page`", "path `/a`"]);
    assert_eq!(operations(&run), ["b"]);
}

#[test]
fn a_file_that_is_no_yaml_costs_what_refers_to_it() {
    let (run, left) = kept(&[
        (
            "openapi.yaml",
            "\
openapi: 3.1.1
info: { title: a, version: '1' }
paths:
  /a: { $ref: a.yaml }
  /b: { $ref: b.yaml }
",
        ),
        ("a.yaml", "get: { responses: [ }"),
        (
            "b.yaml",
            "\
get: { operationId: b, responses: { '200': { description: ok } } }
put: { operationId: c, responses: [] }
",
        ),
    ]);
    assert_eq!(left.len(), 3, "{left:?}");
    assert_eq!(left[1], "operation `PUT` of ``");
    assert_eq!(left[2], "path `/a`");
    assert_eq!(operations(&run), ["b"]);
}

#[test]
fn what_concerns_no_item_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("openapi.yaml");
    fs::write(&spec, "openapi: 3.1.1\ninfo: [a]\npaths: {}\n").expect("a new file");
    let run = read(&spec, true);
    assert!(run.api.is_none() && run.diagnostics.has_errors());
}

/// The documents of the refusals are wrong in every way there is: nothing may be missing unsaid.
#[test]
fn nothing_is_left_out_unsaid() {
    let mut several = 0;
    for spec in documents(Path::new("refusals/documents")) {
        let strict = read(&spec, false);
        let run = read(&spec, true);
        let errors = |run: &Run| {
            let found = run.diagnostics.iter();
            found.filter(|f| f.severity == Severity::Error).count()
        };
        let name = spec.display();
        if run.api.is_none() {
            assert!(errors(&run) > 0, "{name}: refused without a word");
            continue;
        }
        assert_eq!(errors(&run), 0, "{name}");
        assert_eq!(run.left_out.is_empty(), errors(&strict) == 0, "{name}");
        several += usize::from(!run.left_out.is_empty());
    }
    assert!(several > 20, "{several} documents had something left out");
}

fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let entries = entries.map(|entry| entry.expect("an entry").path());
    let roots = entries.map(|path| match path.is_dir() {
        true => path.join("openapi.yaml"),
        false => path,
    });
    let mut out: Vec<PathBuf> = roots.filter(|path| path.is_file()).collect();
    out.sort();
    out
}
