//! Just enough of each language's lexer to tell code from strings and comments.

/// A language with strings and comments of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    TypeScript,
    Python,
    Go,
    Rust,
}

impl Language {
    /// The language of a file; `None` for manifests and prose.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "ts" => Some(Self::TypeScript),
            "py" => Some(Self::Python),
            "go" => Some(Self::Go),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }

    /// How its literals begin and end, the longer ones first.
    fn literals(self) -> &'static [Literal] {
        const fn one(open: &'static str, close: &'static str) -> Literal {
            Literal {
                open,
                close,
                escapes: true,
                lines: false,
            }
        }
        const fn many(open: &'static str, close: &'static str) -> Literal {
            Literal {
                open,
                close,
                escapes: true,
                lines: true,
            }
        }
        const fn raw(open: &'static str, close: &'static str) -> Literal {
            Literal {
                open,
                close,
                escapes: false,
                lines: true,
            }
        }
        match self {
            Self::TypeScript => {
                const {
                    &[
                        raw("//", "\n"),
                        raw("/*", "*/"),
                        many("`", "`"),
                        one("\"", "\""),
                        one("'", "'"),
                    ]
                }
            }
            Self::Python => {
                const {
                    &[
                        raw("#", "\n"),
                        many("\"\"\"", "\"\"\""),
                        many("'''", "'''"),
                        one("\"", "\""),
                        one("'", "'"),
                    ]
                }
            }
            Self::Go => {
                const {
                    &[
                        raw("//", "\n"),
                        raw("/*", "*/"),
                        raw("`", "`"),
                        one("\"", "\""),
                        one("'", "'"),
                    ]
                }
            }
            Self::Rust => {
                const {
                    &[
                        raw("//", "\n"),
                        raw("/*", "*/"),
                        raw("r##\"", "\"##"),
                        raw("r#\"", "\"#"),
                        raw("r\"", "\""),
                        raw("'\"'", ""),
                        many("\"", "\""),
                    ]
                }
            }
        }
    }
}

/// A string or a comment.
#[derive(Clone, Copy, Debug)]
struct Literal {
    open: &'static str,
    close: &'static str,
    /// A backslash takes the next character with it.
    escapes: bool,
    /// It may hold line breaks.
    lines: bool,
}

/// The comments of a text by kind, those of lines that follow each other as one.
pub(crate) fn comments(language: Language, text: &str) -> Vec<&'static str> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut last = None;
    while let Some(next) = rest.chars().next() {
        let found = language
            .literals()
            .iter()
            .find(|literal| rest.starts_with(literal.open) && !joined(literal, text, rest));
        let Some(literal) = found else {
            if !next.is_whitespace() {
                last = None;
            }
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let kind = match literal.open {
            "//" => ["///", "//!", "//"]
                .into_iter()
                .find(|open| rest.starts_with(open)),
            "/*" => Some("/*"),
            _ => None,
        };
        out.extend(kind.filter(|kind| last != Some(*kind)));
        last = kind;
        rest = split(literal, &rest[literal.open.len()..]).map_or("", |(_, after)| after);
    }
    out
}

/// The text with its strings and comments taken out, line breaks kept. What a template literal of
/// TypeScript holds in `${}` is code and stays.
///
/// # Errors
/// When a literal has no end, or a line break ends one that holds none.
pub(crate) fn code(language: Language, text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let found = language
            .literals()
            .iter()
            .find(|literal| rest.starts_with(literal.open) && !joined(literal, text, rest));
        match found {
            Some(literal) => {
                let (inside, after) = split(literal, &rest[literal.open.len()..])
                    .map_err(|what| format!("line {}: {what}", line(text, rest)))?;
                if literal.open == "`" && language == Language::TypeScript {
                    out.extend(inside.split("${").skip(1).map(|part| format!(" {part} ")));
                }
                out.push(' ');
                out.extend(inside.chars().filter(|c| *c == '\n'));
                if literal.close == "\n" {
                    out.push('\n');
                }
                rest = after;
            }
            None => {
                out.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    Ok(out)
}

/// `r"` of a longer word is no raw string: `for"x"` does not begin one.
fn joined(literal: &Literal, text: &str, rest: &str) -> bool {
    let before = &text[..text.len() - rest.len()];
    literal.open.starts_with('r') && before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// What a literal holds and what follows it; `text` begins after its opening.
fn split<'a>(literal: &Literal, text: &'a str) -> Result<(&'a str, &'a str), String> {
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if text[at..].starts_with(literal.close) {
            return Ok((&text[..at], &text[at + literal.close.len()..]));
        }
        if next == '\n' && !literal.lines {
            return Err(format!("a line ends inside {}", literal.open));
        }
        at += next.len_utf8();
        if next == '\\' && literal.escapes {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    if literal.close == "\n" {
        return Ok((text, ""));
    }
    Err(format!("{} has no end", literal.open))
}

fn line(text: &str, rest: &str) -> usize {
    text[..text.len() - rest.len()].lines().count()
}

/// Whether `token` stands in a line of code, and not as a part of a longer word.
pub(crate) fn has_token(line: &str, token: &str) -> bool {
    line.match_indices(token).any(|(at, _)| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        !line[..at].ends_with(word) && !line[at + token.len()..].starts_with(word)
    })
}

/// The code blocks in doc comments that rustdoc would compile: fenced without a language or as
/// Rust, or indented by four after an empty line.
pub(crate) fn doctests(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut fence: Option<(String, bool)> = None;
    let mut blank = true;
    for line in text.lines().map(str::trim_start) {
        let doc = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        let Some(doc) = doc.map(|doc| doc.strip_prefix(' ').unwrap_or(doc)) else {
            fence = None;
            blank = true;
            continue;
        };
        let trimmed = doc.trim_start();
        let marks: String = trimmed
            .chars()
            .take_while(|c| trimmed.starts_with(*c) && matches!(c, '`' | '~'))
            .collect();
        match &fence {
            Some((open, _)) if marks.starts_with(open.as_str()) => fence = None,
            Some((_, runs)) if *runs => out.push(doc.to_owned()),
            Some(_) => {}
            None if marks.len() >= 3 => {
                let language = trimmed[marks.len()..].trim();
                let runs = matches!(language, "" | "rust" | "no_run" | "should_panic");
                fence = Some((marks, runs));
            }
            None if blank && doc.starts_with("    ") => out.push(doc.to_owned()),
            None => {}
        }
        blank = doc.trim().is_empty() || (blank && doc.starts_with("    "));
    }
    out
}

#[test]
fn strings_and_comments_are_told_from_code() {
    let seen = |language, text| code(language, text).map(|code| has_token(&code, "1"));
    assert_eq!(
        seen(Language::TypeScript, "a(\"\\\"1\", '1'); // 1\n/* 1 */"),
        Ok(false)
    );
    assert_eq!(seen(Language::TypeScript, "`${1}`"), Ok(true));
    assert_eq!(seen(Language::Python, "\"\"\"\n1\n\"\"\" # 1"), Ok(false));
    assert_eq!(seen(Language::Python, "\"\"\" \"\"\" + 1"), Ok(true));
    assert_eq!(seen(Language::Go, "x `\\` + 1"), Ok(true));
    assert_eq!(seen(Language::Rust, "r#\"\"1\"# 'a x1"), Ok(false));
    assert!(code(Language::Go, "\"a\nb\"").is_err());
    assert!(code(Language::Rust, "/* 1").is_err());
}

#[test]
fn documentation_tests_are_found() {
    assert_eq!(doctests("/// a\n///\n///     b\n"), ["    b"]);
    assert_eq!(doctests("/// ```\n/// b\n/// ```\n/// c"), ["b"]);
    assert!(doctests("/// ```text\n/// b\n/// ```\n/// a\n///     b").is_empty());
}
