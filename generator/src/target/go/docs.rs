//! From `CommonMark` to Go's doc comments (<https://go.dev/doc/comment>), in the form gofmt keeps.
//!
//! Works on blocks only: paragraphs, lists, code, headings. Emphasis is dropped, a link is printed
//! as text and address; what it does not know it prints as it stands.

use std::borrow::Cow;

use crate::letters;

/// How wide a comment's text may be, the `// ` not counted.
const WIDTH: usize = 77;

/// A block of text.
enum Block {
    Paragraph(String),
    Item(String),
    Code(Vec<String>),
    Heading(String),
}

/// The lines of a comment, without `//`: blocks are parted by an empty line, code starts with a
/// tab. Nothing comes of text without words.
pub(super) fn lines(markdown: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut after_item = false;
    for block in blocks(&clean(markdown)) {
        let item = matches!(block, Block::Item(_));
        if !(out.is_empty() || item && after_item) {
            out.push(String::new());
        }
        after_item = item;
        match block {
            Block::Paragraph(text) => {
                let mut paragraph = wrap(&plain(&text), WIDTH);
                if !out.is_empty() {
                    end_sentence(&mut paragraph);
                }
                out.extend(paragraph);
            }
            Block::Heading(text) => out.push(format!("# {}", plain(&text))),
            Block::Code(code) => out.extend(code),
            Block::Item(text) => {
                for (i, line) in wrap(&plain(&text), WIDTH - 4).into_iter().enumerate() {
                    out.push(format!("{}{line}", if i == 0 { "  - " } else { "    " }));
                }
            }
        }
    }
    out
}

/// Ends a line that stands alone: without an end it would be taken for a heading of the old form
/// (`isOldHeading` in `go/doc/comment`) and get a `#`.
fn end_sentence(paragraph: &mut [String]) {
    if let [only] = paragraph
        && only.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '\''))
    {
        only.push('.');
    }
}

/// Takes out what no comment should hold: control characters, byte order marks and the marks that
/// change the direction of text (CVE-2021-42574).
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if letters::is_plain(text) {
        return text.into();
    }
    text.chars()
        .filter(|&c| match c {
            '\n' | '\t' => true,
            '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
            '\u{2028}' | '\u{2029}' => false,
            _ => !c.is_control(),
        })
        .collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // True while the last block takes the next line.
    let mut open = false;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        let in_paragraph = open && matches!(blocks.last(), Some(Block::Paragraph(_)));
        if trimmed.is_empty() {
            open = false;
        } else if let Some(fence) = fence(trimmed) {
            let code = lines
                .by_ref()
                .take_while(|line| !line.trim().starts_with(fence));
            blocks.push(Block::Code(code_lines(code)));
            open = false;
        } else if let Some(heading) = heading(trimmed) {
            blocks.push(Block::Heading(heading.to_owned()));
            open = false;
        } else if let Some(item) = item(trimmed, in_paragraph) {
            blocks.push(Block::Item(item.to_owned()));
            open = true;
        } else {
            match blocks.last_mut() {
                Some(Block::Paragraph(text) | Block::Item(text)) if open => {
                    text.push(' ');
                    text.push_str(trimmed);
                }
                _ => blocks.push(Block::Paragraph(trimmed.to_owned())),
            }
            open = true;
        }
    }
    blocks.retain(|block| !matches!(block, Block::Code(code) if code.is_empty()));
    blocks
}

fn fence(line: &str) -> Option<&'static str> {
    ["```", "~~~"]
        .into_iter()
        .find(|fence| line.starts_with(fence))
}

/// Code, its lines behind a tab, without empty lines at either end.
fn code_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let code: Vec<&str> = lines.map(str::trim_end).collect();
    let indent = code
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or_default();
    let first = code
        .iter()
        .position(|line| !line.is_empty())
        .unwrap_or(code.len());
    let last = code
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(first, |last| last + 1);
    code[first..last]
        .iter()
        .map(|line| line.get(indent..).filter(|text| !text.is_empty()))
        .map(|text| text.map_or_else(String::new, |text| format!("\t{text}")))
        .collect()
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && text.starts_with(' '))
        .then(|| text.trim().trim_end_matches('#').trim_end())
        .filter(|text| text.starts_with(char::is_alphabetic))
}

/// The text of a list item, numbered or not. In a paragraph a number other than 1 is a part of it
/// (`CommonMark` 0.31, section 5.3): `... is a` / `409. An answer ...`.
fn item(line: &str, in_paragraph: bool) -> Option<&str> {
    let (marker, text) = line.split_once(' ')?;
    let numbered = marker.starts_with(|c: char| c.is_ascii_digit());
    let starts = !in_paragraph || !numbered || matches!(marker, "1." | "1)");
    (starts && is_marker(marker))
        .then(|| text.trim())
        .filter(|text| !text.is_empty())
}

fn is_marker(word: &str) -> bool {
    matches!(word, "-" | "*" | "+" | "•")
        || word
            .strip_suffix(['.', ')'])
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Inline marks taken out: `**bold**`, `[text](address)`, quotes that Go would turn round.
fn plain(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for (mark, plain) in [("**", ""), ("''", "\""), ("``", "`")] {
        while text.contains(mark) {
            text = text.replace(mark, plain).into();
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(start) = rest.find('[') {
        let (before, link) = rest.split_at(start);
        out.push_str(before);
        let parts = link[1..].split_once("](").and_then(|(label, after)| {
            let (address, after) = after.split_once(')')?;
            (!label.contains(['[', ']']) && !address.contains(' '))
                .then_some((label, address, after))
        });
        match parts {
            Some((label, address, after)) => {
                out.push_str(label);
                if address.contains("://") {
                    out.push_str(" (");
                    out.push_str(address);
                    out.push(')');
                }
                rest = after;
            }
            None => {
                out.push('[');
                rest = &link[1..];
            }
        }
    }
    out.push_str(rest);
    // `[text]: address` alone would be moved to the end as a link's definition.
    match out.contains("]: ") {
        true => out.replace("]: ", "] : "),
        false => out,
    }
}

/// Breaks text into lines. No line starts with what would make it an item or a heading.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let size = word.chars().count();
        let glued = is_marker(word) || word.starts_with('#');
        match lines.last_mut() {
            Some(line) if length + 1 + size <= width || glued => {
                line.push(' ');
                line.push_str(word);
                length += 1 + size;
            }
            _ => {
                lines.push(word.to_owned());
                length = size;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn blocks_take_gofmts_form() {
        let text = "One **bold**\nparagraph, see [the guide](https://example.com/a).\n- first\n  goes on\n* second\n1. third\n\n## Heading ##\n```sh\n\n  curl x\n    y\n\n```\nEnd.";
        assert_eq!(
            lines(text),
            [
                "One bold paragraph, see the guide (https://example.com/a).",
                "",
                "  - first goes on",
                "  - second",
                "  - third",
                "",
                "# Heading",
                "",
                "\tcurl x",
                "\t  y",
                "",
                "End.",
            ]
        );
    }

    #[test]
    fn no_line_starts_as_something_else() {
        let text = format!("{}- 1. # word", "word ".repeat(15));
        assert_eq!(
            lines(&text),
            [format!("{}- 1. #", "word ".repeat(15)), "word".to_owned()]
        );
    }

    #[test]
    fn a_number_in_a_paragraph_is_no_list() {
        assert_eq!(
            lines("It is a\n409. Then\nno more."),
            ["It is a 409. Then no more."]
        );
        assert_eq!(lines("1. one\n2. two"), ["  - one", "  - two"]);
    }

    #[test]
    fn a_line_alone_is_no_heading() {
        assert_eq!(
            lines("One\n\nTwo words\n\nThree"),
            ["One", "", "Two words.", "", "Three."]
        );
    }

    #[test]
    fn a_comment_holds_no_control_characters() {
        assert_eq!(lines("a\r\nb\u{0}\u{202E}c\u{2028}*/\u{FEFF}"), ["a bc*/"]);
        assert!(lines(" \n\t\n").is_empty());
        assert!(lines("```\n```").is_empty());
        assert_eq!(
            lines("See: ```json x``` and ''y''"),
            ["See: `json x` and \"y\""]
        );
    }
}
