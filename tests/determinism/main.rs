//! Same input, same bytes: whatever was generated before, whatever the order of a document's keys.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use exai_gen::bundle;
use exai_gen::diagnostic::Diagnostics;
use exai_gen::pipeline::{self, Request};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};
use serde_json::{Map, Value};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file of every target, by target and path.
fn generate(spec: &Path) -> BTreeMap<String, String> {
    let config = root().join("spec/overrides.yaml");
    let run = pipeline::read(&Request {
        spec,
        config: Some(&config),
        command: "test",
    });
    let api = run.api.unwrap_or_else(|| panic!("{:?}", run.diagnostics));
    let mut out = BTreeMap::new();
    for target in Target::ALL {
        let owners = [Owner::Generated, Owner::Scaffold];
        let mut found = Diagnostics::new();
        let renderer = Renderer::embedded();
        let tree = pipeline::files(
            target,
            &api,
            &run.config,
            "test",
            &renderer,
            &owners,
            &mut found,
        );
        assert!(!found.has_errors(), "{found:?}");
        for file in tree.iter() {
            out.insert(
                format!("{}/{}", target.name(), file.path),
                file.text.clone(),
            );
        }
    }
    out
}

fn bundled() -> Value {
    let request = Request {
        spec: &root().join("spec/openapi.yaml"),
        config: None,
        command: "test",
    };
    let run = pipeline::read(&request);
    let document = run.document.expect("spec/ is a document");
    serde_json::from_str(&bundle::to_json(&bundle::bundle(&document, &run.sources)))
        .expect("a bundle is JSON")
}

/// The value with the keys of every object in another order, told by a linear congruential
/// generator (Knuth's constants), so that a failure can be run again.
fn shuffle(value: &Value, state: &mut u64) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| shuffle(item, state)).collect(),
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            for i in (1..entries.len()).rev() {
                *state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                entries.swap(i, (*state >> 33) as usize % (i + 1));
            }
            let shuffled: Map<String, Value> = entries
                .into_iter()
                .map(|(key, value)| (key.clone(), shuffle(value, state)))
                .collect();
            Value::Object(shuffled)
        }
        other => other.clone(),
    }
}

/// Fails on the first file that differs, with its first line that does.
fn assert_same(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, text) in a {
        let other = &b[path];
        let line = text.lines().zip(other.lines()).position(|(x, y)| x != y);
        assert!(
            text == other,
            "{path} differs from line {:?} on:\n{:?}\n{:?}",
            line,
            line.and_then(|n| text.lines().nth(n)),
            line.and_then(|n| other.lines().nth(n)),
        );
    }
}

#[test]
fn generated_twice_is_byte_equal() {
    let spec = root().join("spec/openapi.yaml");
    let first = generate(&spec);
    assert!(first.len() > 100, "only {} files", first.len());
    assert_same(&first, &generate(&spec));
}

#[test]
fn the_order_of_keys_changes_no_byte() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let document = bundled();
    let path = folder.path().join("openapi.json");
    fs::write(&path, document.to_string()).expect("the folder is ours");
    let plain = generate(&path);
    for seed in [1, 2, 3] {
        let mut state = seed;
        fs::write(&path, shuffle(&document, &mut state).to_string()).expect("the folder is ours");
        assert_same(&plain, &generate(&path));
    }
}
