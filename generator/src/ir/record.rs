use super::{Docs, Literal, Name, Type};
use crate::source::Span;

/// An object with named properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// In the document's order.
    pub fields: Vec<Field>,
    /// What is said of properties that are not listed.
    pub additional: Additional,
}

/// A property of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// `run_id`
    pub name: Name,
    /// Without absence: an optional field has the type it has when it is there.
    pub ty: Type,
    /// False when the property may be left out.
    pub required: bool,
    /// Who may write it. After the passes a record holds no field its direction forbids.
    pub access: Access,
    /// What an absent value means.
    pub default: Option<Literal>,
    /// The first that the document gives.
    pub example: Option<Literal>,
    /// What the document says.
    pub docs: Docs,
    /// The property says `deprecated: true`.
    pub deprecated: bool,
    /// The value holds its own record without a list, a map or a union's box between: a language
    /// with values in place needs an indirection here. Set by the pass `cycles`.
    pub indirect: bool,
    /// Where the last schema of the property stands.
    pub span: Span,
}

/// `readOnly` and `writeOnly`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Neither.
    #[default]
    Both,
    /// Only in responses.
    ReadOnly,
    /// Only in requests.
    WriteOnly,
}

/// `additionalProperties`.
#[derive(Clone, Debug, PartialEq)]
pub enum Additional {
    /// Nothing is said: a reader keeps what it does not know, a writer has no typed way.
    Unknown,
    /// `false`: a request with another property is refused. A reader keeps it all the same.
    Forbidden,
    /// A schema, or `true`: more properties are part of the type.
    Typed(Type),
}
