//! How a plan comes about: queued, read, edited, checked.

use exai_server::{ApiError, RequestContext, types};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use types::{
    ComposerHunk, ComposerModel, ComposerPlan, ComposerPlanEvent, ComposerPlanStatus,
    ComposerPlanStepEventStep,
};

use super::diff::stats;
use super::proposals::{Bases, Scope};
use super::{HUNKS, PLANS, applies};
use crate::Sandbox;
use crate::money::{CURRENCY, free};
use crate::store::Kind;
use crate::tokens::ORGANISATION;
use crate::workspaces::WORKSPACES;
use crate::world::{actor, caller, id, now, refused};

/// What plans are made from, by the plan's id.
const BRIEFS: Kind<Brief> = Kind::new("composer brief");

/// How long a plan can be applied.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a plan is made from beside its prompt.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Brief {
    pub(super) scope: Scope,
    /// The files as the plan knows them: those of the plan that it revises, later all of its own.
    pub(super) bases: Bases,
    /// Hunks that a reviewer wants to stay.
    pub(super) kept: Vec<ComposerHunk>,
}

impl Sandbox {
    /// Keeps a plan that is queued, and begins to make it.
    pub(super) fn compose(
        &self,
        cx: &RequestContext,
        body: types::RequestComposerPlan,
    ) -> Result<ComposerPlan, ApiError> {
        let org = &caller(cx)?.org;
        if self
            .store
            .get(&WORKSPACES, org, &body.workspace_id)?
            .is_none()
        {
            let message = "there is no such workspace";
            return Err(refused("/workspace_id", "exists", message));
        }
        for (at, context) in body.context.iter().flatten().enumerate() {
            if let types::ComposerContext::File(file) = context
                && self.file(org, &body.workspace_id, &file.path)?.is_none()
            {
                let message = format!("there is no file {}", file.path);
                return Err(refused(&format!("/context/{at}/path"), "exists", message));
            }
        }
        let brief = Brief {
            scope: Scope {
                include: body.include.unwrap_or_default(),
                exclude: body.exclude.unwrap_or_default(),
                max_files: body.max_files.and_then(|most| usize::try_from(most).ok()),
            },
            ..Brief::default()
        };
        let mut plan = self.queued_plan(cx, body.workspace_id, body.prompt)?;
        plan.model = body.model.unwrap_or(ComposerModel::Auto);
        plan.ceiling = body.ceiling;
        self.make_plan(org, plan, &brief)
    }

    fn queued_plan(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        prompt: String,
    ) -> Result<ComposerPlan, ApiError> {
        let (id, now) = (id("cpl"), now());
        Ok(ComposerPlan {
            base_commit: self.checked_out(&caller(cx)?.org, &workspace_id)?,
            ceiling: None,
            created_at: now,
            created_by: actor(caller(cx)?)?,
            expires_at: now.saturating_add(KEPT).unwrap_or(now),
            fault: None,
            model: ComposerModel::Auto,
            parent_plan_id: None,
            poll_url: self.url(&format!("/composer/plans/{id}")),
            prompt,
            stats: stats(&[]),
            status: ComposerPlanStatus::Queued,
            stream_url: self.url(&format!("/composer/plans/{id}/events")),
            summary: None,
            title: None,
            updated_at: now,
            usage: free(),
            workspace_id,
            id,
        })
    }

    fn make_plan(
        &self,
        org: &str,
        plan: ComposerPlan,
        brief: &Brief,
    ) -> Result<ComposerPlan, ApiError> {
        let ceiling = plan.ceiling.as_ref();
        if ceiling.is_some_and(|ceiling| ceiling.currency != CURRENCY) {
            let message = format!("planning is charged for in {CURRENCY}");
            return Err(refused("/ceiling/currency", "currency", message));
        }
        self.store.put(&BRIEFS, org, &plan.id, brief)?;
        self.store.put(&PLANS, org, &plan.id, &plan)?;
        self.go_on_thinking(org, &plan.id);
        Ok(plan)
    }

    fn go_on_thinking(&self, org: &str, plan_id: &str) {
        let (sandbox, org, id) = (self.clone(), org.to_owned(), plan_id.to_owned());
        self.behind(format!("plan/{plan_id}"), async move {
            sandbox.think(&org, &id).await
        });
    }

    /// A plan for the same workspace, from another plan with its review and its comments.
    pub(super) fn revise_plan(
        &self,
        cx: &RequestContext,
        plan_id: &str,
        body: types::ReviseComposerPlan,
    ) -> Result<ComposerPlan, ApiError> {
        let org = &caller(cx)?.org;
        let old = self.store.find(&PLANS, org, plan_id)?;
        if old.status != ComposerPlanStatus::Ready {
            return Err(refused("", "state", "the plan is not ready"));
        }
        let comments = self.comments(org, plan_id)?;
        let said = comments.into_iter().map(|comment| comment.body);
        let said: Vec<String> = said.collect();
        let prompt = match body.prompt {
            Some(prompt) => prompt,
            None if said.is_empty() => {
                let message = "there is neither a prompt nor a comment";
                return Err(refused("/prompt", "required", message));
            }
            None => said.join("\n\n"),
        };
        let mut brief = self.store.find(&BRIEFS, org, plan_id)?;
        brief.kept = match body.keep_accepted {
            Some(false) => Vec::new(),
            _ => self.hunks(org, plan_id)?,
        };
        brief.kept.retain(applies::is_chosen);
        let mut plan = self.queued_plan(cx, old.workspace_id, prompt)?;
        plan.base_commit = old.base_commit;
        plan.ceiling = body.ceiling.or(old.ceiling);
        plan.model = old.model;
        plan.parent_plan_id = Some(old.id);
        self.make_plan(org, plan, &brief)
    }

    /// Makes a plan, step after step, until it is ready or somebody has discarded it.
    async fn think(&self, org: &str, plan_id: &str) -> Result<(), ApiError> {
        self.work(50).await;
        let plan = self.store.update(&PLANS, org, plan_id, |plan| {
            making(plan)?;
            plan.status = ComposerPlanStatus::Planning;
            plan.updated_at = now();
            Ok(())
        })?;
        self.note_plan(org, plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanStarted(types::ComposerPlanStartedEvent {
                base_commit: plan.base_commit.clone(),
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                sequence,
            })
        })
        .await?;
        let brief = self.store.find(&BRIEFS, org, plan_id)?;
        let proposed = self.propose_hunks(org, &plan, brief)?;
        let (brief, hunks) = match proposed {
            Ok(proposed) => proposed,
            Err(fault) => {
                let fail = || self.fail_plan(org, plan_id, fault.clone());
                return self.atomically(fail).await;
            }
        };
        let read: Vec<String> = brief.bases.keys().cloned().collect();
        self.plan_step(org, plan_id, ComposerPlanStepEventStep::Read, &read)
            .await?;
        let delta = format!("I change {}.", read.join(", "));
        self.note_plan(org, plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanMessage(types::ComposerPlanMessageEvent {
                delta: delta.clone(),
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                sequence,
            })
        })
        .await?;
        self.plan_step(org, plan_id, ComposerPlanStepEventStep::Edit, &read)
            .await?;
        self.store.put(&BRIEFS, org, plan_id, &brief)?;
        for (place, hunk) in hunks.iter().enumerate() {
            let key = format!("{plan_id}/{place:05}");
            self.store.put(&HUNKS, org, &key, hunk)?;
            self.note_plan(org, plan_id, |sequence| {
                ComposerPlanEvent::ComposerPlanHunk(types::ComposerPlanHunkEvent {
                    hunk: hunk.clone(),
                    occurred_at: now(),
                    plan_id: plan_id.to_owned(),
                    sequence,
                })
            })
            .await?;
        }
        self.plan_step(org, plan_id, ComposerPlanStepEventStep::Check, &read)
            .await?;
        self.atomically(|| self.finish_plan(org, plan_id, &hunks, &read))
            .await
    }

    async fn plan_step(
        &self,
        org: &str,
        plan_id: &str,
        step: ComposerPlanStepEventStep,
        paths: &[String],
    ) -> Result<(), ApiError> {
        self.work(100).await;
        self.note_plan(org, plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanStep(types::ComposerPlanStepEvent {
                occurred_at: now(),
                paths: paths.to_vec(),
                plan_id: plan_id.to_owned(),
                sequence,
                step: step.clone(),
            })
        })
        .await
    }

    /// Goes on with every plan that was being made.
    pub(crate) fn resume_composer(&self) -> Result<(), ApiError> {
        for plan in self.store.list(&PLANS, ORGANISATION, "")? {
            if making(&plan).is_ok() {
                self.go_on_thinking(ORGANISATION, &plan.id);
            }
        }
        self.resume_applies()
    }

    /// The files that a plan is made on.
    pub(super) fn bases(&self, org: &str, plan_id: &str) -> Result<Bases, ApiError> {
        Ok(self.store.find(&BRIEFS, org, plan_id)?.bases)
    }

    /// Says what happens while a plan is made, unless it no longer is.
    async fn note_plan(
        &self,
        org: &str,
        plan_id: &str,
        make: impl Fn(i64) -> ComposerPlanEvent,
    ) -> Result<(), ApiError> {
        let note = || {
            making(&self.store.find(&PLANS, org, plan_id)?)?;
            self.tell_plan(plan_id, &make)
        };
        self.atomically(|| std::future::ready(note())).await
    }

    pub(super) fn tell_plan(
        &self,
        plan_id: &str,
        make: impl FnOnce(i64) -> ComposerPlanEvent,
    ) -> Result<(), ApiError> {
        let sequence = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.log.append(plan_id, |number| make(sequence(number)))?;
        Ok(())
    }
}

/// 422 for a plan that is not being made.
pub(super) fn making(plan: &ComposerPlan) -> Result<(), ApiError> {
    match plan.status {
        ComposerPlanStatus::Queued | ComposerPlanStatus::Planning => Ok(()),
        _ => Err(refused("", "state", "the plan is not being made")),
    }
}
