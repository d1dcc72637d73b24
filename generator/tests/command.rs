//! The command from outside: exit codes, and what is written where.

use std::path::Path;
use std::process::{Command, Output};

const GOOD: &str = "openapi: 3.1.1\ninfo: {title: a, version: '1'}\npaths: {}\n";
const BAD: &str = "openapi: 3.1.1\ninfo: {titel: a, version: '1'}\npaths: {}\n";

/// Runs the command in a folder that holds `good.yaml` and `bad.yaml`.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    for (name, text) in [("good.yaml", GOOD), ("bad.yaml", BAD)] {
        std::fs::write(folder.join(name), text).unwrap_or_else(|error| panic!("{error}"));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_exai-gen"))
        .args(arguments)
        .current_dir(folder)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_else(|error| panic!("{error}"));
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_good_document_is_no_word() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        run(folder.path(), &["check", "good.yaml"]),
        (Some(0), String::new(), String::new())
    );
}

#[test]
fn a_bad_document_is_exit_code_1_and_said_on_standard_error_without_colours() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stdout, stderr) = run(folder.path(), &["check", "bad.yaml"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("error[E0101]") && stderr.contains("--> bad.yaml:2:8"),
        "{stderr}"
    );
    assert!(!stderr.contains('\u{1b}'), "{stderr}");
}

#[test]
fn a_document_that_is_not_there_is_exit_code_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, stderr) = run(folder.path(), &["check", "none.yaml"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        stderr,
        "error[E0001]: cannot open `none.yaml`: no such file or directory\n\n1 error\n"
    );
}

#[test]
fn a_check_finds_what_generating_would() {
    let folder = tempfile::tempdir().expect("a folder");
    let both = "allOf: [{ type: string }, { type: object }]";
    let text = format!(
        "openapi: 3.1.1\ninfo: {{ title: a, version: '1' }}\ncomponents: {{ schemas: {{ A: {{ {both} }} }} }}\n"
    );
    std::fs::write(folder.path().join("both.yaml"), text).expect("a file");
    let (code, _, stderr) = run(folder.path(), &["check", "both.yaml"]);
    assert_eq!(code, Some(0));
    assert!(
        stderr.contains("warning[E0204]") && stderr.contains("--> both.yaml:3:65"),
        "{stderr}"
    );
}

#[test]
fn wrong_use_is_exit_code_2() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["check"][..],
        &["chek"],
        &["check", "good.yaml", "--message-format", "xml"],
        &[],
    ] {
        assert_eq!(run(folder.path(), arguments).0, Some(2), "{arguments:?}");
    }
    let nowhere = ["bundle", "good.yaml", "-o", "no/such/folder/a.yaml"];
    let (code, _, stderr) = run(folder.path(), &nowhere);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no/such/folder/a.yaml"), "{stderr}");
}

#[test]
fn programs_read_standard_output() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in ["json", "sarif"] {
        let (code, stdout, stderr) = run(
            folder.path(),
            &["check", "bad.yaml", "--message-format", format],
        );
        assert_eq!((code, stderr.as_str()), (Some(1), ""));
        assert!(stdout.contains("E0103"), "{stdout}");
    }
}

#[test]
fn a_bundle_is_written_in_the_format_that_its_name_ends_with() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        run(folder.path(), &["bundle", "good.yaml", "-o", "out.json"]).0,
        Some(0)
    );
    let text = std::fs::read_to_string(folder.path().join("out.json")).expect("the bundle");
    assert!(text.starts_with("{\n  \"openapi\": \"3.1.1\""), "{text}");
    let (code, stdout, _) = run(folder.path(), &["bundle", "good.yaml"]);
    assert_eq!(code, Some(0));
    assert!(stdout.starts_with("openapi: \"3.1.1\"\n"), "{stdout}");
    assert_eq!(run(folder.path(), &["bundle", "bad.yaml"]).0, Some(1));
}

#[test]
fn a_conversion_is_written_as_a_bundle_is_and_says_what_it_leaves_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let new = "openapi: 3.1.1\ninfo: {title: a, version: '1'}\npaths: {}\nwebhooks: {a: {post: {responses: {'204': {description: a}}}}}\n\
               components: {schemas: {A: {type: [string, 'null']}}}\n";
    std::fs::write(folder.path().join("new.yaml"), new).expect("a new file");
    let convert = |more: &[&str]| {
        let arguments = [&["convert", "new.yaml", "--to", "3.0"], more].concat();
        run(folder.path(), &arguments)
    };
    let (code, stdout, stderr) = convert(&[]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.starts_with("openapi: \"3.0.4\"\n"), "{stdout}");
    assert!(
        stdout.contains("nullable: true") && !stdout.contains("webhooks"),
        "{stdout}"
    );
    assert!(stderr.contains("warning[E0401]"), "{stderr}");
    assert_eq!(convert(&["-o", "old.json"]).0, Some(0));
    let text = std::fs::read_to_string(folder.path().join("old.json")).expect("the document");
    assert!(text.starts_with("{\n  \"openapi\": \"3.0.4\""), "{text}");
    // What was written is a document of that version.
    assert_eq!(run(folder.path(), &["check", "old.json"]).0, Some(0));
    assert_eq!(
        run(folder.path(), &["convert", "bad.yaml", "--to", "3.0"]).0,
        Some(1)
    );
    assert_eq!(
        run(folder.path(), &["convert", "new.yaml", "--to", "2.0"]).0,
        Some(2)
    );
}

#[test]
fn help_has_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["check", "bundle", "convert", "explain"] {
        let (code, stdout, _) = run(folder.path(), &[command, "--help"]);
        assert_eq!(code, Some(0));
        assert!(stdout.contains("Examples:"), "{stdout}");
    }
}

const CHANGED: &str = "openapi: 3.1.1\ninfo: {title: b, version: '1'}\npaths: {}\n";

#[test]
fn a_diff_fails_on_what_it_is_told_to_unless_it_is_accepted_with_a_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap_or_else(|error| panic!("{error}"));
    };
    write("changed.yaml", CHANGED);
    let diff = ["diff", "good.yaml", "changed.yaml"];
    let (code, stdout, stderr) = run(folder.path(), &diff);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("[title-changed]"), "{stdout}");

    let strict = [&diff[..], &["--fail-on", "breaking", "--format", "json"]].concat();
    let (code, stdout, _) = run(folder.path(), &strict);
    assert_eq!(code, Some(1));
    let (_, rest) = stdout.split_once("\"fingerprint\": \"").expect("one");
    let fingerprint = &rest[..12];

    let accepting = [&strict[..], &["--accept", "accepted.yaml"]].concat();
    write(
        "accepted.yaml",
        &format!("{fingerprint}: the old name was wrong\n0123456789ab: none has it\n"),
    );
    let (code, stdout, _) = run(folder.path(), &accepting);
    assert_eq!(code, Some(0), "{stdout}");
    assert!(stdout.contains("the old name was wrong"), "{stdout}");
    assert!(stdout.contains("\"0123456789ab\""), "{stdout}");

    write("accepted.yaml", &format!("{fingerprint}: ''\n"));
    let (code, _, stderr) = run(folder.path(), &accepting);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("has no reason"), "{stderr}");
}

#[test]
fn a_diff_says_the_next_version_of_each_package() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "packages:\n  rust: { name: a, version: 0.9.0 }\n  go: { name: a, module: example.com/a, version: 1.4.0 }\n";
    for (name, text) in [("changed.yaml", CHANGED), ("config.yaml", config)] {
        std::fs::write(folder.path().join(name), text).unwrap_or_else(|error| panic!("{error}"));
    }
    let arguments = [
        "diff",
        "good.yaml",
        "changed.yaml",
        "--config",
        "config.yaml",
    ];
    let (code, stdout, _) = run(folder.path(), &arguments);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("a 0.9.0 -> 0.10.0 (major)"), "{stdout}");
    assert!(
        stdout.contains("example.com/a 1.4.0 -> 2.0.0 (major)"),
        "{stdout}"
    );
}

#[test]
fn a_document_that_is_wrong_is_no_diff() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stdout, stderr) = run(folder.path(), &["diff", "good.yaml", "bad.yaml"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("error[E0101]"), "{stderr}");
}

/// What a package of `good.yaml` was made of, as a release writes it.
fn provenance(spec: &Path) -> String {
    use exai_gen::diagnostic::Diagnostics;
    use exai_gen::target::{Owner, Target};
    let command = "exai-gen generate";
    let run = exai_gen::pipeline::read(&exai_gen::pipeline::Request {
        spec,
        config: None,
        command,
    });
    let (Some(api), Some(document)) = (run.api, run.document) else {
        panic!("the document is not read");
    };
    let tree = exai_gen::pipeline::files(
        Target::Go,
        &api,
        &run.config,
        command,
        &exai_gen::render::Renderer::embedded(),
        &[Owner::Generated],
        &mut Diagnostics::new(),
    );
    let package = exai_gen::pipeline::package(Target::Go, &api, &run.config);
    let from = (&document, &run.sources);
    let made =
        exai_gen::provenance::Provenance::new(Target::Go, package, command, from, &api, &tree);
    made.to_json()
}

#[test]
fn a_package_is_what_its_document_gives_until_somebody_edits_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let generate = [
        "generate",
        "--spec",
        "good.yaml",
        "--target",
        "go",
        "--out",
        "sdk",
    ];
    assert_eq!(run(folder.path(), &generate).0, Some(0));
    let verify = ["verify", "sdk", "--spec", "good.yaml"];
    let (code, _, stderr) = run(folder.path(), &verify);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("provenance.json"), "{stderr}");

    let sdk = folder.path().join("sdk");
    let said = provenance(&folder.path().join("good.yaml"));
    std::fs::write(sdk.join("provenance.json"), said).expect("a file");
    let (code, stdout, stderr) = run(folder.path(), &verify);
    assert_eq!(code, Some(0), "{stdout}{stderr}");

    let client = sdk.join("client_gen.go");
    let text = std::fs::read_to_string(&client).expect("a client");
    std::fs::write(&client, text + "\n// mine\n").expect("a file");
    let (code, stdout, _) = run(folder.path(), &verify);
    assert_eq!(code, Some(1));
    assert_eq!(stdout, "client_gen.go: is not what the document gives\n");

    std::fs::write(folder.path().join("other.yaml"), CHANGED).expect("a file");
    let other = ["verify", "sdk", "--spec", "other.yaml"];
    let (code, stdout, _) = run(folder.path(), &other);
    assert_eq!(code, Some(1));
    assert!(stdout.contains("document: the package says"), "{stdout}");
}
