//! `TABLE.md`: which document passes in which target.

use std::collections::BTreeMap;

use exai_gen::target::Target;

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Operations and component schemas of the document, and named types made of it.
    pub(super) figures: [usize; 3],
    /// The codes that refuse it, or how much was left out of it and why.
    pub(super) note: String,
    /// `ok`, or what is wrong.
    pub(super) cells: BTreeMap<Target, String>,
}

/// Rows by folder and document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table(BTreeMap<(String, String), Row>);

impl Table {
    /// Reads a table that was written.
    pub(super) fn read(text: &str) -> Self {
        let mut table = Self::default();
        let mut section = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                section = name.to_owned();
            }
            let Some(rest) = line.strip_prefix("| `") else {
                continue;
            };
            let columns: Vec<&str> = rest.split('|').map(str::trim).collect();
            let [name, operations, schemas, types, cells @ ..] = columns.as_slice() else {
                continue;
            };
            let number = |text: &&str| text.parse().unwrap_or_default();
            let cells = Target::ALL.into_iter().zip(cells);
            let row = Row {
                figures: [number(operations), number(schemas), number(types)],
                note: columns.get(9).unwrap_or(&"").to_string(),
                cells: cells
                    .filter(|(_, cell)| **cell != "?")
                    .map(|(target, cell)| (target, (*cell).to_owned()))
                    .collect(),
            };
            let key = (section.clone(), name.trim_matches('`').to_owned());
            table.0.insert(key, row);
        }
        table
    }

    /// Sets a row; cells of targets that were not run stay.
    pub(super) fn set(&mut self, section: &str, name: &str, row: Row, run: &[Target]) {
        let key = (section.to_owned(), name.to_owned());
        let before = self.0.remove(&key).unwrap_or_default();
        let kept = before.cells.into_iter();
        let mut cells: BTreeMap<_, _> = kept.filter(|(target, _)| !run.contains(target)).collect();
        cells.extend(row.cells);
        self.0.insert(key, Row { cells, ..row });
    }

    /// What this table says and `before` does not.
    pub(super) fn differences(&self, before: &Self) -> Vec<String> {
        let empty = Row::default();
        let mut out = Vec::new();
        for ((section, name), row) in &self.0 {
            let old = before.0.get(&(section.clone(), name.clone()));
            let old = old.unwrap_or(&empty);
            if row != old {
                out.push(format!(
                    "{section}/{name}: {} (was: {})",
                    line(row),
                    line(old)
                ));
            }
        }
        out
    }

    /// The table as Markdown, a section a folder, a row a document.
    pub(super) fn write(&self) -> String {
        let mut text = "# Which document passes in which target\n\n\
            Written by `cargo xtask documents DIR --write`. A document passes where its package is \
            generated, holds every operation, and the language's strictest checks are content. What is \
            wrong in a document is left out, as `--keep-going` does, and said in the last column. \
            The documents are not part of this repository.\n"
            .to_owned();
        let mut sections: Vec<&String> = self.0.keys().map(|(section, _)| section).collect();
        sections.dedup();
        for section in sections {
            text.push_str(&format!(
                "\n## {section}\n\n| document | operations | schemas | types |"
            ));
            for target in Target::ALL {
                text.push_str(&format!(" {} |", target.name()));
            }
            text.push_str(&format!(" said |\n|{}\n", "---|".repeat(10)));
            let rows = || self.0.iter().filter(|((of, _), _)| of == section);
            for ((_, name), row) in rows() {
                text.push_str(&format!("| `{name}` {}\n", line(row)));
            }
            let refused = |row: &Row| row.cells.values().any(|cell| cell == "refused");
            let passed = rows().filter(|(_, row)| !refused(row)).count();
            text.push_str(&format!("\n{passed} of {} are generated;", rows().count()));
            for target in Target::ALL {
                let ok = |row: &Row| row.cells.get(&target).is_some_and(|cell| cell == "ok");
                let number = rows().filter(|(_, row)| ok(row)).count();
                text.push_str(&format!(" {}: {number},", target.name()));
            }
            text.pop();
            text.push_str(".\n");
        }
        text
    }
}

fn line(row: &Row) -> String {
    let [operations, schemas, types] = row.figures;
    let mut text = format!("| {operations} | {schemas} | {types} |");
    for target in Target::ALL {
        let cell = row.cells.get(&target).map_or("?", String::as_str);
        text.push_str(&format!(" {cell} |"));
    }
    text.push_str(&format!(" {} |", row.note));
    text
}

#[cfg(test)]
mod tests {
    use super::{Row, Table};
    use exai_gen::target::Target;

    #[test]
    fn what_is_written_is_read() {
        let mut table = Table::default();
        let cells = [
            (Target::Go, "2 wrong".to_owned()),
            (Target::Rust, "ok".to_owned()),
        ];
        let row = Row {
            figures: [8, 20, 22],
            note: "E0105".to_owned(),
            cells: cells.into(),
        };
        table.set("corpus", "museum", row, &[Target::Go, Target::Rust]);
        assert_eq!(Table::read(&table.write()), table);
    }
}
