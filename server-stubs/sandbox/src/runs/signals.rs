//! Signals to nodes that wait.

use exai_server::{ApiError, types};
use jiff::Timestamp;
use types::{
    NodeSkippedEventReason, PlanNode, RunEvent, RunFaultReason, RunNodeDetail, RunSignal,
    RunSignalAckType, WaitUntil,
};

use super::data::conforms;
use super::ends::waits;
use super::walk::{Walk, fault};
use crate::world::refused;

impl Walk {
    /// Hands a signal to its node at once, so that signals take effect in the order in which they
    /// come.
    ///
    /// # Errors
    /// 422 for a node that does not wait, or not for this.
    pub(super) fn signal(
        &mut self,
        signal: &RunSignal,
        now: Timestamp,
    ) -> Result<types::RunSignalAck, ApiError> {
        let (node_id, kind) = match signal {
            RunSignal::Input(signal) => (&signal.node_id, RunSignalAckType::Input),
            RunSignal::Skip(signal) => (&signal.node_id, RunSignalAckType::Skip),
            RunSignal::Extend(signal) => (&signal.node_id, RunSignalAckType::Extend),
            RunSignal::Abort(signal) => (&signal.node_id, RunSignalAckType::Abort),
        };
        let missing = || refused("/node_id", "exists", "the run has no such node");
        let at = self.place_of(node_id).ok_or_else(missing)?;
        if !waits(&self.steps[at].node) {
            return Err(refused("/node_id", "state", "the node does not wait"));
        }
        let data = match signal {
            RunSignal::Input(signal) => Some(self.take_input(at, signal)?),
            _ => None,
        };
        self.say(RunEvent::SignalReceived(types::SignalReceivedEvent {
            node_id: node_id.clone(),
            occurred_at: now,
            run_id: self.run.id.clone(),
            sequence: 0,
            signal: signal.clone(),
        }));
        match signal {
            RunSignal::Input(_) => self.succeed(at, data.unwrap_or_default(), now),
            RunSignal::Skip(_) => self.skip(at, NodeSkippedEventReason::Signal, now),
            RunSignal::Extend(signal) => self.extend(at, signal.until),
            RunSignal::Abort(signal) => {
                let message = signal.reason.as_deref().unwrap_or("the wait was aborted");
                self.fail(at, fault(RunFaultReason::Aborted, message, false), now);
            }
        }
        Ok(types::RunSignalAck {
            accepted_at: now,
            node_id: node_id.clone(),
            run_id: self.run.id.clone(),
            r#type: kind,
        })
    }

    fn take_input(
        &self,
        at: usize,
        signal: &types::RunInputSignal,
    ) -> Result<types::JsonValue, ApiError> {
        let wait = match &self.steps[at].planned {
            PlanNode::Wait(node) => match &node.until {
                WaitUntil::Signal(wait) => Some(wait),
                _ => None,
            },
            _ => None,
        };
        let other = || refused("/signal", "state", "the node waits for something else");
        let named = |wait: &&types::WaitForSignal| wait.signal == signal.signal;
        let wait = wait.filter(named).ok_or_else(other)?;
        let data = signal.data.clone().unwrap_or_default();
        if let Some(schema) = &wait.data_schema {
            conforms(schema, &data, "/data")?;
        }
        Ok(data)
    }

    /// Moves the end of a wait: of what ends it, or else of what makes it fail.
    fn extend(&mut self, at: usize, until: Timestamp) {
        let step = &mut self.steps[at];
        match step.due {
            Some(_) => step.due = Some(until),
            None => step.expires = Some(until),
        }
        if let RunNodeDetail::Wait(detail) = &mut step.node.detail {
            detail.expires_at = Some(until);
        }
        let node_id = &step.node.id;
        let mut approvals = self.approvals.iter_mut().rev();
        if let Some(approval) = approvals.find(|approval| approval.node_id == *node_id) {
            approval.expires_at = Some(until);
        }
    }
}
