//! The nodes of a run: how they end.

use exai_server::types;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use types::{
    ApprovalStatus, NodeSkippedEventReason, NodeType, PlanNode, RunCheckpointReason, RunEvent,
    RunFault, RunNodeDetail, RunNodeStatus, RunStatus,
};

use super::steps::after;
use super::walk::Walk;
use crate::agents::Answered;
use crate::world::{between, duration};

/// An output that is larger than this many bytes is not on the stream.
const TOLD: usize = 64 * 1024;

impl Walk {
    pub(super) fn succeed(&mut self, at: usize, output: Value, now: Timestamp) {
        self.answered(at, || Answered::Succeeded(output.clone()));
        let step = &mut self.steps[at];
        let node = &mut step.node;
        node.finished_at = Some(now);
        node.status = RunNodeStatus::Succeeded;
        node.output = Some(output);
        let told = |output: &&Value| output.to_string().len() <= TOLD;
        let event = types::NodeCompletedEvent {
            attempt: node.attempt,
            duration: between(node.started_at.unwrap_or(now), now),
            node_id: node.id.clone(),
            node_key: node.key.clone(),
            occurred_at: now,
            run_id: node.run_id.clone(),
            sequence: 0,
            usage: node.usage.clone(),
            output: node.output.as_ref().filter(told).cloned(),
        };
        if step.map.is_none() {
            self.finished.push(event.node_id.clone());
        }
        self.say(RunEvent::NodeCompleted(event));
        self.checkpoint(RunCheckpointReason::NodeFinished, now);
    }

    /// Ends an attempt. Where no other follows, the run fails with it; a map knows what an item's
    /// failure means to it.
    pub(super) fn fail(&mut self, at: usize, why: RunFault, now: Timestamp) {
        self.stop_below(at, now);
        self.answered(at, || Answered::Failed(why.clone()));
        let retry_at = self.retry_at(at, &why, now);
        let step = &mut self.steps[at];
        let node = &mut step.node;
        node.fault = Some(why.clone());
        node.status = match retry_at {
            Some(_) => RunNodeStatus::Ready,
            None => RunNodeStatus::Failed,
        };
        (step.due, step.expires) = (retry_at, None);
        if retry_at.is_none() {
            node.finished_at = Some(now);
        }
        let event = types::NodeFailedEvent {
            attempt: node.attempt,
            fault: why.clone(),
            node_id: node.id.clone(),
            node_key: node.key.clone(),
            occurred_at: now,
            retry_at,
            run_id: node.run_id.clone(),
            sequence: 0,
        };
        let (is_item, node_id) = (step.map.is_some(), event.node_id.clone());
        self.say(RunEvent::NodeFailed(event));
        if retry_at.is_some() {
            return;
        }
        self.checkpoint(RunCheckpointReason::NodeFinished, now);
        if !is_item {
            let node_id = Some(node_id);
            self.end(RunStatus::Failed, Some(RunFault { node_id, ..why }), now);
        }
    }

    pub(super) fn skip(&mut self, at: usize, reason: NodeSkippedEventReason, now: Timestamp) {
        self.withdraw(at, now);
        self.answered(at, || Answered::Cancelled);
        let step = &mut self.steps[at];
        (step.due, step.expires) = (None, None);
        let node = &mut step.node;
        node.status = RunNodeStatus::Skipped;
        node.finished_at = Some(now);
        let event = types::NodeSkippedEvent {
            node_id: node.id.clone(),
            node_key: node.key.clone(),
            occurred_at: now,
            reason,
            run_id: node.run_id.clone(),
            sequence: 0,
        };
        self.say(RunEvent::NodeSkipped(event));
    }

    /// Stops a node that is not over, and what is below it.
    pub(super) fn stop(&mut self, at: usize, now: Timestamp) {
        if self.steps[at].is_final() {
            return;
        }
        self.stop_below(at, now);
        self.answered(at, || Answered::Cancelled);
        let step = &mut self.steps[at];
        (step.due, step.expires) = (None, None);
        step.node.status = RunNodeStatus::Cancelled;
        step.node.finished_at = Some(now);
    }

    /// Stops what a node has begun: its items, its approval, its run.
    fn stop_below(&mut self, at: usize, now: Timestamp) {
        self.withdraw(at, now);
        for item in self.items(at) {
            self.stop(item, now);
        }
        let step = &self.steps[at];
        if let (true, RunNodeDetail::Subplan(detail)) = (step.is_active(), &step.node.detail) {
            let orphan = detail.child_run_id.clone();
            let orphan = orphan.map(|run_id| (step.node.id.clone(), run_id));
            self.news.orphans.extend(orphan);
        }
    }

    /// Ends an approval that nobody waits for any more.
    fn withdraw(&mut self, at: usize, now: Timestamp) {
        let node_id = &self.steps[at].node.id;
        let waits = |approval: &types::RunApproval| {
            approval.node_id == *node_id && approval.status == ApprovalStatus::Pending
        };
        if let Some(found) = self.approvals.iter().position(waits) {
            self.close(found, ApprovalStatus::Withdrawn, now);
        }
    }

    /// When a failed attempt is followed by another.
    fn retry_at(&self, at: usize, why: &RunFault, now: Timestamp) -> Option<Timestamp> {
        let step = &self.steps[at];
        let policy = policy(&self.plan, &step.planned)?;
        let attempts = policy.max_attempts.unwrap_or(1);
        let allowed = why.retryable && step.node.attempt < attempts;
        allowed.then(|| after(now, delay(policy, step.node.attempt)))
    }
}

/// How a node is tried again: only what runs something else can be.
pub(super) fn policy<'p>(
    plan: &'p types::Plan,
    planned: &'p PlanNode,
) -> Option<&'p types::RetryPolicy> {
    let usual = || plan.defaults.as_ref()?.retry.as_ref();
    match planned {
        PlanNode::Agent(node) => node.retry.as_ref().or_else(usual),
        PlanNode::Subplan(node) => node.retry.as_ref().or_else(usual),
        _ => None,
    }
}

/// How long to wait behind the attempt with a number.
fn delay(policy: &types::RetryPolicy, attempt: i32) -> SignedDuration {
    let or = |text: &Option<String>, usual: i64| {
        let told = text.as_deref().and_then(duration);
        told.unwrap_or(SignedDuration::from_secs(usual))
    };
    let (first, longest) = (or(&policy.initial_delay, 1), or(&policy.max_delay, 300));
    let times = policy.multiplier.unwrap_or(2.0).powi(attempt - 1);
    let grown = SignedDuration::try_from_secs_f64(first.as_secs_f64() * times);
    grown.unwrap_or(longest).min(longest)
}

/// Whether a node holds the run for something from outside.
pub(super) fn waits(node: &types::RunNode) -> bool {
    let kinds = matches!(node.r#type, NodeType::Wait | NodeType::Approval);
    kinds && node.status == RunNodeStatus::Waiting
}
