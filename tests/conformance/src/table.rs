//! `TABLE.md`: which SDK keeps which scenario.

use std::collections::BTreeMap;

use crate::Scenario;
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

/// Cells by scenario and SDK.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table(BTreeMap<(String, String), Cell>);

impl Table {
    /// Reads a table that was written.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut cells = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with("| `")) {
            let mut columns = line.split('|').map(str::trim).skip(1);
            let name = columns.next().unwrap_or_default().trim_matches('`');
            for ((sdk, ..), text) in SDKS.iter().zip(columns.skip(1)) {
                cells.insert((name.to_owned(), (*sdk).to_owned()), Cell::read(text));
            }
        }
        Self(cells)
    }

    /// Sets a cell.
    pub fn set(&mut self, scenario: &str, sdk: &str, cell: Cell) {
        self.0.insert((scenario.to_owned(), sdk.to_owned()), cell);
    }

    /// A cell.
    #[must_use]
    pub fn get(&self, scenario: &str, sdk: &str) -> Cell {
        let key = (scenario.to_owned(), sdk.to_owned());
        self.0.get(&key).copied().unwrap_or(Cell::Unknown)
    }

    /// The table as Markdown, a row for each scenario.
    #[must_use]
    pub fn write(&self, scenarios: &[Scenario]) -> String {
        let mut text = format!(
            "# Which SDK keeps which rule\n\n\
             Written by `cargo run -p exai-conformance -- --write`, and checked by `cargo xtask test`. \
             Each of the {} rows is a file below `scenarios/`.\n",
            scenarios.len()
        );
        text.push_str("\n| scenario | the rule |");
        for (sdk, ..) in SDKS {
            text.push_str(&format!(" {sdk} |"));
        }
        text.push_str(&format!("\n|---|---|{}\n", "---|".repeat(SDKS.len())));
        for scenario in scenarios {
            text.push_str(&format!("| `{}` | {} |", scenario.name, scenario.title));
            for (sdk, ..) in SDKS {
                text.push_str(&format!(" {} |", self.get(&scenario.name, sdk).text()));
            }
            text.push('\n');
        }
        text.push_str("\n| kept | |");
        for (sdk, ..) in SDKS {
            let of = |cell| {
                let found = scenarios.iter().map(|s| self.get(&s.name, sdk));
                found.filter(|found| *found == cell).count()
            };
            let run = scenarios.len() - of(Cell::NotFor);
            text.push_str(&format!(" {} of {run} |", of(Cell::Kept)));
        }
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};

    #[test]
    fn what_is_written_is_read() {
        let text = "| `a/b` | A rule | ok | FAILS | - | ? | ok |\n";
        let table = Table::read(text);
        assert_eq!(table.get("a/b", "typescript"), Cell::Kept);
        assert_eq!(table.get("a/b", "python-sync"), Cell::Broken);
        assert_eq!(table.get("a/b", "python-async"), Cell::NotFor);
        assert_eq!(table.get("a/b", "go"), Cell::Unknown);
        assert_eq!(table.get("a/b", "rust"), Cell::Kept);
    }
}
