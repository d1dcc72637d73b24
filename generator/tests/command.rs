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
        stderr.contains("error[E0103]") && stderr.contains("--> bad.yaml:2:8"),
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
fn help_has_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["check", "bundle"] {
        let (code, stdout, _) = run(folder.path(), &[command, "--help"]);
        assert_eq!(code, Some(0));
        assert!(stdout.contains("Examples:"), "{stdout}");
    }
}
