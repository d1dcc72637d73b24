//! Figures of documents, kept in the repository as a page of Markdown: a section a folder, a row a
//! document, and below each section's table what there is to say of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};

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
    /// Which documents are not listed beside the row of [`ALL`].
    pub(crate) unlisted: fn(&Row) -> bool,
}

/// What the row of all documents of a folder is called, where there are too many to list.
pub(crate) const ALL: &str = "all";

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
struct Figures(BTreeMap<(String, String), Row>);

/// What a run finds, until it is kept or compared. It holds no other figures, so that a run that
/// ends later than another takes nothing back.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<(String, String, Row, BTreeSet<&'static str>)>);

impl Found {
    /// Adds the row of a document, by its folder's name and its own, and the languages that ran.
    pub(crate) fn add(
        &mut self,
        section: &str,
        name: &str,
        row: Row,
        run: &BTreeSet<&'static str>,
    ) {
        let (section, name) = (section.to_owned(), name.to_owned());
        self.0.push((section, name, row, run.clone()));
    }

    /// The figures before, and what was found in their place.
    fn over(self, before: &Figures, page: &Page) -> Figures {
        let mut figures = before.clone();
        for (section, name, row, run) in self.0 {
            figures.set(&section, &name, row, &run);
        }
        figures.fold(page.unlisted);
        figures
    }

    /// Keeps what was found, or holds it against the figures that are kept. Runs that keep
    /// figures at once wait for one another, each reading what is there by then.
    ///
    /// # Errors
    /// When they differ, or the page cannot be read or written.
    pub(crate) fn settle(self, page: &Page, write: bool) -> Result<(), String> {
        let path = page.path;
        if write {
            return self
                .keep(page)
                .map_err(|error| format!("cannot write {path}: {error}"));
        }
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        let before = Figures::read(&text);
        let differences = self.over(&before, page).differences(&before);
        if differences.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{}\n{path} says something else; where the new figures are right, run it again with --write",
            differences.join("\n")
        ))
    }

    fn keep(self, page: &Page) -> std::io::Result<()> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(root().join(page.path))?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let figures = self.over(&Figures::read(&text), page);
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(figures.write(page).as_bytes())
    }
}

impl Figures {
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
    fn set(&mut self, section: &str, name: &str, row: Row, run: &BTreeSet<&'static str>) {
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

    /// Takes out the rows that the row of all documents stands for.
    fn fold(&mut self, unlisted: fn(&Row) -> bool) {
        let folded = self.0.keys().filter(|(_, name)| name == ALL);
        let folded: BTreeSet<String> = folded.map(|(section, _)| section.clone()).collect();
        self.0.retain(|(section, name), row| {
            name == ALL || !folded.contains(section) || !unlisted(row)
        });
    }

    /// What this says and `before` does not.
    fn differences(&self, before: &Self) -> Vec<String> {
        let changed = self.0.iter().filter_map(|(key, row)| {
            let old = before.0.get(key);
            let same = old.is_some_and(|old| {
                let cells = row.cells.iter().zip(&old.cells);
                row.cells.len() == old.cells.len() && cells.into_iter().all(|(n, o)| agrees(n, o))
            });
            let old = old.map_or_else(|| "nothing".to_owned(), |old| old.cells.join(" | "));
            let new = row.cells.join(" | ");
            let (section, name) = key;
            (!same).then(|| format!("{section}/{name}: {new} (was: {old})"))
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

/// Whether a cell says what it said; where nothing was known, whatever is no fault agrees.
fn agrees(new: &str, old: &str) -> bool {
    new == old || old == UNKNOWN && (new == "ok" || new.parse::<usize>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::{ALL, Figures, Found, Page, Row, agrees};

    fn page() -> Page {
        Page {
            path: "",
            head: "# Figures\n",
            columns: vec!["all", "go", "rust"],
            below: |_| "\nLost:\n\n".to_owned(),
            unlisted: |row| row.notes.is_empty(),
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
        let mut found = Found::default();
        found.add("corpus", "zoo", row(["1", "1", "1"], &[]), &["go"].into());
        // Another run kept the museum's figures since this one began.
        let both = found.over(&figures, &page());
        assert_eq!(both.0.len(), 2);
        assert_eq!(
            both.differences(&figures),
            ["corpus/zoo: 1 | 1 | 1 (was: nothing)"]
        );
        let mut found = Found::default();
        found.add("corpus", ALL, row(["9", "1", "1"], &[]), &["go"].into());
        let folded = found.over(&both, &page());
        let names: Vec<&str> = folded.0.keys().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["all", "museum"], "the zoo loses nothing");
        assert!(agrees("ok", "?") && agrees("7", "?") && agrees("?", "?"));
        assert!(!agrees("1 wrong", "?") && !agrees("1 wrong", "ok"));
    }
}
