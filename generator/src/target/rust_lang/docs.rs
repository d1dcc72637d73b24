//! `CommonMark` from a document as `CommonMark` that rustdoc and clippy take without a warning.
//!
//! Rustdoc reads more into a text than its author meant: brackets are links to items, an indented
//! paragraph or a fence without a language is Rust to be compiled, `<` begins HTML. What keeps its
//! meaning is kept (paragraphs, lists, headings, tables, quotes, links, code); the rest is escaped.

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
    let clean: String = markdown
        .replace("\r\n", "\n")
        .replace('\t', "    ")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control() && !is_invisible(*c))
        .collect();
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

/// Escapes what rustdoc would take for a link, HTML or an open code span.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '\\' => Some((rest.chars().take(2).map(char::len_utf8).sum(), None)),
            '`' => code_span(rest).map(|length| (length, None)),
            '[' => link(rest),
            '<' => autolink(rest).map(|length| (length, None)),
            'h' if !out.ends_with(|c: char| c.is_alphanumeric()) => bare_url(rest),
            _ => None,
        };
        match taken {
            Some((length, replacement)) => {
                out.push_str(replacement.as_deref().unwrap_or(&rest[..length]));
                rest = &rest[length..];
            }
            None => {
                if matches!(c, '`' | '[' | ']' | '<') {
                    out.push('\\');
                }
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    // A backslash at the end would take what follows it with it.
    if out.ends_with('\\') && !out.ends_with("\\\\") {
        out.push('\\');
    }
    out
}

/// The length of a code span, from its first backtick to its last.
fn code_span(text: &str) -> Option<usize> {
    let ticks = text.chars().take_while(|c| *c == '`').count();
    let mut from = ticks;
    while let Some(start) = text[from..].find('`') {
        let start = from + start;
        let length = text[start..].chars().take_while(|c| *c == '`').count();
        if length == ticks {
            return Some(start + length);
        }
        from = start + length;
    }
    None
}

/// `[text](https://...)`, the text escaped; anything else in brackets is no link of ours.
fn link(text: &str) -> Option<(usize, Option<String>)> {
    let end = text.find("](")?;
    let label = &text[1..end];
    let target = &text[end + 2..];
    let close = target.find(')')?;
    let url = &target[..close];
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | '\\' | '[' | ']');
    let whole = end + 2 + close + 1;
    if label.contains(['[', ']']) || label.is_empty() || !url.chars().all(plain) {
        return None;
    }
    // A path or an anchor of the document leads nowhere from here.
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Some((whole, Some(inline(label))));
    }
    if label == url {
        return Some((whole, Some(format!("<{url}>"))));
    }
    let label = label.replace("https://", "").replace("http://", "");
    Some((whole, Some(format!("[{}]({url})", inline(&label)))))
}

fn autolink(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let url = &text[1..end];
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    (is_url && url.chars().all(|c| c.is_ascii_graphic() && c != '<')).then_some(end + 1)
}

/// A URL that stands alone, in angle brackets; punctuation behind it is not part of it.
fn bare_url(text: &str) -> Option<(usize, Option<String>)> {
    if !(text.starts_with("https://") || text.starts_with("http://")) {
        return None;
    }
    let end = text
        .find(|c: char| {
            !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '`' | ')' | ']' | '[' | '\\')
        })
        .unwrap_or(text.len());
    let url = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '\'', '_']);
    (url.len() > "https://".len()).then(|| (url.len(), Some(format!("<{url}>"))))
}

/// Fills lines with words; a word that would begin a block stays where it is.
fn wrap(first: &str, rest: &str, text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in words(text) {
        let begins = begins_block(word);
        let long = line.chars().count() + 1 + word.chars().count() > width;
        if !empty && long && !begins {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        // At the start of a paragraph, what looks like a block is not one: `blocks` has seen it.
        if empty && lines.is_empty() && first.is_empty() && begins_block(word) {
            line.push('\\');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines
}

/// Whether a line that begins with this word may begin a block, such as a list or a heading.
fn begins_block(word: &str) -> bool {
    let mark = word.starts_with(['-', '+', '*', '#', '=', '|', '_', '~', '`']);
    let number = word.trim_end_matches(['.', ')']);
    mark && word.chars().all(|c| word.starts_with(c))
        || ["```", "~~~", ">"]
            .iter()
            .any(|start| word.starts_with(start))
        || number.len() < word.len() && number.chars().all(|c| c.is_ascii_digit())
}

/// Words, code spans and links in one piece each.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            ' ' => {
                if start < at {
                    words.push(&text[start..at]);
                }
                at += 1;
                start = at;
            }
            '\\' => {
                at += text[at..]
                    .chars()
                    .take(2)
                    .map(char::len_utf8)
                    .sum::<usize>()
            }
            '`' => at += code_span(&text[at..]).unwrap_or(1),
            _ => at += c.len_utf8(),
        }
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
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
