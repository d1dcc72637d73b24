//! The only way from the document's text into Go: comments, string literals, struct tags, paths.

use super::docs;
use crate::ir::{Docs, Literal, Name, Text};
use crate::target::{Deprecation, path};

/// The lines of a doc comment, `//` included. Empty where the document says nothing.
pub(super) fn comment<'a>(docs: &Docs, deprecated: impl Into<Deprecation<'a>>) -> Vec<String> {
    let mut markdown = sentence(&docs.summary);
    let description = docs.description.raw().trim();
    if !description.is_empty()
        && description.trim_end_matches('.') != markdown.trim_end_matches('.')
    {
        markdown.push_str("\n\n");
        markdown.push_str(description);
    }
    let mut lines = docs::lines(&markdown);
    // A comment that begins with a list or with code is not read as one by gofmt.
    if lines
        .first()
        .is_some_and(|line| line.starts_with([' ', '\t']))
    {
        lines.splice(0..0, ["In detail:".to_owned(), String::new()]);
    }
    if let Some(line) = deprecation(deprecated.into()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(line);
    }
    slashes(lines)
}

/// The paragraph that tools of Go look for.
pub(super) fn deprecation(of: Deprecation<'_>) -> Option<String> {
    match of {
        Deprecation::None => None,
        Deprecation::ByApi => Some("Deprecated: the API has deprecated it.".to_owned()),
        Deprecation::Use(now) => Some(format!("Deprecated: use [{now}].")),
    }
}

/// Puts `//` before lines of text.
pub(super) fn slashes(lines: Vec<String>) -> Vec<String> {
    lines
        .into_iter()
        .map(|line| match line.as_str() {
            "" => "//".to_owned(),
            code if code.starts_with('\t') => format!("//{code}"),
            text => format!("// {text}"),
        })
        .collect()
}

/// Lines of plain words of ours, wrapped: `// Code ... DO NOT EDIT.` is not made here.
pub(super) fn own_comment(text: &str) -> Vec<String> {
    slashes(docs::lines(text))
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

/// An interpreted string literal: `"a\"b"`.
pub(super) fn string(text: &Text) -> String {
    quote(text.raw())
}

/// The wire form of a name as a string literal.
pub(super) fn wire(name: &Name) -> String {
    quote(name.wire().raw())
}

/// A string literal of what is ours, or already escaped for a place inside a string.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{FEFF}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A struct tag of key and value pairs: `` `json:"plan_id,omitzero"` ``. A value that a raw
/// string cannot hold makes it an interpreted string.
pub(super) fn tag(pairs: &[(&str, String)]) -> String {
    let tag: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}:{}", quote(value)))
        .collect();
    let tag = tag.join(" ");
    if tag.contains('`') {
        quote(&tag)
    } else {
        format!("`{tag}`")
    }
}

/// The wire name of a parameter or a fixed member as a tag's value.
pub(super) fn tag_name(name: &Name) -> String {
    name.wire().raw().to_owned()
}

/// The tag pairs that name a member. A name that a `json` tag cannot hold, or that has a meaning
/// there, stands under the runtime's own key.
pub(super) fn member(name: &Name, omit_zero: bool) -> Vec<(&'static str, String)> {
    let wire = name.wire().raw();
    let value = format!("{wire}{}", if omit_zero { ",omitzero" } else { "" });
    let plain = |c: char| c.is_alphanumeric() || "_-.$/:@#+".contains(c);
    if wire != "-" && !wire.is_empty() && wire.chars().all(plain) {
        vec![("json", value)]
    } else {
        vec![("json", "-".to_owned()), ("member", value)]
    }
}

/// Text as a tag's value.
pub(super) fn tag_text(text: &Text) -> String {
    text.raw().to_owned()
}

/// The JSON text of a literal, as a tag's value.
pub(super) fn json(literal: &Literal) -> String {
    value(literal).to_string()
}

fn value(literal: &Literal) -> serde_json::Value {
    use serde_json::Value;
    match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(b) => Value::Bool(*b),
        Literal::Integer(digits) | Literal::Number(digits) => {
            serde_json::from_str(digits).unwrap_or(Value::Null)
        }
        Literal::String(text) => Value::String(text.raw().to_owned()),
        Literal::List(items) => Value::Array(items.iter().map(value).collect()),
        Literal::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, item)| (name.raw().to_owned(), value(item)))
                .collect(),
        ),
    }
}

/// Text in a line of Markdown, where it means nothing but itself.
pub(super) fn markdown(text: &Text) -> String {
    docs::clean(text.raw())
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .flat_map(|c| {
            let escaped = c.is_ascii_punctuation() && !matches!(c, ',' | ':' | '\'' | '/');
            escaped.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

/// A literal piece of a path in a path template. Braces, which would open a slot, and what a URL
/// cannot hold are percent-encoded.
pub(super) fn path(text: &Text) -> String {
    path::literal(text.raw())
}

/// A parameter's name in a path template, where braces and operators have a meaning.
pub(super) fn slot(name: &Name) -> String {
    name.wire()
        .raw()
        .chars()
        .filter(|c| !matches!(c, '{' | '}' | '*' | '.' | ';'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn a_string_cannot_be_left() {
        assert_eq!(
            string(&Text::new("a\"b\\\n`\u{202E}")),
            r#""a\"b\\\n`\u202e""#
        );
    }

    #[test]
    fn a_tag_cannot_be_left() {
        let tag = |text: &str| tag(&member(&name(text), false));
        assert_eq!(tag("plan_id"), "`json:\"plan_id\"`");
        assert_eq!(tag("a\"b"), "`json:\"-\" member:\"a\\\"b\"`");
        assert_eq!(tag("a`b"), r#""json:\"-\" member:\"a`b\"""#);
        assert_eq!(tag("-"), "`json:\"-\" member:\"-\"`");
    }

    #[test]
    fn a_path_opens_no_slot_of_its_own() {
        assert_eq!(path(&Text::new("/a{b}/c?d")), "/a%7Bb%7D/c%3Fd");
        assert_eq!(slot(&name("a}{b*")), "ab");
    }

    #[test]
    fn a_summary_is_a_sentence() {
        let docs = Docs {
            summary: Text::new("Start a DAG"),
            description: Text::new("Start a DAG."),
        };
        assert_eq!(comment(&docs, false), ["// Start a DAG."]);
        let list = Docs {
            summary: Text::default(),
            description: Text::new("- a\n- b"),
        };
        assert_eq!(
            comment(&list, false),
            ["// In detail:", "//", "//   - a", "//   - b"]
        );
        assert_eq!(
            comment(&docs, true).last().map(String::as_str),
            Some("// Deprecated: the API has deprecated it.")
        );
    }
}
