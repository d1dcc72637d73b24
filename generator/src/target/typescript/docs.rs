//! From `CommonMark` to the lines of a doc comment. Editors show Markdown there, so it is kept;
//! paragraphs and list items are wrapped, code stays as it is.

use std::borrow::Cow;

use crate::layout::biome::WIDTH;
use crate::letters;

/// How wide the text of a comment may be at an indent: the ` * ` in front of it counts.
pub(super) fn width(indent: usize) -> usize {
    WIDTH - indent - 3
}

/// The lines of a comment without their asterisks.
pub(super) fn lines(markdown: &str, width: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut paragraph = String::new();
    let mut fence: Option<&str> = None;
    let text = clean(markdown);
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some(mark) = fence {
            out.push(line.trim_end().to_owned());
            if trimmed.starts_with(mark) {
                fence = None;
            }
        } else if let Some(mark) = ["```", "~~~"]
            .into_iter()
            .find(|mark| trimmed.starts_with(mark))
        {
            flush(&mut out, &mut paragraph, width);
            out.push(trimmed.to_owned());
            fence = Some(mark);
        } else if trimmed.is_empty() {
            flush(&mut out, &mut paragraph, width);
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
        } else if stands_alone(trimmed) {
            flush(&mut out, &mut paragraph, width);
            out.push(trimmed.to_owned());
        } else {
            if starts_item(trimmed) {
                flush(&mut out, &mut paragraph, width);
                // A nested item keeps its depth.
                paragraph.extend(line.chars().take_while(|c| *c == ' '));
            } else if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    flush(&mut out, &mut paragraph, width);
    if let Some(mark) = fence {
        out.push(mark.to_owned());
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out
}

fn flush(out: &mut Vec<String>, paragraph: &mut String, width: usize) {
    if !paragraph.is_empty() {
        out.extend(wrap(paragraph, width));
        paragraph.clear();
    }
}

/// Breaks text into lines; a list item's further lines stand under its text.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let depth = text.len() - text.trim_start().len();
    let hang = match text.split_whitespace().next() {
        Some(marker) if is_marker(marker) => depth + marker.len() + 1,
        Some(tag) if tag.starts_with('@') => 2,
        _ => 0,
    };
    let mut lines = vec![" ".repeat(depth)];
    let mut length = depth;
    let mut fresh = true;
    for word in text.split_whitespace() {
        let size = word.chars().count();
        // A line must not start with what Markdown or TSDoc would take for something else.
        let glued = is_marker(word) || word.starts_with(['#', '@', '>', '|', '=']);
        if fresh {
            fresh = false;
        } else if length + 1 + size > width && !glued {
            lines.push(" ".repeat(hang));
            length = hang;
        } else {
            if let Some(line) = lines.last_mut() {
                line.push(' ');
            }
            length += 1;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        length += size;
    }
    lines
}

/// Takes out control characters but line breaks, and the marks that change the direction of text
/// (CVE-2021-42574).
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if letters::is_plain(text) {
        return text.into();
    }
    text.chars()
        .filter(|&c| match c {
            '\n' => true,
            '\u{FEFF}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
            _ => !c.is_control(),
        })
        .collect()
}

/// Takes out what no comment should hold: its end, tags, and what [`visible`] does. TypeScript
/// takes an `@` at the start of any word for a tag, in code too: `@deprecated` in the middle of a
/// sentence would strike the symbol through.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if !text.contains(['/', '@']) {
        return text;
    }
    let lines: Vec<String> = text
        .replace("*/", "*\\/")
        .replace("{@", "{\\@")
        .lines()
        .map(|line| match line.trim_start() {
            // A slash behind the comment's own asterisk would end it.
            slash if slash.starts_with('/') => format!(" {slash}"),
            _ => line.to_owned(),
        })
        .collect();
    without_tags(&lines.join("\n")).into()
}

/// Puts a backslash before each `@` that a word begins with.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if c == '@' && before.is_whitespace() {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Headings, rules and rows of tables.
fn stands_alone(line: &str) -> bool {
    line.starts_with(['#', '|', '>']) || line.chars().all(|c| matches!(c, '-' | '=' | '*'))
}

fn starts_item(line: &str) -> bool {
    line.split_once(' ')
        .is_some_and(|(marker, _)| is_marker(marker))
}

fn is_marker(word: &str) -> bool {
    matches!(word, "-" | "*" | "+")
        || word
            .strip_suffix(['.', ')'])
            .is_some_and(|n| !n.is_empty() && n.len() < 4 && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn paragraphs_are_wrapped_and_code_is_kept() {
        let text = "One two\nthree four five.\n\n\n- an item that\n  goes on\n- next\n\n```ts\na   b\n```\n";
        assert_eq!(
            lines(text, 16),
            [
                "One two three",
                "four five.",
                "",
                "- an item that",
                "  goes on",
                "- next",
                "",
                "```ts",
                "a   b",
                "```",
            ]
        );
    }

    #[test]
    fn no_line_starts_as_something_else() {
        assert_eq!(lines("aaaa bbbb - # > d", 9), ["aaaa bbbb - # >", "d"]);
        assert_eq!(lines("a @b `c @d` e@f", 80), ["a \\@b `c \\@d` e@f"]);
        assert!(lines(" \n\u{0}\n", 80).is_empty());
    }

    #[test]
    fn a_fence_left_open_is_closed() {
        assert_eq!(lines("```\na */ b", 80), ["```", "a *\\/ b", "```"]);
    }
}
