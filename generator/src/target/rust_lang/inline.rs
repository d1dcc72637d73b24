//! The words of a block: what rustdoc would misread in them, and where their lines end.

/// Escapes what rustdoc would take for a link, HTML or an open code span.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let plain = rest.bytes().position(is_special).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else {
            break;
        };
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

/// Whether something may begin with a byte that rustdoc would misread: of a URL the `h`.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'\\' | b'`' | b'[' | b']' | b'<' | b'h')
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
    let mut length = first.chars().count();
    let mut empty = true;
    for word in words(text) {
        let begins = begins_block(word);
        let more = word.chars().count();
        if !empty && length + 1 + more > width && !begins {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            length = rest.chars().count();
            empty = true;
        }
        if !empty {
            line.push(' ');
            length += 1;
        }
        // At the start of a paragraph, what looks like a block is not one: `blocks` has seen it.
        if empty && lines.is_empty() && first.is_empty() && begins {
            line.push('\\');
            length += 1;
        }
        line.push_str(word);
        length += more;
        empty = false;
    }
    lines.push(line);
    lines
}

/// Whether a line that begins with this word may begin a block, such as a list or a heading.
fn begins_block(word: &str) -> bool {
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let mark = word.starts_with(['-', '+', '*', '#', '=', '|', '_', '~', '`']);
    let number = word.trim_end_matches(['.', ')']);
    mark && word.chars().all(|c| word.starts_with(c))
        || ["```", "~~~", ">"]
            .iter()
            .any(|start| word.starts_with(start))
        || number.len() < word.len() && number.chars().all(|c| c.is_ascii_digit())
}

/// Words; what is within a code span stays in one piece.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(' ');
        let end = rest.find(' ').unwrap_or(rest.len());
        let mut at = match rest[..end].bytes().any(|byte| matches!(byte, b'\\' | b'`')) {
            true => 0,
            false => end,
        };
        while let Some(byte) = rest.as_bytes().get(at) {
            at += match byte {
                b' ' => break,
                b'\\' => rest[at..].chars().take(2).map(char::len_utf8).sum(),
                b'`' => code_span(&rest[at..]).unwrap_or(1),
                _ => 1,
            };
        }
        let (word, behind) = rest.split_at(at);
        rest = behind;
        (!word.is_empty()).then_some(word)
    })
}
