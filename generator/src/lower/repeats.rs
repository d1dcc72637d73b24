//! What is made of one schema more than once: a property that `allOf` or a union takes over is a
//! field of each record, and the schemas inside it are types of each. Said twice a level, a page of
//! text asks for more than a machine holds.

use std::collections::HashSet;

use crate::source::Span;

/// How many fields and types are made of schemas that others were made of before: a hundred
/// thousand, or as many as the document has itself, whichever is more.
pub(super) const MAX_REPEATED: usize = 100_000;

/// What is this much deeper counts once more: the name of a type without one of its own is as long
/// as its place is deep.
const DEEPER: usize = 8;

/// What was made of schemas, by their places.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    fields: HashSet<Span>,
    schemas: HashSet<Span>,
    number: usize,
    refused: bool,
}

impl Repeats {
    /// Notes a field of the schema at a place, and whether there may be one more.
    pub(super) fn may_have_field(&mut self, span: Span) -> bool {
        let is_new = self.fields.insert(span);
        self.may_have(usize::from(!is_new))
    }

    /// Notes a type of the schema at a place, some schemas deep below what has a name, and whether
    /// there may be one more.
    pub(super) fn may_have_schema(&mut self, span: Span, depth: usize) -> bool {
        let is_new = self.schemas.insert(span);
        self.may_have(if is_new { 0 } else { 1 + depth / DEEPER })
    }

    fn may_have(&mut self, repeats: usize) -> bool {
        self.number += repeats;
        self.number <= MAX_REPEATED.max(self.fields.len() + self.schemas.len())
    }

    /// Whether nothing was refused before.
    pub(super) fn is_first_refusal(&mut self) -> bool {
        !std::mem::replace(&mut self.refused, true)
    }
}
