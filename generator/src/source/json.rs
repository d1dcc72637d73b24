//! JSON (RFC 8259) to [`Node`].
//!
//! Apart from YAML's reader because JSON is not quite YAML (tabs, surrogate pairs in
//! `\u` escapes) and because it is several times faster; see the measurement in `Sources`.

use super::limits::MAX_DEPTH;
use super::mapping::without_duplicates;
use super::node::{Entry, Node, Value};
use super::number::is_json_number;
use super::span::{FileId, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Reads the one value in `text`. Says what is wrong; gives `None` when no tree came out.
pub(super) fn read(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut reader = Reader {
        file,
        text,
        bytes: text.as_bytes(),
        at: 0,
        diagnostics,
    };
    if text.starts_with('\u{FEFF}') {
        reader.at = '\u{FEFF}'.len_utf8();
    }
    reader.skip_space();
    if reader.at == text.len() {
        let found = Diagnostic::error(
            Code::EmptyDocument,
            Span::file_start(file),
            "the file is empty",
        );
        reader.diagnostics.push(found);
        return None;
    }
    let result = reader.value(0).and_then(|node| {
        reader.skip_space();
        if reader.at < reader.bytes.len() {
            Err(reader.unexpected("the end of the file"))
        } else {
            Ok(node)
        }
    });
    match result {
        Ok(node) => Some(node),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

/// Boxed, as the error path is rare and the value path returns often.
type Found<T> = Result<T, Box<Diagnostic>>;

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, offset(start), offset(end))
    }

    fn error(&self, start: usize, end: usize, message: String) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(
            Code::JsonSyntax,
            self.span(start, end),
            message,
        ))
    }

    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            Some(found) => {
                let shown = match found {
                    '\'' | '"' | '\\' => found.to_string(),
                    found => found.escape_debug().to_string(),
                };
                let message = format!("expected {expected}, found `{shown}`");
                let error = self.error(self.at, self.at + found.len_utf8(), message);
                let hint = match found {
                    '\'' => "JSON has double quotes alone",
                    '}' | ']' => "remove the comma before it, if there is one",
                    '/' | '#' => "JSON has no comments",
                    _ => return error,
                };
                Box::new(error.hint(hint))
            }
            None => self.error(
                self.at,
                self.at,
                format!("expected {expected}, found the end of the file"),
            ),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Found<Node> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.mapping(depth)?,
            Some(b'[') => self.sequence(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node::new(value, self.span(start, self.at)))
    }

    fn deeper(&self, depth: usize) -> Found<usize> {
        if depth < MAX_DEPTH {
            return Ok(depth + 1);
        }
        let message = format!("collections are nested deeper than {MAX_DEPTH} levels");
        Err(Box::new(Diagnostic::error(
            Code::TooDeep,
            self.span(self.at, self.at + 1),
            message,
        )))
    }

    fn mapping(&mut self, depth: usize) -> Found<Value> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Mapping(entries.into()));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let start = self.at;
            let key = Spanned::new(self.string()?, self.span(start, self.at));
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.at += 1;
            self.skip_space();
            entries.push((key, self.value(depth)?));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Mapping(
                        without_duplicates(entries, self.diagnostics).into(),
                    ));
                }
                _ => return Err(self.unexpected("`,` or `}`")),
            }
        }
    }

    fn sequence(&mut self, depth: usize) -> Found<Value> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Sequence(items.into()));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::Sequence(items.into()));
                }
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Found<Value> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.unexpected("a value"))
    }

    fn number(&mut self) -> Found<Value> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
        ) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if is_json_number(text) {
            return Ok(Value::Number(text.to_owned()));
        }
        Err(self.error(
            start,
            self.at,
            format!("`{text}` is not a number that JSON allows"),
        ))
    }

    /// The string whose opening quote is next.
    fn string(&mut self) -> Found<String> {
        let opening = self.at;
        self.at += 1;
        let mut start = self.at;
        let mut out = String::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    out.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    out.push_str(&self.text[start..self.at]);
                    out.push(self.escape()?);
                    start = self.at;
                }
                Some(byte) if byte < 0x20 => {
                    return Err(self.unexpected("a string without raw control characters"));
                }
                Some(_) => self.at += 1,
                None => {
                    return Err(self.error(
                        opening,
                        opening + 1,
                        "this string is never closed".to_owned(),
                    ));
                }
            }
        }
    }

    fn escape(&mut self) -> Found<char> {
        let start = self.at;
        self.at += 1;
        let escaped = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode(start);
            }
            _ => {
                return Err(self.error(
                    start,
                    start + 1,
                    "a backslash that begins no escape of JSON".to_owned(),
                ));
            }
        };
        self.at += 1;
        Ok(escaped)
    }

    /// The character of `\uXXXX`, or of two that are a surrogate pair.
    fn unicode(&mut self, start: usize) -> Found<char> {
        let first = self.hex4(start)?;
        if let Some(found) = char::from_u32(first) {
            return Ok(found);
        }
        if (0xD800..0xDC00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let second = self.hex4(start)?;
            if (0xDC00..0xE000).contains(&second)
                && let Some(found) =
                    char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                return Ok(found);
            }
        }
        Err(self.error(
            start,
            start + 6,
            "half of a surrogate pair, which is no character".to_owned(),
        ))
    }

    fn hex4(&mut self, start: usize) -> Found<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        let code = digits.iter().try_fold(0, |code, &byte| {
            Some(code * 16 + char::from(byte).to_digit(16)?)
        });
        match code {
            Some(code) if digits.len() == 4 => {
                self.at += 4;
                Ok(code)
            }
            _ => Err(self.error(
                start,
                start + 2,
                "`\\u` wants four hexadecimal digits".to_owned(),
            )),
        }
    }
}
