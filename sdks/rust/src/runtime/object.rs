//! Objects that keep the properties which their type does not list.
//!
//! serde's `flatten` does so by building the whole object first, which makes a page of a hundred
//! records three times as slow. Here the derived code reads the object itself, and what it would
//! skip is put aside.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::union::Key;

/// Gives a record that derives serde's traits as its own remote (`#[serde(remote = "Self")]`) the
/// traits themselves, by which the field that is named here holds what the others do not. A third
/// argument names the property that the derived code writes by itself, and that is no news.
macro_rules! keep_extra {
    ($record:ident, $extra:ident) => {
        $crate::runtime::object::keep_extra!($record, $extra, "");
    };
    ($record:ident, $extra:ident, $tag:literal) => {
        impl serde::Serialize for $record {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $record {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut extra = serde_json::Map::new();
                let keeping = $crate::runtime::object::Keeping::new(deserializer, $tag, &mut extra);
                let mut record = Self::deserialize(keeping)?;
                record.$extra = extra;
                Ok(record)
            }
        }
    };
}
pub(crate) use keep_extra;

/// A deserializer that puts aside the properties which a struct does not list.
pub(crate) struct Keeping<'a, D> {
    inner: D,
    tag: &'static str,
    extra: &'a mut Map<String, Value>,
}

impl<'a, D> Keeping<'a, D> {
    /// A property named `tag` is neither listed nor kept.
    pub(crate) fn new(inner: D, tag: &'static str, extra: &'a mut Map<String, Value>) -> Self {
        Self { inner, tag, extra }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Keeping<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let object = Object {
            visitor,
            fields,
            tag: self.tag,
            extra: self.extra,
        };
        self.inner.deserialize_struct(name, fields, object)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Reads an object, or, of one, its properties.
struct Object<'a, V> {
    visitor: V,
    fields: &'static [&'static str],
    tag: &'static str,
    extra: &'a mut Map<String, Value>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Properties {
            map,
            fields: self.fields,
            tag: self.tag,
            extra: self.extra,
        })
    }
}

struct Properties<'a, A> {
    map: A,
    fields: &'static [&'static str],
    tag: &'static str,
    extra: &'a mut Map<String, Value>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Properties<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(Key(key)) = self.map.next_key()? {
            // Derived code takes the place of a field for its name.
            if let Some(index) = self.fields.iter().position(|known| *known == key) {
                return seed
                    .deserialize((index as u64).into_deserializer())
                    .map(Some);
            }
            if key == self.tag {
                self.map.next_value::<IgnoredAny>()?;
            } else {
                let value = self.map.next_value()?;
                self.extra.insert(key.into_owned(), value);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, Value, json};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(remote = "Self", tag = "type", rename = "run.ended")]
    struct Ended {
        #[serde(rename = "endedAt")]
        ended_at: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "crate::runtime::serialize::nullable::deserialize"
        )]
        by: Option<Option<String>>,
        #[serde(flatten, skip_deserializing)]
        extra: Map<String, Value>,
    }

    super::keep_extra!(Ended, extra, "type");

    #[test]
    fn what_is_not_listed_is_kept_and_written_again() {
        for text in [
            r#"{"type":"run.ended","endedAt":1}"#,
            r#"{"type":"run.ended","endedAt":1,"why":"x","by":null,"ended_at":[{"a":null}]}"#,
            r#"{"new\u0041":{"b":1.5},"endedAt":9007199254740993,"type":"run.ended"}"#,
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            let ended: Ended = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_value(&ended).unwrap(), value);
            assert_eq!(Ended::deserialize(&value).unwrap(), ended);
            assert!(!ended.extra.contains_key("type"));
        }
    }

    #[test]
    fn what_is_listed_must_be_there_once_and_be_what_it_is() {
        for text in [
            "{}",
            r#"{"endedAt":"x"}"#,
            r#"{"endedAt":1,"endedAt":2}"#,
            "[1]",
            "null",
        ] {
            assert!(serde_json::from_str::<Ended>(text).is_err(), "{text}");
        }
        assert_eq!(
            serde_json::from_value::<Ended>(json!({"endedAt": 1}))
                .unwrap()
                .by,
            None
        );
    }
}
