use super::Type;
use crate::source::Span;

/// A schema of the document, the type that it was understood as, and what the type leaves out.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// Where the schema stands.
    pub span: Span,
    /// What it was understood as, `null` included. A sent and a received type that differ are
    /// here as the received one.
    pub ty: Type,
    /// What the schema says and no type of the IR can: in the order of [`Beyond`], each once.
    pub beyond: Vec<Beyond>,
}

/// What a schema says of a value beyond its type, by the keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Beyond {
    /// A bound or a form of a value that has the type: `minimum`, `pattern`, `uniqueItems`.
    Bound(&'static str),
    /// Something that the parts of a value, or other schemas, say of it: `if`, `not`,
    /// `dependentRequired`.
    Condition(&'static str),
    /// The type takes values of more shapes than the keyword does: `patternProperties`.
    Shape(&'static str),
    /// The keyword says what the value is, and the type is any value.
    Untyped(&'static str),
}

impl Beyond {
    /// `minimum`
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Bound(keyword)
            | Self::Condition(keyword)
            | Self::Shape(keyword)
            | Self::Untyped(keyword) => keyword,
        }
    }
}
