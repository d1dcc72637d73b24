//! Hunks on their way out of a working tree again.

use exai_server::{ApiError, types};
use types::{ComposerApply, ComposerApplyStatus, Fault, HunkResult, HunkResultOutcome};

use super::APPLIES;
use super::applies::Task;
use super::patching::{lines, take};
use crate::Sandbox;
use crate::world::now;

impl Sandbox {
    /// Takes out every hunk that was applied, or none.
    pub(super) fn take_hunks_out(
        &self,
        org: &str,
        mut apply: ComposerApply,
        task: Task,
    ) -> Result<(), ApiError> {
        let how = task.revert.unwrap_or_default();
        let discards = how.discard_later_edits.unwrap_or(false);
        let (mut found, mut edited) = (Vec::new(), None);
        for file in &task.written {
            let now_there = self.text_of(org, &apply.workspace_id, &file.path)?;
            let mut text = match &now_there {
                Ok(Some(text)) => lines(text),
                _ => Vec::new(),
            };
            let there = matches!(now_there, Ok(Some(_)));
            if there && take(&mut text, &file.placed) {
                let goes = file.before.is_none() && text.is_empty();
                found.push((&file.path, (!goes).then(|| text.concat())));
            } else if discards {
                found.push((&file.path, file.before.clone()));
            } else {
                edited = Some(&file.path);
            }
        }
        if let Some(path) = edited {
            apply.status = ComposerApplyStatus::RevertFailed;
            apply.fault = Some(Fault {
                message: format!("{path} was edited since"),
                reason: "edited_since".to_owned(),
            });
        } else {
            for (path, text) in found {
                let workspace = &apply.workspace_id;
                match text {
                    Some(text) => {
                        self.put_file(org, workspace, path.clone(), None, text.as_bytes())?;
                    }
                    None => self.remove_file(org, workspace, path)?,
                }
            }
            let applied = |one: &&mut HunkResult| one.outcome == HunkResultOutcome::Applied;
            for result in apply.results.iter_mut().filter(applied) {
                result.outcome = HunkResultOutcome::Reverted;
                result.offset = None;
            }
            apply.status = ComposerApplyStatus::Reverted;
            let commit = self.commit_apply(org, &apply, how.commit.as_ref())?;
            apply.commit = commit.or(apply.commit);
        }
        apply.finished_at = Some(now());
        self.store.put(&APPLIES, org, &apply.id, &apply)
    }
}
