//! Unions whose variants nothing but their shape tells apart.
//!
//! serde's `untagged` takes the first variant that can be read. A struct that asks for nothing can
//! be read from every object, and one of two fields from every pair: the variant that was meant is
//! never tried, and what it holds is lost. Here a value is read as a variant that is written as
//! such a value, those first which leave the fewest of its properties unlisted; where two leave as
//! many, the one that says more of it, and at last the document's order.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;

/// A form that JSON takes; of two that a value has, the earlier one says more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    List,
    /// An object with the property that the first text names, and one of the others as its value.
    Tagged,
    /// An object whose properties are listed.
    Record,
    /// An object of any properties.
    Object,
    /// Any value.
    Any,
}

/// What a variant is written as: a kind, and the texts that it goes by.
#[derive(Debug, Clone, Copy)]
pub struct Form(pub Kind, pub &'static [&'static str]);

impl Form {
    /// How many properties of a value it leaves unlisted; `None` where it is no such value.
    fn unlisted(&self, value: &Value) -> Option<usize> {
        let Self(kind, texts) = self;
        let fits = match (kind, value) {
            (Kind::Record, Value::Object(object)) => {
                let unlisted = |name: &&String| !texts.contains(&name.as_str());
                return Some(object.keys().filter(unlisted).count());
            }
            (Kind::Tagged, Value::Object(object)) => {
                let (name, tags) = texts.split_first()?;
                let tag = object.get(*name).and_then(Value::as_str);
                tag.is_some_and(|tag| tags.contains(&tag))
            }
            (Kind::Null, Value::Null)
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Number, Value::Number(_))
            | (Kind::String, Value::String(_))
            | (Kind::List, Value::Array(_))
            | (Kind::Object, Value::Object(_))
            | (Kind::Any, _) => true,
            _ => false,
        };
        fits.then_some(0)
    }
}

/// A variant: what it is written as, and how a value is read as one.
#[derive(Debug)]
pub struct Variant<T> {
    /// One form for most, several for a union in the union.
    pub forms: &'static [Form],
    /// Reads it.
    pub read: fn(&Value) -> Result<T, serde_json::Error>,
}

impl<T> Variant<T> {
    /// How badly a value fits: by the properties that are left, and by the form.
    fn misfit(&self, value: &Value) -> Option<(usize, Kind)> {
        let forms = self.forms.iter();
        forms
            .filter_map(|form| Some((form.unlisted(value)?, form.0)))
            .min()
    }
}

/// Reads a union, `expected` being its name; `unknown` keeps a value that is none of the variants.
///
/// # Errors
/// Those of the deserializer, and where there is no `unknown`, that no variant fits.
pub fn read<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static str,
    variants: &[Variant<T>],
    unknown: Option<fn(Value) -> T>,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut fitting: Vec<_> = variants
        .iter()
        .filter_map(|variant| Some((variant.misfit(&value)?, variant)))
        .collect();
    fitting.sort_by_key(|(misfit, _)| *misfit);
    let found = fitting
        .into_iter()
        .find_map(|(_, variant)| (variant.read)(&value).ok());
    match (found, unknown) {
        (Some(found), _) => Ok(found),
        (None, Some(keep)) => Ok(keep(value)),
        (None, None) => Err(D::Error::custom(format_args!(
            "the value is none of those that are {expected}"
        ))),
    }
}

/// Gives a union `Deserialize`: for each of its variants the forms that it is written in, and last
/// the variant that keeps any other value.
#[allow(unused_macros, reason = "an API may have no union that needs it")]
macro_rules! read_union {
    ($union:ident {
        $($variant:ident => $($kind:ident $($text:literal)*)|+,)*
        $(_ => $unknown:ident,)?
    }) => {
        impl<'de> serde::Deserialize<'de> for $union {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let variants = &[$($crate::runtime::fit::Variant {
                    forms: &[$($crate::runtime::fit::Form(
                        $crate::runtime::fit::Kind::$kind,
                        &[$($text),*],
                    )),+],
                    read: |value| serde::Deserialize::deserialize(value).map(Self::$variant),
                }),*];
                let unknown: &[fn(serde_json::Value) -> Self] = &[$(Self::$unknown)?];
                let unknown = unknown.first().copied();
                $crate::runtime::fit::read(deserializer, stringify!($union), variants, unknown)
            }
        }
    };
}
#[allow(unused_imports, reason = "an API may have no union that needs it")]
pub(crate) use read_union;

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, Value, json};

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Filter {
        #[serde(skip_serializing_if = "Option::is_none")]
        must: Option<Vec<Condition>>,
    }

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Has {
        has: String,
    }

    #[derive(Serialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Condition {
        Filter(Filter),
        Has(Has),
    }

    read_union!(Condition {
        Filter => Record "must",
        Has => Record "has",
    });

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Pair {
        a: i64,
        b: i64,
    }

    #[derive(Serialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Formula {
        Number(f64),
        Pair(Pair),
        Condition(Condition),
        Numbers(Vec<i64>),
        Table(Map<String, Value>),
        Unknown(Value),
    }

    read_union!(Formula {
        Number => Number,
        Pair => Record "a" "b",
        Condition => Record "must" | Record "has",
        Numbers => List,
        Table => Object,
        _ => Unknown,
    });

    fn formula(value: &Value) -> Formula {
        let formula = Formula::deserialize(value).unwrap();
        assert_eq!(serde_json::to_value(&formula).unwrap(), *value);
        formula
    }

    fn has(text: &str) -> Condition {
        Condition::Has(Has { has: text.into() })
    }

    #[test]
    fn a_variant_that_asks_for_nothing_leaves_the_others_theirs() {
        assert_eq!(
            formula(&json!({ "has": "x" })),
            Formula::Condition(has("x"))
        );
        let inner = Filter {
            must: Some(vec![has("x")]),
        };
        assert_eq!(
            formula(&json!({ "must": [{ "has": "x" }] })),
            Formula::Condition(Condition::Filter(inner))
        );
    }

    #[test]
    fn a_list_is_no_record_of_as_many_fields() {
        assert_eq!(formula(&json!([1, 2])), Formula::Numbers(vec![1, 2]));
        assert_eq!(
            formula(&json!({ "a": 1, "b": 2 })),
            Formula::Pair(Pair { a: 1, b: 2 })
        );
    }

    #[test]
    fn an_object_of_any_properties_comes_after_records_that_list_them() {
        assert_eq!(
            formula(&json!({})),
            Formula::Condition(Condition::Filter(Filter { must: None }))
        );
        assert!(matches!(
            formula(&json!({ "must": [], "z": 1 })),
            Formula::Table(_)
        ));
    }

    #[test]
    fn what_fits_no_variant_is_kept_or_refused() {
        assert_eq!(formula(&json!("x")), Formula::Unknown(json!("x")));
        assert_eq!(formula(&json!([true])), Formula::Unknown(json!([true])));
        let refused = serde_json::from_value::<Condition>(json!([["x"]])).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the value is none of those that are Condition"
        );
    }
}
