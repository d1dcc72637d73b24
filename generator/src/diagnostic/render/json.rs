//! Diagnostics for programs: one JSON object a line, and SARIF.

use serde_json::{Value, json};

use super::lines::Lines;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity};

/// One object: `code`, `name`, `severity`, `message`, `hint`, the primary place as `file`, `line`,
/// `column` and `end`, and the other places under `related`.
pub(super) fn line(diagnostic: &Diagnostic, lines: &mut Lines<'_>) -> Value {
    let mut object = json!({
        "code": diagnostic.code.id(),
        "name": diagnostic.code.slug(),
        "severity": diagnostic.severity.name(),
        "message": diagnostic.message,
    });
    if let Some(label) = diagnostic.labels.first() {
        merge(&mut object, place(label, lines));
    }
    object["hint"] = json!(diagnostic.hint);
    let related = diagnostic
        .labels
        .iter()
        .skip(1)
        .map(|label| place(label, lines));
    object["related"] = Value::Array(related.collect());
    object
}

fn place(label: &Label, lines: &mut Lines<'_>) -> Value {
    let (start, end) = lines.positions(label.span);
    json!({
        "file": lines.name(label.span.file),
        "line": start.line,
        "column": start.column,
        "end": {"line": end.line, "column": end.column},
        "label": label.text,
    })
}

fn merge(object: &mut Value, with: Value) {
    if let (Value::Object(object), Value::Object(with)) = (object, with) {
        object.extend(with);
    }
}

/// A SARIF 2.1.0 log with one run.
pub(super) fn sarif(diagnostics: &Diagnostics, lines: &mut Lines<'_>) -> Value {
    let mut codes: Vec<Code> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let rules = codes.iter().map(|code| {
        json!({"id": code.id(), "name": code.slug(), "shortDescription": {"text": code.explanation()}})
    });
    let results = diagnostics.iter().map(|diagnostic| {
        let text = match &diagnostic.hint {
            Some(hint) => format!("{} ({hint})", diagnostic.message),
            None => diagnostic.message.clone(),
        };
        let mut locations = diagnostic.labels.iter().map(|label| location(label, lines));
        json!({
            "ruleId": diagnostic.code.id(),
            "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
            "level": match diagnostic.severity { Severity::Error => "error", Severity::Warning => "warning" },
            "message": {"text": text},
            "locations": locations.next().into_iter().collect::<Vec<_>>(),
            "relatedLocations": locations.collect::<Vec<_>>(),
        })
    });
    let results: Vec<_> = results.collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "exai-gen",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn location(label: &Label, lines: &mut Lines<'_>) -> Value {
    let (start, end) = lines.positions(label.span);
    let mut location = json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(lines.name(label.span.file))},
        "region": {
            "startLine": start.line, "startColumn": start.column,
            "endLine": end.line, "endColumn": end.column,
        },
    }});
    if !label.text.is_empty() {
        location["message"] = json!({"text": label.text});
    }
    location
}

/// A path as a relative URI reference (RFC 3986), as SARIF wants it.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
