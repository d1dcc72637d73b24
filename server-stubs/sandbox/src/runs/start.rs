//! A run as it begins.

use std::collections::BTreeMap;
use std::time::Duration;

use exai_server::{ApiError, RequestContext, types};
use jiff::{SignedDuration, Timestamp};
use types::RunFaultReason;

use super::data::{conforms, fault as misfit, object};
use super::nodes::{agents_of, agents_of_mut, steps};
use super::steps::after;
use super::walk::{News, Walk, fault};
use crate::Sandbox;
use crate::money::{CURRENCY, free, micros, money};
use crate::plans::{PLANS, key};
use crate::world::{actor, caller, id, lasting, now, refused};

/// How long a run may take where its start does not say.
const TIMEOUT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a run stays in the queue.
const QUEUED: Duration = Duration::from_millis(50);

/// How many runs may be above one another.
const DEPTH: u8 = 8;

/// What a run is to be.
pub(super) struct Order {
    pub(super) id: types::RunId,
    pub(super) plan: types::Plan,
    pub(super) input: types::JsonObject,
    pub(super) name: Option<String>,
    pub(super) labels: types::Labels,
    pub(super) ceiling: Option<types::Money>,
    pub(super) versions: types::AgentVersionPins,
    pub(super) deadline_at: Timestamp,
    pub(super) pause_before: Vec<types::NodeKey>,
    pub(super) created_by: types::Actor,
    pub(super) parent: Option<(types::RunId, u8)>,
    pub(super) replay_of: Option<types::ReplayOrigin>,
}

impl Sandbox {
    /// Keeps a run that is queued, and lets it go.
    pub(super) fn start(
        &self,
        cx: &RequestContext,
        body: types::StartRun,
    ) -> Result<types::Run, ApiError> {
        let caller = caller(cx)?;
        let plan = self.store.get(&PLANS, &caller.org, &body.plan_id)?;
        let missing = || refused("/plan_id", "exists", "there is no such plan");
        let plan = plan.ok_or_else(missing)?;
        let timeout = body.timeout.as_deref();
        let timeout = timeout.map_or(Ok(TIMEOUT), |text| lasting("/timeout", text))?;
        let pause_before = body.pause_before.unwrap_or_default();
        let unknown = |wanted: &&String| !plan.nodes.iter().any(|node| key(node) == *wanted);
        if let Some(unknown) = pause_before.iter().find(unknown) {
            let message = format!("no node has the key {unknown}");
            return Err(refused("/pause_before", "exists", message));
        }
        let input = body.input.unwrap_or_default();
        conforms(&plan.input_schema, &object(Some(&input), None), "/input")?;
        let order = Order {
            id: id("run"),
            ceiling: ceiling(body.ceiling, plan.ceiling.as_ref())?,
            plan,
            input,
            name: body.name,
            labels: body.labels.unwrap_or_default(),
            versions: body.agent_versions.unwrap_or_default(),
            deadline_at: after(now(), timeout),
            pause_before,
            created_by: actor(caller)?,
            parent: None,
            replay_of: None,
        };
        let walk = self.queued_run(&caller.org, order)?;
        self.let_run_go(&caller.org, &walk)?;
        Ok(walk.run)
    }

    /// A run that is queued, not kept yet.
    pub(super) fn queued_run(&self, org: &str, order: Order) -> Result<Walk, ApiError> {
        let (id, created_at) = (order.id, now());
        let mut plan = order.plan;
        for agent in plan.nodes.iter_mut().filter_map(agents_of_mut) {
            if let Some(version) = order.versions.get(&agent.agent_id) {
                agent.version = Some(version.clone());
            }
        }
        let run = types::Run {
            ceiling: order.ceiling,
            created_at,
            created_by: order.created_by,
            deadline_at: order.deadline_at,
            fault: None,
            finished_at: None,
            input: order.input,
            labels: order.labels,
            name: order.name,
            node_counts: BTreeMap::new(),
            parent_run_id: order.parent.as_ref().map(|(id, _)| id.clone()),
            plan_id: plan.id.clone(),
            plan_revision: plan.revision,
            poll_url: self.url(&format!("/runs/{id}")),
            receipt: None,
            replay_of: order.replay_of,
            started_at: None,
            status: types::RunStatus::Queued,
            stream_url: self.url(&format!("/runs/{id}/events")),
            usage: free(),
            id,
        };
        let pointer = match &run.replay_of {
            Some(_) => "/checkpoint_id",
            None => "/plan_id",
        };
        let agents = self.agents_for(org, &plan, pointer)?;
        let queued = SignedDuration::try_from(self.pace(QUEUED)).unwrap_or_default();
        let mut walk = Walk {
            steps: steps(&run, &plan, &agents),
            run,
            plan,
            agents,
            pause_before: order.pause_before,
            begins_at: after(created_at, queued),
            pausing: None,
            paused_at: None,
            checkpoints: 0,
            approvals: Vec::new(),
            finished: Vec::new(),
            lines: Vec::new(),
            reason: None,
            depth: order.parent.map_or(0, |(_, depth)| depth + 1),
            second: Duration::ZERO,
            news: News::default(),
        };
        walk.count();
        Ok(walk)
    }

    /// Keeps a run that is queued, counts it, and begins to walk it.
    pub(super) fn let_run_go(&self, org: &str, walk: &Walk) -> Result<(), ApiError> {
        self.keep_walk(org, walk)?;
        let counted = self.store.update(&PLANS, org, &walk.run.plan_id, |plan| {
            plan.run_count += 1;
            Ok(())
        });
        // A plan that is gone may still be replayed.
        drop(counted);
        self.walk_on(org, &walk.run.id);
        Ok(())
    }

    /// The agents of a plan by id; 422 where one of them is not to be found.
    fn agents_for(
        &self,
        org: &str,
        plan: &types::Plan,
        pointer: &str,
    ) -> Result<BTreeMap<String, types::Agent>, ApiError> {
        let all = self.agents(org)?;
        let mut found = BTreeMap::new();
        for wanted in plan.nodes.iter().filter_map(agents_of) {
            let agent = all.iter().find(|agent| agent.id == wanted.agent_id);
            let missing = || {
                let message = format!("there is no agent {}", wanted.agent_id);
                refused(pointer, "unknown_agent", message)
            };
            let agent = agent.ok_or_else(missing)?;
            found.insert(agent.id.clone(), agent.clone());
        }
        Ok(found)
    }

    /// Starts the run of a subplan node.
    ///
    /// # Errors
    /// Why the node fails.
    pub(super) fn start_child(
        &self,
        org: &str,
        parent: &Walk,
        node: &types::SubplanNode,
        id: &str,
        input: &types::JsonValue,
    ) -> Result<(), types::RunFault> {
        let broken = |message: &str| fault(RunFaultReason::InternalError, message, false);
        if parent.depth + 1 >= DEPTH {
            return Err(broken("plans are nested too deep"));
        }
        let plan = self.store.get(&PLANS, org, &node.plan_id);
        let plan = plan.ok().flatten();
        let plan = plan.ok_or_else(|| broken("the plan is gone"))?;
        if let Some((place, message)) = misfit(&plan.input_schema, input) {
            let message = format!("the plan does not take this input: {place} {message}");
            return Err(fault(RunFaultReason::InvalidOutput, message, false));
        }
        let run = &parent.run;
        let left = run.ceiling.as_ref().map(|ceiling| {
            let left = micros(ceiling) - micros(&run.usage.cost);
            money(left.max(0))
        });
        let ceilings = plan.ceiling.iter().chain(left.iter());
        let order = Order {
            id: id.to_owned(),
            ceiling: ceilings.min_by_key(|ceiling| micros(ceiling)).cloned(),
            plan,
            input: serde_json::from_value(input.clone()).unwrap_or_default(),
            name: node.name.clone(),
            labels: run.labels.clone(),
            versions: BTreeMap::new(),
            deadline_at: run.deadline_at,
            pause_before: Vec::new(),
            created_by: run.created_by.clone(),
            parent: Some((run.id.clone(), parent.depth)),
            replay_of: None,
        };
        let started = self.queued_run(org, order);
        let started = started.and_then(|walk| self.let_run_go(org, &walk));
        started.map_err(|error| broken(error.message()))
    }
}

/// The ceiling of a run: its own, which can only be lower than its plan's.
pub(crate) fn ceiling(
    own: Option<types::Money>,
    of_plan: Option<&types::Money>,
) -> Result<Option<types::Money>, ApiError> {
    let foreign = |money: &&types::Money| money.currency != CURRENCY;
    if own.as_ref().or(of_plan).filter(foreign).is_some() {
        let pointer = if own.is_some() {
            "/ceiling/currency"
        } else {
            "/plan_id"
        };
        let message = format!("agents are charged for in {CURRENCY}");
        return Err(refused(pointer, "currency", message));
    }
    if let (Some(own), Some(of_plan)) = (&own, of_plan)
        && micros(own) > micros(of_plan)
    {
        let message = "it is higher than that of the plan";
        return Err(refused("/ceiling/amount", "maximum", message));
    }
    Ok(own.or_else(|| of_plan.cloned()))
}
