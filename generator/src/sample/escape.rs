//! The only way from the document's words into a sample: what is plain everywhere, or a value of
//! JSON, which its writer quotes.

use serde_json::Value as Json;

use crate::ir::{Docs, Literal, Name, Text};

/// How long an example may be to stand in a line of code.
const LONGEST: usize = 40;

/// A name as it stands on the wire, as a value of JSON.
pub(super) fn wire(name: &Name) -> String {
    name.wire().raw().to_owned()
}

/// A text, as a value of JSON.
pub(super) fn text(text: &Text) -> String {
    text.raw().to_owned()
}

/// A literal piece of a path, where no client writes it otherwise: `unreserved` and `/` of
/// RFC 3986.
pub(super) fn path(text: &Text) -> Option<&str> {
    Some(text.raw()).filter(|text| text.chars().all(|c| c == '/' || is_unreserved(c)))
}

/// True of what a URL holds as it is (RFC 3986, section 2.3).
pub(super) fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~')
}

/// An example of the document, where it is short and means nothing in any language.
pub(super) fn plain(text: &Text) -> Option<&str> {
    let inside = |c: char| is_unreserved(c) || matches!(c, ' ' | '@' | ':' | '/' | '+' | ',');
    let edge = |c: char| c.is_ascii_alphanumeric() || c == '+';
    let text = text.raw();
    let fits = !text.is_empty() && text.len() <= LONGEST && text.chars().all(inside);
    (fits && text.starts_with(edge) && text.ends_with(|c: char| c.is_ascii_alphanumeric()))
        .then_some(text)
}

/// `run-id`, for a value that nothing else is known of.
pub(super) fn named(name: &Name) -> String {
    let words = name.words();
    match words.iter().all(|word| word.chars().all(is_unreserved)) {
        true => words.join("-"),
        false => "text".to_owned(),
    }
}

/// The first paragraph of what the document says, as a line of Markdown that begins no block and
/// holds no markup.
pub(super) fn about(docs: &Docs) -> Option<String> {
    let text = match docs.summary.is_empty() {
        true => docs.description.raw(),
        false => docs.summary.raw(),
    };
    let first = text.trim().split("\n\n").next()?;
    let words: Vec<&str> = first.split_whitespace().collect();
    let line = words.join(" ");
    let seen = line.chars().filter(|c| !is_hidden(*c));
    let harmless = |c| {
        matches!(
            c,
            ',' | '.' | ':' | ';' | '\'' | '/' | '(' | ')' | '-' | '?'
        )
    };
    let escaped = seen.flat_map(|c| {
        let mark = (c.is_ascii_punctuation() && !harmless(c)).then_some('\\');
        mark.into_iter().chain([c])
    });
    let line: String = escaped.collect();
    line.starts_with(char::is_alphabetic).then_some(line)
}

/// Characters that print nothing, or change how others are shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A value of the document as JSON; `None` for a number that no reader of JSON takes as it is.
pub(super) fn json(literal: &Literal) -> Option<Json> {
    Some(match literal {
        Literal::Null => Json::Null,
        Literal::Boolean(value) => (*value).into(),
        Literal::Integer(digits) => digits.parse::<i64>().ok()?.into(),
        Literal::Number(digits) => serde_json::Number::from_f64(digits.parse().ok()?)?.into(),
        Literal::String(text) => text.raw().into(),
        Literal::List(items) => items
            .iter()
            .map(json)
            .collect::<Option<Vec<Json>>>()?
            .into(),
        Literal::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value = json(value)?;
                Some((key.raw().to_owned(), value))
            });
            Json::Object(members.collect::<Option<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_api_is_stays_a_line() {
        let about = |text: &str| {
            about(&Docs {
                summary: Text::default(),
                description: Text::new(text),
            })
        };
        assert_eq!(
            about("A *b*\n<c>\n\nd"),
            Some("A \\*b\\* \\<c\\>".to_owned())
        );
        for text in ["", "# A", "- a", "1. a", "```", "> a", "<a>", "| a |"] {
            assert_eq!(about(text), None, "{text}");
        }
    }

    #[test]
    fn an_example_is_plain_or_none() {
        for text in ["pln_abc", "2.5", "me@example.com", "a b", "+49 30", "a/b:c"] {
            assert_eq!(plain(&Text::new(text)), Some(text));
        }
        for text in [
            "", " a", "a\"b", "`", "${a}", "a\nb", "-rf", "é", "../x", "a\\", "</b>",
        ] {
            assert_eq!(plain(&Text::new(text)), None, "{text}");
        }
    }
}
