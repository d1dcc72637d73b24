//! What the fuzzer runs: each function takes any bytes, and panics where the generator does, or
//! where it breaks a promise. `tests/fuzz` runs the same over the corpus that is kept.

mod unescape;

use exai_gen::changes;
use exai_gen::config::Config;
use exai_gen::convert;
use exai_gen::diagnostic::{Diagnostics, Format, Severity, render};
use exai_gen::document::{self, Document};
use exai_gen::ir::Api;
use exai_gen::lower;
use exai_gen::passes;
use exai_gen::pipeline;
use exai_gen::render::Renderer;
use exai_gen::source::Sources;
use exai_gen::target::{Owner, Target};
use serde_json::json;

/// How often a document may be read again without what was wrong: each time leaves something out.
const MOST_ROUNDS: usize = 1_000;

/// Bytes as a file, the first of them telling JSON from YAML.
fn sources(bytes: &[u8], found: &mut Diagnostics) -> Option<Sources> {
    let text = std::str::from_utf8(bytes).ok()?;
    let name = match text.starts_with('{') {
        true => "fuzz.json",
        false => "fuzz.yaml",
    };
    Some(Sources::from_text(name, text, found))
}

/// Reads a file into a tree, and shows what is wrong with it.
pub fn source(bytes: &[u8]) {
    let mut found = Diagnostics::new();
    if let Some(sources) = sources(bytes, &mut found) {
        for format in [Format::Human { color: true }, Format::Json, Format::Sarif] {
            render(&found, &sources, format);
        }
    }
}

fn read(bytes: &[u8], found: &mut Diagnostics) -> Option<(Sources, Document)> {
    let mut sources = sources(bytes, found)?;
    let document = document::read(&mut sources, found)?;
    Some((sources, document))
}

/// Reads a document, and writes it again: what is written must be read as well, and it differs from
/// itself in nothing.
pub fn document(bytes: &[u8]) {
    let mut found = Diagnostics::new();
    let Some((sources, document)) = read(bytes, &mut found) else {
        return;
    };
    render(&found, &sources, Format::Human { color: false });
    if found.has_errors() {
        return;
    }
    let same = changes::compare(&document, &document);
    assert!(same.is_empty(), "a change of nothing: {same:#?}");
    let tree = exai_gen::bundle::bundle(&document, &sources);
    convert::to_3_0(&tree, &mut Diagnostics::new());
    for (name, text) in [
        ("again.yaml", exai_gen::bundle::to_yaml(&tree)),
        ("again.json", exai_gen::bundle::to_json(&tree)),
    ] {
        let mut found = Diagnostics::new();
        let mut sources = Sources::from_text(name, &text, &mut found);
        document::read(&mut sources, &mut found);
        assert!(!found.has_errors(), "{name}: {found:#?}\n{text}");
    }
}

/// The API of a document. Where it has errors, that of what `--keep-going` leaves of it.
fn understand(bytes: &[u8]) -> Option<(Document, Api)> {
    let mut before = Diagnostics::new();
    let mut sources = sources(bytes, &mut before)?;
    for _ in 0..MOST_ROUNDS {
        let mut found = before.clone();
        let document = document::read(&mut sources, &mut found);
        let api = document
            .as_ref()
            .filter(|_| !found.has_errors())
            .map(|document| {
                let api = lower::lower(document, &Config::default(), &mut found);
                passes::run(api, &mut found)
            });
        render(&found, &sources, Format::Human { color: false });
        let errors = found.iter().filter(|f| f.severity == Severity::Error);
        let errors: Vec<_> = errors.cloned().collect();
        if errors.is_empty() {
            return document.zip(api);
        }
        document::leave_out(&mut sources, document.as_ref(), &errors)?;
        before.take(|found| found.severity != Severity::Error);
    }
    panic!("what is wrong has no end");
}

/// The files of a target, as one text a file; what is made must be well formed.
fn files(target: Target, api: &Api) -> Vec<(String, String)> {
    let mut found = Diagnostics::new();
    let config = Config::default();
    let (renderer, owners) = (Renderer::embedded(), [Owner::Generated]);
    let tree = pipeline::files(target, api, &config, "fuzz", &renderer, &owners, &mut found);
    assert!(!found.has_errors(), "{}: {found:#?}", target.name());
    let texts = tree
        .iter()
        .map(|file| (file.path.clone(), file.text.clone()));
    texts.collect()
}

/// Makes an API of a document, and of it what Rust's parser must take, and in the other languages
/// literals and comments that end.
pub fn lower(bytes: &[u8]) {
    let Some((_, api)) = understand(bytes) else {
        return;
    };
    for target in Target::ALL {
        for (path, text) in files(target, &api) {
            values(&path, &text);
        }
    }
}

/// Puts a text wherever a value may stand, and looks for it among the values of what is generated:
/// by Rust's own parser, and by a reading of the other languages' literals.
pub fn literals(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Fuzz", "version": "1" },
        "paths": { "/a": { "get": { "operationId": "getA", "summary": text, "description": text,
            "parameters": [{ "name": "kind", "in": "query", "description": text,
                "schema": { "$ref": "#/components/schemas/Kind" } }],
            "responses": { "200": { "description": text, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Thing" } } } } } } } },
        "components": { "schemas": {
            "Kind": { "type": "string", "enum": [text, "fuzz-other"], "description": text },
            "Thing": { "type": "object", "description": text, "properties": {
                "kind": { "$ref": "#/components/schemas/Kind" } } },
        } },
    });
    let understood = understand(document.to_string().as_bytes());
    let (_, api) = understood.expect("any text is a value");
    for target in Target::ALL {
        let files = files(target, &api);
        let holds = |(path, code): &(String, String)| values(path, code).iter().any(|v| v == text);
        assert!(
            files.iter().any(holds),
            "{}: no value is {text:?}",
            target.name()
        );
    }
}

/// The values of a file's string literals.
fn values(path: &str, code: &str) -> Vec<String> {
    match path.rsplit('.').next() {
        Some("rs") => {
            if let Err(error) = syn::parse_file(code) {
                panic!("{path}: {error}\n{code}");
            }
            unescape::rust(code)
        }
        Some(ending @ ("ts" | "py" | "go")) => {
            unescape::values(ending, code).unwrap_or_else(|what| panic!("{path}: {what}\n{code}"))
        }
        _ => Vec::new(),
    }
}
