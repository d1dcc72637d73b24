//! Strings by format, pattern and length.

use serde_json::{Map, Value};

use super::chance::Chance;

/// What a string without a format may be: what is lost where text passes a careless reader.
const PLAIN: [&str; 8] = [
    "plain",
    "",
    "two words",
    "Grüße, 世界",
    "emoji \u{1f980}",
    "quote \" and \\ and </script>",
    "line\nbreak\ttab",
    "\u{2028}\u{feff}e\u{301}",
];

/// A string of a schema; `None` where its pattern cannot be met.
pub(super) fn make(schema: &Map<String, Value>, chance: &mut Chance) -> Option<String> {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    let least = count("minLength").unwrap_or(0) as usize;
    let most = count("maxLength").map_or(usize::MAX, |most| most as usize);
    let fits = |text: &str| {
        let length = text.chars().count();
        length >= least && length <= most
    };
    if let Some(pattern) = text("pattern") {
        let made = (0..24).find_map(|_| chance.matching(pattern).filter(|text| fits(text)));
        let made = match text("format") {
            Some("decimal") => made.map(|text| canonical(&text)),
            _ => made,
        };
        return made.or_else(|| example(schema));
    }
    if text("contentEncoding").is_some_and(|encoding| encoding.starts_with("base64")) {
        return chance
            .one(&["", "aGVsbG8=", "/+8A"])
            .map(|text| (*text).to_owned());
    }
    let of_format = text("format").and_then(|format| formatted(format, chance));
    if let Some(made) = of_format
        && fits(&made)
    {
        return Some(made);
    }
    let mut made = chance.one(&PLAIN).copied().unwrap_or_default().to_owned();
    while made.chars().count() < least {
        made.push(char::from(b'a' + (made.len() % 26) as u8));
    }
    Some(made.chars().take(most).collect())
}

/// A decimal number without zeros in front, which say nothing.
fn canonical(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let trimmed = digits.trim_start_matches('0');
    let zero = if trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        "0"
    };
    format!("{sign}{zero}{trimmed}")
}

/// What the author gives as an example.
fn example(schema: &Map<String, Value>) -> Option<String> {
    let first = schema.get("examples").and_then(|examples| examples.get(0));
    let example = schema.get("example").or(first).or(schema.get("default"));
    example.and_then(Value::as_str).map(str::to_owned)
}

fn formatted(format: &str, chance: &mut Chance) -> Option<String> {
    let some: &[&str] = match format {
        "date-time" => &[
            "2024-02-29T23:59:59Z",
            "2019-10-12T07:20:50.52Z",
            "1985-04-12T23:20:50.123456Z",
            "1996-12-19T16:39:57-08:00",
            "2030-01-01T00:00:00+05:30",
            "0001-01-01T00:00:00Z",
        ],
        "date" => &["2024-02-29", "1999-12-31", "0001-01-01"],
        "time" => &["23:59:59Z", "07:20:50.52Z", "16:39:57-08:00"],
        "duration" => &["P1D", "PT36H", "P3W", "P1Y2M", "PT0.5S"],
        "uuid" => &[
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "F81D4FAE-7DEC-41D0-8765-00A0C91E6BF6",
        ],
        "uri" | "iri" | "url" => &[
            "https://example.com/a%20b?q=1&r=%C3%A9#f",
            "urn:isbn:0451450523",
            "https://[::1]:8080/",
        ],
        "uri-reference" | "iri-reference" => &["../a?b#c", "https://example.com/"],
        "uri-template" => &["/a/{b}{?c*}"],
        "email" | "idn-email" => &["a@example.com", "first.last+tag@example.co.uk"],
        "hostname" | "idn-hostname" => &["example.com", "a-b.example"],
        "ipv4" => &["192.0.2.1"],
        "ipv6" => &["2001:db8::1", "::1"],
        "json-pointer" => &["/a/b~1c", ""],
        "relative-json-pointer" => &["1/a"],
        "regex" => &["^a+$"],
        "byte" | "base64" => &["", "aGVsbG8=", "/+8A"],
        "decimal" => &["0", "-12.50", "100000000000000000000.000000001"],
        _ => return None,
    };
    chance.one(some).map(|text| (*text).to_owned())
}
