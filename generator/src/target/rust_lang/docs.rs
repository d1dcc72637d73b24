//! `CommonMark` from a document as `CommonMark` that rustdoc and clippy take without a warning.
//!
//! Rustdoc reads more into a text than its author meant: brackets are links to items, an indented
//! paragraph or a fence without a language is Rust to be compiled, `<` begins HTML. What keeps its
//! meaning is kept (paragraphs, lists, headings, tables, quotes, links, code); the rest is escaped.

use std::borrow::Cow;

use super::inline::{inline, wrap};
use crate::letters;

/// Characters that change how the text around them reads; rustc refuses some of them in comments.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A block of lines while the text is read.
enum Block {
    /// Words to be wrapped: the prefix of the first line, and that of the others.
    Words {
        first: String,
        rest: String,
        text: String,
    },
    /// Lines to be kept.
    Lines(Vec<String>),
}

/// The lines of a text, wrapped to a width, without `///`. Empty where there is nothing to say.
pub fn lines(markdown: &str, width: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut previous_is_item = false;
    for block in blocks(markdown) {
        let is_item = matches!(&block, Block::Words { first, .. } if !first.is_empty());
        if !(out.is_empty() || is_item && previous_is_item) {
            out.push(String::new());
        }
        previous_is_item = is_item;
        match block {
            Block::Lines(lines) => out.extend(lines),
            Block::Words { first, rest, text } => {
                out.extend(wrap(&first, &rest, &inline(&text), width));
            }
        }
    }
    out
}

fn blocks(markdown: &str) -> Vec<Block> {
    let clean = clean(markdown);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    let mut lines = clean.lines().peekable();
    while let Some(line) = lines.next() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if text.is_empty() {
            open = false;
        } else if let Some(fence) = fence(text) {
            let body: Vec<String> = lines
                .by_ref()
                .take_while(|line| !line.trim().starts_with(fence))
                .map(|line| line.trim_end().to_owned())
                .collect();
            blocks.push(code(text.trim_start_matches(['`', '~']), body));
            open = false;
        } else if text.starts_with('|') || text.starts_with('>') {
            let kept = match text.strip_prefix('>') {
                Some(quoted) => format!("> {}", inline(quoted.trim())).trim_end().to_owned(),
                None => inline(text),
            };
            match blocks.last_mut() {
                Some(Block::Lines(lines)) if open => lines.push(kept),
                _ => blocks.push(Block::Lines(vec![kept])),
            }
            open = true;
        } else if let Some((marker, rest)) = item(text) {
            let prefix = " ".repeat((indent / 2).min(3) * 2);
            let continued = format!("{prefix}{}", " ".repeat(marker.len()));
            let first = format!("{prefix}{marker}");
            blocks.push(Block::Words {
                first,
                rest: continued,
                text: rest.to_owned(),
            });
            open = true;
        } else if text.chars().all(|c| c == '=') || is_break(text) {
            open = false;
        } else if text.starts_with('#') {
            let level = text.len() - text.trim_start_matches('#').len();
            let title = inline(text.trim_matches('#').trim());
            blocks.push(Block::Lines(vec![format!(
                "{} {title}",
                "#".repeat(level.min(6))
            )]));
            open = false;
        } else {
            match blocks.last_mut() {
                Some(Block::Words { text: words, .. }) if open => {
                    words.push(' ');
                    words.push_str(text);
                }
                _ => blocks.push(Block::Words {
                    first: String::new(),
                    rest: String::new(),
                    text: text.to_owned(),
                }),
            }
            open = true;
        }
    }
    blocks
}

/// The text without what is invisible, tabs as spaces.
fn clean(markdown: &str) -> Cow<'_, str> {
    if letters::is_plain(markdown) {
        return markdown.into();
    }
    let text = markdown.replace("\r\n", "\n").replace('\t', "    ");
    text.chars()
        .filter(|c| *c == '\n' || !c.is_control() && !is_invisible(*c))
        .collect()
}

fn fence(line: &str) -> Option<&'static str> {
    ["```", "~~~"]
        .into_iter()
        .find(|fence| line.starts_with(fence))
}

fn is_break(line: &str) -> bool {
    line.len() >= 3
        && ['-', '*', '_']
            .iter()
            .any(|mark| line.chars().all(|c| c == *mark || c == ' '))
}

/// Code under a language that rustdoc does not compile.
fn code(info: &str, body: Vec<String>) -> Block {
    let language = info
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let known = [
        "bash",
        "console",
        "go",
        "http",
        "javascript",
        "json",
        "python",
        "sh",
        "shell",
        "toml",
        "typescript",
        "xml",
        "yaml",
        "diff",
    ];
    let language = if known.contains(&language.as_str()) {
        language
    } else {
        "text".to_owned()
    };
    let longest = body
        .iter()
        .map(|line| line.chars().take_while(|c| *c == '`').count())
        .max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let mut lines = vec![format!("{fence}{language}")];
    lines.extend(body);
    lines.push(fence);
    Block::Lines(lines)
}

/// A list item: its marker with the space behind it, and its text.
fn item(line: &str) -> Option<(String, &str)> {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let (marker, rest) = match line.chars().next()? {
        '-' | '*' | '+' => ("- ".to_owned(), &line[1..]),
        _ if (1..=3).contains(&digits) && line[digits..].starts_with(['.', ')']) => {
            (format!("{}. ", &line[..digits]), &line[digits + 1..])
        }
        _ => return None,
    };
    let text = rest.strip_prefix(' ')?.trim_start();
    if text.is_empty() || is_break(line) {
        None
    } else {
        Some((marker, text))
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    fn one(markdown: &str) -> String {
        lines(markdown, 96).join("\n")
    }

    #[test]
    fn what_rustdoc_would_misread_is_escaped() {
        for (markdown, expected) in [
            ("A [run] of a plan[0]", "A \\[run\\] of a plan\\[0\\]"),
            ("Vec<T> & <b>bold</b>", "Vec\\<T> & \\<b>bold\\</b>"),
            ("see https://a.example/x_y.", "see <https://a.example/x_y>."),
            ("see <https://a.example>", "see <https://a.example>"),
            (
                "[docs](https://a.example/b) and [here](#there)",
                "[docs](https://a.example/b) and here",
            ),
            ("`a[0] <b>` and ``c`d``", "`a[0] <b>` and ``c`d``"),
            ("an open ` tick", "an open \\` tick"),
            ("[a]: https://a.example", "\\[a\\]: <https://a.example>"),
            ("already \\[escaped\\]", "already \\[escaped\\]"),
            ("right\u{202e}left", "rightleft"),
        ] {
            assert_eq!(one(markdown), expected);
        }
    }

    #[test]
    fn code_is_never_rust_and_always_closed() {
        assert_eq!(one("```\nlet x;\n"), "```text\nlet x;\n```");
        assert_eq!(one("```json\n{}\n```\nafter"), "```json\n{}\n```\n\nafter");
        assert_eq!(one("    indented\n    twice"), "indented twice");
    }

    #[test]
    fn lists_quotes_headings_and_tables_keep_their_form() {
        assert_eq!(
            one("Either\n* one\n  more\n* two\n\nafter"),
            "Either\n\n- one more\n- two\n\nafter"
        );
        assert_eq!(one("1) a\n2) b"), "1. a\n2. b");
        assert_eq!(
            one("# Title\ntext\n> quote\nlazy"),
            "# Title\n\ntext\n\n> quote\n\nlazy"
        );
        assert_eq!(
            one("| a | b |\n|---|---|\n| [x] | y |"),
            "| a | b |\n|---|---|\n| \\[x\\] | y |"
        );
    }

    #[test]
    fn words_are_wrapped_and_begin_no_block() {
        assert_eq!(lines("aaaa bbbb - cccc", 9), ["aaaa bbbb -", "cccc"]);
        assert_eq!(lines("- aaaa bbbb", 6), ["- aaaa", "  bbbb"]);
        assert_eq!(lines("a `b c d` e", 4), ["a", "`b c d`", "e"]);
    }
}
