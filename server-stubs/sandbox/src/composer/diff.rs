//! Hunks in their forms: as reviewers left them, with more or fewer lines around them, and as a
//! unified diff.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use exai_server::types;
use types::{ComposerHunk, DiffFile, DiffLine, DiffLineKind, HunkState};

use super::proposals::{Bases, count, place, start};

/// What a hunk changes without the unchanged lines around it: where among its lines.
fn core(hunk: &ComposerHunk) -> std::ops::Range<usize> {
    let changed = |line: &DiffLine| line.kind != DiffLineKind::Context;
    let first = hunk.lines.iter().position(changed).unwrap_or(0);
    let last = hunk.lines.iter().rposition(changed);
    first..last.map_or(first, |last| last + 1)
}

/// The lines of a file that a hunk changes, counted from 0.
pub(super) fn changed(hunk: &ComposerHunk) -> std::ops::Range<usize> {
    let core = core(hunk);
    let from = place(hunk.old_start, hunk.old_lines) + core.start;
    let old = |line: &&DiffLine| line.kind != DiffLineKind::Added;
    from..from + hunk.lines[core].iter().filter(old).count()
}

/// A hunk with the lines of a reviewer's edit in place of the proposed ones.
pub(super) fn edited(hunk: &ComposerHunk) -> ComposerHunk {
    let mut hunk = hunk.clone();
    let replacement = match (&hunk.review.state, &hunk.review.replacement) {
        (HunkState::Edited, Some(replacement)) => replacement,
        _ => return hunk,
    };
    let core = core(&hunk);
    let ends_file = hunk.lines[core.clone()].iter().rev();
    let mut ends_file = ends_file.filter(|line| line.kind == DiffLineKind::Added);
    let no_newline = ends_file.next().and_then(|line| line.no_newline);
    let mut lines = hunk.lines[..core.start].to_vec();
    let old = hunk.lines[core.clone()].iter();
    lines.extend(
        old.filter(|line| line.kind != DiffLineKind::Added)
            .map(|line| DiffLine {
                kind: DiffLineKind::Removed,
                ..line.clone()
            }),
    );
    lines.extend(replacement.lines().map(|text| DiffLine {
        kind: DiffLineKind::Added,
        text: text.to_owned(),
        no_newline: None,
    }));
    if let Some(last) = lines
        .last_mut()
        .filter(|line| line.kind == DiffLineKind::Added)
    {
        last.no_newline = no_newline;
    }
    lines.extend_from_slice(&hunk.lines[core.end..]);
    let new = lines
        .iter()
        .filter(|line| line.kind != DiffLineKind::Removed);
    hunk.new_lines = count(new.count());
    hunk.lines = lines;
    hunk
}

/// Hunks of one file, in order, with the places that their lines have when they alone are applied.
pub(super) fn renumber(hunks: &mut [ComposerHunk]) {
    let (mut added, mut removed) = (0, 0);
    for hunk in hunks {
        let before = place(hunk.old_start, hunk.old_lines) + added - removed;
        let new = usize::try_from(hunk.new_lines).unwrap_or(0);
        hunk.new_start = start(before, new);
        added += new;
        removed += usize::try_from(hunk.old_lines).unwrap_or(0);
    }
}

/// Hunks of one file, in order, with so many unchanged lines around each, as far as there are that
/// many before the file ends or another hunk begins.
fn surround(hunks: &[ComposerHunk], base: Option<&str>, wanted: usize) -> Vec<ComposerHunk> {
    let lines: Vec<&str> = base.unwrap_or_default().split_inclusive('\n').collect();
    let context = |at: usize| DiffLine {
        kind: DiffLineKind::Context,
        text: lines[at].trim_end_matches('\n').to_owned(),
        no_newline: (!lines[at].ends_with('\n')).then_some(true),
    };
    let mut found = Vec::new();
    for (at, hunk) in hunks.iter().enumerate() {
        let old = changed(hunk);
        let floor = at
            .checked_sub(1)
            .map_or(0, |before| changed(&hunks[before]).end);
        let ceiling = hunks
            .get(at + 1)
            .map_or(lines.len(), |after| changed(after).start);
        let from = old.start.saturating_sub(wanted).max(floor);
        let until = (old.end + wanted).min(ceiling);
        let mut around: Vec<DiffLine> = (from..old.start).map(context).collect();
        around.extend_from_slice(&hunk.lines[core(hunk)]);
        around.extend((old.end..until).map(context));
        let new = around
            .iter()
            .filter(|line| line.kind != DiffLineKind::Removed);
        found.push(ComposerHunk {
            new_lines: count(new.count()),
            old_lines: count(until - from),
            old_start: start(from, until - from),
            lines: around,
            ..hunk.clone()
        });
    }
    renumber(&mut found);
    found
}

/// Hunks by the paths of their files, as they are in order.
pub(super) fn by_file(hunks: &[ComposerHunk]) -> BTreeMap<&str, Vec<ComposerHunk>> {
    let mut files = BTreeMap::<&str, Vec<ComposerHunk>>::new();
    for hunk in hunks {
        files.entry(&hunk.path).or_default().push(hunk.clone());
    }
    files
}

/// The files that change, by path.
pub(super) fn files(hunks: &[ComposerHunk], bases: &Bases, context: usize) -> Vec<DiffFile> {
    let files = by_file(hunks).into_iter().map(|(path, hunks)| {
        let base = bases.get(path);
        let mode = base.map_or(types::FileMode::N100644, |base| base.mode.clone());
        let old = base.and_then(|base| base.text.as_deref());
        let hunks = surround(&hunks, old, context);
        let path = path.to_owned();
        match old {
            None => DiffFile::Added(types::AddedFile { hunks, mode, path }),
            Some(_) => DiffFile::Modified(types::ModifiedFile {
                hunks,
                old_mode: mode.clone(),
                mode,
                path,
            }),
        }
    });
    files.collect()
}

/// Hunks as `git apply` and `patch` take them, with the edits of reviewers.
pub(super) fn unified(hunks: &[ComposerHunk], bases: &Bases) -> String {
    let mut text = String::new();
    for (path, hunks) in by_file(hunks) {
        let mut hunks: Vec<ComposerHunk> = hunks.iter().map(edited).collect();
        renumber(&mut hunks);
        let is_new = bases.get(path).is_none_or(|base| base.text.is_none());
        let old = if is_new {
            "/dev/null".to_owned()
        } else {
            format!("a/{path}")
        };
        let _ = write!(text, "--- {old}\n+++ b/{path}\n");
        for hunk in &hunks {
            write_hunk(&mut text, hunk);
        }
    }
    text
}

fn write_hunk(text: &mut String, hunk: &ComposerHunk) {
    let section = hunk.section.as_ref();
    let section = section.map_or_else(String::new, |section| format!(" {section}"));
    let old = format!("-{},{}", hunk.old_start, hunk.old_lines);
    let new = format!("+{},{}", hunk.new_start, hunk.new_lines);
    // Writing to a string does not fail.
    let _ = writeln!(text, "@@ {old} {new} @@{section}");
    for line in &hunk.lines {
        let sign = match line.kind {
            DiffLineKind::Context => ' ',
            DiffLineKind::Added => '+',
            DiffLineKind::Removed => '-',
        };
        let _ = writeln!(text, "{sign}{}", line.text);
        if line.no_newline == Some(true) {
            text.push_str("\\ No newline at end of file\n");
        }
    }
}

/// How large a change is, and how far its review has come.
pub(super) fn stats(hunks: &[ComposerHunk]) -> types::DiffStats {
    let lines = |kind: DiffLineKind| {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        count(lines.filter(|line| line.kind == kind).count())
    };
    let mut by_state = BTreeMap::<String, i32>::new();
    for hunk in hunks {
        let state = hunk.review.state.as_str().to_owned();
        *by_state.entry(state).or_default() += 1;
    }
    types::DiffStats {
        deletions: lines(DiffLineKind::Removed),
        files: count(by_file(hunks).len()),
        hunks: count(hunks.len()),
        hunks_by_state: by_state,
        insertions: lines(DiffLineKind::Added),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::composer::proposals::{Base, hunks};

    fn base() -> (Vec<ComposerHunk>, Bases) {
        let base = Base {
            mode: types::FileMode::N100644,
            text: Some((1..=12).map(|n| format!("{n}\n")).collect()),
        };
        let hunks = hunks("cpl_1", "Do it", "a.rs", &base);
        (hunks, [("a.rs".to_owned(), base)].into())
    }

    #[test]
    fn a_patch_counts_the_lines_of_its_own_hunks_and_edits() {
        let (mut hunks, bases) = base();
        hunks[1].review.state = HunkState::Edited;
        hunks[1].review.replacement = Some("13\n14".to_owned());
        let alone = unified(&hunks[1..], &bases);
        let expected = "--- a/a.rs\n+++ b/a.rs\n@@ -10,3 +10,5 @@\n 10\n 11\n 12\n+13\n+14\n";
        assert_eq!(alone, expected);
        assert!(unified(&hunks, &bases).contains("@@ -10,3 +11,5 @@"));
    }

    #[test]
    fn hunks_have_the_lines_around_them_that_are_asked_for() {
        let (hunks, bases) = base();
        let ranges = |context: usize| {
            let DiffFile::Modified(file) = files(&hunks, &bases, context).remove(0) else {
                panic!("a file that was there");
            };
            let range = |hunk: &ComposerHunk| {
                [
                    hunk.old_start,
                    hunk.old_lines,
                    hunk.new_start,
                    hunk.new_lines,
                ]
            };
            file.hunks.iter().map(range).collect::<Vec<_>>()
        };
        assert_eq!(ranges(0), [[0, 0, 1, 1], [12, 0, 14, 1]]);
        assert_eq!(ranges(1), [[1, 1, 1, 2], [12, 1, 13, 2]]);
        assert_eq!(ranges(100), [[1, 12, 1, 13], [1, 12, 2, 13]]);
    }
}
