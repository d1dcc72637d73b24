//! `TABLE.md`: which SDK keeps which scenario.

use std::collections::BTreeMap;

use crate::driver::SDKS;

/// What an SDK made of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// All as it must be.
    Kept,
    /// Something is not.
    Broken,
    /// Its language has no such thing.
    NotFor,
    /// It was not run.
    Unknown,
}

impl Cell {
    fn text(self) -> &'static str {
        match self {
            Self::Kept => "ok",
            Self::Broken => "FAILS",
            Self::NotFor => "-",
            Self::Unknown => "?",
        }
    }

    fn read(text: &str) -> Self {
        let all = [Self::Kept, Self::Broken, Self::NotFor];
        all.into_iter()
            .find(|cell| cell.text() == text)
            .unwrap_or(Self::Unknown)
    }
}

/// A row: a scenario written by hand, or all that is made of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `retry/after-zero`
    pub name: String,
    /// The rule.
    pub title: String,
}

impl Cell {
    /// What an SDK made of several scenarios of one row.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken, _) | (_, Self::Broken) => Self::Broken,
            (Self::Kept, _) | (_, Self::Kept) => Self::Kept,
            _ => self,
        }
    }
}

/// Cells by row and SDK.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table(BTreeMap<(String, String), Cell>);

impl Table {
    /// Reads a table that was written, perhaps when there were other columns.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut cells = BTreeMap::new();
        let mut sdks: Vec<&str> = Vec::new();
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            let columns: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, _, found @ ..] = columns.as_slice() else {
                continue;
            };
            if *name == "scenario" || *name == "operation" {
                sdks = found.to_vec();
            } else if name.starts_with('`') {
                let name = name.trim_matches('`');
                for (sdk, text) in sdks.iter().zip(found) {
                    cells.insert((name.to_owned(), (*sdk).to_owned()), Cell::read(text));
                }
            }
        }
        Self(cells)
    }

    /// Sets a cell.
    pub fn set(&mut self, row: &str, sdk: &str, cell: Cell) {
        self.0.insert((row.to_owned(), sdk.to_owned()), cell);
    }

    /// A cell.
    #[must_use]
    pub fn get(&self, row: &str, sdk: &str) -> Cell {
        let key = (row.to_owned(), sdk.to_owned());
        self.0.get(&key).copied().unwrap_or(Cell::Unknown)
    }

    /// The tables as Markdown: a row for each rule, and one for each operation.
    #[must_use]
    pub fn write(&self, rules: &[Row], operations: &[Row]) -> String {
        let (rule_count, operation_count) = (rules.len(), operations.len());
        let mut text = format!(
            "# Which SDK keeps which rule\n\n\
             Written by `cargo run -p exai-conformance -- --write`, and checked by `cargo xtask test`. \
             Each of the {rule_count} rows is a file below `scenarios/`.\n"
        );
        self.rows("scenario | the rule", rules, &mut text);
        text.push_str(&format!(
            "\n## Operations\n\n\
             Each of the {operation_count} operations by the document's own examples: a folder below \
             `generated/`, made by `cargo xtask regen`.\n"
        ));
        self.rows("operation | what is played", operations, &mut text);
        text
    }

    fn rows(&self, head: &str, rows: &[Row], text: &mut String) {
        text.push_str(&format!("\n| {head} |"));
        for (sdk, ..) in SDKS {
            text.push_str(&format!(" {sdk} |"));
        }
        text.push_str(&format!("\n|---|---|{}\n", "---|".repeat(SDKS.len())));
        for row in rows {
            text.push_str(&format!("| `{}` | {} |", row.name, row.title));
            for (sdk, ..) in SDKS {
                text.push_str(&format!(" {} |", self.get(&row.name, sdk).text()));
            }
            text.push('\n');
        }
        text.push_str("\n| kept | |");
        for (sdk, ..) in SDKS {
            let of = |cell| {
                let found = rows.iter().map(|row| self.get(&row.name, sdk));
                found.filter(|found| *found == cell).count()
            };
            let run = rows.len() - of(Cell::NotFor);
            text.push_str(&format!(" {} of {run} |", of(Cell::Kept)));
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};

    #[test]
    fn what_is_written_is_read() {
        let text = "| scenario | the rule | go | python-sync | rust |\n|---|---|---|---|---|\n\
            | `a/b` | A rule | ok | FAILS | - |\n";
        let table = Table::read(text);
        assert_eq!(table.get("a/b", "go"), Cell::Kept);
        assert_eq!(table.get("a/b", "python-sync"), Cell::Broken);
        assert_eq!(table.get("a/b", "rust"), Cell::NotFor);
        assert_eq!(table.get("a/b", "typescript"), Cell::Unknown);
    }
}
