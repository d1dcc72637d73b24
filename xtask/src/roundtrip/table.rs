//! `ROUNDTRIP.md`: how many components of a document each language keeps, and which it does not.

use std::collections::BTreeMap;

use exai_gen::target::Target;

use crate::documents::figures::{ALL, Page, Row, UNKNOWN};
use crate::documents::languages::{self, FIGURES};
use crate::documents::selection::LANGUAGES;

/// Why a component is lost whose program could not be compiled or ended early.
pub(super) const SILENT: &str = "the program did not run";

const HEAD: &str = "\
# What each language keeps of a document's values

Written by `cargo xtask roundtrip DIR --write`. Instances are made of each component schema, held \
against it by a validator, and read and written again by the models of each package; a component is \
kept where all come back as the same JSON. Instances are made by chance from a fixed seed, and some \
hold properties that nothing speaks of. A record that is nothing but a form is no JSON, and has no \
model in Rust; what a call takes apart into arguments has none in Go. The tag of a variant is part of \
its class in Python, and is written where a value that needs none had none. Where a folder has very many \
documents, a row is of all of them, and those that lose nothing have none. The documents are not part \
of this repository.
";

/// The page of these figures.
pub(super) fn page() -> Page {
    let figures = ["components", "without an instance", "instances"];
    languages::page("tests/documents/ROUNDTRIP.md", HEAD, figures, totals)
}

/// What a language keeps of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// How many components come back as they were.
    pub(super) number: usize,
    /// Those that do not, and the first difference.
    pub(super) lost: Vec<(String, String)>,
    /// Those that the package has no type for.
    pub(super) absent: Vec<String>,
}

impl Kept {
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (silent, lost): (Vec<_>, Vec<_>) = self.lost.iter().partition(|(_, why)| why == SILENT);
        if !silent.is_empty() {
            notes.push(format!("{SILENT}, of {} components", silent.len()));
        }
        notes.extend(
            lost.iter()
                .map(|(component, why)| format!("`{component}`: {}", why.replace('`', " "))),
        );
        if !self.absent.is_empty() {
            notes.push(format!("no type for {}", listed(&self.absent)));
        }
        notes
    }
}

/// What became of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) components: usize,
    pub(super) instances: usize,
    /// Those of which no instance was found.
    pub(super) without: Vec<String>,
    pub(super) kept: BTreeMap<Target, Kept>,
}

impl Outcome {
    /// `20 components, 0 without an instance, 150 instances; kept: typescript 20, python 20`
    pub(super) fn summary(&self) -> String {
        let kept: Vec<String> = self
            .kept
            .iter()
            .map(|(target, kept)| format!("{} {}", target.name(), kept.number))
            .collect();
        format!(
            "{} components, {} without an instance, {} instances; kept: {}",
            self.components,
            self.without.len(),
            self.instances,
            kept.join(", ")
        )
    }

    /// The row of the table.
    pub(super) fn row(&self) -> Row {
        let figures = [self.components, self.without.len(), self.instances];
        let said = match self.without.as_slice() {
            [] => Vec::new(),
            without => vec![format!("no instance was found of {}", listed(without))],
        };
        let kept = self.kept.iter();
        let kept = kept.map(|(target, kept)| (*target, (kept.number, kept.notes())));
        languages::row(figures, said, &kept.collect())
    }
}

/// `Of 3,356 components, 13 without an instance: typescript 3,343, python 3,340.`
fn totals(rows: &[(&str, &Row)]) -> String {
    let all = rows.iter().position(|(name, _)| *name == ALL);
    let counted = all.map_or(rows, |index| &rows[index..=index]);
    let total = |column: usize| -> usize {
        let cells = counted.iter().filter_map(|(_, row)| row.cells.get(column));
        cells.filter_map(|cell| cell.parse::<usize>().ok()).sum()
    };
    let is_known = |index: &usize| {
        let cells = counted.iter().filter_map(|(_, row)| row.cells.get(*index));
        cells.into_iter().any(|cell| cell != UNKNOWN)
    };
    let kept = LANGUAGES.iter().enumerate();
    let kept: Vec<String> = kept
        .filter(|(index, _)| is_known(&(FIGURES + index)))
        .map(|(index, target)| format!("{} {}", target.name(), total(FIGURES + index)))
        .collect();
    format!(
        "\nOf {} components, {} without an instance, are kept: {}.\n{}",
        total(0),
        total(1),
        kept.join(", "),
        languages::notes_begin(rows, "Not kept:")
    )
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
