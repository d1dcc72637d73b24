//! The package made of the fixtures, as text and as Python's own tools see it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
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
            name: "example-sdk".into(),
            module: Some("example".into()),
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
    for (name, path) in [
        ("types", "types/shared"),
        ("own_types", "types/runs"),
        ("operations", "operations/runs"),
        ("resource", "resources/runs"),
        ("service", "service"),
    ] {
        insta::assert_snapshot!(name, files[&format!("src/example/generated/{path}.py")]);
    }
}

/// The declarations of a package: `class Run(Model):`, `def start(`.
fn declarations(api: &Api) -> BTreeSet<String> {
    let files = generated(api);
    let lines = files
        .iter()
        .flat_map(|(path, text)| text.lines().map(move |line| (path, line)));
    lines
        .filter(|(_, line)| {
            ["class ", "def ", "async def "]
                .iter()
                .any(|start| line.trim().starts_with(start))
        })
        .map(|(path, line)| format!("{path}: {line}"))
        .collect()
}

#[test]
fn the_order_of_resources_changes_no_name() {
    for api in [everything(), obstacles()] {
        let mut turned = api.clone();
        turned.root.children.reverse();
        for (_, def) in turned.types.iter_mut() {
            if let crate::ir::Home::Resource(child) = &mut def.home {
                *child = api.root.children.len() - 1 - *child;
            }
        }
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

/// What a module's imports and classes bind, and from where.
fn bound(text: &str) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    let mut module = "";
    let mut open = false;
    // What is taken from `__future__` is meant for the compiler.
    let lines = text.lines().filter(|line| !line.contains("__future__"));
    for line in lines.map(str::trim) {
        let mut listed = if open { line } else { "" };
        if let Some((from, names)) = line
            .strip_prefix("from ")
            .and_then(|l| l.split_once(" import "))
        {
            (module, listed) = (from, names);
        }
        open = (open || listed == "(") && line != ")";
        let listed = listed
            .split(',')
            .map(|name| name.trim_matches([' ', '(', ')']));
        let listed = listed.filter(|name| !name.is_empty());
        names.extend(listed.map(|name| (name.to_owned(), module.to_owned())));
        let class = line
            .strip_prefix("class ")
            .and_then(|c| c.split(['(', ':']).next());
        names.extend(class.map(|name| (name.to_owned(), "here".to_owned())));
    }
    names
}

#[test]
fn a_resource_called_like_an_import_of_the_client_hides_none() {
    let mut wanted = BTreeSet::from(["T".to_owned()]);
    for (path, text) in generated(&everything()) {
        if path.ends_with("client.py") {
            wanted.extend(bound(&text).into_iter().map(|(name, _)| name));
        }
    }
    assert!(wanted.contains("Response") && wanted.contains("RunsWithResponse"));
    let mut api = everything();
    for name in &wanted {
        let (id, call) = (format!("call{name}"), format!("{name}.call"));
        let method = crate::ir::Method::Get;
        let extra = crate::ir::build::operation(&id, &call, method, &format!("/{name}"));
        crate::ir::build::add_operation(&mut api, extra);
    }
    for (path, text) in generated(&api) {
        let names: Vec<_> = bound(&text).into_iter().collect();
        let twice: Vec<_> = names
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0)
            .collect();
        assert!(twice.is_empty(), "{path}: {twice:?}");
    }
}

#[test]
fn the_same_api_gives_the_same_bytes() {
    assert_eq!(generated(&everything()), generated(&everything()));
}

/// A tool of the Python SDK's own environment, else of the `PATH`.
fn tool(name: &str) -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sdks/python/.venv/bin")
        .join(name);
    if own.exists() {
        own
    } else {
        PathBuf::from(name)
    }
}

/// What a tool says in a folder; empty when it is content.
fn says(dir: &Path, name: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool(name))
        .args(arguments)
        .current_dir(dir)
        .output();
    let output = output.unwrap_or_else(|error| {
        panic!("this test needs the tools of sdks/python (uv sync there): {name}: {error}")
    });
    if output.status.success() {
        return String::new();
    }
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn pythons_tools_change_nothing_and_are_content() {
    for api in [everything(), obstacles()] {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        for file in package(&api) {
            let path = dir.path().join(file.path);
            let folder = path.parent().expect("every file is in the folder");
            std::fs::create_dir_all(folder).expect("the folder is ours");
            std::fs::write(path, file.text).expect("the folder is ours");
        }
        assert_eq!(says(dir.path(), "ruff", &["format", "--diff", "."]), "");
        assert_eq!(
            says(dir.path(), "ruff", &["check", "--select=E,F,I,B,UP", "."]),
            ""
        );
        assert_eq!(says(dir.path(), "mypy", &[]), "");
        // It asks the first `python` of the `PATH` for its packages, unless it is told which one.
        let python = tool("python");
        let python = python.to_string_lossy();
        assert_eq!(says(dir.path(), "pyright", &["--pythonpath", &python]), "");
        let import = "import example.types as t; [getattr(t, n) for n in t._HOMES]; \
                      import example.generated.client";
        assert_eq!(says(&dir.path().join("src"), "python", &["-c", import]), "");
    }
}
