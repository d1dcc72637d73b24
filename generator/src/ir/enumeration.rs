use super::{Docs, Name, Text};

/// One of a list of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Of which type the values are.
    pub base: EnumBase,
    /// In the document's order, `null` taken out (the use is nullable then).
    pub values: Vec<EnumValue>,
    /// Values unknown today may come tomorrow, by the document's own word. Readers keep unknown
    /// values either way.
    pub open: bool,
}

/// The type of an enum's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumBase {
    /// All are strings.
    String,
    /// All are whole numbers.
    Integer,
    /// Anything else: numbers, booleans, a mixture.
    Mixed,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumValue {
    /// Words for a constant: `in_progress` of `in-progress`.
    pub name: Name,
    /// The value on the wire.
    pub value: Literal,
    /// From `x-enumDescriptions` or a `oneOf` of `const`s.
    pub docs: Docs,
}

/// A JSON value written in the document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A whole number, as its digits: no width is lost. Always valid JSON.
    Integer(String),
    /// A number, as written. Always valid JSON.
    Number(String),
    /// A string.
    String(Text),
    /// An array.
    List(Vec<Literal>),
    /// An object.
    Object(Vec<(Text, Literal)>),
}
