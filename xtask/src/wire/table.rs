//! `WIRE.md`: how many calls of a document's operations each language sends as the document says.

use std::collections::BTreeMap;

use exai_gen::target::Target;

use crate::documents::figures::{Page, Row};
use crate::documents::languages::{self, Right};

const HEAD: &str = "\
# What each language sends for a document's operations

Written by `cargo xtask wire DIR --write`. Operations that stand evenly apart in a document are \
called by each package, once with what is required and once with everything, against a server that \
keeps the request. A call is right where the request says what was given, read by the document's \
text alone (styles, escapes, media types, security), and where the languages before it send the same \
one. An operation's further media types are called as well; these, and operations of several \
successes, are answered too, and must give what was sent. The documents are not part of this repository.
";

/// The page of these figures.
pub(super) fn page() -> Page {
    let figures = ["operations", "called", "calls"];
    languages::page("tests/documents/WIRE.md", HEAD, figures, |rows| {
        languages::notes_begin(rows, "Not right:")
    })
}

/// What became of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Operations of the document, those that are called, and calls.
    pub(super) figures: [usize; languages::FIGURES],
    /// By language, how many calls are right, and what is wrong with the others.
    pub(super) languages: BTreeMap<Target, Right>,
}

impl Outcome {
    /// The row of the table.
    pub(super) fn row(&self) -> Row {
        languages::row(self.figures, Vec::new(), &self.languages)
    }
}
