//! What string literals mean: Rust's by its own tokens, those of the other languages by a reading
//! of their lexical grammars that the generator has no part in.

use proc_macro2::{TokenStream, TokenTree};

/// The values of Rust's string literals; the texts of doc comments are among them.
pub(crate) fn rust(code: &str) -> Vec<String> {
    fn walk(tokens: TokenStream, out: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => walk(group.stream(), out),
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        out.push(text.value());
                    }
                }
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    if let Ok(tokens) = code.parse() {
        walk(tokens, &mut out);
    }
    out
}

/// The values of the string literals of a file with such an ending: `ts`, `py` or `go`.
///
/// # Errors
/// When a literal or a comment has no end, or an escape is none.
pub(crate) fn values(ending: &str, code: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut rest = code;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let word = before.is_alphanumeric() || before == '_';
        before = c;
        let comment = match ending {
            "py" => (c == '#').then_some("\n"),
            _ if rest.starts_with("//") => Some("\n"),
            _ if rest.starts_with("/*") => Some("*/"),
            _ => None,
        };
        if let Some(end) = comment {
            rest = match rest[1..].find(end) {
                Some(at) => &rest[1 + at + end.len()..],
                None if end == "\n" => "",
                None => return Err("a comment has no end".to_owned()),
            };
            continue;
        }
        let raw_prefix = ending == "py" && c == 'r' && !word && rest[1..].starts_with('"');
        let quoted = if raw_prefix { &rest[1..] } else { rest };
        let Some(mark) = mark(ending, quoted) else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let raw = raw_prefix || (ending == "go" && mark == "`");
        let (value, after) = literal(&quoted[mark.len()..], mark, raw)?;
        out.push(value);
        rest = after;
    }
    Ok(out)
}

/// The quotes that a text begins with.
fn mark(ending: &str, text: &str) -> Option<&'static str> {
    let marks: &[&'static str] = match ending {
        "py" => &["\"\"\"", "'''", "\"", "'"],
        _ => &["`", "\"", "'"],
    };
    marks.iter().copied().find(|mark| text.starts_with(mark))
}

/// The value of a literal and what follows it; the text begins behind its quotes.
fn literal<'a>(text: &'a str, mark: &str, raw: bool) -> Result<(String, &'a str), String> {
    let mut out = String::new();
    let mut rest = text;
    let mut high = None;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(mark) {
            return Ok((out, after));
        }
        if c == '\n' && mark.len() == 1 && mark != "`" {
            return Err("a line ends inside a literal".to_owned());
        }
        if c != '\\' || raw {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (code, after) = escape(&rest[1..]).ok_or_else(|| format!("no escape: {rest:.20}"))?;
        rest = after;
        match (high.take(), code) {
            (_, 0xd800..=0xdbff) => high = Some(code),
            (Some(first), 0xdc00..=0xdfff) => {
                let both = 0x1_0000 + ((first - 0xd800) << 10) + (code - 0xdc00);
                out.extend(char::from_u32(both));
            }
            (_, code) => out.extend(char::from_u32(code)),
        }
    }
    Err(format!("{mark} has no end"))
}

/// What an escape means, and what follows it; the text begins behind the backslash.
fn escape(text: &str) -> Option<(u32, &str)> {
    let c = text.chars().next()?;
    let after = &text[c.len_utf8()..];
    let digits = |number: usize| {
        let digits = after.get(..number)?;
        Some((u32::from_str_radix(digits, 16).ok()?, &after[number..]))
    };
    match c {
        'n' => Some((10, after)),
        'r' => Some((13, after)),
        't' => Some((9, after)),
        'b' => Some((8, after)),
        'f' => Some((12, after)),
        'v' => Some((11, after)),
        '0' => Some((0, after)),
        'x' => digits(2),
        'u' if after.starts_with('{') => {
            let (digits, after) = after[1..].split_once('}')?;
            Some((u32::from_str_radix(digits, 16).ok()?, after))
        }
        'u' => digits(4),
        'U' => digits(8),
        '\\' | '"' | '\'' | '`' | '$' => Some((u32::from(c), after)),
        _ => None,
    }
}
