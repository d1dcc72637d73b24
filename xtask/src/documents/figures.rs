//! Figures of documents, kept in the repository as a page of Markdown: a section a folder, a row a
//! document, and below each section's table what there is to say of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::packages::root;

/// What a cell says that was never run.
pub(crate) const UNKNOWN: &str = "?";

/// What a page of figures says beside the figures.
#[derive(Debug)]
pub(crate) struct Page {
    /// `tests/documents/TABLE.md`
    pub(crate) path: &'static str,
    /// The title, and what the figures mean.
    pub(crate) head: &'static str,
    /// The columns behind the document's name.
    pub(crate) columns: Vec<&'static str>,
    /// What stands between a section's table and its notes.
    pub(crate) below: fn(&[(&str, &Row)]) -> String,
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// One a column.
    pub(crate) cells: Vec<String>,
    /// What there is to say, by language; by an empty name what is said of the document.
    pub(crate) notes: BTreeMap<String, Vec<String>>,
}

/// Rows by folder and document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures(BTreeMap<(String, String), Row>);

impl Figures {
    /// The figures that are kept; none where there is no such page yet.
    pub(crate) fn kept(page: &Page) -> Self {
        Self::read(&fs::read_to_string(root().join(page.path)).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let mut figures = Self::default();
        let mut section = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                section = name.to_owned();
            } else if let Some(rest) = line.strip_prefix("| `")
                && let Some((name, cells)) = rest.split_once('`')
            {
                let cells = cells.trim().trim_matches('|').split('|');
                figures.row(&section, name).cells = cells.map(|c| c.trim().to_owned()).collect();
            } else if let Some(rest) = line.strip_prefix("- `")
                && let Some((name, rest)) = rest.split_once('`')
                && let Some((language, note)) = rest.split_once(": ")
            {
                let language = language.trim_start_matches(", ").to_owned();
                let notes = &mut figures.row(&section, name).notes;
                notes.entry(language).or_default().push(note.to_owned());
            }
        }
        figures
    }

    fn row(&mut self, section: &str, name: &str) -> &mut Row {
        let key = (section.to_owned(), name.to_owned());
        self.0.entry(key).or_default()
    }

    /// Sets a row; cells and notes of languages that were not run stay.
    pub(crate) fn set(&mut self, section: &str, name: &str, row: Row, run: &BTreeSet<&str>) {
        let own = self.row(section, name);
        let mut before = std::mem::take(&mut own.cells).into_iter();
        let cells = row.cells.into_iter().map(|cell| {
            let old = before.next();
            if cell == UNKNOWN {
                old.unwrap_or(cell)
            } else {
                cell
            }
        });
        own.cells = cells.collect();
        own.notes
            .retain(|language, _| !language.is_empty() && !run.contains(language.as_str()));
        own.notes.extend(row.notes);
    }

    /// Keeps the figures, or holds them against those that are kept.
    ///
    /// # Errors
    /// When they differ, or the page cannot be written.
    pub(crate) fn settle(&self, page: &Page, write: bool) -> Result<(), String> {
        let path = page.path;
        if write {
            return fs::write(root().join(path), self.write(page))
                .map_err(|error| format!("cannot write {path}: {error}"));
        }
        let differences = self.differences(&Self::kept(page));
        if differences.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{}\n{path} says something else; where the new figures are right, run it again with --write",
            differences.join("\n")
        ))
    }

    /// What this says and `before` does not.
    fn differences(&self, before: &Self) -> Vec<String> {
        let changed = self.0.iter().filter_map(|(key, row)| {
            let old = before.0.get(key);
            let old = old.map_or_else(|| "nothing".to_owned(), |old| old.cells.join(" | "));
            let new = row.cells.join(" | ");
            let (section, name) = key;
            (new != old).then(|| format!("{section}/{name}: {new} (was: {old})"))
        });
        changed.collect()
    }

    fn write(&self, page: &Page) -> String {
        let mut text = page.head.to_owned();
        let sections: BTreeSet<&String> = self.0.keys().map(|(section, _)| section).collect();
        for section in sections {
            let rows = self.0.iter().filter(|((of, _), _)| of == section);
            let rows: Vec<(&str, &Row)> =
                rows.map(|((_, name), row)| (name.as_str(), row)).collect();
            let columns = page.columns.join(" | ");
            let rules = "---|".repeat(page.columns.len() + 1);
            text.push_str(&format!(
                "\n## {section}\n\n| document | {columns} |\n|{rules}\n"
            ));
            for (name, row) in &rows {
                text.push_str(&format!("| `{name}` | {} |\n", row.cells.join(" | ")));
            }
            text.push_str(&(page.below)(&rows));
            for (name, row) in rows {
                for (language, notes) in &row.notes {
                    let comma = if language.is_empty() { "" } else { ", " };
                    let lines = notes
                        .iter()
                        .map(|note| format!("- `{name}`{comma}{language}: {note}\n"));
                    text.extend(lines);
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, Page, Row};

    fn page() -> Page {
        Page {
            path: "",
            head: "# Figures\n",
            columns: vec!["all", "go", "rust"],
            below: |_| "\nLost:\n\n".to_owned(),
        }
    }

    fn row(cells: [&str; 3], notes: &[(&str, &str)]) -> Row {
        let notes = notes.iter();
        Row {
            cells: cells.map(str::to_owned).into(),
            notes: notes
                .map(|(language, note)| ((*language).to_owned(), vec![(*note).to_owned()]))
                .collect(),
        }
    }

    #[test]
    fn what_is_written_is_read_and_what_was_not_run_stays() {
        let mut figures = Figures::default();
        let first = row(
            ["8", "7", "8"],
            &[("go", "`A`: is lost"), ("", "`B` is none")],
        );
        figures.set("corpus", "museum", first, &["go", "rust"].into());
        assert_eq!(Figures::read(&figures.write(&page())), figures);
        let second = row(["8", "?", "6"], &[("rust", "`C`: is lost")]);
        let before = figures.clone();
        figures.set("corpus", "museum", second, &["rust"].into());
        let expected = row(
            ["8", "7", "6"],
            &[("go", "`A`: is lost"), ("rust", "`C`: is lost")],
        );
        assert_eq!(*figures.row("corpus", "museum"), expected);
        assert_eq!(
            figures.differences(&before),
            ["corpus/museum: 8 | 7 | 6 (was: 8 | 7 | 8)"]
        );
    }
}
