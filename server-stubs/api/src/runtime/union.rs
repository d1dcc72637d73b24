//! Unions whose variants are told apart by a property.
//!
//! serde's own tagged enums have no place for a variant that is not known, and take a known one
//! that does not decode for the unknown one. So the generated `Deserialize` of a union is a match
//! over the tag, on top of this. Where the tag comes first, as it mostly does, the variant is read
//! straight from what follows; what stands before the tag is kept until it is known.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// A union that generated code takes apart.
pub trait Variants: Sized {
    /// The variant of a tag, read from the rest of the object; `None` is a value that has no tag
    /// that is text.
    ///
    /// # Errors
    /// The rest is not what the variant holds, or there is no such variant.
    fn read<'de, R: Rest<'de>>(tag: Option<&str>, rest: R) -> Result<Self, R::Error>;
}

/// What is read once the tag is known.
pub trait Rest<'de>: Sized {
    /// The deserializer's.
    type Error: Error;

    /// The object as a type that has the tag among its fields.
    ///
    /// # Errors
    /// The object is not a `T`.
    fn with_tag<T: Deserialize<'de>>(self) -> Result<T, Self::Error>;

    /// The object without its tag, as a type that writes the tag by itself.
    ///
    /// # Errors
    /// The object is not a `T`.
    fn without_tag<T: Deserialize<'de>>(self) -> Result<T, Self::Error>;

    /// The value as it came.
    ///
    /// # Errors
    /// It is no JSON.
    fn into_value(self) -> Result<Value, Self::Error>;

    /// Why it is no value of a union that knows all its variants.
    fn refused(self) -> Self::Error;
}

/// Reads a union by the property that tells its variants apart.
///
/// # Errors
/// Those of [`Variants::read`], and of the deserializer.
pub fn read<'de, T: Variants, D: Deserializer<'de>>(
    deserializer: D,
    property: &'static str,
) -> Result<T, D::Error> {
    let union = PhantomData;
    deserializer.deserialize_any(Tagged { property, union })
}

/// The name of a property, borrowed where it can be.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_identifier(Text)
    }
}

struct Tagged<T> {
    property: &'static str,
    union: PhantomData<T>,
}

impl<T: Variants> Tagged<T> {
    fn plain<E: Error>(self, value: Value) -> Result<T, E> {
        let error = PhantomData;
        let property = self.property;
        T::read(
            None,
            Plain {
                property,
                value,
                error,
            },
        )
    }
}

impl<'de, T: Variants> Visitor<'de> for Tagged<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with {:?}", self.property)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let property = self.property;
        let mut before = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            let value: Value = map.next_value()?;
            match value {
                Value::String(tag) if key == property => {
                    let rest = Object {
                        property,
                        tag: Some(tag.clone()),
                        before: before.into_iter(),
                        value: None,
                        map,
                    };
                    return T::read(Some(&tag), rest);
                }
                value => before.push((key.into_owned(), value)),
            }
        }
        let rest = Object {
            property,
            tag: None,
            before: before.into_iter(),
            value: None,
            map,
        };
        T::read(None, rest)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        self.plain(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.plain(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.plain(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.plain(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        self.plain(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.plain(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        self.plain(Value::Array(list))
    }
}

/// An object of which the tag has been read: what stood before it, then what follows.
struct Object<A> {
    property: &'static str,
    tag: Option<String>,
    before: std::vec::IntoIter<(String, Value)>,
    value: Option<Value>,
    map: A,
}

impl<'de, A: MapAccess<'de>> Rest<'de> for Object<A> {
    type Error = A::Error;

    fn with_tag<T: Deserialize<'de>>(mut self) -> Result<T, A::Error> {
        if let Some(tag) = self.tag.take() {
            let mut before: Vec<_> = self.before.collect();
            before.push((self.property.to_owned(), Value::String(tag)));
            self.before = before.into_iter();
        }
        self.without_tag()
    }

    fn without_tag<T: Deserialize<'de>>(self) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(self))
    }

    fn into_value(self) -> Result<Value, A::Error> {
        self.with_tag()
    }

    fn refused(self) -> A::Error {
        refusal(self.property, self.tag.as_deref())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Object<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.before.next() {
            Some((key, value)) => {
                self.value = Some(value);
                seed.deserialize(Value::String(key))
                    .map(Some)
                    .map_err(Error::custom)
            }
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(Error::custom),
            None => self.map.next_value_seed(seed),
        }
    }
}

/// A value that is no object.
struct Plain<E> {
    property: &'static str,
    value: Value,
    error: PhantomData<E>,
}

impl<'de, E: Error> Rest<'de> for Plain<E> {
    type Error = E;

    fn with_tag<T: Deserialize<'de>>(self) -> Result<T, E> {
        T::deserialize(self.value).map_err(E::custom)
    }

    fn without_tag<T: Deserialize<'de>>(self) -> Result<T, E> {
        self.with_tag()
    }

    fn into_value(self) -> Result<Value, E> {
        Ok(self.value)
    }

    fn refused(self) -> E {
        refusal(self.property, None)
    }
}

fn refusal<E: Error>(property: &str, tag: Option<&str>) -> E {
    match tag {
        Some(tag) => E::custom(format_args!("{property}: {tag:?} is not known here")),
        None => E::custom(format_args!("{property}: text is missing")),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer, Serialize};
    use serde_json::{Map, Value, json};

    use super::{Rest, Variants, read};

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "type", rename = "run.ended")]
    struct Ended {
        at: i64,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Moved {
        r#type: String,
        to: Box<Event>,
    }

    #[derive(Serialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Event {
        Ended(Ended),
        Moved(Moved),
        Unknown(Value),
    }

    impl<'de> Deserialize<'de> for Event {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            read(deserializer, "type")
        }
    }

    impl Variants for Event {
        fn read<'de, R: Rest<'de>>(tag: Option<&str>, rest: R) -> Result<Self, R::Error> {
            Ok(match tag {
                Some("run.ended") => Self::Ended(rest.without_tag()?),
                Some("run.moved") => Self::Moved(rest.with_tag()?),
                _ => Self::Unknown(rest.into_value()?),
            })
        }
    }

    fn round_trip(text: &str) -> Event {
        let event: Event = serde_json::from_str(text).unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), value);
        assert_eq!(Event::deserialize(value).unwrap(), event);
        event
    }

    #[test]
    fn a_known_variant_keeps_its_tag_and_what_it_does_not_know() {
        let max = i64::MAX;
        for text in [
            format!(r#"{{"type": "run.ended", "at": {max}, "new": [1]}}"#),
            format!(r#"{{"new": [1], "at": {max}, "type": "run.ended"}}"#),
            format!(r#"{{"at": {max}, "type": "run.ended", "new": [1]}}"#),
        ] {
            let Event::Ended(ended) = round_trip(&text) else {
                panic!("{text}")
            };
            assert_eq!(ended.at, max);
            assert_eq!(Value::Object(ended.extra), json!({"new": [1]}));
        }
    }

    #[test]
    fn unions_hold_each_other_and_keep_their_tags() {
        for text in [
            r#"{"type": "run.moved", "to": {"type": "run.ended", "at": 1}}"#,
            r#"{"to": {"at": 1, "type": "run.ended"}, "type": "run.moved"}"#,
        ] {
            assert!(matches!(round_trip(text), Event::Moved(_)), "{text}");
        }
    }

    #[test]
    fn an_unknown_variant_is_kept_and_a_broken_one_is_an_error() {
        for text in [
            r#"{"type": "run.stopped", "to": "mars"}"#,
            r#"{"to": "mars", "type": "run.stopped"}"#,
            r#"{"at": 1}"#,
            r#"{"type": 7}"#,
            r#"["run.ended"]"#,
            "null",
            "1.5",
            "\"run.ended\"",
        ] {
            assert!(matches!(round_trip(text), Event::Unknown(_)), "{text}");
        }
        for text in [
            r#"{"type": "run.ended", "at": "x"}"#,
            r#"{"at": "x", "type": "run.ended"}"#,
            r#"{"type": "run.ended""#,
        ] {
            assert!(serde_json::from_str::<Event>(text).is_err(), "{text}");
        }
    }
}
