//! Runs of plans: how they are started, followed and steered.

mod advance;
mod again;
mod approvals;
mod checkpoints;
mod condition;
mod cost;
mod data;
mod ends;
mod nodes;
mod outputs;
mod signals;
mod simulated;
mod start;
mod steps;
mod turn;
mod walk;

use exai_server::{
    ApiError, CancelRunResponse, DecideRunApprovalResponse, GetRunCheckpointResponse,
    GetRunNodeResponse, GetRunReceiptResponse, GetRunResponse, ListRunApprovalsParams,
    ListRunApprovalsResponse, ListRunCheckpointsParams, ListRunCheckpointsResponse,
    ListRunNodesParams, ListRunNodesResponse, ListRunOutputsParams, ListRunOutputsResponse,
    ListRunsParams, ListRunsResponse, PauseRunResponse, ReplayRunResponse, RequestContext,
    ResumeRunResponse, RetryRunNodeResponse, Runs, SignalRunResponse, StartRunResponse,
    StreamRunEventsResponse, types,
};
use types::{AuditAction, AuditResourceType, RunEvent, RunPausedEventReason, RunStatus};

pub(crate) use self::cost::{add, invocation as price};
pub(crate) use self::data::{conforms, fault as misfit};
pub(crate) use self::nodes::agents_of;
pub(crate) use self::simulated::Simulated;
pub(crate) use self::start::ceiling;
pub(crate) use self::turn::{CHANGED, Walkers};

use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::store::Kind;
use crate::world::{caller, refused};

/// Runs by id.
pub(crate) const RUNS: Kind<types::Run> = Kind::new("run");

impl Runs for Sandbox {
    async fn start_run(
        &self,
        cx: &RequestContext,
        body: types::StartRun,
    ) -> Result<StartRunResponse, ApiError> {
        let run = self.start(cx, body)?;
        self.audit(cx, 202, AuditAction::RunStarted, named(&run))?;
        Ok(StartRunResponse::Accepted(run))
    }

    async fn get_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
    ) -> Result<GetRunResponse, ApiError> {
        let run = self.store.find(&RUNS, &caller(cx)?.org, &run_id)?;
        Ok(GetRunResponse::Ok(run))
    }

    async fn list_runs(
        &self,
        cx: &RequestContext,
        params: ListRunsParams,
    ) -> Result<ListRunsResponse, ApiError> {
        let mut runs = self.store.list(&RUNS, &caller(cx)?.org, "")?;
        let window = Window {
            labels: params.label.as_deref(),
            created_after: params.created_after,
            created_before: params.created_before,
        };
        runs.retain(|run| {
            let (plan, status) = (params.plan_id.as_ref(), params.status.as_ref());
            window.holds(run.created_at, &run.labels)
                && plan.is_none_or(|plan| *plan == run.plan_id)
                && status.is_none_or(|wanted| wanted.contains(&run.status))
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(runs, |run| &run.id, params.order, cursor, params.limit)?;
        Ok(ListRunsResponse::Ok(types::RunList { data, next_cursor }))
    }

    async fn stream_run_events(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
    ) -> Result<StreamRunEventsResponse, ApiError> {
        self.store.find(&RUNS, &caller(cx)?.org, &run_id)?;
        let events = self.log.follow(cx, &run_id, is_last)?;
        Ok(StreamRunEventsResponse::Ok(events))
    }

    async fn cancel_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        body: Option<types::CancelRun>,
    ) -> Result<CancelRunResponse, ApiError> {
        let reason = body.and_then(|body| body.reason);
        let run = self.cancel(&caller(cx)?.org, &run_id, reason).await?.run;
        self.audit(cx, 200, AuditAction::RunFinished, named(&run))?;
        Ok(CancelRunResponse::Ok(run))
    }

    async fn pause_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
    ) -> Result<PauseRunResponse, ApiError> {
        let paused = self.run_turn(&caller(cx)?.org, &run_id, |walk, _| {
            going_on(&walk.run)?;
            let first = walk.pausing.is_none();
            if first {
                walk.pausing = Some(RunPausedEventReason::Requested);
                walk.run.status = RunStatus::Pausing;
            }
            Ok(first)
        });
        let (walk, first) = paused.await?;
        if first {
            self.audit(cx, 200, AuditAction::RunPaused, named(&walk.run))?;
        }
        Ok(PauseRunResponse::Ok(walk.run))
    }

    async fn resume_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        body: Option<types::ResumeRun>,
    ) -> Result<ResumeRunResponse, ApiError> {
        let ceiling = body.and_then(|body| body.ceiling);
        let org = &caller(cx)?.org;
        let resumed = self.run_turn(org, &run_id, |walk, now| walk.resume(ceiling, now));
        let run = resumed.await?.0.run;
        self.audit(cx, 202, AuditAction::RunResumed, named(&run))?;
        Ok(ResumeRunResponse::Accepted(run))
    }

    async fn replay_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        body: types::ReplayRun,
    ) -> Result<ReplayRunResponse, ApiError> {
        let run = self.replay(cx, &run_id, body)?;
        self.audit(cx, 202, AuditAction::RunStarted, named(&run))?;
        Ok(ReplayRunResponse::Accepted(run))
    }

    async fn signal_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        body: types::RunSignal,
    ) -> Result<SignalRunResponse, ApiError> {
        let org = &caller(cx)?.org;
        let taken = self.run_turn(org, &run_id, |walk, now| walk.signal(&body, now));
        let (_, taken) = taken.await?;
        Ok(SignalRunResponse::Accepted(taken))
    }

    async fn get_run_receipt(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
    ) -> Result<GetRunReceiptResponse, ApiError> {
        let org = &caller(cx)?.org;
        let receipt = self.receipt_of(org, self.walk(org, &run_id)?).await?;
        Ok(GetRunReceiptResponse::Ok(receipt))
    }

    async fn list_run_outputs(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        params: ListRunOutputsParams,
    ) -> Result<ListRunOutputsResponse, ApiError> {
        let walk = self.walk(&caller(cx)?.org, &run_id)?;
        Ok(ListRunOutputsResponse::Ok(walk.list_outputs(&params)?))
    }

    async fn list_run_checkpoints(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        params: ListRunCheckpointsParams,
    ) -> Result<ListRunCheckpointsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&RUNS, org, &run_id)?;
        let found = self.list_checkpoints(org, &run_id, &params)?;
        Ok(ListRunCheckpointsResponse::Ok(found))
    }

    async fn get_run_checkpoint(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        checkpoint_id: types::CheckpointId,
    ) -> Result<GetRunCheckpointResponse, ApiError> {
        let found = self.checkpoint_of(&caller(cx)?.org, &run_id, &checkpoint_id)?;
        let missing = || ApiError::not_found(format!("there is no checkpoint {checkpoint_id}"));
        Ok(GetRunCheckpointResponse::Ok(found.ok_or_else(missing)?))
    }

    async fn list_run_nodes(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        params: ListRunNodesParams,
    ) -> Result<ListRunNodesResponse, ApiError> {
        let walk = self.walk(&caller(cx)?.org, &run_id)?;
        Ok(ListRunNodesResponse::Ok(walk.list_nodes(&params)?))
    }

    async fn get_run_node(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        node_id: types::NodeId,
    ) -> Result<GetRunNodeResponse, ApiError> {
        let walk = self.walk(&caller(cx)?.org, &run_id)?;
        Ok(GetRunNodeResponse::Ok(walk.node(&node_id)?))
    }

    async fn retry_run_node(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        node_id: types::NodeId,
        body: Option<types::RetryRunNode>,
    ) -> Result<RetryRunNodeResponse, ApiError> {
        let org = &caller(cx)?.org;
        let retried = self.run_turn(org, &run_id, |walk, now| {
            let node = walk.retry(&node_id, body, now)?;
            // Whoever walked it has left it when it was over.
            self.walk_on(org, &run_id);
            Ok(node)
        });
        let (walk, node) = retried.await?;
        self.audit(cx, 202, AuditAction::RunResumed, named(&walk.run))?;
        Ok(RetryRunNodeResponse::Accepted(node))
    }

    async fn list_run_approvals(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        params: ListRunApprovalsParams,
    ) -> Result<ListRunApprovalsResponse, ApiError> {
        let walk = self.walk(&caller(cx)?.org, &run_id)?;
        Ok(ListRunApprovalsResponse::Ok(walk.list_approvals(&params)?))
    }

    async fn decide_run_approval(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        approval_id: types::ApprovalId,
        body: types::DecideRunApproval,
    ) -> Result<DecideRunApprovalResponse, ApiError> {
        let caller = caller(cx)?;
        let decided = self.run_turn(&caller.org, &run_id, |walk, now| {
            walk.decide_approval(&approval_id, caller, body, now)
        });
        let (_, approval) = decided.await?;
        self.audit_decision(cx, &approval)?;
        Ok(DecideRunApprovalResponse::Ok(approval))
    }
}

impl Sandbox {
    /// Whether a run of a plan is not over yet.
    pub(crate) fn has_running(&self, org: &str, plan_id: &str) -> Result<bool, ApiError> {
        let runs = self.store.list(&RUNS, org, "")?;
        let running = |run: &types::Run| run.plan_id == plan_id && run.finished_at.is_none();
        Ok(runs.iter().any(running))
    }
}

fn named(run: &types::Run) -> types::AuditResource {
    resource(AuditResourceType::Run, &run.id, run.name.as_deref())
}

/// 422 for a run that is over.
fn going_on(run: &types::Run) -> Result<(), ApiError> {
    match run.finished_at {
        None => Ok(()),
        Some(_) => Err(refused("", "state", "the run is over")),
    }
}

fn is_last(event: &RunEvent) -> bool {
    matches!(
        event,
        RunEvent::RunCompleted(_) | RunEvent::RunFailed(_) | RunEvent::RunCancelled(_)
    )
}
