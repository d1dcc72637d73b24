//! How work on a build ends: succeeded, failed, cancelled.

use exai_runtime::Outcome;
use exai_server::{ApiError, RequestContext, types};
use types::{Build, BuildEvent, BuildPreviewStatus, BuildStage, BuildStatus, WebhookEventType};

use super::work::{WORKS, number};
use super::{BUILDS, PREVIEWS, settled};
use crate::Sandbox;
use crate::world::{actor, caller, now, refused};

impl Sandbox {
    /// Settles a build in `succeeded`. `wrote`: it was built, not deployed alone.
    pub(super) async fn finish_build(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        wrote: bool,
    ) -> Result<(), ApiError> {
        if wrote {
            self.answer_prompt(org, build_id, turn)?;
        }
        let receipt = self.job_receipt(org, "build", build_id).await?;
        let build = self.further(org, build_id, turn, |build| {
            settle(build, BuildStatus::Succeeded);
            let succeeded = types::BuildSucceededEvent {
                build_id: build.id.clone(),
                occurred_at: now(),
                receipt: receipt.clone(),
                sequence: 0,
                usage: build.usage.clone(),
            };
            vec![move |sequence| {
                BuildEvent::BuildSucceeded(types::BuildSucceededEvent {
                    sequence: number(sequence),
                    ..succeeded
                })
            }]
        })?;
        match wrote {
            true => {
                let of = WebhookEventType::BuildSucceeded;
                self.emit(org, &receipt, of, &build).await
            }
            false => Ok(()),
        }
    }

    pub(super) async fn fail_build(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        stage: BuildStage,
        fault: types::Fault,
    ) -> Result<(), ApiError> {
        let failed = Outcome::Failed;
        let receipt = self.ended_receipt(org, "build", build_id, failed).await?;
        let build = self.further(org, build_id, turn, |build| {
            settle(build, BuildStatus::Failed);
            build.fault = Some(fault.clone());
            let failed = types::BuildFailedEvent {
                build_id: build.id.clone(),
                fault,
                occurred_at: now(),
                receipt: receipt.clone(),
                sequence: 0,
                stage,
                usage: build.usage.clone(),
            };
            vec![move |sequence| {
                BuildEvent::BuildFailed(types::BuildFailedEvent {
                    sequence: number(sequence),
                    ..failed
                })
            }]
        })?;
        let of = WebhookEventType::BuildFailed;
        self.emit(org, &receipt, of, &build).await
    }

    /// Ends the work on a build at once; 422 where none goes on.
    pub(super) async fn end_build(
        &self,
        cx: &RequestContext,
        build_id: &str,
        reason: Option<String>,
    ) -> Result<Build, ApiError> {
        let caller = caller(cx)?;
        let org = &caller.org;
        let build = self.store.find(&BUILDS, org, build_id)?;
        let message = format!("the build is {}", build.status.as_str());
        let ended = || refused("", "state", message);
        if settled(&build.status) {
            return Err(ended());
        }
        let cancelled_by = actor(caller)?;
        let turn = self.store.find(&WORKS, org, build_id)?.turn;
        let failed = Outcome::Failed;
        let receipt = self.ended_receipt(org, "build", build_id, failed).await?;
        let build = self.further(org, build_id, &turn, |build| {
            settle(build, BuildStatus::Cancelled);
            if let Some(preview) = build.preview.as_mut()
                && preview.status == BuildPreviewStatus::Deploying
            {
                preview.status = BuildPreviewStatus::Failed;
                preview.fault = Some(types::Fault {
                    message: "the build was cancelled".to_owned(),
                    reason: "cancelled".to_owned(),
                });
            }
            let cancelled = types::BuildCancelledEvent {
                build_id: build.id.clone(),
                cancelled_by,
                occurred_at: now(),
                reason,
                receipt,
                sequence: 0,
                usage: build.usage.clone(),
            };
            vec![move |sequence| {
                BuildEvent::BuildCancelled(types::BuildCancelledEvent {
                    sequence: number(sequence),
                    ..cancelled
                })
            }]
        });
        let build = build?;
        if let Some(preview) = &build.preview {
            let key = format!("{build_id}/{}", preview.id);
            if self.store.get(&PREVIEWS, org, &key)?.is_some() {
                self.store.put(&PREVIEWS, org, &key, preview)?;
            }
        }
        Ok(build)
    }
}

fn settle(build: &mut Build, status: BuildStatus) {
    build.status = status;
    build.finished_at = Some(build.updated_at);
}
