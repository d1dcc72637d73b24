//! A plan's data, held against the schemas of its agents.

use std::collections::{BTreeMap, BTreeSet};

use exai_server::{ApiError, RequestContext, types};
use serde_json::Value;
use types::{
    AgentVersion, AgentVersionStatus, JsonSchema, Plan, PlanDiagnostic, PlanDiagnosticCode,
    PlanDiagnosticSeverity, PlanEdge, PlanNode,
};

use crate::Sandbox;
use crate::plans::{PLANS, key};
use crate::runs::agents_of;
use crate::world::caller;

impl Sandbox {
    /// What a plan's nodes refer to and is not there, and data that does not fit where it goes.
    pub(crate) fn type_findings(
        &self,
        cx: &RequestContext,
        plan: &Plan,
    ) -> Result<Vec<PlanDiagnostic>, ApiError> {
        let org = &caller(cx)?.org;
        let mut found = Vec::new();
        let mut versions = BTreeMap::new();
        for (index, node) in plan.nodes.iter().enumerate() {
            if let Some(agent) = agents_of(node) {
                let version = self.version_of(cx, agent);
                match version {
                    Ok(version) => {
                        if version.status != AgentVersionStatus::Published {
                            found.push(outdated(index, &version));
                        }
                        if matches!(node, PlanNode::Agent(_)) {
                            versions.insert(key(node), version);
                        }
                    }
                    Err(_) => found.push(finding(
                        PlanDiagnosticCode::UnknownAgent,
                        format!("/nodes/{index}"),
                        format!("there is no agent {}, or no such version", agent.agent_id),
                    )),
                }
            }
            if let PlanNode::Subplan(node) = node
                && self.store.get(&PLANS, org, &node.plan_id)?.is_none()
            {
                let (pointer, plan_id) = (format!("/nodes/{index}/plan_id"), &node.plan_id);
                let message = format!("there is no plan {plan_id}");
                found.push(finding(PlanDiagnosticCode::UnknownPlan, pointer, message));
            }
        }
        for (index, edge) in plan.edges.iter().enumerate() {
            found.extend(branch_of(plan, index, edge));
            let ends = (versions.get(&*edge.source), versions.get(&*edge.target));
            if let (Some(source), Some(target)) = ends {
                found.extend(mismatches(index, edge, source, target));
            }
        }
        for (index, node) in plan.nodes.iter().enumerate() {
            if let (PlanNode::Agent(agent), Some(version)) = (node, versions.get(key(node))) {
                found.extend(missing(plan, index, agent, version, &versions));
            }
        }
        Ok(found)
    }

    /// The version that a node asks for, or the newest.
    fn version_of(
        &self,
        cx: &RequestContext,
        node: &types::AgentNode,
    ) -> Result<AgentVersion, ApiError> {
        let known = self.known_agent(cx, &node.agent_id)?;
        match &node.version {
            Some(number) => known.version(number),
            None => known.newest(),
        }
    }
}

fn finding(code: PlanDiagnosticCode, pointer: String, message: String) -> PlanDiagnostic {
    PlanDiagnostic {
        code,
        message,
        pointer,
        severity: PlanDiagnosticSeverity::Error,
        expected: None,
        found: None,
    }
}

fn outdated(index: usize, version: &AgentVersion) -> PlanDiagnostic {
    let (number, status) = (&version.version, version.status.as_str());
    let message = format!("version {number} of the agent is {status}; take a newer one");
    PlanDiagnostic {
        severity: PlanDiagnosticSeverity::Warning,
        ..finding(
            PlanDiagnosticCode::DeprecatedVersion,
            format!("/nodes/{index}/version"),
            message,
        )
    }
}

/// An edge that leaves a condition by a branch that it does not have.
fn branch_of(plan: &Plan, index: usize, edge: &PlanEdge) -> Option<PlanDiagnostic> {
    let wanted = edge.branch.as_ref()?;
    let source = plan.nodes.iter().find(|node| key(node) == edge.source)?;
    let known = match source {
        PlanNode::Condition(node) => {
            let mut branches = node.cases.iter().map(|case| &case.branch);
            branches.any(|branch| branch == wanted) || node.default_branch.as_ref() == Some(wanted)
        }
        _ => false,
    };
    let message = format!("{} has no branch {wanted}", edge.source);
    let pointer = format!("/edges/{index}/branch");
    (!known).then(|| finding(PlanDiagnosticCode::UnknownBranch, pointer, message))
}

/// Values that an edge brings to where another type is wanted.
fn mismatches(
    index: usize,
    edge: &PlanEdge,
    source: &AgentVersion,
    target: &AgentVersion,
) -> Vec<PlanDiagnostic> {
    let (gives, takes) = (&source.output_schema, &target.input_schema);
    let pairs: Vec<_> = match &edge.mapping {
        Some(mapping) => mapping
            .iter()
            .enumerate()
            .map(|(at, one)| {
                let pointer = format!("/edges/{index}/mapping/{at}");
                let place = one.input.clone();
                (
                    pointer,
                    place,
                    at_pointer(gives, &one.output),
                    at_pointer(takes, &one.input),
                )
            })
            .collect(),
        None => properties(takes)
            .map(|name| {
                let place = format!("/{name}");
                let ends = (at_pointer(gives, &place), at_pointer(takes, &place));
                (format!("/edges/{index}"), place, ends.0, ends.1)
            })
            .collect(),
    };
    let mut found = Vec::new();
    for (pointer, place, gives, takes) in pairs {
        let (Some(gives), Some(takes)) = (gives, takes) else {
            continue;
        };
        if !fits(&gives, &takes) {
            let kind = |schema: &JsonSchema| schema.get("type").map(Value::to_string);
            let (given, taken) = (kind(&gives), kind(&takes));
            let message = format!(
                "{place} of {} takes {}, and {} gives {}",
                edge.target,
                taken.unwrap_or_default(),
                edge.source,
                given.unwrap_or_default(),
            );
            found.push(PlanDiagnostic {
                expected: Some(takes),
                found: Some(gives),
                ..finding(PlanDiagnosticCode::TypeMismatch, pointer, message)
            });
        }
    }
    found
}

/// Inputs that an agent needs, and that neither the node itself nor an edge gives it.
fn missing(
    plan: &Plan,
    index: usize,
    node: &types::AgentNode,
    version: &AgentVersion,
    versions: &BTreeMap<&str, AgentVersion>,
) -> Vec<PlanDiagnostic> {
    let incoming = || plan.edges.iter().filter(|edge| edge.target == node.key);
    // What begins a plan is given the input of the run, which no plan knows.
    if incoming().next().is_none() {
        return Vec::new();
    }
    let mut given: BTreeSet<String> = node
        .input
        .iter()
        .flatten()
        .map(|one| one.0.clone())
        .collect();
    for edge in incoming() {
        match (&edge.mapping, versions.get(&*edge.source)) {
            (Some(mapping), _) => {
                let first = |one: &types::EdgeMapping| segments(&one.input).next();
                given.extend(mapping.iter().filter_map(first));
            }
            (None, Some(source)) => given.extend(properties(&source.output_schema)),
            // Nobody knows what comes along.
            (None, None) => return Vec::new(),
        }
    }
    let required = version
        .input_schema
        .get("required")
        .and_then(Value::as_array);
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    let left = required.filter(|name| !given.contains(*name));
    left.map(|name| {
        let message = format!("{} needs {name}, which nothing gives it", node.key);
        let pointer = format!("/nodes/{index}");
        finding(PlanDiagnosticCode::MissingInput, pointer, message)
    })
    .collect()
}

fn properties(schema: &JsonSchema) -> impl Iterator<Item = String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
}

/// The schema at a pointer into the instances of another, as far as properties lead there.
fn at_pointer(schema: &JsonSchema, pointer: &str) -> Option<JsonSchema> {
    let mut schema = schema.clone();
    for name in segments(pointer) {
        let next = schema.get("properties")?.get(&name)?.as_object()?;
        schema = next.clone().into_iter().collect();
    }
    Some(schema)
}

/// The names of a JSON pointer (RFC 6901).
fn segments(pointer: &str) -> impl Iterator<Item = String> {
    let names = pointer.split('/').skip(1);
    names.map(|name| name.replace("~1", "/").replace("~0", "~"))
}

/// Whether a value of one schema can be one of the other, as far as their types say.
fn fits(gives: &JsonSchema, takes: &JsonSchema) -> bool {
    let kinds = |schema: &JsonSchema| -> Option<Vec<String>> {
        match schema.get("type")? {
            Value::String(kind) => Some(vec![kind.clone()]),
            Value::Array(kinds) => {
                let names = kinds.iter().filter_map(Value::as_str);
                Some(names.map(str::to_owned).collect())
            }
            _ => None,
        }
    };
    let (Some(gives), Some(takes)) = (kinds(gives), kinds(takes)) else {
        return true;
    };
    let taken = |kind: &String| {
        takes.contains(kind)
            || (kind == "integer" && takes.iter().any(|one| one == "number"))
            || (kind == "number" && takes.iter().any(|one| one == "integer"))
    };
    gives.iter().any(taken)
}
