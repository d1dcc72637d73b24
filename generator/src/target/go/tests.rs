//! The package made of the fixtures, as text and as Go's own tools see it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::files;
use crate::config::{Package, Product};
use crate::ir::Api;
use crate::render::Renderer;
use crate::target::fixtures::{everything, obstacles};
use crate::target::{Context, Owner, TargetFile};

/// Every file of the package made of an API.
fn package(api: &Api) -> Vec<TargetFile> {
    let context = Context {
        api,
        product: &Product {
            client: "Example".into(),
            environment: "EXAMPLE".into(),
        },
        package: &Package {
            name: "example".into(),
            module: Some("example.com/sdk".into()),
            version: "1.0.0".into(),
            license: None,
        },
        command: "exai-gen generate",
        renderer: &Renderer::embedded(),
    };
    files(&context).expect("the templates fit their views")
}

fn generated(api: &Api) -> BTreeMap<String, String> {
    let files = package(api)
        .into_iter()
        .filter(|file| file.owner == Owner::Generated);
    files.map(|file| (file.path, file.text)).collect()
}

#[test]
fn one_of_everything() {
    let files = generated(&everything());
    insta::assert_snapshot!("methods", files["runs_gen.go"]);
    insta::assert_snapshot!("params", files["runs_params_gen.go"]);
    insta::assert_snapshot!("types", files["shared_types_gen.go"]);
    insta::assert_snapshot!("client", files["client_gen.go"]);
    insta::assert_snapshot!("fake", files["exampletest/fake_gen.go"]);
}

/// The declarations of a package: `type Run struct {`, `func NewClient(...`.
fn declarations(api: &Api) -> BTreeSet<String> {
    let files = generated(api);
    let lines = files.values().flat_map(|text| text.lines());
    lines
        .filter(|line| {
            ["type ", "func ", "var op"]
                .iter()
                .any(|start| line.starts_with(start))
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_order_of_resources_changes_no_name() {
    for api in [everything(), obstacles()] {
        let mut turned = api.clone();
        turned.root.children.reverse();
        assert_eq!(declarations(&api), declarations(&turned));
    }
}

#[test]
fn an_unrelated_operation_changes_no_other_declaration() {
    let before = declarations(&everything());
    let mut api = everything();
    let extra = crate::ir::build::operation(
        "archive",
        "runs.archive",
        crate::ir::Method::Put,
        "/runs/{run_id}/archive",
    );
    crate::ir::build::add_operation(&mut api, extra);
    let after = declarations(&api);
    assert!(before.is_subset(&after), "{:?}", before.difference(&after));
}

#[test]
fn the_same_api_gives_the_same_bytes() {
    assert_eq!(generated(&everything()), generated(&everything()));
}

/// What a tool says in a folder: its output, empty when it is content.
fn says(dir: &Path, command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command)
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap_or_else(|error| panic!("this test needs Go 1.25 on the PATH: {command}: {error}"));
    format!(
        "{}{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        if output.status.success() {
            ""
        } else {
            "(failed)"
        }
    )
}

#[test]
fn gofmt_changes_nothing_and_vet_is_content() {
    for api in [everything(), obstacles()] {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        for file in package(&api) {
            // The driver's other half is not made here, and Go looks into no such folder.
            let folder = match file.owner {
                Owner::Driver => dir.path().join("_driver"),
                _ => dir.path().to_owned(),
            };
            let path = folder.join(file.path);
            let parent = path.parent().expect("a file stands in a folder");
            std::fs::create_dir_all(parent).expect("the folder is ours");
            std::fs::write(path, file.text).expect("the folder is ours");
        }
        assert_eq!(says(dir.path(), "gofmt", &["-d", "."]), "");
        assert_eq!(says(dir.path(), "go", &["vet", "./..."]), "");
    }
}
