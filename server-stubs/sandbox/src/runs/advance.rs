//! How a run goes on: what is due ends, what is ready begins, until nothing moves.

use exai_server::types;
use jiff::Timestamp;
use types::{
    MapNodeOnItemFailure, NodeSkippedEventReason, PlanNode, RunCheckpointReason, RunEvent,
    RunFaultReason, RunNodeDetail, RunNodeStatus, RunPausedEventReason, RunStatus,
};

use super::condition::holds;
use super::walk::{Step, Walk, fault};

impl Walk {
    /// Does everything that can be done at a moment.
    pub(super) fn advance(&mut self, now: Timestamp) {
        if self.is_over() {
            return;
        }
        if self.run.deadline_at <= now {
            let late = fault(RunFaultReason::Timeout, "the run's time is up", false);
            return self.end(RunStatus::Failed, Some(late), now);
        }
        if !self.has_begun() {
            if now < self.begins_at {
                return;
            }
            self.begin_run(now);
        }
        while self.end_due(now) | self.look_after_maps(now) | self.settle(now) | self.begin(now) {
            if self.is_over() {
                return;
            }
        }
        self.take_stock(now);
    }

    fn begin_run(&mut self, now: Timestamp) {
        self.run.started_at = Some(now);
        self.say(RunEvent::RunStarted(types::RunStartedEvent {
            occurred_at: now,
            plan_id: self.run.plan_id.clone(),
            plan_revision: self.run.plan_revision,
            run_id: self.run.id.clone(),
            sequence: 0,
        }));
    }

    /// Ends what is due; whether anything was.
    fn end_due(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        for at in 0..self.steps.len() {
            let Some(step) = self.steps.get(at).filter(|step| step.is_active()) else {
                continue;
            };
            let is_past = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= now);
            let done_first = step
                .due
                .is_some_and(|due| step.expires.is_none_or(|end| due <= end));
            if is_past(step.due) && done_first {
                self.done(at, now);
                moved = true;
            } else if is_past(step.expires) {
                self.expire(at, now);
                moved = true;
            }
            if self.is_over() {
                return true;
            }
        }
        moved
    }

    /// Lets items of maps begin as there is room, and ends maps whose items are over.
    fn look_after_maps(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        for at in 0..self.steps.len() {
            let step = &self.steps[at];
            if let (true, PlanNode::Map(planned)) = (step.is_active(), &step.planned) {
                let planned = planned.clone();
                moved |= self.look_after_map(at, &planned, now);
            }
            if self.is_over() {
                return true;
            }
        }
        moved
    }

    fn look_after_map(&mut self, at: usize, planned: &types::MapNode, now: Timestamp) -> bool {
        let items = self.items(at);
        let with = |status: RunNodeStatus| {
            let has = |item: &&usize| self.steps[**item].node.status == status;
            items.iter().filter(has).copied().collect::<Vec<usize>>()
        };
        let (succeeded, failed) = (with(RunNodeStatus::Succeeded), with(RunNodeStatus::Failed));
        let waiting = with(RunNodeStatus::Pending);
        let over = items.iter().filter(|item| self.steps[**item].is_final());
        let over = over.count();
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        if let RunNodeDetail::Map(detail) = &mut self.steps[at].node.detail {
            detail.succeeded = whole(succeeded.len());
            detail.failed = whole(failed.len());
        }
        let skips = planned.on_item_failure == Some(MapNodeOnItemFailure::Skip);
        if let Some(first) = failed.first().filter(|_| !skips) {
            let why = self.steps[*first].node.fault.clone();
            let lost = || fault(RunFaultReason::InternalError, "an item has failed", false);
            let why = why.unwrap_or_else(lost);
            self.fail(at, why, now);
            return true;
        }
        if over == items.len() {
            let output = |item: &usize| self.steps[*item].node.output.clone().unwrap_or_default();
            let outputs = items.iter().map(output).collect();
            self.succeed(at, outputs, now);
            return true;
        }
        let room = usize::try_from(planned.max_concurrency.unwrap_or(10)).unwrap_or(1);
        let room = room.saturating_sub(items.len() - over - waiting.len());
        for item in waiting.iter().take(room) {
            self.steps[*item].node.status = RunNodeStatus::Ready;
        }
        room > 0 && !waiting.is_empty()
    }

    /// The places of the items of a map, in order.
    pub(super) fn items(&self, at: usize) -> Vec<usize> {
        let map = &self.steps[at].node.id;
        let is_item = |place: &usize| self.steps[*place].map.as_ref() == Some(map);
        (0..self.steps.len()).filter(is_item).collect()
    }

    /// Makes nodes ready, or skips them, once all their edges are settled.
    fn settle(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        for at in 0..self.steps.len() {
            let step = &self.steps[at];
            if step.map.is_some() || step.node.status != RunNodeStatus::Pending {
                continue;
            }
            let key = step.node.key.clone();
            let into = self.plan.edges.iter().filter(|edge| edge.target == key);
            let taken: Vec<Option<bool>> = into.map(|edge| self.is_taken(edge)).collect();
            if taken.contains(&None) {
                continue;
            }
            moved = true;
            if taken.is_empty() || taken.contains(&Some(true)) {
                self.steps[at].node.status = RunNodeStatus::Ready;
            } else {
                self.skip(at, NodeSkippedEventReason::NotTaken, now);
            }
        }
        moved
    }

    /// Whether an edge is taken; none where that is not settled yet.
    pub(super) fn is_taken(&self, edge: &types::PlanEdge) -> Option<bool> {
        let source = &self.steps.get(self.place(&edge.source)?)?;
        if !source.is_final() {
            return None;
        }
        let node = &source.node;
        let null = types::JsonValue::Null;
        let output = node.output.as_ref().unwrap_or(&null);
        let of_branch = match (&edge.branch, &node.detail) {
            (Some(wanted), RunNodeDetail::Condition(detail)) => {
                detail.branch.as_ref() == Some(wanted)
            }
            _ => true,
        };
        let succeeded = node.status == RunNodeStatus::Succeeded;
        let when = edge.when.as_ref();
        Some(succeeded && of_branch && when.is_none_or(|when| holds(when, output)))
    }

    /// Begins what is ready, unless the run pauses.
    fn begin(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        for at in 0..self.steps.len() {
            let step = &self.steps[at];
            let ready = step.node.status == RunNodeStatus::Ready;
            if self.pausing.is_some() || !ready || step.due.is_some_and(|due| now < due) {
                continue;
            }
            let pauses = |key: &String| *key == step.node.key && step.map.is_none();
            if let Some(found) = self.pause_before.iter().position(pauses) {
                self.pause_before.remove(found);
                self.pausing = Some(RunPausedEventReason::PauseBefore);
                return moved;
            }
            moved |= self.begin_step(at, now);
            if self.is_over() {
                return true;
            }
        }
        moved
    }

    /// What state the run is in when nothing moves.
    fn take_stock(&mut self, now: Timestamp) {
        if let Some(reason) = self.pausing.clone() {
            if self.steps.iter().any(Step::is_working) {
                self.run.status = RunStatus::Pausing;
            } else if self.run.status != RunStatus::Paused {
                self.pause(reason, now);
            }
        } else if self.nodes().all(Step::is_final) {
            self.end(RunStatus::Succeeded, None, now);
        } else {
            let goes_on = |step: &Step| match step.node.status {
                RunNodeStatus::Ready => true,
                RunNodeStatus::Running => !matches!(step.planned, PlanNode::Map(_)),
                _ => false,
            };
            self.run.status = match self.steps.iter().any(goes_on) {
                true => RunStatus::Running,
                false => RunStatus::Waiting,
            };
        }
        self.count();
    }

    fn pause(&mut self, reason: RunPausedEventReason, now: Timestamp) {
        let checkpoint_id = self.checkpoint(
            match reason {
                RunPausedEventReason::CeilingReached => RunCheckpointReason::CeilingReached,
                _ => RunCheckpointReason::PauseRequested,
            },
            now,
        );
        self.run.status = RunStatus::Paused;
        self.paused_at = Some(checkpoint_id.clone());
        self.say(RunEvent::RunPaused(types::RunPausedEvent {
            checkpoint_id,
            occurred_at: now,
            reason,
            run_id: self.run.id.clone(),
            sequence: 0,
        }));
    }

    /// Ends the run, and with it everything that is not over. Its terminal event waits for its
    /// receipt.
    pub(super) fn end(
        &mut self,
        status: RunStatus,
        fault: Option<types::RunFault>,
        now: Timestamp,
    ) {
        for at in 0..self.steps.len() {
            self.stop(at, now);
        }
        self.run.status = status;
        self.run.fault = fault;
        self.run.finished_at = Some(now);
        self.pausing = None;
        self.paused_at = None;
        self.count();
    }
}
