//! What webhooks say of a run: a part of what its stream says.

use exai_runtime::{Outcome, Subject};
use exai_server::{ApiError, types};
use types::{Run, RunApproval, RunEvent, WebhookEventType};

use crate::Sandbox;

impl Sandbox {
    /// Says those of a run's new events that webhooks have, too.
    pub(crate) async fn emit_of_run(
        &self,
        org: &str,
        run: &Run,
        approvals: &[RunApproval],
        events: &[RunEvent],
    ) -> Result<(), ApiError> {
        for event in events {
            match event {
                RunEvent::RunStarted(_) => {
                    let receipt = self.going_receipt(org, run).await?;
                    let of = WebhookEventType::RunStarted;
                    self.emit(org, &receipt, of, run).await?;
                }
                RunEvent::ApprovalRequested(asked) => {
                    let found = approvals.iter().find(|one| one.id == asked.approval_id);
                    if let Some(approval) = found {
                        let receipt = self.going_receipt(org, run).await?;
                        let of = WebhookEventType::RunApprovalRequested;
                        self.emit(org, &receipt, of, approval).await?;
                    }
                }
                RunEvent::RunCompleted(end) => {
                    let of = WebhookEventType::RunCompleted;
                    self.emit(org, &end.receipt, of, run).await?;
                }
                RunEvent::RunFailed(end) => {
                    let of = WebhookEventType::RunFailed;
                    self.emit(org, &end.receipt, of, run).await?;
                }
                RunEvent::RunCancelled(end) => {
                    let of = WebhookEventType::RunCancelled;
                    self.emit(org, &end.receipt, of, run).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A receipt for what a run does on its way.
    async fn going_receipt(&self, org: &str, run: &Run) -> Result<String, ApiError> {
        let subject = Subject::Run {
            run_id: run.id.clone(),
            plan_id: run.plan_id.clone(),
        };
        self.receipt(org, subject, Outcome::Succeeded).await
    }
}
