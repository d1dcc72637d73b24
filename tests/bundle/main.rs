//! A bundle says what the files said.

use std::path::{Path, PathBuf};

use exai_gen::bundle::{bundle, to_json, to_yaml};
use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::document;
use exai_gen::source::{Node, Sources, Value};

/// The bundle of the document at `path`, and the files that it was made of.
fn bundled(path: &Path) -> (Node, Sources) {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(path, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    let found = render(&diagnostics, &sources, Format::Human { color: false });
    match document {
        Some(document) if diagnostics.is_empty() => (bundle(&document, &sources), sources),
        _ => panic!("{found}"),
    }
}

fn zoo() -> (Node, Sources) {
    bundled(Path::new("bundle/documents/zoo/openapi.yaml"))
}

/// Writes `text` as `name` in a fresh folder and bundles it.
fn bundled_again(name: &str, text: &str) -> Node {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("cannot write: {error}"));
    bundled(&path).0
}

#[test]
fn files_are_hoisted_and_collisions_are_named_after_their_files() {
    insta::assert_snapshot!("zoo", to_yaml(&zoo().0));
}

#[test]
fn a_bundle_bundled_again_is_the_same() {
    let (tree, _) = zoo();
    assert_eq!(bundled_again("zoo.yaml", &to_yaml(&tree)), tree);
    assert_eq!(bundled_again("zoo.json", &to_json(&tree)), tree);
}

#[test]
fn a_bundle_means_what_the_files_meant() {
    let (tree, sources) = zoo();
    let mut diagnostics = Diagnostics::new();
    let one = Sources::from_text("zoo.yaml", &to_yaml(&tree), &mut diagnostics);
    let names = [
        Path::new("bundle/documents/zoo/openapi.yaml"),
        Path::new("zoo.yaml"),
    ];
    let [files, bundle] = [(&sources, names[0]), (&one, names[1])].map(|(sources, name)| {
        let paths = file(sources, name).get("paths").cloned();
        expand(
            sources,
            name,
            &paths.unwrap_or_else(|| panic!("{} has no paths", name.display())),
            24,
        )
    });
    for (files, bundle) in to_json(&files).lines().zip(to_json(&bundle).lines()) {
        assert_eq!(files, bundle);
    }
}

#[test]
fn names_do_not_depend_on_where_the_command_runs() {
    let here = Path::new("bundle/documents/zoo/openapi.yaml");
    let absolute = here.canonicalize().expect("the zoo");
    assert_eq!(to_json(&bundled(here).0), to_json(&bundled(&absolute).0));
}

fn file<'s>(sources: &'s Sources, name: &Path) -> &'s Node {
    let found = sources
        .files()
        .find(|(_, file)| Path::new(&file.name) == name);
    found
        .and_then(|(_, file)| file.node.as_ref())
        .unwrap_or_else(|| panic!("{} was not read", name.display()))
}

/// `node` with every reference replaced by what it leads to, down to `depth` levels: a second,
/// naive resolver for files whose references are plain.
fn expand(sources: &Sources, name: &Path, node: &Node, depth: usize) -> Node {
    let mut out = node.clone();
    if depth == 0 {
        out.value = Value::Null;
        return out;
    }
    match &node.value {
        Value::Sequence(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| expand(sources, name, item, depth - 1))
                .collect();
            out.value = Value::Sequence(items.into());
        }
        Value::Mapping(entries) => {
            let mut all = Vec::new();
            if let Some(text) = node.get("$ref").and_then(Node::as_str) {
                let (path, pointer) = text.split_once('#').unwrap_or((text, ""));
                let target = if path.is_empty() {
                    name.to_owned()
                } else {
                    join(name, path)
                };
                let found = file(sources, &target)
                    .pointer(pointer)
                    .unwrap_or_else(|| panic!("{text}"));
                let found = expand(sources, &target, found, depth);
                all.extend(found.as_mapping().unwrap_or_default().to_vec());
            }
            for (key, value) in entries.iter() {
                // Its values are URIs, which a bundle writes in its own way.
                if key.value != "$ref" && key.value != "discriminator" && key.value != "$defs" {
                    all.push((key.clone(), expand(sources, name, value, depth - 1)));
                }
            }
            all.retain(|(key, _)| key.value != "$defs");
            all.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
            out.value = Value::Mapping(all.into());
        }
        _ => {}
    }
    out
}

fn join(name: &Path, relative: &str) -> PathBuf {
    let mut path = name.parent().unwrap_or(Path::new("")).to_owned();
    for part in relative.split('/') {
        if part == ".." {
            path.pop();
        } else {
            path.push(part);
        }
    }
    path
}
