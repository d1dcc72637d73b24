//! Hunks into texts and out of them again.

use exai_server::types::{ComposerHunk, DiffLine, DiffLineKind};
use serde::{Deserialize, Serialize};

use super::diff::edited;
use super::proposals::place;

/// A text as its lines, each with its ending.
pub(super) type Lines = Vec<String>;

/// A hunk as it was put into a text: what takes it out again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Placed {
    pub(super) hunk_id: String,
    /// The first of its lines, counted from 0.
    at: usize,
    old: Lines,
    new: Lines,
}

pub(super) fn lines(text: &str) -> Lines {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// Puts the hunks of a file into a text, in order: each at its place, or where the lines that it
/// changes are nearest to it. Each with the lines by which it has moved, or none where it does not
/// fit.
pub(super) fn put(text: &mut Lines, hunks: &[ComposerHunk]) -> Vec<Option<(Placed, isize)>> {
    let (mut grown, mut drift) = (0, 0);
    let put = hunks.iter().map(|hunk| {
        let hunk = edited(hunk);
        let old = side(&hunk, DiffLineKind::Added);
        let new = side(&hunk, DiffLineKind::Removed);
        let wanted = place(hunk.old_start, hunk.old_lines).saturating_add_signed(grown + drift);
        let at = find(text, &old, wanted)?;
        text.splice(at..at + old.len(), new.iter().cloned());
        drift += at.cast_signed() - wanted.cast_signed();
        grown += new.len().cast_signed() - old.len().cast_signed();
        let placed = Placed {
            hunk_id: hunk.id,
            at,
            old,
            new,
        };
        Some((placed, drift))
    });
    put.collect()
}

/// Takes hunks out of a text again, the last first; whether all of their lines were still there.
pub(super) fn take(text: &mut Lines, placed: &[Placed]) -> bool {
    placed.iter().rev().all(|hunk| {
        let Some(at) = find(text, &hunk.new, hunk.at) else {
            return false;
        };
        text.splice(at..at + hunk.new.len(), hunk.old.iter().cloned());
        true
    })
}

/// The lines of a hunk without those of a kind.
fn side(hunk: &ComposerHunk, other: DiffLineKind) -> Lines {
    let lines = hunk.lines.iter().filter(|line| line.kind != other);
    let whole = |line: &DiffLine| match line.no_newline {
        Some(true) => line.text.clone(),
        _ => format!("{}\n", line.text),
    };
    lines.map(whole).collect()
}

/// Where some lines stand that is nearest to a place. No lines stand in an empty text alone:
/// anywhere else nothing says where they belong.
fn find(text: &[String], wanted: &[String], place: usize) -> Option<usize> {
    if wanted.is_empty() {
        return text.is_empty().then_some(0);
    }
    let places = (text.len() + 1).checked_sub(wanted.len())?;
    let fits = |at: &usize| text[*at..].starts_with(wanted);
    (0..places).filter(fits).min_by_key(|at| at.abs_diff(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::composer::proposals::{Base, hunks};
    use exai_server::types::FileMode;

    fn numbers(from: u32) -> String {
        (from..=12).map(|n| format!("{n}\n")).collect()
    }

    #[test]
    fn hunks_are_put_in_where_their_lines_are_and_taken_out_again() {
        let base = Base {
            mode: FileMode::N100644,
            text: Some(numbers(1)),
        };
        let hunks = hunks("cpl_1", "Do it", "a.rs", &base);
        let moved = format!("new\nlines\n{}", numbers(1));
        let mut text = lines(&moved);
        let put = put(&mut text, &hunks);
        let offsets: Vec<_> = put.iter().flatten().map(|(_, offset)| *offset).collect();
        assert_eq!(offsets, [2, 2]);
        assert_eq!(text[2], "// TODO: Do it\n");
        let placed: Vec<Placed> = put
            .into_iter()
            .flatten()
            .map(|(placed, _)| placed)
            .collect();
        assert!(take(&mut text, &placed));
        assert_eq!(text.concat(), moved);
    }

    #[test]
    fn what_does_not_fit_leaves_the_text_alone() {
        let base = Base {
            mode: FileMode::N100644,
            text: Some(numbers(1)),
        };
        let hunks = hunks("cpl_1", "Do it", "a.rs", &base);
        let mut text = lines(&numbers(4));
        let put = put(&mut text, &hunks);
        assert!(put[0].is_none() && put[1].is_some());
        text.pop();
        let placed: Vec<Placed> = put
            .into_iter()
            .flatten()
            .map(|(placed, _)| placed)
            .collect();
        assert!(!take(&mut text, &placed));
    }
}
