//! The only way from the document's text into Rust: doc comments, string literals, attributes.

use super::docs;
use crate::ir::{Docs, Literal, Name, Operation, Parameter, PathSegment, Text};
use crate::target::{Deprecation, path};

/// A string literal: `"node.completed"`.
pub fn string(text: &Text) -> String {
    quote(text.raw())
}

/// The wire form of a name as a string literal: `"run_id"`.
pub fn wire(name: &Name) -> String {
    quote(name.wire().raw())
}

/// True when the wire form of a name is this identifier, which serde then needs not be told.
pub fn is_wire(name: &Name, identifier: &str) -> bool {
    name.wire().raw() == identifier.strip_prefix("r#").unwrap_or(identifier)
}

/// A string literal of what is already escaped for its place, or is ours.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || docs::is_invisible(c) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A JSON literal as a Rust expression of the type that [`super::types::RustTypes`] gives it;
/// `None` for lists and objects, which have no such expression.
pub fn literal(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Boolean(value) => Some(value.to_string()),
        Literal::Integer(digits) if digits.parse::<i64>().is_ok() => Some(digits.clone()),
        Literal::Integer(_) | Literal::Null | Literal::List(_) | Literal::Object(_) => None,
        Literal::Number(text) => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|n| format!("{n:?}")),
        Literal::String(text) => Some(format!("{}.to_owned()", string(text))),
    }
}

/// The path template of an operation as a string literal: `"/runs/{run_id}"`.
pub fn path(operation: &Operation) -> String {
    quote(&template(operation))
}

/// Method and path within a doc comment: `` `POST /runs/{run_id}` ``.
pub fn http_line(operation: &Operation) -> String {
    let line = format!("{} {}", operation.method.as_str(), template(operation));
    code_span(&Text::new(line))
}

/// Id, method and path within a doc comment: `` `startRun`: `POST /runs` ``.
pub fn operation_line(operation: &Operation) -> String {
    let id = code_span(operation.name.wire());
    format!("{id}: {}", http_line(operation))
}

/// The path template of an operation: `/runs/{run_id}`.
pub(crate) fn template(operation: &Operation) -> String {
    let piece = |segment: &PathSegment| match segment {
        PathSegment::Literal(text) => path::literal(text.raw()),
        PathSegment::Parameter(index) => operation
            .parameters
            .get(*index)
            .map_or_else(String::new, |p| format!("{{{}}}", p.name.wire().raw())),
    };
    operation.path.iter().map(piece).collect()
}

/// The doc comment of a method: what the document says, and what it says of the arguments.
pub fn method_docs(
    operation: &Operation,
    deprecated: bool,
    arguments: &[(String, &Parameter)],
    fallback: &str,
) -> Vec<String> {
    let mut lines = doc_comment(4, &operation.docs, deprecated, fallback);
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
        lines.extend(comment(4, &docs::lines(&item, 92)));
    }
    lines
}

/// A JSON Pointer to a property as a string literal: `"/meta/next"`.
pub fn pointer(path: &[Name]) -> String {
    let token = |name: &Name| name.wire().raw().replace('~', "~0").replace('/', "~1");
    let pointer: String = path
        .iter()
        .map(|name| format!("/{}", token(name)))
        .collect();
    quote(&pointer)
}

/// The doc comment of something behind a label of ours: `/// 202: The run is queued.`
pub fn labelled(indent: usize, label: &str, docs: &Docs, fallback: &str) -> Vec<String> {
    let said = match docs.summary.raw().trim().is_empty() {
        true => &docs.description,
        false => &docs.summary,
    };
    if said.raw().trim().is_empty() {
        return comment(indent, &[format!("{label}: {fallback}.")]);
    }
    let summary = Text::new(format!("{label}: {}", said.raw().trim()));
    let description = match said == &docs.description {
        true => Text::new(""),
        false => docs.description.clone(),
    };
    let docs = Docs {
        summary,
        description,
    };
    doc_comment(indent, &docs, false, fallback)
}

/// The name of a package as registries and Cargo take it: letters, digits, `-` and `_`.
pub fn crate_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = name.replace(|c| !allowed(c), "-");
    name.trim_matches('-').to_owned()
}

/// A basic string of TOML, on one line: JSON's escapes are among its own.
pub fn toml(text: &Text) -> String {
    let words: Vec<&str> = text.raw().split_whitespace().collect();
    let plain: String = words
        .join(" ")
        .chars()
        .filter(|c| !docs::is_invisible(*c) && !c.is_control())
        .collect();
    serde_json::Value::String(plain).to_string()
}

/// The lines of a doc comment, `///` and indentation included. Where the document says nothing,
/// `fallback`, which is ours, stands in, for no public item goes without a line.
pub fn doc_comment<'a>(
    indent: usize,
    docs: &Docs,
    deprecated: impl Into<Deprecation<'a>>,
    fallback: &str,
) -> Vec<String> {
    let mut markdown = sentence(&docs.summary);
    let description = docs.description.raw().trim();
    if description.trim_end_matches('.') != markdown.trim_end_matches('.') {
        markdown.push_str("\n\n");
        markdown.push_str(description);
    }
    let mut lines = docs::lines(&markdown, 100 - indent - 4);
    if lines.is_empty() {
        lines.push(fallback.to_owned());
    }
    // What a former name says of itself is an attribute's to say.
    if deprecated.into() == Deprecation::ByApi {
        lines.extend([String::new(), "Deprecated by the API.".to_owned()]);
    }
    comment(indent, &lines)
}

/// Lines of ours as a doc comment.
pub fn comment(indent: usize, lines: &[String]) -> Vec<String> {
    let pad = " ".repeat(indent);
    let line = |line: &String| match line.as_str() {
        "" => format!("{pad}///"),
        text => format!("{pad}/// {text}"),
    };
    lines.iter().map(line).collect()
}

/// The wire form of a name within a doc comment: `` `run_id` ``.
pub fn code_span(text: &Text) -> String {
    let hidden = |c: char| c == '`' || c.is_control() || docs::is_invisible(c);
    let plain = text.raw().replace(hidden, " ");
    match plain.trim() {
        "" => "an empty string".to_owned(),
        text => format!("`{text}`"),
    }
}

/// A link to a field of the type that a doc comment belongs to; rustdoc has none for raw names.
pub fn own_field(name: &str) -> String {
    match name.strip_prefix("r#") {
        Some(plain) => format!("`{plain}`"),
        None => format!("[`{name}`](Self::{name})"),
    }
}

/// A summary as a sentence: `Start a DAG` is `Start a DAG.`
fn sentence(summary: &Text) -> String {
    let text = summary.raw().trim();
    match text.chars().last() {
        Some(last) if last.is_alphanumeric() || matches!(last, ')' | '`' | '"') => {
            format!("{text}.")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_where_we_end_it() {
        assert_eq!(
            string(&Text::new("a\"\\\n\u{202e}\u{0}{}")),
            r#""a\"\\\n\u{202e}\u{0}{}""#
        );
    }

    #[test]
    fn an_item_without_words_gets_ours() {
        assert_eq!(
            doc_comment(4, &Docs::default(), false, "`a`"),
            ["    /// `a`"]
        );
    }

    #[test]
    fn a_summary_and_a_description_that_say_the_same_are_one() {
        let docs = Docs {
            summary: "Start a run".into(),
            description: "Start a run.".into(),
        };
        assert_eq!(
            doc_comment(0, &docs, true, ""),
            ["/// Start a run.", "///", "/// Deprecated by the API."]
        );
    }
}
