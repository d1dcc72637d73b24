//! A run as it is kept: its record, its copy of the plan, and how far each node is.

use std::collections::BTreeMap;
use std::time::Duration;

use exai_server::types;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{
    NodeType, PlanNode, RunEvent, RunFaultReason, RunNodeDetail, RunNodeStatus,
    RunPausedEventReason,
};

use crate::agents::{Answered, Inside};

/// All there is to a run. Moments go in and a new state comes out, see [`Walk::advance`]: nothing
/// in here waits, asks the store or talks to anyone.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Walk {
    pub(super) run: types::Run,
    /// The plan as it was when the run began.
    pub(super) plan: types::Plan,
    /// Its nodes in its order, then the items of its maps.
    pub(super) steps: Vec<Step>,
    /// The agents that it may ask, by id.
    pub(super) agents: BTreeMap<String, types::Agent>,
    /// The nodes before which it still has to pause.
    pub(super) pause_before: Vec<types::NodeKey>,
    /// When it leaves the queue.
    pub(super) begins_at: Timestamp,
    /// Why no further node begins.
    pub(super) pausing: Option<RunPausedEventReason>,
    /// The checkpoint at which it paused.
    pub(super) paused_at: Option<types::CheckpointId>,
    /// How many checkpoints there are.
    pub(super) checkpoints: i64,
    /// Oldest first.
    pub(super) approvals: Vec<types::RunApproval>,
    /// The nodes that have succeeded, in that order.
    pub(super) finished: Vec<types::NodeId>,
    pub(super) lines: Vec<types::RunReceiptLine>,
    /// Why it was cancelled.
    pub(super) reason: Option<String>,
    /// How many runs are above it.
    pub(super) depth: u8,
    /// How long a second of simulated work takes.
    #[serde(skip)]
    pub(super) second: Duration,
    /// What is to be told and kept with this state.
    pub(super) news: News,
}

/// What a step of a run leads to outside of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct News {
    /// Their `sequence` is set when they are told.
    pub(super) events: Vec<RunEvent>,
    /// Kept before the state that they are of: one that is taken again takes its place.
    #[serde(skip)]
    pub(super) checkpoints: Vec<types::RunCheckpointDetail>,
    /// What became of the agents that are asked.
    #[serde(skip)]
    pub(super) invocations: Vec<Inside>,
    /// Runs of subplans that nobody waits for any more, each with the node that has begun it.
    pub(super) orphans: Vec<(types::NodeId, types::RunId)>,
}

/// A node on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) node: types::RunNode,
    pub(super) planned: PlanNode,
    /// The map whose item it is.
    pub(super) map: Option<types::NodeId>,
    /// The input that it was told to take, in place of what its edges bring.
    pub(super) given: Option<types::JsonValue>,
    /// When what it does is done; for a node that is ready, when it may be tried again.
    pub(super) due: Option<Timestamp>,
    /// When the time for it is up.
    pub(super) expires: Option<Timestamp>,
}

impl Step {
    /// Whether it is over, unless it is retried.
    pub(super) fn is_final(&self) -> bool {
        matches!(
            self.node.status,
            RunNodeStatus::Succeeded
                | RunNodeStatus::Failed
                | RunNodeStatus::Skipped
                | RunNodeStatus::Cancelled
        )
    }

    /// Whether it has begun and is not over.
    pub(super) fn is_active(&self) -> bool {
        let status = &self.node.status;
        matches!(status, RunNodeStatus::Running | RunNodeStatus::Waiting)
    }

    /// Whether an agent is at work.
    pub(super) fn is_working(&self) -> bool {
        self.node.status == RunNodeStatus::Running && self.node.r#type == NodeType::Agent
    }

    /// The next moment at which something happens to it by itself.
    fn next(&self) -> Option<Timestamp> {
        let tried_again = self.node.status == RunNodeStatus::Ready;
        let moments = self.due.into_iter().chain(self.expires);
        moments.min().filter(|_| tried_again || self.is_active())
    }
}

impl Walk {
    /// Whether the run is over, unless one of its nodes is retried.
    pub(super) fn is_over(&self) -> bool {
        self.run.finished_at.is_some()
    }

    /// Whether it has left the queue.
    pub(super) fn has_begun(&self) -> bool {
        self.run.started_at.is_some()
    }

    /// The next moment at which something happens by itself; none once the run is over.
    pub(super) fn next(&self) -> Option<Timestamp> {
        if self.is_over() {
            return None;
        }
        if !self.has_begun() {
            return Some(self.begins_at.min(self.run.deadline_at));
        }
        // Nothing is tried again while nothing may begin.
        let begins = |step: &&Step| self.pausing.is_none() || step.is_active();
        let steps = self.steps.iter().filter(begins).filter_map(Step::next);
        steps.chain([self.run.deadline_at]).min()
    }

    /// The nodes of the plan, in order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.map.is_none())
    }

    /// Where a node of the plan is among the steps.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        let is_it = |step: &Step| step.map.is_none() && step.node.key == key;
        self.steps.iter().position(is_it)
    }

    /// Where a node or an item of a map is among the steps.
    pub(super) fn place_of(&self, node_id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.node.id == node_id)
    }

    /// Says what has happened.
    pub(super) fn say(&mut self, event: RunEvent) {
        self.news.events.push(event);
    }

    /// Says what came of the attempt that an agent works on, where one does.
    pub(super) fn answered(&mut self, at: usize, with: impl FnOnce() -> Answered) {
        let step = &self.steps[at];
        if let (true, RunNodeDetail::Agent(detail)) = (step.is_working(), &step.node.detail)
            && let Some(id) = detail.invocation_id.clone()
        {
            self.news.invocations.push(Inside::Ended(id, with()));
        }
    }

    /// Counts the plan's nodes by their states.
    pub(super) fn count(&mut self) {
        let mut counts = BTreeMap::<String, i32>::new();
        for step in self.nodes() {
            let status = step.node.status.as_str().to_owned();
            *counts.entry(status).or_default() += 1;
        }
        self.run.node_counts = counts;
    }
}

/// A fault; `retryable` says whether trying the same again can succeed.
pub(super) fn fault(
    reason: RunFaultReason,
    message: impl Into<String>,
    retryable: bool,
) -> types::RunFault {
    types::RunFault {
        message: message.into(),
        reason,
        retryable,
        node_id: None,
    }
}
