//! `WIRE.md`: how many calls of a document's operations each language sends as the document says.

use std::collections::BTreeMap;

use exai_gen::target::Target;

use crate::documents::figures::{Page, Row, UNKNOWN};
use crate::documents::selection::LANGUAGES;

const HEAD: &str = "\
# What each language sends for a document's operations

Written by `cargo xtask wire DIR --write`. Operations that stand evenly apart in a document are \
called by each package, once with what is required and once with everything, against a server that \
keeps the request. A call is right where the request says what was given, read by the document's \
text alone (styles, escapes, media types, security), and where the languages before it send the same \
one. The documents are not part of this repository.
";

/// The page of these figures.
pub(super) fn page() -> Page {
    let mut columns = vec!["operations", "called", "calls"];
    columns.extend(LANGUAGES.map(Target::name));
    Page {
        path: "tests/documents/WIRE.md",
        head: HEAD,
        columns,
        below: |rows| {
            let notes = rows.iter().any(|(_, row)| !row.notes.is_empty());
            let text = if notes { "\nNot right:\n\n" } else { "" };
            text.to_owned()
        },
    }
}

/// What became of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Operations of the document, those that are called, and calls.
    pub(super) figures: [usize; 3],
    /// By language, how many calls are right, and what is wrong with the others.
    pub(super) languages: BTreeMap<Target, (usize, Vec<String>)>,
}

impl Outcome {
    /// The row of the table.
    pub(super) fn row(&self) -> Row {
        let mut cells: Vec<String> = self.figures.iter().map(usize::to_string).collect();
        cells.extend(LANGUAGES.map(|target| {
            let own = self.languages.get(&target);
            own.map_or_else(|| UNKNOWN.to_owned(), |(right, _)| right.to_string())
        }));
        let wrong = self
            .languages
            .iter()
            .filter(|(_, (_, wrong))| !wrong.is_empty());
        let notes = wrong.map(|(target, (_, wrong))| {
            let wrong = wrong.iter().map(|why| why.replace(['\n', '|', '`'], " "));
            (target.name().to_owned(), wrong.collect())
        });
        Row {
            cells,
            notes: notes.collect(),
        }
    }
}
