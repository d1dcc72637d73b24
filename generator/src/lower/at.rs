//! Where a schema stands.

use crate::document::Location;

use super::name;

/// Where a schema stands: what its type is called if it needs a name. Few do, so the words are
/// put together only when they are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum At<'a> {
    /// At a place with words of its own: an operation, or a schema that references lead to.
    Named(&'a [String], Option<&'a Location>),
    /// One step inside another place.
    Inside(&'a At<'a>, &'a str),
}

impl At<'_> {
    /// A step inside, by what it is called in the document.
    pub(super) fn child<'a>(&'a self, wire: &'a str) -> At<'a> {
        At::Inside(self, wire)
    }

    /// The words of each step, from the outside in.
    pub(super) fn words(&self) -> Vec<String> {
        match self {
            Self::Named(words, _) => words.to_vec(),
            Self::Inside(outer, wire) => {
                let mut words = outer.words();
                words.extend(name::words(wire));
                words
            }
        }
    }

    /// The place of a schema that references lead to.
    pub(super) fn place(&self) -> Option<&Location> {
        match self {
            Self::Named(_, place) => *place,
            Self::Inside(..) => None,
        }
    }
}
