//! The agents that every sandbox has, the same in each.

use exai_server::types::{
    Actor, Agent, AgentCapability, AgentCategory, AgentOrigin, AgentPricing, AgentStatus,
    AgentVersion, AgentVersionStatus, InvocationPricing, JsonSchema, Money, SystemActor,
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// An agent of the registry: the end of its id, slug, title, what it does, category, capabilities.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    AgentCategory,
    &'static [AgentCapability],
);

const ROWS: [Row; 4] = [
    (
        "A1",
        "planner",
        "Planner",
        "Breaks a goal down into tasks.",
        AgentCategory::Planning,
        &[AgentCapability::ReadFiles],
    ),
    (
        "A2",
        "coder",
        "Coder",
        "Writes and changes code in a workspace.",
        AgentCategory::Coding,
        &[
            AgentCapability::ReadFiles,
            AgentCapability::WriteFiles,
            AgentCapability::RunCommands,
        ],
    ),
    (
        "A3",
        "reviewer",
        "Reviewer",
        "Reads a change and says what is wrong with it.",
        AgentCategory::Review,
        &[AgentCapability::ReadFiles],
    ),
    (
        "A4",
        "researcher",
        "Researcher",
        "Reads what others have written and sums it up.",
        AgentCategory::Research,
        &[AgentCapability::UseNetwork],
    ),
];

/// Oldest first.
pub(super) fn agents() -> Vec<Agent> {
    let since = Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH);
    ROWS.into_iter()
        .map(
            |(id, slug, title, description, category, capabilities)| Agent {
                id: format!("agt_01JB8Z6Q4M2N7T5V9X1C3E5G{id}"),
                capabilities: capabilities.to_vec(),
                category,
                created_at: since,
                description: description.to_owned(),
                latest_version: "1.0.0".to_owned(),
                origin: AgentOrigin::Builtin,
                pricing: AgentPricing::Invocation(InvocationPricing {
                    per_invocation: Money {
                        amount: "0.02".to_owned(),
                        currency: "USD".to_owned(),
                    },
                }),
                slug: slug.to_owned(),
                status: AgentStatus::Active,
                title: title.to_owned(),
                updated_at: since,
            },
        )
        .collect()
}

/// The one version of such an agent. It takes any input: plans send it whatever their edges bring.
pub(super) fn version(agent: &Agent) -> AgentVersion {
    let text = json!({"type": "string"});
    AgentVersion {
        agent_id: agent.id.clone(),
        capabilities: agent.capabilities.clone(),
        changelog: None,
        deprecation: None,
        input_schema: object([("properties", json!({"prompt": text}))]),
        output_schema: object([
            ("required", json!(["summary"])),
            ("properties", json!({"summary": text})),
        ]),
        published_at: agent.created_at,
        published_by: Actor::System(SystemActor {
            component: "registry".to_owned(),
        }),
        status: AgentVersionStatus::Published,
        version: agent.latest_version.clone(),
    }
}

fn object<const N: usize>(keywords: [(&str, Value); N]) -> JsonSchema {
    let kind = [("type", json!("object"))];
    let keywords = kind.into_iter().chain(keywords);
    keywords
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
