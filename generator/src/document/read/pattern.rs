//! Whether a text is a regular expression by ECMA-262 (JSON Schema 2020-12, core, section 6.4).
//!
//! Engines read one of three grammars: that of annex B, and those of the flags `u` and `v`. What
//! any of them takes is fine here: a finding is about what nobody takes.

use unicode_ident::is_xid_continue;

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::SchemaObject;
use crate::source::Spanned;

impl Reader<'_> {
    /// Warns of what a validator cannot compile, be it a server's or a client's.
    pub(super) fn check_patterns(&mut self, schema: &SchemaObject) {
        let keys = schema.pattern_properties.keys();
        let keys = keys.map(|key| ("patternProperties", key));
        let own = schema.pattern.iter().map(|pattern| ("pattern", pattern));
        for (keyword, pattern) in own.chain(keys) {
            self.check_pattern(keyword, pattern);
        }
    }

    fn check_pattern(&mut self, keyword: &str, pattern: &Spanned<String>) {
        let Some(why) = fault(pattern) else {
            return;
        };
        let message = format!("`{keyword}` holds no regular expression of ECMA-262");
        self.push(
            Diagnostic::warning(Code::InvalidPattern, pattern.span, message)
                .label(why)
                .hint("a validator cannot compile it, and may refuse every value; types do not depend on it"),
        );
    }
}

/// Why no grammar takes a pattern; `None` where one does.
fn fault(pattern: &str) -> Option<String> {
    let read = |nested| {
        let characters = pattern.chars().collect();
        let mut parser = Parser {
            characters,
            at: 0,
            nested,
        };
        parser.pattern()
    };
    let plain = read(false).err()?;
    read(true).is_err().then_some(plain)
}

type Read<T> = Result<T, String>;

struct Parser {
    characters: Vec<char>,
    at: usize,
    /// Classes hold classes, as the flag `v` has it.
    nested: bool,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.characters.get(self.at..).unwrap_or_default();
        let found =
            text.chars().count() <= rest.len() && text.chars().zip(rest).all(|(a, b)| a == *b);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    /// What stands from the place where something began.
    fn since(&self, begin: usize) -> String {
        let text = self.characters.get(begin..self.at).unwrap_or_default();
        text.iter().take(24).collect()
    }

    /// Groups are counted, not entered, so that depth costs nothing. Of each open group: whether a
    /// repeat may follow it.
    fn pattern(&mut self) -> Read<()> {
        let mut open: Vec<bool> = Vec::new();
        // Whether there is something that a repeat could be of.
        let mut repeatable = false;
        while let Some(next) = self.peek() {
            let begin = self.at;
            repeatable = match next {
                '(' => {
                    open.push(self.group()?);
                    false
                }
                ')' => {
                    self.at += 1;
                    open.pop().ok_or("a `)` that closes nothing")?
                }
                '[' => {
                    self.class()?;
                    true
                }
                '\\' => {
                    self.at += 1;
                    let asserts = matches!(self.peek(), Some('b' | 'B'));
                    self.escape()?;
                    !asserts
                }
                '|' | '^' | '$' => {
                    self.at += 1;
                    false
                }
                _ if self.repeat()? => {
                    if !repeatable {
                        return Err(format!("`{}` repeats nothing", self.since(begin)));
                    }
                    false
                }
                _ => {
                    self.at += 1;
                    true
                }
            };
        }
        match open.len() {
            0 => Ok(()),
            1 => Err("a `(` that nothing closes".to_owned()),
            many => Err(format!("{many} times a `(` that nothing closes")),
        }
    }

    /// The beginning of a group; whether a repeat may follow its end, which none may after one that
    /// looks behind.
    fn group(&mut self) -> Read<bool> {
        let begin = self.at;
        self.at += 1;
        if !self.eat("?") || [":", "=", "!"].iter().any(|kind| self.eat(kind)) {
            return Ok(true);
        }
        if self.eat("<=") || self.eat("<!") {
            return Ok(false);
        }
        if self.eat("<") {
            let first = self.peek();
            let is_part = |c: char| is_xid_continue(c) || "$\\{}\u{200c}\u{200d}".contains(c);
            while self.peek().is_some_and(is_part) {
                self.at += 1;
            }
            let named = first.is_some_and(|c| is_part(c) && !c.is_ascii_digit());
            if named && self.eat(">") {
                return Ok(true);
            }
            return Err(format!(
                "`{}` is not the name of a group",
                self.since(begin)
            ));
        }
        // Flags that hold for the group alone (ECMA-262, 2025).
        let flags = self.at;
        while self.peek().is_some_and(|c| "ims-".contains(c)) {
            self.at += 1;
        }
        let text = self.since(flags);
        let once = |flag: char| text.matches(flag).count() <= 1;
        if text.len() > text.matches('-').count() && "ims-".chars().all(once) && self.eat(":") {
            return Ok(true);
        }
        self.next();
        Err(format!("`{}` begins no group", self.since(begin)))
    }

    /// A repeat, where there is one.
    fn repeat(&mut self) -> Read<bool> {
        let begin = self.at;
        match self.peek() {
            Some('*' | '+' | '?') => self.at += 1,
            Some('{') => {
                self.at += 1;
                let low = self.digits();
                let high = if self.eat(",") {
                    self.digits()
                } else {
                    low.clone()
                };
                // Else it is a brace, which annex B takes as itself.
                if low.is_empty() || !self.eat("}") {
                    self.at = begin;
                    return Ok(false);
                }
                let value = |digits: &str| {
                    let digits = digits.trim_start_matches('0').to_owned();
                    (digits.len(), digits)
                };
                if !high.is_empty() && value(&high) < value(&low) {
                    return Err(format!("`{}` is from more to less", self.since(begin)));
                }
            }
            _ => return Ok(false),
        }
        self.eat("?");
        Ok(true)
    }

    fn digits(&mut self) -> String {
        let begin = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        self.characters[begin..self.at].iter().collect()
    }

    fn class(&mut self) -> Read<()> {
        let unclosed = || "a `[` that nothing closes".to_owned();
        let mut depth = 0_usize;
        loop {
            let begin = self.at;
            let low = match self.next().ok_or_else(unclosed)? {
                '[' if depth == 0 || self.nested => {
                    depth += 1;
                    self.eat("^");
                    continue;
                }
                ']' if depth == 1 => return Ok(()),
                ']' => {
                    depth -= 1;
                    continue;
                }
                '\\' => self.escape()?,
                '(' | ')' | '{' | '}' | '/' | '|' if self.nested => {
                    return Err(format!("`{}` in a class of classes", self.since(begin)));
                }
                other => Some(other),
            };
            // Two hyphens take one class from another where the flag `v` is set.
            if (self.nested && self.eat("--")) || !self.eat("-") {
                continue;
            }
            let high = match self.next().ok_or_else(unclosed)? {
                ']' => {
                    self.at -= 1;
                    continue;
                }
                '\\' => self.escape()?,
                other => Some(other),
            };
            if let (Some(low), Some(high)) = (low, high)
                && low > high
            {
                return Err(format!(
                    "`{}` is from a later one to an earlier",
                    self.since(begin)
                ));
            }
        }
    }

    /// What follows a backslash: the character that it stands for, where it is one.
    fn escape(&mut self) -> Read<Option<char>> {
        let kind = self.next().ok_or("a `\\` that nothing follows")?;
        Ok(match kind {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'B' | 'k' | '0'..='9' => None,
            'p' | 'P' | 'q' => {
                let begin = self.at;
                let found = self.eat("{") && {
                    while self.peek().is_some_and(|c| !"{}[]".contains(c)) {
                        self.at += 1;
                    }
                    self.eat("}")
                };
                if !found {
                    self.at = begin;
                }
                None
            }
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            // Where no letter follows, the backslash is one itself.
            'c' => {
                self.at += usize::from(self.peek().is_some_and(|c| c.is_ascii_alphabetic()));
                None
            }
            'x' => self.hex(2).and_then(char::from_u32).or(Some('x')),
            'u' => self.unicode(),
            other => Some(other),
        })
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text: String = self
            .characters
            .get(self.at..self.at + digits)?
            .iter()
            .collect();
        let whole = text.chars().all(|c| c.is_ascii_hexdigit());
        let value = u32::from_str_radix(&text, 16).ok().filter(|_| whole)?;
        self.at += digits;
        Some(value)
    }

    /// `\u0041`, `\u{41}`, and two halves as one; none for one that the grammars read differently.
    fn unicode(&mut self) -> Option<char> {
        let begin = self.at;
        if self.eat("{") {
            while self.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
                self.at += 1;
            }
            if !self.eat("}") {
                self.at = begin;
            }
            return None;
        }
        let first = self.hex(4)?;
        let (high, low) = (0xd800..0xdc00, 0xdc00..0xe000);
        let before = self.at;
        if high.contains(&first) && self.eat("\\u") {
            match self.hex(4) {
                Some(second) if low.contains(&second) => {
                    let value = 0x1_0000 + ((first - high.start) << 10) + (second - low.start);
                    return char::from_u32(value);
                }
                _ => self.at = before,
            }
        }
        char::from_u32(first)
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    /// What an engine takes: each was held against `new RegExp` with no flag, `u` and `v`.
    const FINE: &str = include_str!("pattern/fine.txt");
    /// What none takes.
    const WRONG: &str = include_str!("pattern/wrong.txt");

    #[test]
    fn what_an_engine_takes_is_no_fault() {
        for pattern in FINE.lines() {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_no_engine_takes_is_one() {
        for pattern in WRONG.lines() {
            assert!(fault(pattern).is_some(), "{pattern}");
        }
    }

    #[test]
    fn long_and_deep_patterns_are_read() {
        let deep = |number: usize| "(".repeat(number) + &")".repeat(number);
        assert_eq!(fault(&deep(100_000)), None);
        assert!(fault(&"[[".repeat(100_000)).is_some());
    }
}
