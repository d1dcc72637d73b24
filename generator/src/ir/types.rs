use std::ops::{Index, IndexMut};

use super::{Docs, Enum, Literal, Name, Record, Text, Union};
use crate::source::Span;

/// Which named type; an index into [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// A type as it is used: in a field, a parameter, a body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Any JSON value.
    Any,
    /// No value at all: the schema `false`.
    Never,
    /// The value `null` alone.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer(IntegerFormat),
    /// A number.
    Number(NumberFormat),
    /// A string.
    String(StringFormat),
    /// Exactly this value: `const`.
    Literal(Literal),
    /// The inner type or `null`. Never nested, never around `Any` or `Null`.
    Nullable(Box<Type>),
    /// A JSON array of the inner type.
    List(Box<Type>),
    /// A JSON object with any keys and values of the inner type.
    Map(Box<Type>),
    /// A JSON array with these items in this order, and then any number of `rest`.
    Tuple {
        /// `prefixItems`
        items: Vec<Type>,
        /// How many of these must be there: `minItems`, where it says fewer.
        least: usize,
        /// `items`; `None` when nothing may follow.
        rest: Option<Box<Type>>,
    },
    /// A type with a name.
    Named(TypeId),
}

impl Type {
    /// This type or `null`; does not nest.
    pub fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Any | Self::Null => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// The type with `Nullable` taken off, and whether it was there.
    pub fn split_null(&self) -> (&Self, bool) {
        match self {
            Self::Nullable(inner) => (inner, true),
            other => (other, false),
        }
    }
}

/// The `format` of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntegerFormat {
    /// No format: as wide as the language's usual lossless choice (64 bits).
    Any,
    /// `int32`, and narrower.
    Int32,
    /// `int64`
    Int64,
    /// `uint32`, and narrower.
    Uint32,
    /// `uint64`
    Uint64,
}

/// The `format` of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberFormat {
    /// No format: a 64-bit float.
    Any,
    /// `float`
    Float,
    /// `double`
    Double,
}

/// The `format` of a string, or its content encoding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StringFormat {
    /// No format.
    Plain,
    /// RFC 3339 `date-time`.
    DateTime,
    /// RFC 3339 `full-date`.
    Date,
    /// RFC 3339 `full-time`.
    Time,
    /// ISO 8601 `duration`, RFC 3339 appendix A.
    Duration,
    /// RFC 4122 `uuid`.
    Uuid,
    /// RFC 3986 `uri`, `uri-reference`, `iri`, and templates.
    Uri,
    /// `email`, `idn-email`.
    Email,
    /// A decimal number written as a string: `format: decimal`.
    Decimal,
    /// Base64 in a JSON string: `contentEncoding: base64`, or `format: byte`.
    Base64,
    /// Raw bytes, where the medium can carry them: a part or a body.
    Binary,
    /// Never to be shown: `format: password`.
    Secret,
    /// Another format, kept for documentation.
    Other(Text),
}

/// A type with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDef {
    /// Taken from where the schema stands; unique in words among the types of an API only after
    /// a target's scope has allocated it.
    pub name: Name,
    /// Title and description.
    pub docs: Docs,
    /// The schema says `deprecated: true`.
    pub deprecated: bool,
    /// It is an alias for the name that took the place of this one.
    pub former: bool,
    /// Whether requests, responses or both hold it.
    pub usage: Usage,
    /// The file it belongs to.
    pub home: Home,
    /// What it is.
    pub shape: Shape,
    /// Where it stands in the document.
    pub span: Span,
}

/// The four things a name can stand for.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object with named properties.
    Record(Record),
    /// One of a list of values.
    Enum(Enum),
    /// One of several types.
    Union(Union),
    /// Another name for a type without a name of its own.
    Alias(Type),
}

/// Who writes a type and who reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Reached from a request: clients encode it, servers decode it.
    pub sent: bool,
    /// Reached from a response, an error, a stream or a webhook: clients decode it.
    pub received: bool,
}

impl Usage {
    /// Whether clients only ever write it. A type that nothing reaches may yet be read.
    pub fn sent_only(self) -> bool {
        self.sent && !self.received
    }
}

/// Which file a type is written to. Files refer to each other without a circle: any to the shared
/// one, that one to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Home {
    /// Several top-level resources own it together, or none does, or errors lead to it.
    Shared,
    /// This child of [`super::Api::root`] owns it: only its operations name the type, or only its
    /// types lead to it. Types of others may hold it.
    Resource(usize),
}

/// The named types of an API, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Types(Vec<TypeDef>);

impl Types {
    /// Adds a type and gives its id.
    pub fn push(&mut self, def: TypeDef) -> TypeId {
        let id = TypeId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(def);
        id
    }

    /// Every type with its id, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (TypeId, &TypeDef)> {
        self.0
            .iter()
            .enumerate()
            .map(|(i, def)| (TypeId(i as u32), def))
    }

    /// Every type, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (TypeId, &mut TypeDef)> {
        self.0
            .iter_mut()
            .enumerate()
            .map(|(i, def)| (TypeId(i as u32), def))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when the API names no type.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Follows aliases until a type that is not one; the type itself if it is no alias.
    /// Ends also on an alias that leads to itself, which `lower` refuses.
    pub fn resolve<'a>(&'a self, ty: &'a Type) -> &'a Type {
        let mut ty = ty;
        for _ in 0..self.0.len() {
            match ty {
                Type::Named(id) => match &self[*id].shape {
                    Shape::Alias(target) => ty = target,
                    _ => return ty,
                },
                other => return other,
            }
        }
        ty
    }
}

impl Index<TypeId> for Types {
    type Output = TypeDef;
    fn index(&self, id: TypeId) -> &TypeDef {
        &self.0[id.0 as usize]
    }
}

impl IndexMut<TypeId> for Types {
    fn index_mut(&mut self, id: TypeId) -> &mut TypeDef {
        &mut self.0[id.0 as usize]
    }
}
