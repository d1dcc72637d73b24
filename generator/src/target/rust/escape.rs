//! The way from the document's text into places that only a client crate has.

use crate::ir::{Operation, Parameter, PathSegment, Text};
use crate::target::rust_lang::docs;
use crate::target::rust_lang::escape::{self, quote};

/// The path template as a string literal: `"/runs/{run_id}"`.
pub(super) fn path(operation: &Operation) -> String {
    let text: String = operation
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => text.raw().to_owned(),
            PathSegment::Parameter(index) => operation
                .parameters
                .get(*index)
                .map_or_else(String::new, |p| format!("{{{}}}", p.name.wire().raw())),
        })
        .collect();
    quote(&text)
}

/// The doc comment of a method: what the document says, and what it says of the arguments.
pub(super) fn method_docs(
    operation: &Operation,
    arguments: &[(String, &Parameter)],
    fallback: &str,
) -> Vec<String> {
    let mut lines = escape::doc_comment(4, &operation.docs, false, fallback);
    let documented = arguments
        .iter()
        .filter(|(_, parameter)| !parameter.docs.is_empty());
    for (index, (name, parameter)) in documented.enumerate() {
        if index == 0 {
            lines.push("    ///".to_owned());
        }
        let text = if parameter.docs.description.is_empty() {
            parameter.docs.summary.raw()
        } else {
            parameter.docs.description.raw()
        };
        // The first paragraph; a list within a list reads badly.
        let first = text
            .trim()
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .replace('\n', " ");
        let item = format!("- `{}`: {}", name.trim_start_matches("r#"), first);
        lines.extend(escape::comment(4, &docs::lines(&item, 92)));
    }
    lines
}

/// A media type as a string literal; a wildcard is made the type that fits any bytes.
pub(super) fn sent_media_type(text: &Text) -> String {
    match text.raw() {
        wild if wild.contains('*') => quote("application/octet-stream"),
        plain => quote(plain),
    }
}

/// A name of ours from a URL scheme: the words of `Authorization: NAME ...`.
pub(super) fn http_scheme(text: &Text) -> String {
    let plain: String = text
        .raw()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    quote(&plain)
}

/// A JSON Pointer to a property: `"/meta/next"`.
pub(super) fn pointer(path: &[crate::ir::Name]) -> String {
    let pointer: String = path
        .iter()
        .map(|name| {
            format!(
                "/{}",
                name.wire().raw().replace('~', "~0").replace('/', "~1")
            )
        })
        .collect();
    quote(&pointer)
}

/// A basic string of TOML: JSON's escapes are among its own.
pub(super) fn toml(text: &Text) -> String {
    let words: Vec<&str> = text.raw().split_whitespace().collect();
    let plain: String = words
        .join(" ")
        .chars()
        .filter(|c| !docs::is_invisible(*c) && !c.is_control())
        .collect();
    serde_json::Value::String(plain).to_string()
}
