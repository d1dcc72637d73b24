//! The nodes of a run as the API shows them.

use std::collections::BTreeMap;

use exai_server::{ApiError, ListRunNodesParams, types};
use types::{NodeType, PlanNode, RunNodeDetail, RunNodeStatus};

use super::ends::policy;
use super::walk::{Step, Walk};
use crate::money::free;
use crate::pages::page;
use crate::plans::key;
use crate::world::id;

/// The nodes of a plan in its order, none of them begun.
pub(super) fn steps(
    run: &types::Run,
    plan: &types::Plan,
    agents: &BTreeMap<String, types::Agent>,
) -> Vec<Step> {
    let planned = plan.nodes.iter();
    planned
        .map(|one| new_step(run, plan, agents, one))
        .collect()
}

/// A node that has not begun.
pub(super) fn new_step(
    run: &types::Run,
    plan: &types::Plan,
    agents: &BTreeMap<String, types::Agent>,
    planned: &PlanNode,
) -> Step {
    let id = id("nod");
    let into = plan.edges.iter().filter(|edge| edge.target == key(planned));
    let (r#type, detail) = detail(planned, agents);
    let attempts = policy(plan, planned).and_then(|policy| policy.max_attempts);
    let node = types::RunNode {
        attempt: 0,
        depends_on: into.map(|edge| edge.source.clone()).collect(),
        detail,
        fault: None,
        finished_at: None,
        key: key(planned).to_owned(),
        max_attempts: attempts.unwrap_or(1),
        poll_url: format!("{}/nodes/{id}", run.poll_url),
        run_id: run.id.clone(),
        started_at: None,
        status: RunNodeStatus::Pending,
        stream_url: run.stream_url.clone(),
        r#type,
        usage: free(),
        input: None,
        output: None,
        id,
    };
    Step {
        node,
        planned: planned.clone(),
        map: None,
        given: None,
        due: None,
        expires: None,
    }
}

/// The agents that a node may ask: its own, or those of the body of a map.
pub(crate) fn agents_of(planned: &PlanNode) -> Option<&types::AgentNode> {
    match planned {
        PlanNode::Agent(agent) => Some(agent),
        PlanNode::Map(map) => agents_of(&map.body),
        _ => None,
    }
}

/// The same of a node that is to change.
pub(super) fn agents_of_mut(planned: &mut PlanNode) -> Option<&mut types::AgentNode> {
    match planned {
        PlanNode::Agent(agent) => Some(agent),
        PlanNode::Map(map) => agents_of_mut(&mut map.body),
        _ => None,
    }
}

impl Walk {
    /// A node, or an item of a map; 404 where there is none.
    pub(super) fn node(mut self, node_id: &str) -> Result<types::RunNode, ApiError> {
        let missing = || ApiError::not_found(format!("there is no node {node_id}"));
        let at = self.place_of(node_id).ok_or_else(missing)?;
        Ok(self.steps.swap_remove(at).node)
    }

    /// A page of the nodes of the plan, in its order.
    pub(super) fn list_nodes(
        self,
        params: &ListRunNodesParams,
    ) -> Result<types::RunNodeList, ApiError> {
        let steps = self.steps.into_iter().filter(|step| step.map.is_none());
        let nodes = steps.map(|step| step.node).enumerate();
        let asked = |node: &types::RunNode| {
            let (status, kind) = (params.status.as_ref(), params.r#type.as_ref());
            status.is_none_or(|wanted| wanted.contains(&node.status))
                && kind.is_none_or(|kind| *kind == node.r#type)
        };
        let nodes = nodes.filter(|(_, node)| asked(node));
        let nodes = nodes.map(|(place, node)| (format!("{place:05}"), node));
        let nodes: Vec<(String, types::RunNode)> = nodes.collect();
        let (cursor, order) = (params.cursor.as_deref(), Some(types::Order::Asc));
        let (data, next_cursor) = page(nodes, |(place, _)| place, order, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, node)| node).collect();
        Ok(types::RunNodeList { data, next_cursor })
    }
}

fn detail(
    planned: &PlanNode,
    agents: &BTreeMap<String, types::Agent>,
) -> (NodeType, RunNodeDetail) {
    match planned {
        PlanNode::Agent(node) => {
            let agent = agents.get(&node.agent_id);
            let newest = agent.map(|agent| agent.latest_version.clone());
            let detail = types::AgentNodeDetail {
                agent_id: node.agent_id.clone(),
                invocation_id: None,
                version: node.version.clone().or(newest).unwrap_or_default(),
            };
            (NodeType::Agent, RunNodeDetail::Agent(detail))
        }
        PlanNode::Approval(_) => {
            let detail = types::ApprovalNodeDetail { approval_id: None };
            (NodeType::Approval, RunNodeDetail::Approval(detail))
        }
        PlanNode::Condition(_) => {
            let detail = types::ConditionNodeDetail { branch: None };
            (NodeType::Condition, RunNodeDetail::Condition(detail))
        }
        PlanNode::Map(_) => {
            let detail = types::MapNodeDetail {
                failed: 0,
                succeeded: 0,
                total: 0,
            };
            (NodeType::Map, RunNodeDetail::Map(detail))
        }
        PlanNode::Subplan(node) => {
            let detail = types::SubplanNodeDetail {
                child_run_id: None,
                plan_id: node.plan_id.clone(),
            };
            (NodeType::Subplan, RunNodeDetail::Subplan(detail))
        }
        PlanNode::Wait(node) => {
            let detail = types::WaitNodeDetail {
                expires_at: None,
                until: node.until.clone(),
            };
            (NodeType::Wait, RunNodeDetail::Wait(detail))
        }
        PlanNode::Unknown(value) => (
            NodeType::Unknown(String::new()),
            RunNodeDetail::Unknown(value.clone()),
        ),
    }
}
