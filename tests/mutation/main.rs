//! A name never changes because something unrelated came or went.
//!
//! A small document is changed in one place: an operation, a path, a schema or a property is
//! added, before all others, between them, after them. Files of resources that have nothing to do
//! with it stay byte for byte; everywhere else every name that was there still is. Read backwards,
//! the same comparison is the removal.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

mod document;

use std::collections::{BTreeMap, BTreeSet};

use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::pipeline::{self, Request};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};
use serde_json::{Value, json};

use document::{Place, insert, operation, record, zoo};

/// Every generated file, by target and path.
fn generate(document: &Value) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spec = folder.path().join("openapi.json");
    std::fs::write(&spec, document.to_string()).expect("the folder is ours");
    let run = pipeline::read(&Request {
        spec: &spec,
        config: None,
        command: "the tests",
    });
    let api = run.api.unwrap_or_else(|| {
        let format = Format::Human { color: false };
        panic!("{}", render(&run.diagnostics, &run.sources, format))
    });
    let mut found = Diagnostics::new();
    let renderer = Renderer::embedded();
    let mut out = BTreeMap::new();
    for target in Target::ALL {
        let owners = [Owner::Generated];
        let tree = pipeline::files(
            target,
            &api,
            &run.config,
            "the tests",
            &renderer,
            &owners,
            &mut found,
        );
        for file in tree.iter() {
            let path = format!("{}/{}", target.name(), file.path);
            out.insert(path, file.text.clone());
        }
    }
    assert!(!found.has_errors(), "{found:#?}");
    out
}

/// The words of a text that can be names.
fn names(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .collect()
}

/// Fails when `more`, which is `less` and something that concerns keepers alone, changes a file of
/// another resource or loses a name.
fn assert_only_added(what: &str, less: &Value, more: &Value) {
    let (less, more) = (generate(less), generate(more));
    assert_ne!(less, more, "{what} changes nothing");
    let mut unrelated = 0;
    for (path, before) in &less {
        let Some(after) = more.get(path) else {
            panic!("{what}: {path} is gone");
        };
        if path.contains("animals") || path.contains("zones") {
            assert_eq!(before, after, "{what}: {path} changes");
            unrelated += 1;
        }
        let lost: Vec<_> = names(before).difference(&names(after)).copied().collect();
        assert!(lost.is_empty(), "{what}: {path} loses {lost:?}");
    }
    assert!(unrelated >= 4 * 2, "only {unrelated} unrelated files");
}

/// Makes the change at each place of the object at `pointer`, and compares.
fn assert_at_each_place(pointer: &str, key: &str, value: &Value) {
    let less = zoo();
    for place in [Place::First, Place::Middle, Place::Last] {
        let mut more = less.clone();
        let object = more.pointer_mut(pointer).expect("the place is there");
        insert(object, place, key, value.clone());
        assert_only_added(&format!("{pointer}/{key}, {place:?}"), &less, &more);
    }
}

#[test]
fn an_operation_of_a_path_leaves_others_alone() {
    let operation = operation("feedKeeper", "keepers.feed");
    assert_at_each_place("/paths/~1keepers~1{id}", "post", &operation);
}

#[test]
fn a_path_leaves_others_alone() {
    let operation = json!({ "post": operation("trainKeeper", "keepers.train") });
    assert_at_each_place("/paths", "/keepers/{id}/training", &operation);
}

#[test]
fn a_schema_leaves_others_alone() {
    // It is called as an inline type of another record would be, were it not for where that stands.
    for name in ["Aaa", "Status", "Mood", "Zzz"] {
        let less = zoo();
        for place in [Place::First, Place::Middle, Place::Last] {
            let mut more = less.clone();
            let property = json!({ "$ref": format!("#/components/schemas/{name}") });
            insert(
                &mut more["components"]["schemas"],
                place,
                name,
                record(&["status"]),
            );
            insert(
                &mut more["components"]["schemas"]["Keeper"]["properties"],
                place,
                "extra",
                property,
            );
            assert_only_added(&format!("{name}, {place:?}"), &less, &more);
        }
    }
}

#[test]
fn a_property_leaves_others_alone() {
    let inline = json!({ "type": "string", "enum": ["idle", "busy", "off"] });
    assert_at_each_place(
        "/components/schemas/Keeper/properties",
        "availability",
        &inline,
    );
    let object = record(&["status", "mood"]);
    assert_at_each_place("/components/schemas/Keeper/properties", "shift", &object);
}

#[test]
fn a_parameter_leaves_others_alone() {
    let less = zoo();
    for at in 0..2 {
        let mut more = less.clone();
        let parameters = more["paths"]["/keepers/{id}"]["get"]["parameters"].as_array_mut();
        let schema = json!({ "type": "string", "enum": ["short", "long"] });
        parameters.expect("an operation has parameters").insert(
            at,
            json!({ "name": "form", "in": "query", "schema": schema }),
        );
        assert_only_added(&format!("parameter {at}"), &less, &more);
    }
}
