//! A tree as YAML 1.2, in block style, that readers of 1.1 understand alike.

use super::json::{indent, is_printable, quote};
use crate::source::{Node, Value};

/// Keys longer than this, in bytes, are written behind a `?`: readers look no further than
/// 1,024 characters for a colon (YAML 1.2.2, section 7.4).
const LONG_KEY: usize = 1000;

/// `node` as YAML text that ends with a line break. Numbers keep the text they were written with.
pub fn to_yaml(node: &Node) -> String {
    let mut out = String::new();
    match &node.value {
        Value::Mapping(entries) if !entries.is_empty() => mapping(node, 0, true, &mut out),
        Value::Sequence(items) if !items.is_empty() => sequence(node, 0, &mut out),
        _ => value(node, 0, &mut out),
    }
    out
}

/// The entries of a mapping; the first one stands where the text is when `at_start`.
fn mapping(node: &Node, level: usize, at_start: bool, out: &mut String) {
    for (index, (key, value)) in node.as_mapping().unwrap_or_default().iter().enumerate() {
        if index > 0 || !at_start {
            indent(level, out);
        }
        if key.len() > LONG_KEY {
            out.push_str("? ");
            quote(key, out);
            out.push('\n');
            indent(level, out);
        } else if is_plain(key) {
            out.push_str(key);
        } else {
            quote(key, out);
        }
        out.push(':');
        after_key(value, level, out);
    }
}

fn sequence(node: &Node, level: usize, out: &mut String) {
    for item in node.as_sequence().unwrap_or_default() {
        indent(level, out);
        out.push('-');
        match &item.value {
            Value::Mapping(entries) if !entries.is_empty() => {
                out.push(' ');
                mapping(item, level + 1, true, out);
            }
            _ => after_key(item, level, out),
        }
    }
}

/// What follows a `:` or a `-`, the line break included.
fn after_key(node: &Node, level: usize, out: &mut String) {
    match &node.value {
        Value::Mapping(entries) if !entries.is_empty() => {
            out.push('\n');
            mapping(node, level + 1, false, out);
        }
        Value::Sequence(items) if !items.is_empty() => {
            out.push('\n');
            sequence(node, level + 1, out);
        }
        _ => {
            out.push(' ');
            value(node, level + 1, out);
        }
    }
}

/// A scalar or an empty collection, the line break included.
fn value(node: &Node, level: usize, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(text),
        Value::String(text) if is_plain(text) => out.push_str(text),
        Value::String(text) if is_literal(text) => {
            literal(text, level, out);
            return;
        }
        Value::String(text) => quote(text, out),
        Value::Sequence(_) => out.push_str("[]"),
        Value::Mapping(_) => out.push_str("{}"),
    }
    out.push('\n');
}

/// A literal block: every line as it is.
fn literal(text: &str, level: usize, out: &mut String) {
    out.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            indent(level.max(1), out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Whether a literal block gives `text` back: more than one line, the first not blank or
/// indented, none of spaces alone, at most one line break at the end, nothing that needs an escape.
fn is_literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with("\n\n")
        && text
            .split('\n')
            .all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
        && text
            .chars()
            .all(|c| is_printable(c) || matches!(c, '\n' | '\t'))
}

/// Whether `text` can stand without quotes: no reader of YAML 1.1 or 1.2 takes it for anything
/// but this string.
fn is_plain(text: &str) -> bool {
    let begins_well =
        text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_' | '$' | '('));
    begins_well
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(is_printable)
        && !is_word_of_yaml(text)
}

/// Words that the schemas of YAML 1.1 or 1.2 take for null or a boolean.
fn is_word_of_yaml(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::to_json;
    use crate::diagnostic::Diagnostics;
    use crate::source::{FileId, Sources, Span, Spanned};

    const SPAN: Span = Span {
        file: FileId(0),
        start: 0,
        end: 0,
    };

    fn string(text: &str) -> Node {
        Node::new(Value::String(text.to_owned()), SPAN)
    }

    /// What comes back from the text of `node`, by the reader that the name asks for.
    fn again(name: &str, text: &str) -> Node {
        let mut diagnostics = Diagnostics::new();
        let sources = Sources::from_text(name, text, &mut diagnostics);
        let node = sources
            .root()
            .and_then(|root| sources.file(root).node.clone());
        node.unwrap_or_else(|| panic!("{:?}\n{text}", diagnostics.iter().next()))
    }

    fn comes_back(node: &Node) {
        let yaml = to_yaml(node);
        assert_eq!(&again("a.yaml", &yaml), node, "{yaml}");
        let json = to_json(node);
        assert_eq!(&again("a.json", &json), node, "{json}");
        assert_eq!(&again("a.yaml", &json), node, "{json}");
    }

    #[test]
    fn every_string_comes_back_as_the_same_string() {
        let texts = [
            "",
            " ",
            "a",
            "no",
            "NO",
            "null",
            "~",
            "1",
            "1.0",
            "0x1F",
            ".5",
            ".inf",
            "-",
            "- a",
            "? a",
            "a: b",
            "a:",
            ":a",
            "a #b",
            "#a",
            "a#b",
            "'",
            "\"",
            "\\",
            "a\nb",
            "a\nb\n",
            "a\n\nb\n\n",
            "\na",
            " a\nb",
            "a\n b",
            "a \nb",
            "a\n \nb",
            "a\n\t\nb",
            "a\r\nb",
            "\u{85}",
            "\u{2028}",
            "\u{FEFF}",
            "\u{7f}",
            "\u{0}",
            "\u{1F600}",
            "\t",
            "a\tb",
            "{a}",
            "[a]",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "|",
            ">",
            "=",
            "<<",
            "---",
            "...",
            "a, b",
            "2020-01-01",
            "12:30",
            "é",
            "a\n---\nb",
            "a\n# b\nc",
            "/paths/{id}",
            "$ref",
            "x\ny:\n  - z",
        ];
        for text in texts {
            comes_back(&string(text));
            let entry = (Spanned::new(text.to_owned(), SPAN), string(text));
            comes_back(&Node::new(Value::Mapping(vec![entry.clone()].into()), SPAN));
            let inner = Node::new(Value::Mapping(vec![entry].into()), SPAN);
            let list = Node::new(
                Value::Sequence(vec![inner.clone(), string(text), inner].into()),
                SPAN,
            );
            comes_back(&Node::new(
                Value::Sequence(vec![list.clone(), list].into()),
                SPAN,
            ));
        }
    }

    #[test]
    fn a_key_longer_than_readers_look_ahead_comes_back() {
        let key = Spanned::new("k".repeat(5000), SPAN);
        comes_back(&Node::new(
            Value::Mapping(vec![(key, string("v"))].into()),
            SPAN,
        ));
    }
}
