//! The only way from the document's text into `TypeScript`: comments, string literals, property
//! names, path templates, and the files of a package that are not `TypeScript`.

use super::docs;
use crate::ir::{Docs, Literal, Name, Server, Text};
use crate::letters;
use crate::target::{Deprecation, path};

/// A doc comment of what the document says and of lines that we add, indented; empty where there
/// is nothing to say, and otherwise ending with a line break.
pub(super) fn comment<'a>(
    docs: &Docs,
    more: &[String],
    deprecated: impl Into<Deprecation<'a>>,
    indent: usize,
) -> String {
    let mut markdown = sentence(docs.summary.raw());
    let description = docs.description.raw().trim();
    if description.trim_end_matches('.') != markdown.trim_end_matches('.') {
        markdown = format!("{markdown}\n\n{description}");
    }
    let mut lines = docs::lines(&markdown, docs::width(indent));
    for block in more {
        if !lines.is_empty() && !lines.last().is_some_and(|line| line.starts_with('@')) {
            lines.push(String::new());
        }
        // Only our own `@` stands at the start of a block; what is behind it may be the document's.
        let text = match block.strip_prefix('@') {
            Some(tag) => format!("@{}", docs::clean(tag)).into(),
            None => docs::clean(block),
        };
        lines.extend(docs::wrap(&text, docs::width(indent)));
    }
    let deprecated = match deprecated.into() {
        Deprecation::None => None,
        Deprecation::ByApi => Some("@deprecated".to_owned()),
        Deprecation::Use(now) => Some(format!("@deprecated Use `{now}`.")),
    };
    if let Some(tag) = deprecated {
        if !lines.is_empty() && !lines.last().is_some_and(|line| line.starts_with('@')) {
            lines.push(String::new());
        }
        lines.push(tag);
    }
    block(&lines, indent)
}

/// A doc comment with a list behind what the document says.
pub(super) fn comment_with_list(docs: &Docs, items: &[String], deprecated: bool) -> String {
    let list = items.join("\n");
    let description = format!("{}\n\n{list}", docs.description.raw());
    let docs = Docs {
        summary: docs.summary.clone(),
        description: Text::new(description),
    };
    comment(&docs, &[], deprecated, 0)
}

/// What the document says of a thing, on one line.
pub(super) fn phrase(docs: &Docs) -> Option<String> {
    let text = if docs.description.is_empty() {
        &docs.summary
    } else {
        &docs.description
    };
    let words: Vec<&str> = text.raw().split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Code between backticks.
pub(super) fn code_span(code: &str) -> String {
    code.replace('`', "'")
}

/// Our own words as a doc comment, indented.
pub(super) fn own_comment(text: &str, indent: usize) -> String {
    block(&docs::lines(text, docs::width(indent)), indent)
}

fn block(lines: &[String], indent: usize) -> String {
    let pad = " ".repeat(indent);
    match lines {
        [] => String::new(),
        [line] => format!("{pad}/** {line} */\n"),
        lines => {
            let lines: Vec<String> = lines
                .iter()
                .map(|line| format!("{pad} * {line}").trim_end().to_owned() + "\n")
                .collect();
            format!("{pad}/**\n{}{pad} */\n", lines.concat())
        }
    }
}

/// The first words of a parameter's documentation, for `@param name - words`.
pub(super) fn param(name: &str, docs: &Docs) -> Option<String> {
    let text = if docs.description.is_empty() {
        &docs.summary
    } else {
        &docs.description
    };
    let paragraph = text.raw().trim().split("\n\n").next().unwrap_or_default();
    let words = docs::clean(paragraph);
    let words: Vec<&str> = words.split_whitespace().collect();
    (!words.is_empty()).then(|| format!("@param {name} - {}", words.join(" ")))
}

/// A summary as a sentence: `Start a DAG` is `Start a DAG.`
fn sentence(summary: &str) -> String {
    let text = summary.trim();
    match text.chars().last() {
        Some(last) if last.is_alphanumeric() || matches!(last, ')' | '`' | '"') => {
            format!("{text}.")
        }
        _ => text.to_owned(),
    }
}

/// A string literal: `"a\"b"`.
pub(super) fn string(text: &Text) -> String {
    quote(text.raw())
}

/// The wire form of a name as a string literal.
pub(super) fn wire(name: &Name) -> String {
    quote(name.wire().raw())
}

/// A string literal of what is ours, or already escaped for a place inside a string. In double
/// quotes, or in single ones where that needs fewer escapes, as the formatter wants it.
pub(super) fn quote(text: &str) -> String {
    let double = text.matches('"').count();
    let mark = if double > text.matches('\'').count() {
        '\''
    } else {
        '"'
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == mark => out.extend(['\\', c]),
            // Characters that end a line or turn the reading direction (CVE-2021-42574).
            '\u{2028}'
            | '\u{2029}'
            | '\u{FEFF}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(mark);
    out
}

/// A property's name in an object or an interface: quoted only where it has to be.
pub(super) fn property(name: &Name) -> String {
    key(name.wire().raw())
}

/// A property's name from any text of ours.
pub(super) fn key(text: &str) -> String {
    let mut chars = text.chars();
    let plain = chars
        .next()
        .is_some_and(|c| letters::is_letter(c) || matches!(c, '_' | '$'))
        && chars.all(|c| letters::is_letter_or_digit(c) || matches!(c, '_' | '$'));
    // `__proto__: value` in an object literal would set its prototype.
    if plain && text != "__proto__" {
        text.to_owned()
    } else {
        quote(text)
    }
}

/// The wire name of a property, to be kept apart from others and then given to [`key`].
pub(super) fn key_of(name: &Name) -> String {
    name.wire().raw().to_owned()
}

/// A property's name in an object literal. Only a computed key makes `__proto__` one.
pub(super) fn object_key(name: &Name) -> String {
    match name.wire().raw() {
        "__proto__" => "[\"__proto__\"]".to_owned(),
        wire => key(wire),
    }
}

/// A literal as a type, and as a value: JSON that is also `TypeScript`.
pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(digits) => integer(digits),
        Literal::Number(digits) => number(digits),
        Literal::String(text) => string(text),
        Literal::List(items) => {
            let items: Vec<String> = items.iter().map(self::literal).collect();
            format!("[{}]", items.join(", "))
        }
        Literal::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", key(name.raw()), self::literal(value)))
                .collect();
            if members.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", members.join("; "))
            }
        }
    }
}

/// Digits that a double holds as they are, or a `bigint`.
fn integer(digits: &str) -> String {
    const SAFE: u64 = (1 << 53) - 1;
    match digits.trim_start_matches('-').parse::<u64>() {
        Ok(value) if value <= SAFE => digits.to_owned(),
        _ => format!("{digits}n"),
    }
}

/// A number in the formatter's spelling: lower-case `e`, no `+`, no zeros that say nothing.
fn number(digits: &str) -> String {
    let lower = digits.to_lowercase().replace("e+", "e");
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, ""));
    let mantissa = match mantissa.split_once('.') {
        Some((whole, part)) => match part.trim_end_matches('0') {
            "" => whole.to_owned(),
            part => format!("{whole}.{part}"),
        },
        None => mantissa.to_owned(),
    };
    if exponent.is_empty() {
        mantissa
    } else {
        format!("{mantissa}e{exponent}")
    }
}

/// A literal piece of a path template. What a URL's path can not hold is percent-encoded, and so
/// are braces, which would open a parameter of their own.
pub(super) fn path(text: &Text) -> String {
    path::literal(text.raw())
}

/// The URL of an operation's own server as a string literal: variables have their defaults, and a
/// slash ends it.
pub(super) fn server(server: &Server) -> String {
    quote(&format!("{}/", server.by_default().raw()))
}

/// A parameter's name between the braces of a path template.
pub(super) fn slot(name: &Name) -> String {
    name.wire()
        .raw()
        .chars()
        .filter(|c| !matches!(c, '{' | '}' | '/'))
        .collect()
}

/// A media type that a body or a part is sent as.
pub(super) fn media_type(text: &Text) -> String {
    quote(text.raw().trim())
}

/// The `Accept` header of media types.
pub(super) fn accept<'a>(types: impl Iterator<Item = &'a Text>) -> String {
    let types: Vec<&str> = types.map(|text| text.raw().trim()).collect();
    quote(&types.join(", "))
}

/// Whether a media type is plain `application/json`.
pub(super) fn is_plain_json(text: &Text) -> bool {
    text.raw().trim().eq_ignore_ascii_case("application/json")
}

/// The description of a package, as a JSON string.
pub(super) fn package_description(title: &Text) -> String {
    let title = docs::visible(title.raw());
    let words: Vec<&str> = title.split_whitespace().collect();
    let title = words.join(" ");
    serde_json::Value::String(format!("TypeScript SDK: {title}")).to_string()
}

/// Text in a line of Markdown: what would start an element is escaped.
pub(super) fn markdown(text: &Text) -> String {
    let mut out = String::new();
    for c in docs::clean(text.raw()).replace('\n', " ").trim().chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn a_string_can_not_be_left() {
        assert_eq!(
            string(&Text::new("a\"b\\\n\u{2028}\u{202E}'")),
            r#""a\"b\\\n\u2028\u202e'""#
        );
        assert_eq!(string(&Text::new("say \"hi\"")), r#"'say "hi"'"#);
    }

    #[test]
    fn a_comment_can_not_be_left() {
        let docs = Docs {
            summary: Text::new("a */ b"),
            description: Text::new("@evil\n\u{202E}c"),
        };
        assert_eq!(
            comment(&docs, &[], false, 0),
            "/**\n * a *\\/ b.\n *\n * \\@evil c\n */\n"
        );
    }

    #[test]
    fn a_property_is_quoted_where_it_must_be() {
        for (wire, property, key) in [
            ("run_id", "run_id", "run_id"),
            ("If-Match", "\"If-Match\"", "\"If-Match\""),
            ("1st", "\"1st\"", "\"1st\""),
            ("__proto__", "\"__proto__\"", "[\"__proto__\"]"),
            ("a\"b", "'a\"b'", "'a\"b'"),
        ] {
            assert_eq!(super::property(&name(wire)), property);
            assert_eq!(object_key(&name(wire)), key);
        }
    }

    #[test]
    fn numbers_lose_nothing() {
        for (digits, expected) in [
            ("7", "7"),
            ("-9007199254740993", "-9007199254740993n"),
            ("9007199254740991", "9007199254740991"),
        ] {
            assert_eq!(literal(&Literal::Integer(digits.into())), expected);
        }
        for (digits, expected) in [
            ("1.50", "1.5"),
            ("1.0", "1"),
            ("1E+3", "1e3"),
            ("2.5e-7", "2.5e-7"),
        ] {
            assert_eq!(literal(&Literal::Number(digits.into())), expected);
        }
    }

    #[test]
    fn a_path_opens_no_parameter_of_its_own() {
        assert_eq!(path(&Text::new("/a{b}/c?d")), "/a%7Bb%7D/c%3Fd");
        assert_eq!(slot(&name("a}{b/")), "ab");
    }
}
