//! The words of a block: what rustdoc would misread in them, and where their lines end.

/// Escapes what rustdoc would take for a link, HTML or an open code span.
pub(super) fn inline(text: &str) -> String {
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
    // No further than to what cannot be in one: texts may open many links and close none.
    let label = &text[1..];
    let label = &label[..label.find(['[', ']'])?];
    let end = 1 + label.len();
    let target = text[end..].strip_prefix("](")?;
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | '\\' | '[' | ']');
    let close = target.find(|c| !plain(c))?;
    let url = &target[..close];
    let whole = end + 2 + close + 1;
    if label.is_empty() || !target[close..].starts_with(')') {
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
    let url = &text[1..];
    let end = url.find(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>'))?;
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    (is_url && url[end..].starts_with('>')).then_some(end + 2)
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
pub(super) fn wrap(first: &str, rest: &str, text: &str, width: usize) -> Vec<String> {
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
