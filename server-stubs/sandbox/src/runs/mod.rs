//! Runs of plans: how they are started, followed and steered.

mod nodes;
mod start;
mod walk;

use exai_server::unimplemented::Runs;
use exai_server::{
    ApiError, CancelRunResponse, GetRunNodeResponse, GetRunResponse, ListRunNodesParams,
    ListRunNodesResponse, ListRunsParams, ListRunsResponse, PauseRunResponse, RequestContext,
    ResumeRunResponse, StartRunResponse, StreamRunEventsResponse, types,
};
use types::{AuditAction, AuditResourceType, RunEvent, RunStatus};

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
        let run = self.cancel(&caller(cx)?.org, &run_id, reason).await?;
        self.audit(cx, 200, AuditAction::RunFinished, named(&run))?;
        Ok(CancelRunResponse::Ok(run))
    }

    async fn pause_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
    ) -> Result<PauseRunResponse, ApiError> {
        let run = self.store.update(&RUNS, &caller(cx)?.org, &run_id, |run| {
            going_on(run)?;
            run.status = RunStatus::Pausing;
            Ok(())
        })?;
        self.audit(cx, 200, AuditAction::RunPaused, named(&run))?;
        Ok(PauseRunResponse::Ok(run))
    }

    async fn resume_run(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        body: Option<types::ResumeRun>,
    ) -> Result<ResumeRunResponse, ApiError> {
        let run = self.store.update(&RUNS, &caller(cx)?.org, &run_id, |run| {
            if run.status != RunStatus::Paused {
                return Err(refused("", "state", "the run is not paused"));
            }
            run.status = RunStatus::Running;
            if let Some(ceiling) = body.and_then(|body| body.ceiling) {
                run.ceiling = Some(ceiling);
            }
            Ok(())
        })?;
        self.audit(cx, 202, AuditAction::RunResumed, named(&run))?;
        Ok(ResumeRunResponse::Accepted(run))
    }

    async fn list_run_nodes(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        params: ListRunNodesParams,
    ) -> Result<ListRunNodesResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&RUNS, org, &run_id)?;
        let mut found = self.nodes(org, &run_id)?;
        found.retain(|(_, node)| {
            let (status, kind) = (params.status.as_ref(), params.r#type.as_ref());
            status.is_none_or(|wanted| wanted.contains(&node.status))
                && kind.is_none_or(|kind| *kind == node.r#type)
        });
        let (cursor, order) = (params.cursor.as_deref(), Some(types::Order::Asc));
        let (data, next_cursor) = page(found, |(key, _)| key, order, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, node)| node).collect();
        Ok(ListRunNodesResponse::Ok(types::RunNodeList {
            data,
            next_cursor,
        }))
    }

    async fn get_run_node(
        &self,
        cx: &RequestContext,
        run_id: types::RunId,
        node_id: types::NodeId,
    ) -> Result<GetRunNodeResponse, ApiError> {
        let found = self.nodes(&caller(cx)?.org, &run_id)?;
        let node = found.into_iter().find(|(_, node)| node.id == node_id);
        let missing = || ApiError::not_found(format!("there is no node {node_id}"));
        let (_, node) = node.ok_or_else(missing)?;
        Ok(GetRunNodeResponse::Ok(node))
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
