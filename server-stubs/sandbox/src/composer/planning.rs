//! How a plan comes about: read, edit, ready.

use exai_server::{ApiError, RequestContext, types};
use jiff::SignedDuration;
use types::{
    ComposerHunk, ComposerPlanEvent, ComposerPlanStatus, ComposerPlanStepEventStep, DiffLine,
    DiffLineKind, HunkState,
};

use super::PLANS;
use crate::Sandbox;
use crate::store::Kind;
use crate::workspaces::WORKSPACES;
use crate::world::{actor, caller, id, now, refused};

/// Hunks by the plan's id and their place in it.
const HUNKS: Kind<ComposerHunk> = Kind::new("composer hunk");

/// How long a plan can be applied.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Sandbox {
    pub(super) fn compose(
        &self,
        cx: &RequestContext,
        body: types::RequestComposerPlan,
    ) -> Result<types::ComposerPlan, ApiError> {
        let caller = caller(cx)?;
        let workspace = self
            .store
            .get(&WORKSPACES, &caller.org, &body.workspace_id)?;
        if workspace.is_none() {
            return Err(refused(
                "/workspace_id",
                "exists",
                "there is no such workspace",
            ));
        }
        let (id, now) = (id("cpl"), now());
        let plan = types::ComposerPlan {
            base_commit: None,
            ceiling: body.ceiling,
            created_at: now,
            created_by: actor(caller)?,
            expires_at: now.saturating_add(KEPT).unwrap_or(now),
            fault: None,
            model: body.model.unwrap_or(types::ComposerModel::Auto),
            parent_plan_id: None,
            poll_url: self.url(&format!("/composer/plans/{id}")),
            prompt: body.prompt,
            stats: stats(&[]),
            status: ComposerPlanStatus::Queued,
            stream_url: self.url(&format!("/composer/plans/{id}/events")),
            summary: None,
            title: None,
            updated_at: now,
            usage: types::Usage {
                cost: types::Money {
                    amount: "0.00".to_owned(),
                    currency: "USD".to_owned(),
                },
                input_tokens: 0,
                output_tokens: 0,
            },
            workspace_id: body.workspace_id,
            id,
        };
        self.store.put(&PLANS, &caller.org, &plan.id, &plan)?;
        let (sandbox, org, id) = (self.clone(), caller.org.clone(), plan.id.clone());
        tokio::spawn(async move {
            // A store that fails has said so; the plan stays as it is.
            let _ = sandbox.think(&org, &id).await;
        });
        Ok(plan)
    }

    async fn think(&self, org: &str, plan_id: &str) -> Result<(), ApiError> {
        let plan = self.store.update(&PLANS, org, plan_id, |plan| {
            plan.status = ComposerPlanStatus::Planning;
            plan.updated_at = now();
            Ok(())
        })?;
        self.note(plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanStarted(types::ComposerPlanStartedEvent {
                base_commit: None,
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                sequence,
            })
        })?;
        for step in [
            ComposerPlanStepEventStep::Read,
            ComposerPlanStepEventStep::Edit,
        ] {
            self.work(150).await;
            self.note(plan_id, |sequence| {
                ComposerPlanEvent::ComposerPlanStep(types::ComposerPlanStepEvent {
                    occurred_at: now(),
                    paths: vec!["README.md".to_owned()],
                    plan_id: plan_id.to_owned(),
                    sequence,
                    step,
                })
            })?;
        }
        let hunk = written(&plan);
        self.store
            .put(&HUNKS, org, &format!("{plan_id}/00000"), &hunk)?;
        self.note(plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanHunk(types::ComposerPlanHunkEvent {
                hunk: hunk.clone(),
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                sequence,
            })
        })?;
        let receipt = self.job_receipt(org, "composer_plan", plan_id).await?;
        let plan = self.store.update(&PLANS, org, plan_id, |plan| {
            plan.status = ComposerPlanStatus::Ready;
            plan.stats = stats(std::slice::from_ref(&hunk));
            plan.title = Some("Write README.md".to_owned());
            plan.summary = Some("Writes what was asked for down in `README.md`.".to_owned());
            plan.updated_at = now();
            Ok(())
        })?;
        self.note(plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanReady(types::ComposerPlanReadyEvent {
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                receipt,
                sequence,
                stats: plan.stats,
                usage: plan.usage,
            })
        })
    }

    /// The hunks of a plan, in order.
    pub(super) fn hunks(&self, org: &str, plan_id: &str) -> Result<Vec<ComposerHunk>, ApiError> {
        self.store.list(&HUNKS, org, &format!("{plan_id}/"))
    }

    fn note(
        &self,
        plan_id: &str,
        make: impl FnOnce(i64) -> ComposerPlanEvent,
    ) -> Result<(), ApiError> {
        let sequence = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.log.append(plan_id, |number| make(sequence(number)))?;
        Ok(())
    }
}

/// What a sandbox makes of any prompt: a file that says it.
fn written(plan: &types::ComposerPlan) -> ComposerHunk {
    let heading = ["# What was asked for", ""].map(str::to_owned);
    let texts = heading
        .into_iter()
        .chain(plan.prompt.lines().map(str::to_owned));
    let lines: Vec<DiffLine> = texts
        .map(|text| DiffLine {
            kind: DiffLineKind::Added,
            text,
            no_newline: None,
        })
        .collect();
    ComposerHunk {
        id: id("hnk"),
        new_lines: i32::try_from(lines.len()).unwrap_or(i32::MAX),
        lines,
        new_start: 1,
        old_lines: 0,
        old_start: 0,
        path: "README.md".to_owned(),
        plan_id: plan.id.clone(),
        rationale: None,
        review: types::HunkReview {
            note: None,
            reviewed_at: None,
            reviewed_by: None,
            state: HunkState::Pending,
            replacement: None,
        },
        section: None,
    }
}

fn stats(hunks: &[ComposerHunk]) -> types::DiffStats {
    let lines = |kind: DiffLineKind| {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        i32::try_from(lines.filter(|line| line.kind == kind).count()).unwrap_or(i32::MAX)
    };
    let mut by_state = std::collections::BTreeMap::<String, i32>::new();
    for hunk in hunks {
        *by_state
            .entry(hunk.review.state.as_str().to_owned())
            .or_default() += 1;
    }
    let files: std::collections::BTreeSet<&String> = hunks.iter().map(|hunk| &hunk.path).collect();
    types::DiffStats {
        deletions: lines(DiffLineKind::Removed),
        files: i32::try_from(files.len()).unwrap_or(i32::MAX),
        hunks: i32::try_from(hunks.len()).unwrap_or(i32::MAX),
        hunks_by_state: by_state,
        insertions: lines(DiffLineKind::Added),
    }
}
