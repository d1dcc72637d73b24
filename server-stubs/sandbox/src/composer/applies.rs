//! Hunks on their way into a working tree, and out of it again.

use exai_runtime::Outcome;
use exai_server::{ApiError, RequestContext, types};
use serde::{Deserialize, Serialize};
use types::{
    ApplyStrategy, ComposerApply, ComposerApplyStatus, ComposerHunk, ComposerPlanStatus, Fault,
    HunkResult, HunkResultOutcome, HunkState, WorkspaceStatus,
};

use super::diff::by_file;
use super::patching::{Placed, lines, put};
use super::{APPLIES, PLANS};
use crate::Sandbox;
use crate::store::Kind;
use crate::tokens::ORGANISATION;
use crate::workspaces::WORKSPACES;
use crate::world::{actor, caller, id, now, refused};

/// What applies have to do and to undo, by the apply's id.
const TASKS: Kind<Task> = Kind::new("composer task");

/// What an apply has to do, and what it has done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    hunks: Vec<ComposerHunk>,
    commit: Option<types::CommitOptions>,
    /// The files that it has written.
    pub(super) written: Vec<Written>,
    /// How it is reverted, once that was asked for.
    pub(super) revert: Option<types::RevertComposerApply>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) path: String,
    pub(super) before: Option<String>,
    after: String,
    pub(super) placed: Vec<Placed>,
}

/// Whether a reviewer wants a hunk to be applied.
pub(super) fn is_chosen(hunk: &ComposerHunk) -> bool {
    matches!(hunk.review.state, HunkState::Accepted | HunkState::Edited)
}

impl Sandbox {
    /// Keeps an apply that is queued, and begins it.
    pub(super) fn start_apply(
        &self,
        cx: &RequestContext,
        body: types::ApplyComposerHunks,
    ) -> Result<ComposerApply, ApiError> {
        let caller = caller(cx)?;
        let org = &caller.org;
        let plan = self.store.get(&PLANS, org, &body.plan_id)?;
        let missing = || refused("/plan_id", "exists", "there is no such plan");
        let plan = plan.ok_or_else(missing)?;
        let usable = [ComposerPlanStatus::Ready, ComposerPlanStatus::Applied];
        if !usable.contains(&plan.status) || plan.expires_at <= now() {
            return Err(refused("/plan_id", "state", "the plan cannot be applied"));
        }
        let hunks = choose(self.hunks(org, &plan.id)?, body.hunk_ids.as_deref())?;
        self.can_change(org, &plan.workspace_id, body.commit.as_ref())?;
        let id = id("apl");
        let results = hunks.iter().map(|hunk| HunkResult {
            conflict: None,
            hunk_id: hunk.id.clone(),
            outcome: HunkResultOutcome::Pending,
            path: hunk.path.clone(),
            offset: None,
        });
        let apply = ComposerApply {
            commit: None,
            created_at: now(),
            created_by: actor(caller)?,
            fault: None,
            finished_at: None,
            plan_id: plan.id,
            poll_url: self.url(&format!("/composer/applies/{id}")),
            results: results.collect(),
            status: ComposerApplyStatus::Queued,
            strategy: body.strategy.unwrap_or(ApplyStrategy::Atomic),
            workspace_id: plan.workspace_id,
            id,
        };
        let task = Task {
            hunks,
            commit: body.commit,
            written: Vec::new(),
            revert: None,
        };
        self.store.put(&TASKS, org, &apply.id, &task)?;
        self.store.put(&APPLIES, org, &apply.id, &apply)?;
        self.go_on_applying(org, &apply.id);
        Ok(apply)
    }

    /// Begins to take the hunks of an apply out again.
    pub(super) fn start_revert(
        &self,
        cx: &RequestContext,
        apply_id: &str,
        body: types::RevertComposerApply,
    ) -> Result<ComposerApply, ApiError> {
        let org = &caller(cx)?.org;
        let found = self.store.find(&APPLIES, org, apply_id)?;
        self.can_change(org, &found.workspace_id, body.commit.as_ref())?;
        let apply = self.store.update(&APPLIES, org, apply_id, |apply| {
            match apply.status {
                ComposerApplyStatus::Applied
                | ComposerApplyStatus::PartiallyApplied
                | ComposerApplyStatus::RevertFailed => {}
                _ => return Err(refused("", "state", "there is nothing to revert")),
            }
            apply.status = ComposerApplyStatus::Reverting;
            (apply.fault, apply.finished_at) = (None, None);
            Ok(())
        })?;
        self.store.update(&TASKS, org, apply_id, |task| {
            task.revert = Some(body);
            Ok(())
        })?;
        self.go_on_applying(org, apply_id);
        Ok(apply)
    }

    /// 422 for a workspace that is not running, and for a commit where there is no repository.
    fn can_change(
        &self,
        org: &str,
        workspace_id: &str,
        commit: Option<&types::CommitOptions>,
    ) -> Result<(), ApiError> {
        let workspace = self.store.get(&WORKSPACES, org, workspace_id)?;
        let running = |workspace: &types::Workspace| workspace.status == WorkspaceStatus::Running;
        if !workspace.as_ref().is_some_and(running) {
            return Err(refused("", "state", "the workspace is not running"));
        }
        if commit.is_some() && self.checked_out(org, workspace_id)?.is_none() {
            let message = "the working tree is no git repository";
            return Err(refused("/commit", "state", message));
        }
        Ok(())
    }

    fn go_on_applying(&self, org: &str, apply_id: &str) {
        let (sandbox, org, id) = (self.clone(), org.to_owned(), apply_id.to_owned());
        self.behind(format!("apply/{apply_id}"), async move {
            sandbox.carry_out(&org, &id).await
        });
    }

    async fn carry_out(&self, org: &str, apply_id: &str) -> Result<(), ApiError> {
        self.work(50).await;
        let apply = self.store.update(&APPLIES, org, apply_id, |apply| {
            if apply.finished_at.is_some() {
                return Err(refused("", "state", "the apply is over"));
            }
            if apply.status == ComposerApplyStatus::Queued {
                apply.status = ComposerApplyStatus::Applying;
            }
            Ok(())
        })?;
        self.work(100).await;
        self.atomically(|| self.end_apply(org, &apply)).await
    }

    /// Changes the tree as the apply before has left it.
    async fn end_apply(&self, org: &str, apply: &ComposerApply) -> Result<(), ApiError> {
        let apply_id = &apply.id;
        let task = self.store.find(&TASKS, org, apply_id)?;
        match apply.status {
            ComposerApplyStatus::Reverting => self.take_hunks_out(org, apply.clone(), task),
            _ => self.put_hunks_in(org, apply.clone(), task),
        }?;
        let apply = self.store.find(&APPLIES, org, apply_id)?;
        let outcome = match apply.status {
            ComposerApplyStatus::Failed => Outcome::Failed,
            _ => Outcome::Succeeded,
        };
        let receipt = self
            .ended_receipt(org, "composer_apply", apply_id, outcome)
            .await?;
        let of = types::WebhookEventType::ComposerApplyCompleted;
        self.emit(org, &receipt, of, &apply).await
    }

    /// Writes what fits, or nothing, as the strategy says.
    fn put_hunks_in(
        &self,
        org: &str,
        mut apply: ComposerApply,
        mut task: Task,
    ) -> Result<(), ApiError> {
        for (path, hunks) in by_file(&task.hunks) {
            let before = match self.text_of(org, &apply.workspace_id, path)? {
                Ok(before) => before,
                Err(why) => {
                    conflict(&mut apply.results, path, why);
                    continue;
                }
            };
            let mut text = lines(before.as_deref().unwrap_or_default());
            let mut placed = Vec::new();
            for (hunk, put) in hunks.iter().zip(put(&mut text, &hunks)) {
                let result = apply.results.iter_mut().find(|one| one.hunk_id == hunk.id);
                let Some(result) = result else { continue };
                match put {
                    Some((one, offset)) => {
                        result.outcome = HunkResultOutcome::Applied;
                        result.offset = i32::try_from(offset).ok();
                        placed.push(one);
                    }
                    None => {
                        result.outcome = HunkResultOutcome::Conflicted;
                        let why = "the lines that it changes are no longer there";
                        result.conflict = Some(why.to_owned());
                    }
                }
            }
            let (path, after) = (path.to_owned(), text.concat());
            task.written.push(Written {
                path,
                before,
                after,
                placed,
            });
        }
        task.written.retain(|file| !file.placed.is_empty());
        let fits = |result: &HunkResult| result.outcome == HunkResultOutcome::Applied;
        let fitting = apply.results.iter().filter(|result| fits(result)).count();
        let all = fitting == apply.results.len();
        if fitting == 0 || (!all && apply.strategy != ApplyStrategy::BestEffort) {
            for result in apply.results.iter_mut().filter(|result| fits(result)) {
                result.outcome = HunkResultOutcome::Skipped;
                result.offset = None;
            }
            task.written.clear();
            apply.status = ComposerApplyStatus::Failed;
            apply.fault = Some(Fault {
                message: "hunks do not fit the working tree any more".to_owned(),
                reason: "conflict".to_owned(),
            });
        } else {
            apply.status = match all {
                true => ComposerApplyStatus::Applied,
                false => ComposerApplyStatus::PartiallyApplied,
            };
            for file in &task.written {
                let (path, text) = (file.path.clone(), file.after.as_bytes());
                self.put_file(org, &apply.workspace_id, path, None, text)?;
            }
            apply.commit = self.commit_apply(org, &apply, task.commit.as_ref())?;
            self.store.update(&PLANS, org, &apply.plan_id, |plan| {
                // One that was discarded meanwhile stays so.
                if plan.status == ComposerPlanStatus::Ready {
                    plan.status = ComposerPlanStatus::Applied;
                    plan.updated_at = now();
                }
                Ok(())
            })?;
        }
        apply.finished_at = Some(now());
        self.store.put(&TASKS, org, &apply.id, &task)?;
        self.store.put(&APPLIES, org, &apply.id, &apply)
    }

    /// What a file says, if it is there; why nothing can be put into it.
    pub(super) fn text_of(
        &self,
        org: &str,
        workspace_id: &str,
        path: &str,
    ) -> Result<Result<Option<String>, &'static str>, ApiError> {
        let found = self.file(org, workspace_id, path)?;
        let text = found.map(|(_, bytes)| String::from_utf8(bytes)).transpose();
        Ok(text.map_err(|_| "the file is no text"))
    }

    /// Goes on with every apply that was under way.
    pub(super) fn resume_applies(&self) -> Result<(), ApiError> {
        for apply in self.store.list(&APPLIES, ORGANISATION, "")? {
            if apply.finished_at.is_none() {
                self.go_on_applying(ORGANISATION, &apply.id);
            }
        }
        Ok(())
    }
}

/// The hunks to apply, in the order of the plan; 422 for one that no reviewer wants.
fn choose(
    mut hunks: Vec<ComposerHunk>,
    wanted: Option<&[String]>,
) -> Result<Vec<ComposerHunk>, ApiError> {
    let Some(wanted) = wanted else {
        hunks.retain(is_chosen);
        return match hunks.is_empty() {
            true => Err(refused(
                "/hunk_ids",
                "state",
                "no hunk is accepted or edited",
            )),
            false => Ok(hunks),
        };
    };
    for (at, id) in wanted.iter().enumerate() {
        let pointer = format!("/hunk_ids/{at}");
        let found = hunks.iter().find(|hunk| hunk.id == *id);
        let missing = || refused(&pointer, "exists", "the plan has no such hunk");
        if !is_chosen(found.ok_or_else(missing)?) {
            let message = "the hunk is neither accepted nor edited";
            return Err(refused(&pointer, "state", message));
        }
    }
    hunks.retain(|hunk| wanted.contains(&hunk.id));
    Ok(hunks)
}

fn conflict(results: &mut [HunkResult], path: &str, why: &str) {
    for result in results.iter_mut().filter(|result| result.path == path) {
        result.outcome = HunkResultOutcome::Conflicted;
        result.conflict = Some(why.to_owned());
    }
}
