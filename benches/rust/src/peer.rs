//! What one would write by hand: reqwest, and structs that serde_json reads.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A client with a token and the types of two answers, and nothing else.
pub struct Peer {
    http: reqwest::Client,
    base_url: String,
}

impl Peer {
    pub fn new(base_url: &str) -> Self {
        let builder = reqwest::Client::builder().user_agent("by-hand/1.0");
        Self {
            http: builder.build().expect("a client"),
            base_url: base_url.to_owned(),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> reqwest::Result<T> {
        let request = self.http.get(format!("{}{path}", self.base_url));
        let request = request
            .bearer_auth("sk_test_1")
            .header("accept", "application/json");
        let response = request.send().await?.error_for_status()?;
        response.json().await
    }

    pub async fn run(&self, id: &str) -> reqwest::Result<Run> {
        self.get(&format!("/runs/{id}")).await
    }

    pub async fn agents(&self) -> reqwest::Result<AgentList> {
        self.get("/agents?limit=100").await
    }
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by serde alone")]
pub struct Run {
    pub id: String,
    pub plan_id: String,
    pub plan_revision: i32,
    pub name: Option<String>,
    pub status: RunStatus,
    pub input: HashMap<String, serde_json::Value>,
    pub labels: HashMap<String, String>,
    pub ceiling: Option<Money>,
    pub usage: Usage,
    pub node_counts: HashMap<String, i32>,
    pub fault: Option<serde_json::Value>,
    pub replay_of: Option<serde_json::Value>,
    pub parent_run_id: Option<String>,
    pub receipt: Option<String>,
    pub created_by: Actor,
    pub created_at: Timestamp,
    pub deadline_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub poll_url: String,
    pub stream_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Queued,
    Running,
    Waiting,
    Pausing,
    Paused,
    Succeeded,
    Failed,
    Cancelled,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by serde alone")]
pub struct Money {
    pub amount: String,
    pub currency: String,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by serde alone")]
pub struct Usage {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cost: Money,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(dead_code, reason = "read by serde alone")]
pub enum Actor {
    Token {
        token_id: String,
        token_name: String,
    },
    User {
        user_id: String,
    },
    System,
}

#[derive(Debug, Deserialize)]
pub struct AgentList {
    pub data: Vec<Agent>,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read by serde alone")]
pub struct Agent {
    pub id: String,
    pub slug: String,
    pub title: String,
    pub description: String,
    pub origin: AgentOrigin,
    pub category: AgentCategory,
    pub capabilities: Vec<AgentCapability>,
    pub status: AgentStatus,
    pub latest_version: String,
    pub pricing: Pricing,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentOrigin {
    Builtin,
    Custom,
    Partner,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentCategory {
    Planning,
    Coding,
    Review,
    Testing,
    Research,
    Operations,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentCapability {
    ReadFiles,
    WriteFiles,
    RunCommands,
    UseNetwork,
    UseBrowser,
    StartAgents,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    Active,
    Deprecated,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(dead_code, reason = "read by serde alone")]
pub enum Pricing {
    Tokens {
        input_per_million: Money,
        cached_input_per_million: Money,
        output_per_million: Money,
    },
    Invocation {
        per_invocation: Money,
    },
}
