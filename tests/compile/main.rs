//! Every feature document as a package of each language, by that language's own compiler. The
//! tools are those that the SDKs' tests install.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use exai_gen::diagnostic::Diagnostics;
use exai_gen::pipeline::{self, Request};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};

const EVERYTHING: [Owner; 3] = [Owner::Generated, Owner::Runtime, Owner::Scaffold];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The feature documents by name, in order.
fn dangers() -> Vec<String> {
    let entries = fs::read_dir("features").expect("tests run in their package's folder");
    let folders = entries
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

/// Writes the package of a target for each document, in a folder of the document's name.
fn write(target: Target, root: &Path) -> Vec<(String, PathBuf)> {
    let _ = fs::remove_dir_all(root);
    let mut folders = Vec::new();
    for danger in dangers() {
        let spec = Path::new("features").join(&danger).join("openapi.yaml");
        let run = pipeline::read(&Request {
            spec: &spec,
            config: None,
            command: "exai-gen generate",
        });
        let api = run.api.expect("a feature document is fine");
        let mut found = Diagnostics::new();
        let tree = pipeline::files(
            target,
            &api,
            &run.config,
            "exai-gen generate",
            &Renderer::embedded(),
            &EVERYTHING,
            &mut found,
        );
        assert!(!found.has_errors(), "{danger}: {found:#?}");
        let folder = root.join(&danger);
        for file in tree.iter() {
            let path = folder.join(&file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
            fs::write(path, &file.text).expect("a new file");
        }
        folders.push((danger, folder));
    }
    folders
}

/// Runs a tool that has to be content.
fn content(command: &mut Command, what: &str) {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{what}: {said}");
}

/// Crates of one workspace, so that what they stand on is compiled once.
fn crates(target: Target, features: &[&str]) {
    let root = repository()
        .join("target/feature-crates")
        .join(target.name());
    let folders = write(target, &root);
    let mut members = Vec::new();
    for (danger, folder) in &folders {
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).expect("a manifest");
        // Programs and tests know the library by the name that the title gave it.
        let title = text.lines().find_map(|line| line.strip_prefix("name = "));
        let title = title.expect("a name");
        let own = format!("\"{}\"", danger.replace('_', "-"));
        let renamed = text.replacen(title, &own, 1);
        let named = format!("{renamed}\n[lib]\nname = {}\n", title.replace('-', "_"));
        fs::write(&manifest, named).expect("a manifest");
        members.push(format!("\"{danger}\""));
    }
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    fs::write(root.join("Cargo.toml"), workspace).expect("a manifest");
    fs::copy(repository().join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
    // Folder and flags of the generator's own tests, so that what they have compiled is there.
    let shared = repository().join("target/generated-crates/target");
    content(
        Command::new(env!("CARGO"))
            .args(["check", "--workspace", "--quiet"])
            .args(["--lib", "--examples", "--test", "calls"])
            .args(features)
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", shared)
            .env("RUSTFLAGS", "-Wmissing_docs -Wunreachable_pub -Dwarnings"),
        target.name(),
    );
}

#[test]
fn rust() {
    crates(Target::Rust, &["--no-default-features"]);
}

#[test]
fn axum() {
    crates(Target::Axum, &["--all-features"]);
}

#[test]
fn go() {
    let root = tempfile::tempdir().expect("a folder");
    for (danger, folder) in write(Target::Go, &root.path().join("go")) {
        content(
            Command::new("go")
                .args(["vet", "./..."])
                .current_dir(folder),
            &danger,
        );
    }
}

#[test]
fn typescript() {
    let modules = repository().join("sdks/typescript/node_modules");
    let compiler = modules.join("typescript/bin/tsc");
    assert!(
        compiler.exists(),
        "cargo xtask test --only typescript installs the compiler"
    );
    let root = tempfile::tempdir().expect("a folder");
    for (danger, folder) in write(Target::Typescript, &root.path().join("typescript")) {
        let strict = [
            "--noEmit",
            "--exactOptionalPropertyTypes",
            "--noUncheckedIndexedAccess",
        ];
        for project in ["tsconfig.json", "tsconfig.test.json"] {
            let command = &mut Command::new("node");
            command.arg(&compiler).args(["-p", project]).args(strict);
            command.arg("--typeRoots").arg(modules.join("@types"));
            content(command.current_dir(&folder), &danger);
        }
    }
}

#[test]
fn python() {
    let mypy = repository().join("sdks/python/.venv/bin/mypy");
    assert!(
        mypy.exists(),
        "cargo xtask test --only python installs the type checker"
    );
    let root = tempfile::tempdir().expect("a folder");
    for (danger, folder) in write(Target::Python, &root.path().join("python")) {
        let command = &mut Command::new(&mypy);
        let all = ["--strict", "src", "tests", "examples"];
        command.args(all).current_dir(folder);
        command.env("MYPY_CACHE_DIR", root.path().join("cache"));
        content(command, &danger);
    }
}
