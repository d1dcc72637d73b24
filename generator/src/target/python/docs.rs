//! `CommonMark` of a document as text of a docstring: tags taken out, paragraphs wrapped, lists,
//! tables and code left as they are.

/// Takes HTML out: breaks become line ends, other tags go, the words between them stay. Code is
/// left alone.
pub(super) fn plain(markdown: &str) -> String {
    let markdown = markdown.trim();
    if !markdown.contains(['<', '\n', '\r']) {
        return markdown.to_owned();
    }
    let mut out = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            out.push(line.trim_end().to_owned());
        } else if fenced {
            out.push(line.trim_end().to_owned());
        } else {
            out.extend(
                without_tags(line)
                    .lines()
                    .map(|line| line.trim_end().to_owned()),
            );
            if line.trim().is_empty() {
                out.push(String::new());
            }
        }
    }
    let mut text = out.join("\n");
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim().to_owned()
}

fn without_tags(line: &str) -> String {
    if !line.contains('<') {
        return line.to_owned();
    }
    let mut out = String::new();
    let mut rest = line;
    let mut code = false;
    while let Some(c) = rest.chars().next() {
        if c == '`' {
            code = !code;
        }
        if c == '<'
            && !code
            && let Some((tag, after)) = tag(rest)
        {
            if matches!(tag.trim_matches('/').trim(), "br" | "p" | "li" | "tr") && !out.is_empty() {
                out.push('\n');
            }
            rest = after;
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// How long a tag may be: what opens and does not close is looked at no further.
const TAG: usize = 400;

/// The name of the tag that a text begins with, and what follows the tag.
fn tag(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('<')?;
    let (end, _) = text.char_indices().take(TAG).find(|(_, c)| *c == '>')?;
    let (inside, after) = (&text[..end], &text[end + 1..]);
    let name = inside.trim_start_matches('/');
    let is_tag = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !inside.contains("://");
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    is_tag.then(|| (&name[..end], after))
}

/// Lines of at most `width` characters, the first shorter by `first`. Paragraphs are filled; what
/// is laid out by hand stays.
pub(super) fn wrap(text: &str, width: usize, first: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut fenced = false;
    let flush = |paragraph: &mut Vec<&str>, out: &mut Vec<String>| {
        let room = if out.is_empty() {
            width.saturating_sub(first)
        } else {
            width
        };
        fill(&paragraph.join(" "), room, width, "", out);
        paragraph.clear();
    };
    for line in text.lines() {
        let trimmed = line.trim_start();
        let fence = trimmed.starts_with("```");
        if fence || fenced || is_laid_out(line) {
            flush(&mut paragraph, &mut out);
            fenced ^= fence;
            if fence || fenced || trimmed.starts_with(['|', '#']) {
                out.push(line.trim_end().to_owned());
            } else {
                let step = if marker(trimmed) > 0 {
                    marker(trimmed)
                } else {
                    4
                };
                let hang = " ".repeat(line.len() - trimmed.len() + step);
                fill(line.trim_end(), width, width, &hang, &mut out);
            }
        } else if trimmed.is_empty() {
            flush(&mut paragraph, &mut out);
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
        } else {
            paragraph.push(trimmed.trim_end());
        }
    }
    flush(&mut paragraph, &mut out);
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out
}

fn is_laid_out(line: &str) -> bool {
    let trimmed = line.trim_start();
    line.starts_with("    ") && !trimmed.is_empty()
        || trimmed.starts_with(['|', '#'])
        || marker(trimmed) > 0
}

/// The width of a list marker, 0 for none: `- ` is 2, `1. ` is 3.
fn marker(line: &str) -> usize {
    if line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ") {
        return 2;
    }
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && digits < 4 && line[digits..].starts_with(". ") {
        digits + 2
    } else {
        0
    }
}

fn fill(text: &str, first: usize, width: usize, hang: &str, out: &mut Vec<String>) {
    let mut line = text[..text.len() - text.trim_start_matches(' ').len()].to_owned();
    let mut length = line.len();
    let mut room = first;
    let mut empty = true;
    for word in text.split_whitespace() {
        let more = word.chars().count();
        if !empty && length + 1 + more > room {
            out.push(std::mem::replace(&mut line, hang.to_owned()));
            length = hang.len();
            room = width;
            empty = true;
        }
        if !empty {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += more;
        empty = false;
    }
    if !empty {
        out.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_code_stays() {
        assert_eq!(
            plain("a <b>bold</b> `<T>` x < y<br>z"),
            "a bold `<T>` x < y\nz"
        );
        assert_eq!(plain("<https://a.example>"), "<https://a.example>");
        assert_eq!(plain("```\n<p>\n```"), "```\n<p>\n```");
    }

    #[test]
    fn paragraphs_are_filled_and_lists_hang() {
        assert_eq!(
            wrap("aa bb\ncc\n\n- dd ee ff", 7, 3),
            ["aa", "bb cc", "", "- dd ee", "  ff"]
        );
        assert_eq!(wrap("```\na  b\n```", 5, 0), ["```", "a  b", "```"]);
    }
}
