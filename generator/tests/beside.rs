//! The commands beside `generate`, from outside: what a user begins with, and what a shell and a
//! reader of manuals are given.

use std::path::{Path, PathBuf};
use std::process::Command;

use exai_gen::diagnostic::Diagnostics;
use exai_gen::pipeline::{self, Adjustments, Request};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_exai-gen"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap_or_else(|error| panic!("{error}"));
    let code = output.status.code();
    (code, text(output.stdout), text(output.stderr))
}

/// Every file of every package, by path.
fn packages(spec: &Path, beside: Option<&Path>) -> Vec<(String, String)> {
    let config = beside.map(|folder| folder.join("exai-gen.yaml"));
    let request = Request {
        spec,
        config: config.as_deref(),
        command: "the tests",
    };
    let adjustments = Adjustments {
        overlays: beside.iter().map(|f| f.join("overlay.yaml")).collect(),
        ..Adjustments::default()
    };
    let run = pipeline::read_adjusted(&request, &adjustments);
    let Some(api) = &run.api else {
        panic!("{}: {:#?}", spec.display(), run.diagnostics);
    };
    let mut out = Vec::new();
    for target in Target::ALL {
        let owners = [Owner::Generated, Owner::Scaffold];
        let (renderer, found) = (Renderer::embedded(), &mut Diagnostics::new());
        let tree = pipeline::files(
            target,
            api,
            &run.config,
            "the tests",
            &renderer,
            &owners,
            found,
        );
        out.extend(
            tree.iter()
                .map(|f| (format!("{}/{}", target.name(), f.path), f.text.clone())),
        );
    }
    out
}

fn documents() -> Vec<PathBuf> {
    let features = std::fs::read_dir("../tests/features").into_iter().flatten();
    let documents = features
        .flatten()
        .map(|entry| entry.path().join("openapi.yaml"));
    let documents: Vec<PathBuf> = documents.filter(|path| path.is_file()).collect();
    assert!(
        !documents.is_empty(),
        "the documents of the tests are there"
    );
    documents
}

#[test]
fn what_init_writes_changes_nothing_until_it_is_edited() {
    for spec in documents() {
        let spec = spec.canonicalize().expect("a file");
        let folder = tempfile::tempdir().expect("a folder");
        let init = ["init", &spec.display().to_string()];
        let (code, stdout, stderr) = run(folder.path(), &init);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stdout.contains("exai-gen generate --spec"), "{stdout}");
        let (before, after) = (packages(&spec, None), packages(&spec, Some(folder.path())));
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "{}", spec.display());
        }
    }
}

#[test]
fn a_method_is_renamed_by_a_line_of_what_init_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = "openapi: 3.1.1\ninfo: { title: \"a \\\"b\\\" #c\", version: '1' }\npaths:\n  \
                    /a\"b'c/{d}:\n    get:\n      operationId: listThings\n      parameters: [{ name: d, in: path, \
                    required: true, schema: { type: string } }]\n      responses: { '204': { description: d } }\n";
    std::fs::write(folder.path().join("a.yaml"), document).expect("a file");
    assert_eq!(run(folder.path(), &["init", "a.yaml"]).0, Some(0));
    let overlay = folder.path().join("overlay.yaml");
    let text = std::fs::read_to_string(&overlay).expect("an overlay");
    assert!(text.contains("\"listThings\""), "{text}");
    std::fs::write(&overlay, text.replace("listThings", "shelves.find")).expect("a file");
    let files = packages(&folder.path().join("a.yaml"), Some(folder.path()));
    let api = files.iter().find(|(path, _)| path == "go/api.md");
    assert!(
        api.is_some_and(|(_, text)| text.contains("client.Shelves.Find(")),
        "{api:?}"
    );
}

#[test]
fn init_writes_over_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let document = "openapi: 3.1.1\ninfo: {title: a, version: '1'}\npaths: {}\n";
    std::fs::write(at("a.yaml"), document).expect("a file");
    std::fs::write(at("overlay.yaml"), "mine").expect("a file");
    let (code, _, stderr) = run(folder.path(), &["init", "a.yaml"]);
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("overlay.yaml` is there already"),
        "{stderr}"
    );
    assert_eq!(
        std::fs::read_to_string(at("overlay.yaml")).ok().as_deref(),
        Some("mine")
    );
    assert!(!at("exai-gen.yaml").exists());
}

#[test]
fn every_shell_is_told_of_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, stdout, _) = run(folder.path(), &["completions", shell]);
        assert_eq!(code, Some(0));
        for word in ["generate", "keep-going", "verify", "message-format"] {
            assert!(stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stdout, _) = run(folder.path(), &["man"]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains(".TH exai-gen 1"), "{stdout}");
    assert_eq!(run(folder.path(), &["man", "--out", "."]).0, Some(0));
    for line in stdout
        .lines()
        .filter_map(|line| line.strip_prefix("exai\\-gen\\-"))
    {
        let name = line.split('(').next().unwrap_or_default().replace('\\', "");
        if name != "help" {
            let page = folder.path().join(format!("exai-gen-{name}.1"));
            let page = std::fs::read_to_string(&page).expect("a page each");
            assert!(page.contains(".SH SYNOPSIS"), "{page}");
        }
    }
    assert!(folder.path().join("exai-gen-generate.1").exists());
    assert_eq!(run(folder.path(), &["man", "--out", "none"]).0, Some(2));
}

#[test]
fn a_check_takes_overlays_and_denies_warnings() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write(
        "a.yaml",
        "openapi: 3.1.1\ninfo: {titel: a, title: a, version: '1'}\npaths: {}\n",
    );
    write(
        "warned.yaml",
        "openapi: 3.1.1\ninfo: {title: a, version: 1}\npaths: {}\n",
    );
    write(
        "overlay.yaml",
        "overlay: 1.0.0\ninfo: {title: a, version: '1'}\nactions: [{ target: $.info.titel, remove: true }]\n",
    );
    assert_eq!(run(folder.path(), &["check", "a.yaml"]).0, Some(1));
    let overlaid = ["check", "a.yaml", "--overlay", "overlay.yaml"];
    let (code, _, stderr) = run(folder.path(), &overlaid);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(run(folder.path(), &["check", "warned.yaml"]).0, Some(0));
    let denied = ["check", "warned.yaml", "--deny-warnings"];
    assert_eq!(run(folder.path(), &denied).0, Some(1));
}
