//! The only way from the document's text into Python: string literals, docstrings, paths.

use std::borrow::Cow;

use super::docs;
use super::names;
use crate::ir::{Docs, Literal, Name, Text};
use crate::letters;
use crate::target::path;

/// A string literal: `"a\"b"`. What does not print is written as an escape.
pub(super) fn string(text: &Text) -> String {
    quote(text.raw())
}

/// The wire form of a name as a string literal.
pub(super) fn wire(name: &Name) -> String {
    quote(name.wire().raw())
}

/// The wire form of a name where it can be a Python name as it is.
pub(super) fn identifier(name: &Name) -> Option<String> {
    let wire = name.wire().raw();
    let legal = wire.starts_with(|c: char| c.is_ascii_alphabetic())
        && wire.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !wire.contains("__");
    (legal && !names::is_keyword(wire)).then(|| wire.to_owned())
}

/// True when msgspec can map an attribute to the wire name: it writes names as they are.
pub(super) fn is_mappable(name: &Name) -> bool {
    !name
        .wire()
        .raw()
        .chars()
        .any(|c| matches!(c, '"' | '\\') || c.is_control())
}

/// A string literal of what is ours, or already escaped for a place inside a string. Quoted as
/// `ruff format` does: by `'` when that saves escapes.
pub(super) fn quote(text: &str) -> String {
    let mark = if text.contains('"') && !text.contains('\'') {
        '\''
    } else {
        '"'
    };
    let mut out = String::from(mark);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == mark => out.extend(['\\', c]),
            c if hidden(c) => match u32::from(c) {
                code @ 0..=0xff => out.push_str(&format!("\\x{code:02x}")),
                code => out.push_str(&format!("\\u{code:04x}")),
            },
            c => out.push(c),
        }
    }
    out.push(mark);
    out
}

/// Characters that print nothing, or change how others are shown.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A scalar literal as a Python expression; `None` for what no `Literal` can hold.
pub(super) fn literal(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Boolean(true) => Some("True".to_owned()),
        Literal::Boolean(false) => Some("False".to_owned()),
        Literal::Integer(digits) => digits.parse::<i128>().ok().map(|value| value.to_string()),
        Literal::String(text) => Some(string(text)),
        Literal::Null | Literal::Number(_) | Literal::List(_) | Literal::Object(_) => None,
    }
}

/// A scalar literal that the runtime's decoder takes in a `Literal`: its integers have 64 bits.
pub(super) fn listed(value: &Literal) -> Option<String> {
    let is_long = |digits: &String| digits.parse::<i64>().is_err();
    match value {
        Literal::Integer(digits) if is_long(digits) => None,
        other => literal(other),
    }
}

/// A literal piece of a path in a path template. Braces, which would open a slot, and what a URL
/// cannot hold are percent-encoded; the result stands in a string literal as it is.
pub(super) fn path(text: &Text) -> String {
    path::literal(text.raw())
}

/// A parameter's slot in a path template, without what has a meaning there.
pub(super) fn slot(name: &Name) -> String {
    let wire: String = name
        .wire()
        .raw()
        .chars()
        .filter(|c| !matches!(c, '{' | '}'))
        .collect();
    format!("{{{wire}}}")
}

/// The name of an HTTP authentication scheme, as what stands before the token: `"Digest "`.
pub(super) fn prefix(scheme: &Text) -> String {
    quote(&format!("{} ", scheme.raw().trim()))
}

/// A base URL as it is, variables in braces.
pub(super) fn url(text: &Text) -> String {
    quote(text.raw().trim())
}

/// A short text on one line, for a package's metadata in TOML.
pub(super) fn toml(text: &Text) -> String {
    let line: Vec<&str> = text.raw().split_whitespace().collect();
    let mut out = String::from("\"");
    for c in line.join(" ").chars().filter(|c| !hidden(*c)) {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A short text on one line of Markdown.
pub(super) fn markdown(text: &Text) -> String {
    let line: Vec<&str> = text.raw().split_whitespace().collect();
    without_markup(&line.join(" "))
}

/// [`short`], on one line of Markdown.
pub(super) fn phrase(docs: &Docs) -> String {
    without_markup(&short(docs))
}

/// Nothing that Markdown takes for HTML, and nothing that is not seen.
fn without_markup(line: &str) -> String {
    line.replace(|c| matches!(c, '<' | '>') || hidden(c), "")
}

/// The first of [`paragraphs`], without a look at the others.
pub(super) fn first_paragraph(docs: &Docs) -> String {
    let summary = sentence(docs.summary.raw());
    if !summary.is_empty() {
        return summary;
    }
    let description = docs.description.raw().trim();
    let end = description.find("\n\n").unwrap_or(description.len());
    let text = sentence(&docs::plain(&description[..end]));
    let end = text.find("\n\n").unwrap_or(text.len());
    text[..end].to_owned()
}

/// What the document says, as the paragraphs of a docstring.
pub(super) fn paragraphs(docs: &Docs) -> String {
    let summary = sentence(docs.summary.raw());
    let description = docs::plain(docs.description.raw());
    if summary.is_empty() {
        return sentence(&description);
    }
    if description.is_empty() || description.trim_end_matches('.') == summary.trim_end_matches('.')
    {
        return summary;
    }
    format!("{summary}\n\n{description}")
}

/// The first line of what the document says, as one sentence; empty when it says nothing.
pub(super) fn short(docs: &Docs) -> String {
    let text = if docs.summary.is_empty() {
        &docs.description
    } else {
        &docs.summary
    };
    let plain = docs::plain(text.raw());
    let first = plain.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    sentence(&words.join(" "))
}

/// `Start a DAG` is `Start a DAG.`: the first paragraph ends like a sentence.
fn sentence(text: &str) -> String {
    let text = docs::plain(text);
    let (first, rest) = text
        .split_once("\n\n")
        .map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let mut first = first.trim().to_owned();
    if !first.is_empty() && !first.ends_with(['.', '!', '?']) {
        if first.ends_with([':', ',', ';']) {
            first.pop();
        }
        first.push('.');
    }
    rest.map_or_else(|| first.clone(), |rest| format!("{first}\n\n{rest}"))
}

/// A docstring of paragraphs, quotes included, its lines after the first indented.
pub(super) fn docstring(indent: usize, text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    if !letters::is_plain(&text) {
        let seen = text.chars().filter(|&c| c == '\n' || !hidden(c));
        text = seen.collect();
    }
    if text.contains("\"\"\"") {
        text = text.replace("\"\"\"", "'''").into();
    }
    let raw = if text.contains('\\') { "r" } else { "" };
    let pad = " ".repeat(indent);
    let room = 100_usize.saturating_sub(indent);
    // The first line shares its line with the quotes.
    let mut lines = docs::wrap(&text, room, 3 + raw.len());
    if let [only] = lines.as_slice()
        && only.chars().count() + 6 + raw.len() > room
    {
        // ruff keeps the closing quotes of a single line on it: they need room too.
        lines = docs::wrap(&text, room, 6 + raw.len());
    }
    match lines.as_slice() {
        [] => String::new(),
        [only] if only.chars().count() + 6 + raw.len() <= room => {
            format!("{raw}\"\"\"{only}\"\"\"")
        }
        lines => {
            let mut out = format!("{raw}\"\"\"");
            for (i, line) in lines.iter().enumerate() {
                if i > 0 && !line.is_empty() {
                    out.push_str(&pad);
                }
                out.push_str(line);
                out.push('\n');
            }
            format!("{out}{pad}\"\"\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn a_string_cannot_be_left() {
        assert_eq!(
            string(&Text::new("a\"b'\\\n\u{202E}")),
            r#""a\"b'\\\n\u202e""#
        );
        assert_eq!(string(&Text::new("a\"b")), r#"'a"b'"#);
    }

    #[test]
    fn a_docstring_cannot_be_left() {
        assert_eq!(docstring(0, "a\"\"\"b."), "\"\"\"a'''b.\"\"\"");
        assert_eq!(docstring(0, "a\\N{x}."), "r\"\"\"a\\N{x}.\"\"\"");
        let docs = Docs {
            summary: Text::new("say \"x\""),
            description: Text::new(""),
        };
        assert_eq!(docstring(0, &paragraphs(&docs)), "\"\"\"say \"x\".\"\"\"");
    }

    #[test]
    fn a_path_opens_no_slot_of_its_own() {
        assert_eq!(path(&Text::new("/a{b}\"/c?é")), "/a%7Bb%7D%22/c%3F%C3%A9");
        assert_eq!(slot(&name("a}{b")), "{ab}");
    }

    #[test]
    fn only_plain_wire_names_are_identifiers() {
        assert_eq!(identifier(&name("run_id")).as_deref(), Some("run_id"));
        for wire in ["run-id", "class", "_x", "__a", "日本", "1a", ""] {
            assert_eq!(identifier(&name(wire)), None, "{wire}");
        }
    }
}
