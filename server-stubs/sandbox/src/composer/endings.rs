//! How the making of a plan ends: ready, failed, discarded.

use exai_runtime::{Outcome, Resource, Subject};
use exai_server::{ApiError, RequestContext, types};
use types::{ComposerHunk, ComposerPlanEvent, ComposerPlanStatus, Fault, WebhookEventType};

use super::PLANS;
use super::diff::stats;
use super::planning::making;
use super::proposals::heading;
use super::proposing::price;
use crate::Sandbox;
use crate::money::money;
use crate::world::{actor, caller, now};

impl Sandbox {
    pub(super) async fn finish_plan(
        &self,
        org: &str,
        plan_id: &str,
        hunks: &[ComposerHunk],
        paths: &[String],
    ) -> Result<(), ApiError> {
        let plan = self.store.update(&PLANS, org, plan_id, |plan| {
            making(plan)?;
            plan.status = ComposerPlanStatus::Ready;
            plan.stats = stats(hunks);
            plan.title = Some(heading(&plan.prompt));
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            plan.summary = Some(format!("Notes what was asked for in {}.", paths.join(", ")));
            plan.usage = types::Usage {
                cost: money(price(&plan.model)),
                input_tokens: i64::try_from(plan.prompt.len() / 4 + 1).unwrap_or(i64::MAX),
                output_tokens: 512,
            };
            plan.updated_at = now();
            Ok(())
        })?;
        let receipt = self.job_receipt(org, "composer_plan", plan_id).await?;
        self.emit(org, &receipt, WebhookEventType::ComposerPlanReady, &plan)
            .await?;
        self.tell_plan(plan_id, |sequence| {
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

    pub(super) async fn fail_plan(
        &self,
        org: &str,
        plan_id: &str,
        fault: Fault,
    ) -> Result<(), ApiError> {
        let plan = self.store.update(&PLANS, org, plan_id, |plan| {
            making(plan)?;
            plan.status = ComposerPlanStatus::Failed;
            plan.fault = Some(fault.clone());
            plan.updated_at = now();
            Ok(())
        })?;
        let receipt = self.failed_receipt(org, plan_id).await?;
        self.emit(org, &receipt, WebhookEventType::ComposerPlanFailed, &plan)
            .await?;
        self.tell_plan(plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanFailed(types::ComposerPlanFailedEvent {
                fault,
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                receipt,
                sequence,
                usage: plan.usage,
            })
        })
    }

    /// Discards a plan, and ends its making if that goes on.
    pub(super) async fn discard_plan(
        &self,
        cx: &RequestContext,
        plan_id: &str,
    ) -> Result<(), ApiError> {
        let caller = caller(cx)?;
        let mut was_made = false;
        self.store.update(&PLANS, &caller.org, plan_id, |plan| {
            was_made = making(plan).is_ok();
            plan.status = ComposerPlanStatus::Discarded;
            plan.updated_at = now();
            Ok(())
        })?;
        if !was_made {
            return Ok(());
        }
        let receipt = self.failed_receipt(&caller.org, plan_id).await?;
        let discarded_by = actor(caller)?;
        self.tell_plan(plan_id, |sequence| {
            ComposerPlanEvent::ComposerPlanDiscarded(types::ComposerPlanDiscardedEvent {
                discarded_by,
                occurred_at: now(),
                plan_id: plan_id.to_owned(),
                receipt,
                sequence,
            })
        })
    }

    async fn failed_receipt(&self, org: &str, plan_id: &str) -> Result<String, ApiError> {
        let resource = Resource {
            kind: "composer_plan".to_owned(),
            id: plan_id.to_owned(),
            name: None,
        };
        self.receipt(org, Subject::Job { resource }, Outcome::Failed)
            .await
    }
}
