use super::{Docs, Name, Text, Type};

/// One of several types.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// In the document's order.
    pub variants: Vec<Variant>,
    /// How a reader knows which one it has.
    pub tagging: Tagging,
    /// Variants unknown today may come tomorrow, by the document's own word. Readers keep unknown
    /// variants either way.
    pub open: bool,
}

/// How the variants of a union are told apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Tagging {
    /// Every variant is a record with this string property; its value says which one.
    Property(Name),
    /// By trying: the shape of the JSON value decides, the first variant that fits wins.
    Untagged,
}

/// A branch of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Words for the branch: `["node", "completed"]`.
    pub name: Name,
    /// What the branch holds. Never nullable: the use of the union is.
    pub ty: Type,
    /// The values of the tag that mean this branch; empty when untagged.
    pub tags: Vec<Text>,
    /// What the document says of the branch, where it says it beside the reference.
    pub docs: Docs,
    /// As [`super::Field::indirect`].
    pub indirect: bool,
}
