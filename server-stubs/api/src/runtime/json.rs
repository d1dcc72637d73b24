//! JSON texts to values, strictly.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reads a JSON text (RFC 8259) whose objects have no name twice (RFC 7493 section 2.3). Which of
/// two values counts is each reader's own choice, so what checks a request and what acts on it
/// could see two requests.
///
/// # Errors
/// What is wrong and where; nesting deeper than 127 too.
pub(super) fn parse(text: &[u8]) -> serde_json::Result<Value> {
    let value = serde_json::from_slice(text)?;
    serde_json::from_slice::<Unique>(text)?;
    Ok(value)
}

/// A JSON value that was looked through. Apart from [`Value`], because how serde_json hands a
/// number to a visitor depends on its features, which another crate of a build may choose.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<Self>()?;
            if let Some(twice) = seen.replace(name) {
                return Err(A::Error::custom(format_args!("{twice:?} is there twice")));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::json;

    #[test]
    fn a_text_is_read_as_it_stands() {
        let text = br#" {"a": [1, -2, 0.5, true, null, "x"], "b": {"a": {}}} "#;
        let value = json!({"a": [1, -2, 0.5, true, null, "x"], "b": {"a": {}}});
        assert_eq!(parse(text).expect("JSON"), value);
    }

    #[test]
    fn a_name_twice_is_refused_however_it_is_written() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"[{"b": {"a": 1, "\u0061": 2}}]"#,
            r#"{"": 1, "": 2}"#,
        ] {
            let error = parse(text.as_bytes()).expect_err(text).to_string();
            assert!(error.contains("is there twice at line 1"), "{error}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(127).as_bytes()).is_ok());
        assert!(parse(nested(128).as_bytes()).is_err());
        assert!(parse(nested(1 << 20).as_bytes()).is_err());
    }
}
