//! Plans of the orchestrator: typed graphs of agents.

use std::collections::{BTreeMap, BTreeSet};

use exai_server::{
    ApiError, CreatePlanResponse, DeletePlanResponse, GetPlanResponse, ListPlansParams,
    ListPlansResponse, Plans, RequestContext, UpdatePlanResponse, ValidatePlanResponse, types,
};

use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::patch::merge;
use crate::store::Kind;
use crate::world::{actor, caller, id, now, refused};
use types::{AuditAction, AuditResourceType};

/// Plans by id.
pub(crate) const PLANS: Kind<types::Plan> = Kind::new("plan");

impl Plans for Sandbox {
    async fn create_plan(
        &self,
        cx: &RequestContext,
        body: types::CreatePlan,
    ) -> Result<CreatePlanResponse, ApiError> {
        let plan = self.keep_plan(cx, body)?;
        self.audit(cx, 201, AuditAction::PlanCreated, named(&plan))?;
        Ok(CreatePlanResponse::Created(plan))
    }

    async fn get_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::PlanId,
    ) -> Result<GetPlanResponse, ApiError> {
        let plan = self.store.find(&PLANS, &caller(cx)?.org, &plan_id)?;
        Ok(GetPlanResponse::Ok(plan))
    }

    async fn list_plans(
        &self,
        cx: &RequestContext,
        params: ListPlansParams,
    ) -> Result<ListPlansResponse, ApiError> {
        let mut plans = self.store.list(&PLANS, &caller(cx)?.org, "")?;
        let window = Window {
            labels: params.label.as_deref(),
            created_after: params.created_after,
            created_before: params.created_before,
        };
        plans.retain(|plan| {
            let agent = params.agent_id.as_ref();
            window.holds(plan.created_at, &plan.labels)
                && agent.is_none_or(|agent| plan.nodes.iter().any(|node| invokes(node, agent)))
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(plans, |plan| &plan.id, params.order, cursor, params.limit)?;
        Ok(ListPlansResponse::Ok(types::PlanList { data, next_cursor }))
    }

    async fn update_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::PlanId,
        body: types::UpdatePlan,
    ) -> Result<UpdatePlanResponse, ApiError> {
        let org = &caller(cx)?.org;
        let plan = self.store.update(&PLANS, org, &plan_id, |plan| {
            if plan.run_count > 0 {
                return Err(refused("", "frozen", "a plan that has a run is frozen"));
            }
            merge(plan, &body)?;
            plan.revision += 1;
            plan.updated_at = now();
            check(plan)
        })?;
        self.audit(cx, 200, AuditAction::PlanUpdated, named(&plan))?;
        Ok(UpdatePlanResponse::Ok(plan))
    }

    async fn delete_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::PlanId,
    ) -> Result<DeletePlanResponse, ApiError> {
        let org = &caller(cx)?.org;
        let plan = self.store.find(&PLANS, org, &plan_id)?;
        if self.has_running(org, &plan_id)? {
            return Err(refused("", "running", "a run of this plan is not over yet"));
        }
        self.store.remove(&PLANS, org, &plan_id)?;
        self.audit(cx, 204, AuditAction::PlanDeleted, named(&plan))?;
        Ok(DeletePlanResponse::NoContent)
    }

    async fn validate_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::PlanId,
    ) -> Result<ValidatePlanResponse, ApiError> {
        let plan = self.store.find(&PLANS, &caller(cx)?.org, &plan_id)?;
        let mut diagnostics = findings(&plan);
        diagnostics.extend(self.type_findings(cx, &plan)?);
        let is_error = |found: &types::PlanDiagnostic| {
            matches!(found.severity, types::PlanDiagnosticSeverity::Error)
        };
        Ok(ValidatePlanResponse::Ok(types::PlanValidation {
            checked_at: now(),
            valid: !diagnostics.iter().any(is_error),
            diagnostics,
            estimated_cost: None,
            plan_id: plan.id,
            revision: plan.revision,
        }))
    }
}

/// The key of a node, whatever it does.
pub(crate) fn key(node: &types::PlanNode) -> &str {
    match node {
        types::PlanNode::Agent(node) => &node.key,
        types::PlanNode::Approval(node) => &node.key,
        types::PlanNode::Condition(node) => &node.key,
        types::PlanNode::Map(node) => &node.key,
        types::PlanNode::Subplan(node) => &node.key,
        types::PlanNode::Wait(node) => &node.key,
        types::PlanNode::Unknown(_) => "",
    }
}

fn named(plan: &types::Plan) -> types::AuditResource {
    resource(AuditResourceType::Plan, &plan.id, Some(&plan.name))
}

fn invokes(node: &types::PlanNode, agent: &str) -> bool {
    matches!(node, types::PlanNode::Agent(node) if node.agent_id == agent)
}

impl Sandbox {
    /// Keeps a new plan, once its shape is right.
    pub(crate) fn keep_plan(
        &self,
        cx: &RequestContext,
        body: types::CreatePlan,
    ) -> Result<types::Plan, ApiError> {
        let caller = caller(cx)?;
        let now = now();
        let plan = types::Plan {
            id: id("pln"),
            ceiling: body.ceiling,
            created_at: now,
            created_by: actor(caller)?,
            description: body.description,
            edges: body.edges.unwrap_or_default(),
            input_schema: body.input_schema.unwrap_or_default(),
            labels: body.labels.unwrap_or_default(),
            name: body.name,
            nodes: body.nodes,
            outputs: body.outputs.unwrap_or_default(),
            revision: 1,
            run_count: 0,
            updated_at: now,
            defaults: body.defaults,
        };
        check(&plan)?;
        self.store.put(&PLANS, &caller.org, &plan.id, &plan)?;
        Ok(plan)
    }
}

/// 422 with the first thing that is wrong with a plan's shape.
fn check(plan: &types::Plan) -> Result<(), ApiError> {
    match findings(plan).into_iter().next() {
        None => Ok(()),
        Some(found) => Err(refused(&found.pointer, found.code.as_str(), found.message)),
    }
}

/// What is wrong with a plan's shape: keys that are not unique, edges that lead nowhere, cycles.
fn findings(plan: &types::Plan) -> Vec<types::PlanDiagnostic> {
    use types::PlanDiagnosticCode as Code;
    let mut found = Vec::new();
    let mut say = |code: Code, pointer: String, message: String| {
        found.push(types::PlanDiagnostic {
            code,
            message,
            pointer,
            severity: types::PlanDiagnosticSeverity::Error,
            expected: None,
            found: None,
        });
    };
    let mut keys = BTreeSet::new();
    for (index, node) in plan.nodes.iter().enumerate() {
        if !keys.insert(key(node)) {
            let message = format!("the key {} is there twice", key(node));
            say(
                Code::Unknown("duplicate_key".into()),
                format!("/nodes/{index}/key"),
                message,
            );
        }
    }
    for (index, edge) in plan.edges.iter().enumerate() {
        for (end, node) in [("source", &edge.source), ("target", &edge.target)] {
            if !keys.contains(node.as_str()) {
                let message = format!("no node has the key {node}");
                say(Code::UnknownNode, format!("/edges/{index}/{end}"), message);
            }
        }
    }
    if order(plan).len() < plan.nodes.len() {
        say(
            Code::Cycle,
            "/edges".into(),
            "the edges form a cycle".into(),
        );
    }
    found
}

/// The nodes in an order in which every edge leads forward; those of a cycle are left out.
fn order(plan: &types::Plan) -> Vec<&types::PlanNode> {
    let mut before: BTreeMap<&str, usize> = BTreeMap::new();
    for edge in &plan.edges {
        *before.entry(edge.target.as_str()).or_default() += 1;
    }
    let is_first = |node: &&types::PlanNode| !before.contains_key(key(node));
    let mut ordered: Vec<&types::PlanNode> = plan.nodes.iter().filter(is_first).collect();
    let mut at = 0;
    while let Some(node) = ordered.get(at).copied() {
        at += 1;
        for edge in plan.edges.iter().filter(|edge| edge.source == key(node)) {
            let Some(left) = before.get_mut(edge.target.as_str()) else {
                continue;
            };
            *left -= 1;
            if *left == 0 {
                ordered.extend(plan.nodes.iter().find(|node| key(node) == edge.target));
            }
        }
    }
    ordered
}
