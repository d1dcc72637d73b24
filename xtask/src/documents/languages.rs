//! Rows and pages of figures that have a number a language, and notes of what it gets wrong.

use std::collections::BTreeMap;

use exai_gen::target::Target;

use super::figures::{Page, Row, UNKNOWN};
use super::selection::LANGUAGES;

/// How many columns stand before the languages'.
pub(crate) const FIGURES: usize = 3;

/// A page of such figures.
pub(crate) fn page(
    path: &'static str,
    head: &'static str,
    figures: [&'static str; FIGURES],
    below: fn(&[(&str, &Row)]) -> String,
) -> Page {
    let columns = figures.into_iter().chain(LANGUAGES.map(Target::name));
    Page {
        path,
        head,
        columns: columns.collect(),
        below,
        unlisted: |row| row.notes.keys().all(String::is_empty),
    }
}

/// The figures of some rows put together; notes stay with each.
pub(crate) fn sum(rows: &[Row]) -> Row {
    let columns = rows.first().map_or(0, |row| row.cells.len());
    let column = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.cells.get(index));
        let numbers: Option<Vec<usize>> = cells.map(|cell| cell.parse().ok()).collect();
        let sum = numbers.map(|numbers| numbers.iter().sum::<usize>().to_string());
        sum.unwrap_or_else(|| UNKNOWN.to_owned())
    };
    Row {
        cells: (0..columns).map(column).collect(),
        notes: BTreeMap::new(),
    }
}

/// How much a language has right, and what there is to say of the rest.
pub(crate) type Right = (usize, Vec<String>);

/// A row of these figures, `?` where a language was not run; `said` is of the document, whatever
/// the language. A name in backticks may begin a note.
pub(crate) fn row(
    figures: [usize; FIGURES],
    said: Vec<String>,
    languages: &BTreeMap<Target, Right>,
) -> Row {
    let number = |target| languages.get(&target).map(|(number, _)| number.to_string());
    let numbers = LANGUAGES.map(|target| number(target).unwrap_or_else(|| UNKNOWN.to_owned()));
    let mut notes = BTreeMap::from([(String::new(), said)]);
    notes.extend(languages.iter().map(|(target, (_, notes))| {
        let lines = notes.iter().map(|note| note.replace(['\n', '|'], " "));
        (target.name().to_owned(), lines.collect())
    }));
    notes.retain(|_, notes: &mut Vec<String>| !notes.is_empty());
    Row {
        cells: figures
            .iter()
            .map(usize::to_string)
            .chain(numbers)
            .collect(),
        notes,
    }
}

/// A line that begins the notes, where there are any.
pub(crate) fn notes_begin(rows: &[(&str, &Row)], line: &str) -> String {
    match rows.iter().any(|(_, row)| !row.notes.is_empty()) {
        true => format!("\n{line}\n\n"),
        false => String::new(),
    }
}
