//! v2 of an API beside v1: `spec/v2` beside `spec`, `/v2` beside `/v1`, and packages of both in
//! one program.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use exai_gen::changes::{Class, Released, Verdict, compare, next_version};
use exai_gen::diagnostic::Diagnostics;
use exai_gen::pipeline::{self, Request, Run};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};

fn spec(version: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("versions/spec");
    home.join(version)
}

fn read(version: &str) -> Run {
    let run = pipeline::read(&Request {
        spec: &spec(version).join("openapi.yaml"),
        config: Some(&spec(version).join("overrides.yaml")),
        command: "the tests",
    });
    assert!(run.api.is_some(), "{:#?}", run.diagnostics);
    run
}

/// Writes a whole package.
fn write(run: &Run, target: Target, folder: &Path) {
    let api = run.api.as_ref().expect("an API");
    let owners = [Owner::Generated, Owner::Runtime, Owner::Scaffold];
    let mut found = Diagnostics::new();
    let renderer = Renderer::embedded();
    let tree = pipeline::files(
        target,
        api,
        &run.config,
        "the tests",
        &renderer,
        &owners,
        &mut found,
    );
    assert!(!found.has_errors() && !tree.is_empty(), "{found:#?}");
    for file in tree.iter() {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &file.text).expect("a file");
    }
}

#[test]
fn a_break_asks_for_the_next_major_version_and_the_second_document_has_it() {
    let (one, two) = (read(""), read("v2"));
    let changes = compare(
        one.document.as_ref().expect("v1"),
        two.document.as_ref().expect("v2"),
    );
    let verdict = Verdict::new(&changes, &[]);
    assert_eq!(verdict.wire, Some(Class::Breaking));
    let next = Released::all(&two.config, "");
    for (released, wanted) in Released::all(&one.config, "").iter().zip(next) {
        let class = verdict.package(released.target).expect("a class");
        let version = next_version(&released.version, class);
        assert_eq!(version.as_deref(), Some(wanted.version.as_str()));
    }
}

#[test]
fn one_program_holds_the_go_packages_of_both_versions() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&read(""), Target::Go, &at("sdks/go"));
    write(&read("v2"), Target::Go, &at("sdks/v2/go"));
    let program = "package main\n\nimport (\n\t\"fmt\"\n\n\tpets \"pets.example/sdk-go\"\n\tv2 \"pets.example/sdk-go/v2\"\n)\n\nfunc main() {\n\tone, two := pets.Pet{Name: \"Rex\"}, v2.Pet{Names: []string{\"Rex\"}}\n\tfmt.Println(one.Name, two.Names[0])\n}\n";
    let module = "module example.com/both\n\ngo 1.25\n\nrequire (\n\tpets.example/sdk-go v1.4.0\n\tpets.example/sdk-go/v2 v2.0.0\n)\n\nreplace pets.example/sdk-go => ./sdks/go\n\nreplace pets.example/sdk-go/v2 => ./sdks/v2/go\n";
    std::fs::write(at("main.go"), program).expect("a file");
    std::fs::write(at("go.mod"), module).expect("a file");
    let output = Command::new("go")
        .args(["run", "."])
        .current_dir(folder.path())
        .env("GOFLAGS", "-mod=mod")
        .env("GOPROXY", "off")
        .output()
        .expect("Go is installed");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Rex Rex\n");
}

#[test]
fn each_version_calls_its_own_base() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (version, base) in [
        ("", "https://pets.example/v1"),
        ("v2", "https://pets.example/v2"),
    ] {
        let run = read(version);
        for target in [Target::Typescript, Target::Python, Target::Go, Target::Rust] {
            let home = folder.path().join(version).join("of").join(target.name());
            write(&run, target, &home);
            let says = texts(&home).iter().any(|text| text.contains(base));
            assert!(says, "{} of {version:?} lacks {base}", target.name());
        }
    }
}

fn texts(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            out.extend(texts(&path));
        } else {
            out.push(std::fs::read_to_string(path).expect("a text"));
        }
    }
    out
}
