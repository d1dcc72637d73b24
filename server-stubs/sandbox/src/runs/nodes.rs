//! The nodes of a run: what its plan's nodes are while they are done.

use exai_server::{ApiError, types};
use types::{NodeType, PlanNode, RunNodeDetail, RunNodeStatus};

use super::start::free;
use super::{RUNS, start::count};
use crate::Sandbox;
use crate::plans::{key, order};
use crate::store::Kind;
use crate::world::id;

/// Nodes by the run's id and their place in it.
const NODES: Kind<(String, types::RunNode)> = Kind::new("run-node");

impl Sandbox {
    /// Keeps a plan's nodes as those of a run, none of them begun.
    pub(super) fn plan_nodes(
        &self,
        org: &str,
        run: &types::Run,
        plan: &types::Plan,
    ) -> Result<(), ApiError> {
        for (place, planned) in order(plan).into_iter().enumerate() {
            let key = format!("{}/{place:05}", run.id);
            let node = self.new_node(run, plan, planned);
            self.store.put(&NODES, org, &key, &(key.clone(), node))?;
        }
        Ok(())
    }

    fn new_node(&self, run: &types::Run, plan: &types::Plan, planned: &PlanNode) -> types::RunNode {
        let id = id("nod");
        let into = plan.edges.iter().filter(|edge| edge.target == key(planned));
        let (r#type, detail) = detail(planned);
        types::RunNode {
            attempt: 0,
            depends_on: into.map(|edge| edge.source.clone()).collect(),
            detail,
            fault: None,
            finished_at: None,
            key: key(planned).to_owned(),
            max_attempts: 1,
            poll_url: self.url(&format!("/runs/{}/nodes/{id}", run.id)),
            run_id: run.id.clone(),
            started_at: None,
            status: RunNodeStatus::Pending,
            stream_url: run.stream_url.clone(),
            r#type,
            usage: free(),
            input: None,
            output: None,
            id,
        }
    }

    /// The nodes of a run in the order in which they are done, each with its key.
    pub(super) fn nodes(
        &self,
        org: &str,
        run_id: &str,
    ) -> Result<Vec<(String, types::RunNode)>, ApiError> {
        self.store.list(&NODES, org, &format!("{run_id}/"))
    }

    /// Changes a node, and what its run says of its nodes.
    pub(super) fn change_node(
        &self,
        org: &str,
        key: &str,
        change: impl FnOnce(&mut types::RunNode),
    ) -> Result<types::RunNode, ApiError> {
        let (_, node) = self.store.update(&NODES, org, key, |(_, node)| {
            change(node);
            Ok(())
        })?;
        let mut counts = std::collections::BTreeMap::<String, usize>::new();
        for (_, node) in self.nodes(org, &node.run_id)? {
            *counts.entry(node.status.as_str().to_owned()).or_default() += 1;
        }
        self.store.update(&RUNS, org, &node.run_id, |run| {
            let counts = counts.into_iter();
            run.node_counts = counts.map(|(status, n)| (status, count(n))).collect();
            Ok(())
        })?;
        Ok(node)
    }
}

fn detail(planned: &PlanNode) -> (NodeType, RunNodeDetail) {
    match planned {
        PlanNode::Agent(node) => {
            let detail = types::AgentNodeDetail {
                agent_id: node.agent_id.clone(),
                invocation_id: None,
                version: node.version.clone().unwrap_or_else(|| "1.0.0".to_owned()),
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
