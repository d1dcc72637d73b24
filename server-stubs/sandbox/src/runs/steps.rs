//! The nodes of a run: how each kind begins.

use exai_server::types;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use types::{
    NodeType, PlanNode, RunCheckpointReason, RunEvent, RunFault, RunFaultReason, RunNodeDetail,
    RunNodeStatus, RunPausedEventReason, WaitUntil,
};

use super::condition::holds;
use super::cost::{add, book, invocation};
use super::data::{carry, object};
use super::simulated::Simulated;
use super::walk::{Step, Walk, fault};
use crate::agents::{Asked, Inside};
use crate::money::micros;
use crate::world::{duration, id};

impl Walk {
    /// Begins an attempt at a node, unless its price makes the run pause; whether it has begun.
    pub(super) fn begin_step(&mut self, at: usize, now: Timestamp) -> bool {
        let input = self.input(at);
        let planned = self.steps[at].planned.clone();
        let price = match &planned {
            PlanNode::Agent(agent) => self.price(agent, &input),
            _ => None,
        };
        if let Some(price) = &price
            && self.exceeds(price)
        {
            self.pausing = Some(RunPausedEventReason::CeilingReached);
            self.steps[at].given = Some(input);
            return false;
        }
        self.start_attempt(at, input.clone(), now);
        match planned {
            PlanNode::Agent(agent) => self.ask(at, &agent, price, &input, now),
            PlanNode::Approval(approval) => self.request(at, &approval, input, now),
            PlanNode::Condition(condition) => self.decide(at, &condition, input, now),
            PlanNode::Map(map) => self.spread(at, &map, &input, now),
            PlanNode::Subplan(subplan) => self.descend(at, subplan.timeout.as_deref(), now),
            PlanNode::Wait(wait) => self.wait(at, &wait.until, now),
            PlanNode::Unknown(_) => {
                let why = fault(RunFaultReason::InternalError, "no such type of node", false);
                self.fail(at, why, now);
            }
        }
        true
    }

    fn start_attempt(&mut self, at: usize, input: Value, now: Timestamp) {
        let step = &mut self.steps[at];
        (step.due, step.expires) = (None, None);
        let node = &mut step.node;
        node.attempt += 1;
        node.max_attempts = node.max_attempts.max(node.attempt);
        node.fault = None;
        node.finished_at = None;
        node.input = Some(input);
        node.started_at = Some(now);
        node.status = RunNodeStatus::Running;
        let event = types::NodeStartedEvent {
            attempt: node.attempt,
            node_id: node.id.clone(),
            node_key: node.key.clone(),
            occurred_at: now,
            run_id: node.run_id.clone(),
            sequence: 0,
        };
        self.say(RunEvent::NodeStarted(event));
    }

    /// What a node is given: what it was told to take, else what it had before, else its fixed
    /// part with what its edges bring. A node that no edge leads to gets the run's input.
    fn input(&mut self, at: usize) -> Value {
        let step = &mut self.steps[at];
        if let Some(given) = step.given.take() {
            return given;
        }
        if let Some(before) = step.node.input.clone() {
            return before;
        }
        let step = &self.steps[at];
        let fixed = fixed(&step.planned);
        let key = &step.node.key;
        let mut into = self.plan.edges.iter().filter(|edge| edge.target == *key);
        let Some(first) = into.next() else {
            return object(fixed, Some(&self.run.input));
        };
        let mut input = object(fixed, None);
        for edge in [first].into_iter().chain(into) {
            let source = self
                .place(&edge.source)
                .map(|place| &self.steps[place].node);
            let output = source.and_then(|source| source.output.as_ref());
            if let (Some(true), Some(output)) = (self.is_taken(edge), output) {
                carry(&mut input, &edge.source, output, edge.mapping.as_deref());
            }
        }
        input
    }

    fn price(&self, agent: &types::AgentNode, input: &Value) -> Option<types::Usage> {
        let known = self.agents.get(&agent.agent_id)?;
        Some(invocation(&known.pricing, input))
    }

    /// Whether the run would cost more than it may.
    fn exceeds(&self, price: &types::Usage) -> bool {
        let total = micros(&self.run.usage.cost) + micros(&price.cost);
        let ceiling = self.run.ceiling.as_ref();
        ceiling.is_some_and(|ceiling| micros(ceiling) < total)
    }

    /// Asks an agent. What it uses is charged as it begins: that is what a cancelled run owes.
    fn ask(
        &mut self,
        at: usize,
        planned: &types::AgentNode,
        price: Option<types::Usage>,
        input: &Value,
        now: Timestamp,
    ) {
        let Some(price) = price else {
            let why = fault(RunFaultReason::InternalError, "the agent is gone", false);
            return self.fail(at, why, now);
        };
        let node = &mut self.steps[at].node;
        let total = micros(&node.usage.cost) + micros(&price.cost);
        if planned
            .ceiling
            .as_ref()
            .is_some_and(|ceiling| micros(ceiling) < total)
        {
            let message = "another attempt would cost more than the node may";
            let why = fault(RunFaultReason::CeilingReached, message, false);
            return self.fail(at, why, now);
        }
        add(&mut node.usage, &price);
        add(&mut self.run.usage, &price);
        if let RunNodeDetail::Agent(detail) = &mut node.detail {
            let invocation_id = id("inv");
            detail.invocation_id = Some(invocation_id.clone());
            self.news.invocations.push(Inside::Begun(Asked {
                id: invocation_id,
                agent_id: detail.agent_id.clone(),
                version: detail.version.clone(),
                input: input.clone(),
                ceiling: planned.ceiling.clone(),
                usage: price.clone(),
                at: now,
            }));
            let line = types::RunReceiptLine {
                agent_id: detail.agent_id.clone(),
                invocations: 1,
                usage: price,
                version: detail.version.clone(),
            };
            book(&mut self.lines, &line);
        }
        let work = Simulated::of(input).work(self.second);
        let limit = self.limit(planned.timeout.as_deref());
        let step = &mut self.steps[at];
        step.due = Some(after(now, work));
        step.expires = limit.map(|limit| after(now, limit));
    }

    fn decide(
        &mut self,
        at: usize,
        condition: &types::ConditionNode,
        input: Value,
        now: Timestamp,
    ) {
        let case = condition
            .cases
            .iter()
            .find(|case| holds(&case.when, &input));
        let branch = case.map(|case| &case.branch);
        let Some(branch) = branch.or(condition.default_branch.as_ref()) else {
            let message = "no case holds, and there is no default branch";
            let why = fault(RunFaultReason::NoBranchTaken, message, false);
            return self.fail(at, why, now);
        };
        if let RunNodeDetail::Condition(detail) = &mut self.steps[at].node.detail {
            detail.branch = Some(branch.clone());
        }
        self.succeed(at, input, now);
    }

    /// Makes a node of each item, none of them begun.
    fn spread(&mut self, at: usize, map: &types::MapNode, input: &Value, now: Timestamp) {
        let Some(Value::Array(items)) = input.pointer(&map.items) else {
            let message = format!("there is no array at {:?} in the input", map.items);
            let why = fault(RunFaultReason::InvalidOutput, message, false);
            return self.fail(at, why, now);
        };
        if let RunNodeDetail::Map(detail) = &mut self.steps[at].node.detail {
            detail.total = i64::try_from(items.len()).unwrap_or(i64::MAX);
        }
        let id = self.steps[at].node.id.clone();
        for item in items {
            let mut step = self.new_step(&map.body);
            step.map = Some(id.clone());
            let of_item = [("item".to_owned(), item.clone())].into();
            step.given = Some(object(fixed(&map.body), Some(&of_item)));
            self.steps.push(step);
        }
    }

    /// Names the run of another plan, which is started once this state is kept.
    fn descend(&mut self, at: usize, timeout: Option<&str>, now: Timestamp) {
        let limit = self.limit(timeout);
        let step = &mut self.steps[at];
        step.expires = limit.map(|limit| after(now, limit));
        if let RunNodeDetail::Subplan(detail) = &mut step.node.detail {
            detail.child_run_id = Some(id("run"));
        }
    }

    fn wait(&mut self, at: usize, until: &WaitUntil, now: Timestamp) {
        let step = &mut self.steps[at];
        step.node.status = RunNodeStatus::Waiting;
        match until {
            WaitUntil::Duration(wait) => {
                step.due = duration(&wait.duration).map(|wait| after(now, wait));
            }
            WaitUntil::Time(wait) => step.due = Some(wait.at),
            WaitUntil::Signal(wait) => {
                let limit = wait.expires_after.as_deref().and_then(duration);
                step.expires = limit.map(|limit| after(now, limit));
            }
            WaitUntil::Unknown(_) => {}
        }
        let end = step.due.or(step.expires);
        if let RunNodeDetail::Wait(detail) = &mut step.node.detail {
            detail.expires_at = end;
        }
        // One that ends at once is no wait to come back to.
        if end.is_none_or(|end| now < end) {
            self.checkpoint(RunCheckpointReason::WaitStarted, now);
        }
    }

    /// How long an attempt may take.
    fn limit(&self, timeout: Option<&str>) -> Option<SignedDuration> {
        let usual = self.plan.defaults.as_ref();
        let usual = usual.and_then(|usual| usual.timeout.as_deref());
        timeout.or(usual).and_then(duration)
    }

    /// A node that has not begun.
    pub(super) fn new_step(&self, planned: &PlanNode) -> Step {
        super::nodes::new_step(&self.run, &self.plan, &self.agents, planned)
    }

    /// Ends an attempt that an agent has worked on, or a wait.
    pub(super) fn done(&mut self, at: usize, now: Timestamp) {
        let node = &self.steps[at].node;
        let input = node.input.clone().unwrap_or_default();
        if node.r#type != NodeType::Agent {
            return self.succeed(at, input, now);
        }
        let simulated = Simulated::of(&input);
        match simulated.fault(node.attempt) {
            Some(why) => self.fail(at, why, now),
            None => {
                let title = match &node.detail {
                    RunNodeDetail::Agent(detail) => self.agents.get(&detail.agent_id),
                    _ => None,
                };
                let title = title.map_or("The agent", |agent| agent.title.as_str());
                let output = simulated.output(title, &node.key);
                self.succeed(at, output, now);
            }
        }
    }

    /// Ends what has taken too long.
    pub(super) fn expire(&mut self, at: usize, now: Timestamp) {
        let late: RunFault = match self.steps[at].planned {
            PlanNode::Approval(_) => return self.expire_approval(at, now),
            PlanNode::Wait(_) => fault(RunFaultReason::SignalExpired, "no signal came", true),
            _ => fault(RunFaultReason::Timeout, "the attempt took too long", true),
        };
        self.fail(at, late, now);
    }
}

/// The fixed part of a node's input.
fn fixed(planned: &PlanNode) -> Option<&types::JsonObject> {
    match planned {
        PlanNode::Agent(node) => node.input.as_ref(),
        PlanNode::Subplan(node) => node.input.as_ref(),
        _ => None,
    }
}

/// A moment after another; the last there is where it is too far away.
pub(super) fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
