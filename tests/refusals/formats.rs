//! What programs get to read.

use exai_gen::diagnostic::{Format, render};
use serde_json::Value;

use crate::{documents, read};

#[test]
fn json_is_one_object_a_line() {
    let (diagnostics, sources) = read(&documents().join("errors-in-two-files/openapi.yaml"));
    insta::assert_snapshot!("format_json", render(&diagnostics, &sources, Format::Json));
}

#[test]
fn sarif_is_one_log() {
    let (diagnostics, sources) = read(&documents().join("errors-in-two-files/openapi.yaml"));
    let text = render(&diagnostics, &sources, Format::Sarif);
    insta::assert_snapshot!(
        "format_sarif",
        text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
}

#[test]
fn sarif_is_a_log_even_when_all_is_well() {
    let text = render(&Default::default(), &Default::default(), Format::Sarif);
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn columns_count_characters_and_lines_count_from_one() {
    let text = "openapi: 3.1.1\r\ninfo: {title: é, version: '1', \"ñ\": 1}\r\npaths: {}\r\n";
    let mut diagnostics = Default::default();
    let mut sources = exai_gen::source::Sources::from_text("crlf.yaml", text, &mut diagnostics);
    exai_gen::document::read(&mut sources, &mut diagnostics);
    let line = render(&diagnostics, &sources, Format::Json);
    let found: Value = serde_json::from_str(line.trim_end()).expect("one object");
    assert_eq!(
        (&found["line"], &found["column"], &found["end"]["column"]),
        (&2.into(), &32.into(), &35.into())
    );
}

#[test]
fn colours_are_written_only_when_asked_for() {
    let (diagnostics, sources) = read(&documents().join("unknown-key.yaml"));
    assert!(render(&diagnostics, &sources, Format::Human { color: true }).contains('\u{1b}'));
    assert!(!render(&diagnostics, &sources, Format::Human { color: false }).contains('\u{1b}'));
}
