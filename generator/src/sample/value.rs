//! What a call is given: a value of a type, without what may be left out.

use serde_json::{Value as Json, json};

use super::escape;
use crate::ir::{Api, EnumBase, IntegerFormat, Literal, Name, Shape, StringFormat, Type, TypeId};

/// What every object of JavaScript has, so that TypeScript sees no literal in which it is left out:
/// what is called like one of these is written with a value, or not shown.
const OF_EVERY_OBJECT: [&str; 7] = [
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Records in records in records are no example of anything.
const DEPTH: usize = 3;

/// A value that every language writes plainly.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// `true`
    Boolean(bool),
    /// A whole number of at most 31 bits.
    Integer(i32),
    /// A number that 32 bits hold exactly, as it is written in JSON and in every language: `1.5`.
    Number(&'static str),
    /// A string without anything that some language would have to escape.
    Text(String),
    /// 2026-01-31, of a type whose values are dates.
    Date,
    /// 2026-01-31T12:00:00Z, of a type whose values are times.
    DateTime,
    /// A value of an enum of strings, by its index.
    Choice(TypeId, usize),
    /// The only value that there may be.
    Constant(&'a Literal),
    /// Of a list.
    List(Vec<Value<'a>>),
    /// Of a record: a value for each field in the record's order, `None` where it is left out.
    Record(TypeId, Vec<Option<Value<'a>>>),
}

/// What is known of a value beside its type.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// What it is called.
    pub(super) name: &'a Name,
    /// What the document gives as an example of it.
    pub(super) example: Option<&'a Literal>,
    /// What an absent value means.
    pub(super) default: Option<&'a Literal>,
}

/// A value of a type; `None` where not every language has a plain one.
pub(super) fn of<'a>(api: &'a Api, ty: &'a Type, known: Known<'a>) -> Option<Value<'a>> {
    inside(api, ty, known, DEPTH)
}

/// A value of a record.
pub(super) fn record(api: &Api, id: TypeId) -> Option<Value<'_>> {
    let value = named(api, id, std::iter::empty(), DEPTH)?;
    matches!(value, Value::Record(..)).then_some(value)
}

fn inside<'a>(api: &'a Api, ty: &'a Type, known: Known<'a>, depth: usize) -> Option<Value<'a>> {
    let said = known.example.into_iter().chain(known.default);
    match api.types.resolve(ty) {
        Type::Boolean => Some(Value::Boolean(true)),
        Type::Integer(IntegerFormat::Uint64) => None,
        Type::Integer(_) => {
            let mut said = said.filter_map(|literal| match literal {
                Literal::Integer(digits) => digits.parse().ok().filter(|number| *number >= 0),
                _ => None,
            });
            Some(Value::Integer(said.next().unwrap_or(1)))
        }
        Type::Number(_) => Some(Value::Number("1.5")),
        Type::String(format) => string(format, said, known.name),
        Type::Literal(literal @ (Literal::String(_) | Literal::Boolean(_))) => {
            Some(Value::Constant(literal))
        }
        Type::List(item) => {
            let known = Known {
                example: None,
                default: None,
                ..known
            };
            Some(Value::List(vec![inside(api, item, known, depth)?]))
        }
        Type::Named(id) => named(api, *id, said, depth),
        _ => None,
    }
}

fn string<'a>(
    format: &StringFormat,
    said: impl Iterator<Item = &'a Literal>,
    name: &Name,
) -> Option<Value<'a>> {
    let fixed = match format {
        StringFormat::Date => return Some(Value::Date),
        StringFormat::DateTime => return Some(Value::DateTime),
        StringFormat::Uuid => Some("6f1d2c3b-8a4e-4f5d-9b6c-7e8f90a1b2c3"),
        StringFormat::Uri => Some("https://example.com"),
        StringFormat::Email => Some("someone@example.com"),
        StringFormat::Plain | StringFormat::Other(_) => None,
        // Types of their own in some language.
        _ => return None,
    };
    let mut said = said.filter_map(|literal| match literal {
        Literal::String(text) => escape::plain(text),
        _ => None,
    });
    let text = said.next().or(fixed).map(str::to_owned);
    Some(Value::Text(text.unwrap_or_else(|| escape::named(name))))
}

fn named<'a>(
    api: &'a Api,
    id: TypeId,
    said: impl Iterator<Item = &'a Literal>,
    depth: usize,
) -> Option<Value<'a>> {
    match &api.types[id].shape {
        Shape::Enum(values) if values.base == EnumBase::String => {
            let is = |literal: &Literal| values.values.iter().position(|v| v.value == *literal);
            let all = values.values.iter();
            let strings = all.clone().all(|v| matches!(v.value, Literal::String(_)));
            (strings && all.len() > 0)
                .then(|| Value::Choice(id, said.filter_map(is).next().unwrap_or(0)))
        }
        Shape::Record(record) => {
            let fields = record.fields.iter().map(|field| {
                if !field.required {
                    let wire = escape::wire(&field.name);
                    return (!OF_EVERY_OBJECT.contains(&wire.as_str())).then_some(None);
                }
                let known = Known {
                    name: &field.name,
                    example: field.example.as_ref(),
                    default: field.default.as_ref(),
                };
                let plain = !field.indirect && depth > 0;
                let value = plain.then(|| inside(api, &field.ty, known, depth - 1));
                value.flatten().map(Some)
            });
            Some(Value::Record(id, fields.collect::<Option<_>>()?))
        }
        _ => None,
    }
}

impl Value<'_> {
    /// True of what a path, a query and a header hold by itself.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Record(..))
    }

    /// As it is written where there is no JSON: in a path, a query, a header.
    pub(super) fn text(&self, api: &Api) -> Option<String> {
        match self.json(api)? {
            Json::String(text) => Some(text),
            Json::Bool(value) => Some(value.to_string()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// As it is written in JSON.
    pub(super) fn json(&self, api: &Api) -> Option<Json> {
        Some(match self {
            Self::Boolean(value) => json!(value),
            Self::Integer(number) => json!(number),
            Self::Number(digits) => json!(digits.parse::<f64>().ok()?),
            Self::Text(text) => json!(text),
            Self::Date => json!("2026-01-31"),
            Self::DateTime => json!("2026-01-31T12:00:00Z"),
            Self::Choice(id, index) => match &api.types[*id].shape {
                Shape::Enum(values) => escape::json(&values.values.get(*index)?.value)?,
                _ => return None,
            },
            Self::Constant(literal) => escape::json(literal)?,
            Self::List(items) => {
                let items = items.iter().map(|item| item.json(api));
                Json::Array(items.collect::<Option<_>>()?)
            }
            Self::Record(id, values) => {
                let Shape::Record(record) = &api.types[*id].shape else {
                    return None;
                };
                let fields = record.fields.iter().zip(values);
                let given = fields.filter_map(|(field, value)| Some((field, value.as_ref()?)));
                let members = given.map(|(field, value)| {
                    let value = value.json(api)?;
                    Some((escape::wire(&field.name), value))
                });
                Json::Object(members.collect::<Option<_>>()?)
            }
        })
    }
}
