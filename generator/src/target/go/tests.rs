//! The package made of the fixtures, as text and as Go's own tools see it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::fixtures::{everything, obstacles};
use super::{GoPackage, files};
use crate::ir::Api;

fn package() -> GoPackage {
    GoPackage {
        package: "example".into(),
        module: "example.com/sdk".into(),
        version: "1.0.0".into(),
        env_prefix: "EXAMPLE".into(),
        command: "exai-gen generate".into(),
    }
}

fn generated(api: &Api) -> BTreeMap<String, String> {
    files(api, &package()).into_iter().collect()
}

#[test]
fn one_of_everything() {
    let files = generated(&everything());
    insta::assert_snapshot!("methods", files["runs_gen.go"]);
    insta::assert_snapshot!("params", files["runs_params_gen.go"]);
    insta::assert_snapshot!("types", files["shared_types_gen.go"]);
    insta::assert_snapshot!("client", files["client_gen.go"]);
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

/// Writes a package beside the runtime, as a module.
fn write_module(api: &Api, dir: &Path) {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdks/go");
    for entry in std::fs::read_dir(runtime).expect("the Go runtime is in sdks/go") {
        let path = entry.expect("its folder can be read").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        if name.ends_with(".go") && !name.ends_with("_test.go") && !name.ends_with("_gen.go") {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let text = text.replacen("package exai\n", "package example\n", 1);
            std::fs::write(dir.join(name), text).expect("the module's folder is ours");
        }
    }
    for (path, text) in generated(api) {
        std::fs::write(dir.join(path), text).expect("the module's folder is ours");
    }
    std::fs::write(dir.join("go.mod"), "module example.com/sdk\n\ngo 1.25\n")
        .expect("the module's folder is ours");
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
        write_module(&api, dir.path());
        assert_eq!(says(dir.path(), "gofmt", &["-d", "."]), "");
        assert_eq!(says(dir.path(), "go", &["vet", "."]), "");
    }
}
