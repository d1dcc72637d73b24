//! Objects that keep the properties which their type does not list.
//!
//! serde's `flatten` does so by building the whole object first, which makes a page of a hundred
//! records three times as slow. Here a record is read property by property, and what it does not
//! list is put aside.

use serde::Deserialize;
use serde::de::{Error, MapAccess};

/// Gives a record `Deserialize`: for each of its fields the name on the wire and how it is read,
/// by a pair of functions below, and last the field that holds what the others do not. `but` names
/// a property that is neither listed nor kept, since `Serialize` writes it by itself.
#[allow(
    unused_macros,
    reason = "an API may have no record that keeps anything"
)]
macro_rules! read_record {
    ($record:ident { $($field:ident: $how:ident $name:literal,)* ..$extra:ident } $(but $tag:literal)?) => {
        impl<'de> serde::Deserialize<'de> for $record {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct Properties;

                impl<'de> serde::de::Visitor<'de> for Properties {
                    type Value = $record;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object that is a ", stringify!($record)))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$record, A::Error> {
                        $(let mut $field = None;)*
                        let mut extra = serde_json::Map::new();
                        while let Some($crate::runtime::union::Key(key)) = map.next_key()? {
                            match &*key {
                                $($name => $crate::runtime::object::$how::read(
                                    &mut map, &mut $field, $name,
                                )?,)*
                                $($tag => drop(map.next_value::<serde::de::IgnoredAny>()?),)?
                                _ => {
                                    extra.insert(key.into_owned(), map.next_value()?);
                                }
                            }
                        }
                        Ok($record {
                            $($field: $crate::runtime::object::$how::done($field, $name)?,)*
                            $extra: extra,
                        })
                    }
                }

                deserializer.deserialize_map(Properties)
            }
        }
    };
}
#[allow(
    unused_imports,
    reason = "an API may have no record that keeps anything"
)]
pub(crate) use read_record;

fn set<T, E: Error>(field: &mut Option<T>, value: T, name: &'static str) -> Result<(), E> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

/// A property that is there.
pub mod required {
    use super::{Deserialize, Error, MapAccess, set};

    /// Reads it.
    ///
    /// # Errors
    /// It is no `T`, or comes twice.
    pub fn read<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
        map: &mut A,
        field: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        let value = map.next_value()?;
        set(field, value, name)
    }

    /// The value of the field.
    ///
    /// # Errors
    /// It has not come.
    pub fn done<T, E: Error>(field: Option<T>, name: &'static str) -> Result<T, E> {
        field.ok_or_else(|| E::missing_field(name))
    }
}

/// A property that may be absent or null, which are one.
pub mod optional {
    use super::{Error, required};
    pub use required::read;

    /// The value of the field.
    ///
    /// # Errors
    /// None.
    pub fn done<T, E: Error>(field: Option<Option<T>>, _: &'static str) -> Result<Option<T>, E> {
        Ok(field.flatten())
    }
}

/// A property that may be absent, and may be null, which differ.
pub mod nullable {
    use super::{Deserialize, Error, MapAccess, set};

    /// Reads it.
    ///
    /// # Errors
    /// It is neither null nor a `T`, or comes twice.
    pub fn read<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
        map: &mut A,
        field: &mut Option<Option<T>>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        let value = map.next_value()?;
        set(field, value, name)
    }

    /// The value of the field.
    ///
    /// # Errors
    /// None.
    pub fn done<T, E: Error>(
        field: Option<Option<T>>,
        _: &'static str,
    ) -> Result<Option<Option<T>>, E> {
        Ok(field)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, Value, json};

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(tag = "type", rename = "run.ended")]
    struct Ended {
        #[serde(rename = "endedAt")]
        ended_at: i64,
        map: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<Option<String>>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    super::read_record!(Ended {
        ended_at: required "endedAt",
        map: optional "map",
        why: optional "why",
        by: nullable "by",
        ..extra
    } but "type");

    #[test]
    fn what_is_not_listed_is_kept_and_written_again() {
        for text in [
            r#"{"type":"run.ended","endedAt":1,"map":null}"#,
            r#"{"type":"run.ended","endedAt":1,"map":true,"why":"x","by":null,"ended_at":[{"a":null}]}"#,
            r#"{"new\u0041":{"b":1.5},"map":null,"endedAt":9007199254740993,"type":"run.ended"}"#,
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
        let ended: Ended = serde_json::from_value(json!({"endedAt": 1})).unwrap();
        assert_eq!((ended.map, ended.by), (None, None));
    }
}
