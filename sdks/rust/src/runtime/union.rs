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
