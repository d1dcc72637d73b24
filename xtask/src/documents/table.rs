//! `TABLE.md`: which document passes in which target.

use std::collections::BTreeMap;

use exai_gen::target::Target;

use super::figures::{Page, Row, UNKNOWN};

const HEAD: &str = "\
# Which document passes in which target

Written by `cargo xtask documents DIR --write`. A document passes where its package is generated, \
holds every operation, and the language's strictest checks are content. What is wrong in a document \
is left out, as `--keep-going` does, and said in the last column. The documents are not part of this \
repository.
";

/// How many columns stand before the targets'.
const FIGURES: usize = 3;

/// The page of these figures.
pub(super) fn page() -> Page {
    let mut columns = vec!["operations", "schemas", "types"];
    columns.extend(Target::ALL.map(Target::name));
    columns.push("said");
    Page {
        path: "tests/documents/TABLE.md",
        head: HEAD,
        columns,
        below: totals,
        unlisted: |_| false,
    }
}

/// What became of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Operations and component schemas of the document, and named types made of it.
    pub(super) figures: [usize; FIGURES],
    /// The codes that refuse it, or how much was left out of it and why.
    pub(super) note: String,
    /// `ok`, or what is wrong.
    pub(super) cells: BTreeMap<Target, String>,
}

impl Outcome {
    /// The row of the table.
    pub(super) fn row(&self) -> Row {
        let cell = |target| self.cells.get(&target).map_or(UNKNOWN, String::as_str);
        let mut cells: Vec<String> = self.figures.iter().map(usize::to_string).collect();
        cells.extend(Target::ALL.map(cell).map(str::to_owned));
        cells.push(self.note.clone());
        Row {
            cells,
            notes: BTreeMap::new(),
        }
    }
}

/// `16 of 17 are generated; typescript: 16, python: 16.`
fn totals(rows: &[(&str, &Row)]) -> String {
    let refused = |(_, row): &&(&str, &Row)| row.cells.iter().any(|cell| cell == "refused");
    let generated = rows.len() - rows.iter().filter(refused).count();
    let passed = Target::ALL.into_iter().enumerate().map(|(index, target)| {
        let cell = FIGURES + index;
        let ok = |(_, row): &&(&str, &Row)| row.cells.get(cell).is_some_and(|cell| cell == "ok");
        format!("{}: {}", target.name(), rows.iter().filter(ok).count())
    });
    let passed: Vec<String> = passed.collect();
    let all = rows.len();
    format!(
        "\n{generated} of {all} are generated; {}.\n",
        passed.join(", ")
    )
}
