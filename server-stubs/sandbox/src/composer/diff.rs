//! Hunks as a unified diff, as `git apply` and `patch` take it.

use exai_server::types::{ComposerHunk, DiffLineKind};

/// The hunks of one file follow one another.
pub(super) fn unified(hunks: &[ComposerHunk]) -> String {
    let mut text = String::new();
    let mut of = None;
    for hunk in hunks {
        if of != Some(&hunk.path) {
            let old = match hunk.old_start {
                0 => "/dev/null".to_owned(),
                _ => format!("a/{}", hunk.path),
            };
            text.push_str(&format!("--- {old}\n+++ b/{}\n", hunk.path));
            of = Some(&hunk.path);
        }
        let (old, new) = (hunk.old_start, hunk.new_start);
        let section = hunk
            .section
            .as_ref()
            .map_or_else(String::new, |s| format!(" {s}"));
        text.push_str(&format!(
            "@@ -{old},{} +{new},{} @@{section}\n",
            hunk.old_lines, hunk.new_lines
        ));
        for line in &hunk.lines {
            let sign = match line.kind {
                DiffLineKind::Context => ' ',
                DiffLineKind::Added => '+',
                DiffLineKind::Removed => '-',
            };
            text.push_str(&format!("{sign}{}\n", line.text));
            if line.no_newline == Some(true) {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}
