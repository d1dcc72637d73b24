//! Splitting what the document calls a thing into words.

use heck::ToSnakeCase;

use crate::ir::Name;
use crate::letters;

/// Splits a wire spelling where a person would, at punctuation and at humps: `runID`, `run-id`
/// and `run_id` are all `run`, `id`. A spelling without letters and digits is spelled out
/// (`>=` is `greater than`, `equal`), and so is a leading sign (`-1` is `minus`, `1`), so that
/// values that differ keep different words where words can tell.
pub fn split(wire: &str) -> Name {
    Name::new(words(wire), wire)
}

/// The words of [`split`], for a name whose wire spelling is another.
pub fn words(wire: &str) -> Vec<String> {
    let spelled = match wire.chars().next() {
        Some('-') if wire[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            format!("minus {}", &wire[1..])
        }
        Some('+') if wire[1..].starts_with(|c: char| c.is_alphanumeric()) => {
            format!("plus {}", &wire[1..])
        }
        _ => wire.to_owned(),
    };
    let spelled = letters::as_read(&spelled);
    // Without humps to look for, words are what stands between punctuation.
    let humps = wire
        .bytes()
        .any(|b| b.is_ascii_uppercase() || !b.is_ascii());
    let snake = if humps {
        spelled.to_snake_case()
    } else {
        spelled.into_owned()
    };
    let words: Vec<String> = snake
        .split(|c: char| !letters::is_letter_or_digit(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if !words.is_empty() {
        return words;
    }
    let spelled: Vec<String> = wire.chars().map(spell).collect();
    if spelled.is_empty() {
        vec!["empty".to_owned()]
    } else {
        spelled
    }
}

fn spell(c: char) -> String {
    let word = match c {
        ' ' => "space",
        '!' => "not",
        '"' => "quote",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '\'' => "apostrophe",
        '(' => "open",
        ')' => "close",
        '*' => "star",
        '+' => "plus",
        ',' => "comma",
        '-' => "dash",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ';' => "semicolon",
        '<' => "less",
        '=' => "equal",
        '>' => "greater",
        '?' => "question",
        '@' => "at",
        '[' => "left",
        '\\' => "backslash",
        ']' => "right",
        '^' => "caret",
        '_' => "underscore",
        '`' => "backtick",
        '{' => "begin",
        '|' => "pipe",
        '}' => "end",
        '~' => "tilde",
        other => return format!("u{:x}", u32::from(other)),
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn humps_and_punctuation_are_alike() {
        for wire in [
            "run_id", "runId", "RunID", "run-id", "run id", "run.id", "$run[id]",
        ] {
            assert_eq!(words(wire), ["run", "id"], "{wire}");
        }
        assert_eq!(words("HTTPServer2Go"), ["http", "server2", "go"]);
        assert_eq!(words("v1.4"), ["v1", "4"]);
    }

    #[test]
    fn signs_and_symbols_are_spelled_out() {
        assert_eq!(words("-1"), ["minus", "1"]);
        assert_eq!(words("+1"), ["plus", "1"]);
        assert_eq!(words(">="), ["greater", "equal"]);
        assert_eq!(words(""), ["empty"]);
        assert_eq!(words("日本"), ["日本"]);
        assert_eq!(words("🚀"), ["u1f680"]);
        // A mark alone begins no identifier, and a language reads `ﬁ` as `fi`.
        assert_eq!(words("\u{6e3}\\"), ["u6e3", "backslash"]);
        assert_eq!(words("a\u{301}b ﬁ"), ["áb", "fi"]);
    }
}
