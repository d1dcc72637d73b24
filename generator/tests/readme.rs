//! The commands that the README tells, one after the other as a reader types them.

use std::fs;
use std::path::Path;
use std::process::Command;

const DOCUMENT: &str = "\
openapi: 3.1.1
info: { title: Runs, version: 1.0.0 }
servers: [{ url: https://api.example.com }]
paths:
  /runs/{run_id}:
    get:
      operationId: getRun
      tags: [runs]
      parameters:
        - { name: run_id, in: path, required: true, schema: { type: string }, example: run_abc }
      responses:
        '200':
          description: It.
          content: { application/json: { schema: { $ref: '#/components/schemas/Run' } } }
components:
  schemas:
    Run: { type: object, required: [id], properties: { id: { type: string } } }
";

/// The lines of the README's shell blocks that call the generator, without what they say of it.
fn commands() -> Vec<String> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).unwrap_or_else(|error| panic!("{error}"));
    let lines = readme.lines().filter(|line| line.starts_with("exai-gen "));
    let told = lines.map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned());
    told.collect()
}

#[test]
fn what_the_readme_tells_works_in_the_order_in_which_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    fs::write(at("openapi.yaml"), DOCUMENT).expect("a document");
    fs::create_dir_all(at("own/go")).expect("a folder");
    fs::write(
        at("own/go/README.md.jinja"),
        "{# ModuleView #}\n# Ours: {{ title }}\n",
    )
    .expect("a template");
    let commands = commands();
    assert!(commands.len() > 12, "{commands:#?}");
    for command in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_exai-gen"))
            .args(command.split_whitespace().skip(1))
            .current_dir(folder.path())
            .output();
        let output = output.unwrap_or_else(|error| panic!("{command}: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command}: {said}");
    }
    let read = |path: &str| fs::read_to_string(at(path)).unwrap_or_default();
    assert_eq!(read("go/README.md"), "# Ours: Runs\n");
    // A README begins with a call, which the package's examples are, and its tests make.
    for (package, call) in [
        ("sdk", "result = client.runs.get_run(\"run_abc\")"),
        (
            "sdks/typescript",
            "const result = await client.runs.getRun(\"run_abc\");",
        ),
        (
            "sdks/go",
            "result, err := client.Runs.GetRun(ctx, \"run_abc\")",
        ),
        (
            "rust",
            "let result = client.runs().get_run(\"run_abc\").await?;",
        ),
        ("server", "async fn get_run("),
    ] {
        let readme = read(&format!("{package}/README.md"));
        assert!(readme.contains(call), "{package}: {readme}");
    }
    for test in [
        "sdk/tests/test_calls.py",
        "sdks/typescript/tests/calls.test.ts",
        "sdks/go/calls_test.go",
        "rust/tests/calls.rs",
        "server/tests/calls.rs",
    ] {
        assert!(at(test).is_file(), "{test}");
    }
    assert!(read("rust/tests/calls.json").contains("\"/runs/run_abc\""));
}

/// Runs `generate` for Go.
fn generate(folder: &Path, more: &[&str]) -> (Option<i32>, String) {
    fs::write(folder.join("openapi.yaml"), DOCUMENT).unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(env!("CARGO_BIN_EXE_exai-gen"))
        .args(["generate", "--spec", "openapi.yaml", "--target", "go"])
        .args(["--out", "sdk"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[test]
fn what_no_run_wrote_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("sdk/README.md");
    fs::create_dir_all(folder.path().join("sdk")).expect("a folder");
    fs::write(&own, "# Mine\n").expect("a file");
    let (code, said) = generate(folder.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("no earlier run wrote") && said.contains("`README.md`"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&own).expect("a file"), "# Mine\n");
    assert!(!folder.path().join("sdk/go.mod").exists());

    fs::remove_file(&own).expect("a file");
    assert_eq!(generate(folder.path(), &[]).0, Some(0));
    // A later run finds its own.
    fs::write(folder.path().join("sdk/raw.go"), "package edited\n").expect("a file");
    assert_eq!(generate(folder.path(), &[]).0, Some(0));
}

#[test]
fn what_its_owner_edited_stays_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    let read = |path: &str| fs::read_to_string(at(path)).expect("a file");
    assert_eq!(generate(folder.path(), &[]).0, Some(0));
    fs::write(at("sdk/README.md"), "# Mine\n").expect("a file");
    let client = read("sdk/client_gen.go");
    fs::write(at("sdk/client_gen.go"), client.clone() + "// mine\n").expect("a file");
    let example = read("sdk/examples/errors/main.go");
    fs::create_dir_all(at("own/go/examples")).expect("a folder");
    fs::write(at("own/go/examples/errors.go.jinja"), "package main\n").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_exai-gen"))
        .args(["generate", "--spec", "openapi.yaml", "--target", "go"])
        .args(["--out", "sdk", "--templates", "own"])
        .current_dir(folder.path())
        .output()
        .expect("the command");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("kept README.md, which was edited"), "{said}");
    assert!(said.contains("wrote client_gen.go again"), "{said}");
    assert_eq!(read("sdk/README.md"), "# Mine\n");
    assert_eq!(read("sdk/client_gen.go"), client);
    assert_ne!(read("sdk/examples/errors/main.go"), example);
}

#[test]
fn a_template_that_stands_in_for_none_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = generate(folder.path(), &["--templates", "own"]);
    assert!(
        code == Some(2) && said.contains("cannot read `own`"),
        "{said}"
    );
    fs::create_dir_all(folder.path().join("own/go")).expect("a folder");
    let (code, said) = generate(folder.path(), &["--templates", "own"]);
    assert!(
        code == Some(2) && said.contains("holds no template"),
        "{said}"
    );
    fs::write(folder.path().join("own/go/REAMDE.md.jinja"), "x").expect("a file");
    let (code, said) = generate(folder.path(), &["--templates", "own"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("did you mean `go/README.md.jinja`?"),
        "{said}"
    );
    assert!(!folder.path().join("sdk").exists());
}
