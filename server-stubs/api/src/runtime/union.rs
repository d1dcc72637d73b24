//! Unions whose variants are told apart by a property.
//!
//! serde's own tagged enums have no place for a variant that is not known, and take a known one
//! that does not decode for the unknown one. So the generated `Deserialize` of a union is a match
//! over the tag, on top of this.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// A value and its tag; `None` where it has no tag that is text.
#[derive(Debug)]
pub struct Tagged {
    /// The value of the tagging property.
    pub tag: Option<String>,
    property: &'static str,
    value: Value,
}

impl Tagged {
    /// Reads a value and looks for the tag.
    ///
    /// # Errors
    /// The deserializer's.
    pub fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        property: &'static str,
    ) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let tag = value
            .get(property)
            .and_then(Value::as_str)
            .map(str::to_owned);
        Ok(Self {
            tag,
            property,
            value,
        })
    }

    /// The object as a type that has the tag among its fields.
    ///
    /// # Errors
    /// The object is not a `T`.
    pub fn with_tag<T: DeserializeOwned, E: Error>(self) -> Result<T, E> {
        serde_json::from_value(self.value).map_err(E::custom)
    }

    /// The object without its tag, as a type that writes the tag by itself.
    ///
    /// # Errors
    /// The object is not a `T`.
    pub fn without_tag<T: DeserializeOwned, E: Error>(mut self) -> Result<T, E> {
        if let Value::Object(fields) = &mut self.value {
            fields.remove(self.property);
        }
        self.with_tag()
    }

    /// Why it is no value of a union that knows all its variants.
    #[must_use]
    pub fn refused<E: Error>(self) -> E {
        match self.tag {
            Some(tag) => E::custom(format_args!("{}: {tag:?} is not known here", self.property)),
            None => E::custom(format_args!("{}: text is missing", self.property)),
        }
    }

    /// The object as it came.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer, Serialize};
    use serde_json::{Map, Value, json};

    use super::Tagged;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "type", rename = "run.ended")]
    struct Ended {
        at: i64,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Serialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Event {
        Ended(Ended),
        Unknown(Value),
    }

    impl<'de> Deserialize<'de> for Event {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let tagged = Tagged::read(deserializer, "type")?;
            Ok(match tagged.tag.as_deref() {
                Some("run.ended") => Self::Ended(tagged.without_tag()?),
                _ => Self::Unknown(tagged.into_value()),
            })
        }
    }

    fn round_trip(value: &Value) -> Event {
        let event = Event::deserialize(value).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), *value);
        event
    }

    #[test]
    fn a_known_variant_keeps_its_tag_and_what_it_does_not_know() {
        let event = round_trip(&json!({"type": "run.ended", "at": i64::MAX, "new": [1]}));
        let Event::Ended(ended) = event else {
            panic!("{event:?}")
        };
        assert_eq!(ended.at, i64::MAX);
        assert_eq!(Value::Object(ended.extra), json!({"new": [1]}));
    }

    #[test]
    fn an_unknown_variant_is_kept_and_a_broken_one_is_an_error() {
        let value = json!({"type": "run.moved", "to": "mars"});
        assert_eq!(round_trip(&value), Event::Unknown(value));
        assert!(matches!(round_trip(&json!({"at": 1})), Event::Unknown(_)));
        assert!(Event::deserialize(json!({"type": "run.ended", "at": "x"})).is_err());
    }
}
