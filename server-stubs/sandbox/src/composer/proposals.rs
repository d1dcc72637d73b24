//! What the planner of a sandbox proposes: the files that a prompt names say what is to be done,
//! and where it names none, README.md does.

use std::collections::BTreeMap;

use exai_server::types;
use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};
use types::{ComposerHunk, DiffLine, DiffLineKind, Fault, FileMode, HunkState};

use crate::patterns::matches;
use crate::world::id;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// How long a heading is at most, in characters.
const HEADING: usize = 72;

/// What a plan may be about.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Scope {
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) max_files: Option<usize>,
}

/// A file as the plan has found it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Base {
    pub(super) mode: FileMode,
    /// None where there was no such file.
    pub(super) text: Option<String>,
}

/// The files of a plan by their paths.
pub(super) type Bases = BTreeMap<String, Base>;

impl Scope {
    fn allows(&self, path: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, path));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

/// The paths of a tree that a prompt is about.
///
/// # Errors
/// Nothing may change, or more would than may.
pub(super) fn paths(prompt: &str, tree: &[String], scope: &Scope) -> Result<Vec<String>, Fault> {
    let named = tree.iter().filter(|path| names(prompt, path)).cloned();
    let mut named: Vec<String> = named.collect();
    if named.is_empty() {
        named.push("README.md".to_owned());
    }
    named.retain(|path| scope.allows(path));
    let why = |reason: &str, message: &str| Fault {
        message: message.to_owned(),
        reason: reason.to_owned(),
    };
    if named.is_empty() {
        let message = "no file that the prompt is about may change";
        return Err(why("nothing_to_change", message));
    }
    if scope.max_files.is_some_and(|most| named.len() > most) {
        let message = format!("{} files would change", named.len());
        return Err(why("too_many_files", &message));
    }
    Ok(named)
}

/// Whether a prompt has a path as a word of its own.
fn names(prompt: &str, path: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || "/_-".contains(c);
    prompt.match_indices(path).any(|(at, _)| {
        let before = prompt[..at].chars().next_back();
        let after = prompt[at + path.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// A file as the prompt wants it: prose gets a section, anything else a line at either end.
fn proposed(prompt: &str, path: &str, old: Option<&str>) -> String {
    let Some(old) = old else {
        return format!("# What was asked for\n\n{}\n", prompt.trim_end());
    };
    let end = if old.is_empty() || old.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let comment = match extension {
        "md" | "txt" | "" => {
            let prompt = prompt.trim_end();
            return format!("{old}{end}\n## What was asked for\n\n{prompt}\n");
        }
        "py" | "sh" | "rb" | "yaml" | "yml" | "toml" => "#",
        "sql" | "lua" | "hs" => "--",
        _ => "//",
    };
    let heading = heading(prompt);
    // A line that names an interpreter stays the first.
    let first = match old.starts_with("#!") {
        true => old.find('\n').map_or(old.len(), |at| at + 1),
        false => 0,
    };
    let (head, body) = old.split_at(first);
    format!("{head}{comment} TODO: {heading}\n{body}{end}{comment} TODO: test that: {heading}\n")
}

/// The first line of a prompt, cut where it is long.
pub(super) fn heading(prompt: &str) -> String {
    let line = prompt.trim_start().lines().next().unwrap_or_default();
    match line.char_indices().nth(HEADING) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line.trim_end().to_owned(),
    }
}

/// The hunks that make a file what the prompt wants.
pub(super) fn hunks(plan_id: &str, prompt: &str, path: &str, base: &Base) -> Vec<ComposerHunk> {
    let old = base.text.as_deref();
    let new = proposed(prompt, path, old);
    let diff = TextDiff::from_lines(old.unwrap_or_default(), new.as_str());
    let groups = diff.grouped_ops(CONTEXT).into_iter();
    let hunks = groups.filter_map(|ops| {
        let (first, last) = (ops.first()?, ops.last()?);
        let (old, new) = (
            first.old_range().start..last.old_range().end,
            first.new_range().start..last.new_range().end,
        );
        let changes = ops.iter().flat_map(|op| diff.iter_changes(op));
        let lines = changes.map(|change| DiffLine {
            kind: match change.tag() {
                ChangeTag::Equal => DiffLineKind::Context,
                ChangeTag::Insert => DiffLineKind::Added,
                ChangeTag::Delete => DiffLineKind::Removed,
            },
            text: change.value().trim_end_matches('\n').to_owned(),
            no_newline: change.missing_newline().then_some(true),
        });
        Some(ComposerHunk {
            id: id("hnk"),
            lines: lines.collect(),
            new_lines: count(new.len()),
            new_start: start(new.start, new.len()),
            old_lines: count(old.len()),
            old_start: start(old.start, old.len()),
            path: path.to_owned(),
            plan_id: plan_id.to_owned(),
            rationale: Some("The prompt asks for it.".to_owned()),
            review: types::HunkReview {
                note: None,
                reviewed_at: None,
                reviewed_by: None,
                state: HunkState::Pending,
                replacement: None,
            },
            section: None,
        })
    });
    hunks.collect()
}

/// A number as the wire has it.
pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The first of some lines counted from 1, as a unified diff has it: where there are none, the
/// line before.
pub(super) fn start(place: usize, lines: usize) -> i32 {
    count(if lines == 0 { place } else { place + 1 })
}

/// How many lines are before the first of some: what [`start`] is made of.
pub(super) fn place(start: i32, lines: i32) -> usize {
    usize::try_from(if lines == 0 { start } else { start - 1 }).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_as_a_word() {
        assert!(names("Fix src/main.rs, please.", "src/main.rs"));
        assert!(names("Fix `src/main.rs`.", "src/main.rs"));
        assert!(!names("Fix my-src/main.rs", "src/main.rs"));
        assert!(!names("Fix src/main.rs_old", "src/main.rs"));
    }

    #[test]
    fn what_may_not_change_is_left_out() {
        let tree = ["a.rs", "b.rs"].map(str::to_owned);
        let mut scope = Scope::default();
        scope.exclude.push("a.*".to_owned());
        assert_eq!(
            paths("a.rs and b.rs", &tree, &scope),
            Ok(vec!["b.rs".to_owned()])
        );
        scope.include.push("*.md".to_owned());
        let fault = paths("a.rs and b.rs", &tree, &scope).expect_err("nothing is left");
        assert_eq!(fault.reason, "nothing_to_change");
        let scope = Scope {
            max_files: Some(1),
            ..Scope::default()
        };
        let fault = paths("a.rs and b.rs", &tree, &scope).expect_err("two are too many");
        assert_eq!(fault.reason, "too_many_files");
    }

    #[test]
    fn a_long_file_is_changed_at_both_ends() {
        let base = Base {
            mode: FileMode::N100644,
            text: Some((1..=20).map(|n| format!("line {n}\n")).collect()),
        };
        let hunks = hunks("cpl_1", "Do it", "a.rs", &base);
        let ranges: Vec<_> = hunks
            .iter()
            .map(|hunk| {
                [
                    hunk.old_start,
                    hunk.old_lines,
                    hunk.new_start,
                    hunk.new_lines,
                ]
            })
            .collect();
        assert_eq!(ranges, [[1, 3, 1, 4], [18, 3, 19, 4]]);
    }
}
