//! What derives of serde are told by attribute, and what stands in for one.

use std::fmt;

use serde::de::{Deserializer, Visitor};

/// For an optional property that may be null: `None` is absent, `Some(None)` is null.
pub mod nullable {
    use serde::{Deserialize, Deserializer};

    /// Present, so `Some`, whatever it is; an absent property takes the default of its field.
    ///
    /// # Errors
    /// The value is neither null nor a `T`.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
    where
        D: Deserializer<'de>,
        T: Deserialize<'de>,
    {
        Option::deserialize(deserializer).map(Some)
    }
}

/// Reads a text, and makes a value of it that keeps any text there is.
///
/// # Errors
/// The value is no text.
pub fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    make: impl FnOnce(&str) -> T,
) -> Result<T, D::Error> {
    struct Text<F>(F);

    impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Text<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok((self.0)(text))
        }
    }

    deserializer.deserialize_str(Text(make))
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Patch {
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "super::nullable::deserialize"
        )]
        name: Option<Option<String>>,
    }

    #[test]
    fn absent_null_and_a_value_differ_both_ways() {
        for (json, name) in [
            ("{}", None),
            (r#"{"name":null}"#, Some(None)),
            (r#"{"name":"a"}"#, Some(Some("a".to_owned()))),
        ] {
            let patch = Patch { name };
            assert_eq!(serde_json::to_string(&patch).unwrap(), json);
            assert_eq!(serde_json::from_str::<Patch>(json).unwrap(), patch);
        }
    }
}
