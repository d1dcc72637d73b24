//! Nodes and runs that are done again.

use exai_server::{ApiError, RequestContext, types};
use jiff::{SignedDuration, Timestamp};
use types::{RunFaultReason, RunNodeStatus, RunPausedEventReason, RunStatus};

use super::cost::{add, book};
use super::data::{conforms, object};
use super::start::Order;
use super::steps::after;
use super::walk::{Walk, fault};
use crate::Sandbox;
use crate::money::{CURRENCY, free, micros};
use crate::world::{actor, caller, id, now, refused};

impl Walk {
    /// Readies a failed node for another attempt, and all that its failure has stopped.
    ///
    /// # Errors
    /// 404 for no node, 422 for one that has not failed, 402 where the run may cost no more.
    pub(super) fn retry(
        &mut self,
        node_id: &str,
        body: Option<types::RetryRunNode>,
        now: Timestamp,
    ) -> Result<types::RunNode, ApiError> {
        let missing = || ApiError::not_found(format!("there is no node {node_id}"));
        let at = self.place_of(node_id).ok_or_else(missing)?;
        if self.steps[at].map.is_some() {
            let message = "an item is done again with its map";
            return Err(refused("", "state", message));
        }
        let failed = self.run.status == RunStatus::Failed;
        if !failed || self.steps[at].node.status != RunNodeStatus::Failed {
            return Err(refused("", "state", "the node has not failed"));
        }
        if self.run.deadline_at <= now {
            return Err(refused("", "state", "the run's time is up"));
        }
        let ceiling = self.run.ceiling.as_ref();
        if ceiling.is_some_and(|ceiling| micros(ceiling) <= micros(&self.run.usage.cost)) {
            return Err(ApiError::payment_required("the run's ceiling is reached"));
        }
        let run = &mut self.run;
        (run.status, run.finished_at) = (RunStatus::Running, None);
        (run.fault, run.receipt) = (None, None);
        self.steps.retain(|step| step.map.is_none());
        for step in &mut self.steps {
            let is_it = step.node.id == node_id;
            if is_it || step.node.status == RunNodeStatus::Cancelled {
                step.node.finished_at = None;
                step.node.status = match is_it {
                    true => RunNodeStatus::Ready,
                    false => RunNodeStatus::Pending,
                };
            }
            if is_it {
                step.node.max_attempts = step.node.max_attempts.max(step.node.attempt + 1);
                let input = body.as_ref().and_then(|body| body.input.as_ref());
                step.given = input.map(|input| object(Some(input), None));
            }
        }
        self.advance(now);
        self.place_of(node_id)
            .map(|at| self.steps[at].node.clone())
            .ok_or_else(missing)
    }

    /// Lets a paused run go on.
    ///
    /// # Errors
    /// 422 where it is not paused, or would pause at the same ceiling at once.
    pub(super) fn resume(
        &mut self,
        ceiling: Option<types::Money>,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if self.run.status != RunStatus::Paused {
            return Err(refused("", "state", "the run is not paused"));
        }
        if let Some(wrong) = ceiling.as_ref().filter(|money| money.currency != CURRENCY) {
            let message = format!(
                "agents are charged for in {CURRENCY}, not {}",
                wrong.currency
            );
            return Err(refused("/ceiling/currency", "currency", message));
        }
        let raised = match (&ceiling, &self.run.ceiling) {
            (Some(new), Some(old)) => micros(new) > micros(old),
            _ => false,
        };
        if self.pausing == Some(RunPausedEventReason::CeilingReached) && !raised {
            let message = "the run has reached its ceiling: raise it";
            return Err(refused("/ceiling", "minimum", message));
        }
        if ceiling.is_some() {
            self.run.ceiling = ceiling;
        }
        self.pausing = None;
        self.run.status = RunStatus::Running;
        let checkpoint_id = self.paused_at.take().unwrap_or_default();
        self.say(types::RunEvent::RunResumed(types::RunResumedEvent {
            checkpoint_id,
            occurred_at: now,
            run_id: self.run.id.clone(),
            sequence: 0,
        }));
        Ok(())
    }

    /// Takes what the run of a subplan has given and used.
    pub(super) fn take_child(&mut self, at: usize, child: Walk, now: Timestamp) {
        let node_id = self.steps[at].node.id.clone();
        self.charge_child(&node_id, &child);
        let why = match child.run.status {
            RunStatus::Succeeded => {
                return self.succeed(at, child.named_outputs().into(), now);
            }
            RunStatus::Cancelled => fault(RunFaultReason::Aborted, "its run was cancelled", true),
            _ => {
                let lost = || fault(RunFaultReason::InternalError, "its run failed", true);
                let why = child.run.fault.clone().unwrap_or_else(lost);
                types::RunFault {
                    node_id: None,
                    ..why
                }
            }
        };
        self.fail(at, why, now);
    }

    /// Adds what the run of a subplan has used to what its node and this run have.
    pub(super) fn charge_child(&mut self, node_id: &str, child: &Walk) {
        if let Some(at) = self.place_of(node_id) {
            add(&mut self.steps[at].node.usage, &child.run.usage);
        }
        add(&mut self.run.usage, &child.run.usage);
        for line in &child.lines {
            book(&mut self.lines, line);
        }
    }

    /// Takes over what a checkpoint of another run holds as finished.
    fn take_over(&mut self, other: &Walk, checkpoint: &types::RunCheckpointDetail) {
        for step in &mut self.steps {
            let node = &mut step.node;
            let held = checkpoint.nodes.get(&node.key);
            let finished = held.filter(|held| {
                matches!(
                    held.status,
                    RunNodeStatus::Succeeded | RunNodeStatus::Skipped
                )
            });
            let before = other.place(&node.key).map(|at| &other.steps[at].node);
            if let (Some(held), Some(before)) = (finished, before) {
                *node = types::RunNode {
                    id: node.id.clone(),
                    poll_url: node.poll_url.clone(),
                    run_id: node.run_id.clone(),
                    stream_url: node.stream_url.clone(),
                    output: held.output.clone(),
                    status: held.status.clone(),
                    usage: free(),
                    ..before.clone()
                };
            }
        }
        let succeeded = |id: &&String| {
            let at = other.place_of(id);
            let key = at.map(|at| &other.steps[at].node.key);
            let held = key.and_then(|key| checkpoint.nodes.get(key));
            held.is_some_and(|held| held.status == RunNodeStatus::Succeeded)
        };
        let order = other.finished.iter().filter(succeeded);
        let keys = order.filter_map(|id| Some(&other.steps[other.place_of(id)?].node.key));
        let own = keys.filter_map(|key| Some(self.steps[self.place(key)?].node.id.clone()));
        self.finished = own.collect();
        self.count();
    }
}

impl Sandbox {
    /// Starts a run that begins where a checkpoint of another stands. What is finished there costs
    /// nothing again.
    pub(super) fn replay(
        &self,
        cx: &RequestContext,
        run_id: &str,
        body: types::ReplayRun,
    ) -> Result<types::Run, ApiError> {
        let caller = caller(cx)?;
        let org = &caller.org;
        let old = self.walk(org, run_id)?;
        let missing = || refused("/checkpoint_id", "exists", "the run has no such checkpoint");
        let checkpoint = self.checkpoint_of(org, run_id, &body.checkpoint_id)?;
        let checkpoint = checkpoint.ok_or_else(missing)?;
        if let Some(input) = &body.input {
            let schema = &old.plan.input_schema;
            conforms(schema, &object(Some(input), None), "/input")?;
        }
        let took: SignedDuration = old.run.deadline_at.duration_since(old.run.created_at);
        let ceiling = super::start::ceiling(body.ceiling, old.plan.ceiling.as_ref())?;
        let order = Order {
            id: id("run"),
            plan: old.plan.clone(),
            input: body.input.unwrap_or_else(|| old.run.input.clone()),
            name: body.name.or_else(|| old.run.name.clone()),
            labels: body.labels.unwrap_or_else(|| old.run.labels.clone()),
            ceiling,
            versions: body.agent_versions.unwrap_or_default(),
            deadline_at: after(now(), took),
            pause_before: Vec::new(),
            created_by: actor(caller)?,
            parent: None,
            replay_of: Some(types::ReplayOrigin {
                checkpoint_id: checkpoint.id.clone(),
                run_id: run_id.to_owned(),
            }),
        };
        let mut walk = self.queued_run(org, order)?;
        walk.take_over(&old, &checkpoint);
        self.let_run_go(org, &walk)?;
        Ok(walk.run)
    }
}
