//! Data to begin with, made by the API's own requests.

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower_service::Service;

use crate::{OpenError, Sandbox};

/// The agent that writes code, of those that are built in.
const CODER: &str = "agt_01JB8Z6Q4M2N7T5V9X1C3E5GA2";

/// What a sandbox was filled with, by id: something to begin with.
#[derive(Clone, Debug)]
pub struct Seed {
    /// A plan that can be run.
    pub plan: String,
    /// A run that waits for a decision.
    pub run: String,
    /// A workspace.
    pub workspace: String,
}

impl Sandbox {
    /// Fills a sandbox with plans, runs in several states, workspaces and a build. A state that was
    /// filled before stays as it is: each request has a key of its own.
    ///
    /// # Errors
    /// A request is refused.
    pub async fn seed(&self) -> Result<Seed, OpenError> {
        let wait = json!({"type": "wait", "key": "wait",
            "until": {"type": "duration", "duration": "PT1S"}});
        let code = json!({"type": "agent", "key": "code", "agent_id": CODER,
            "input": {"task": "Fix the failing test"}});
        let ask = json!({"type": "approval", "key": "ask", "prompt": "Ship it?"});
        let edge = |source: &str, target: &str| json!({"source": source, "target": target});
        let report = json!({"name": "Nightly report", "nodes": [wait], "labels": {"team": "data"}});
        let ship = json!({"name": "Fix and ship", "nodes": [code, ask],
            "edges": [edge("code", "ask")], "labels": {"team": "web"}});
        let report = self.sow("/plans", "report", report).await?;
        let ship = self.sow("/plans", "ship", ship).await?;
        for day in 1..=5 {
            let run = json!({"plan_id": report, "name": format!("Report of day {day}"),
                "labels": {"day": day.to_string()}});
            self.sow("/runs", &format!("report-{day}"), run).await?;
        }
        let failing = json!({"plan_id": ship, "name": "Too dear",
            "ceiling": {"amount": "0.000001", "currency": "USD"}});
        self.sow("/runs", "too-dear", failing).await?;
        let asking = json!({"plan_id": ship, "name": "Waits for a decision"});
        let run = self.sow("/runs", "asking", asking).await?;
        let workspace =
            |name: &str| json!({"name": name, "size": "small", "labels": {"team": name}});
        self.sow("/workspaces", "data", workspace("data")).await?;
        let workspace = self.sow("/workspaces", "web", workspace("web")).await?;
        let build = json!({"name": "landing-page", "prompt": "A static landing page", "deploy": true,
            "target": {"type": "artifact"}});
        self.sow("/builder/runs", "landing-page", build).await?;
        Ok(Seed {
            plan: report,
            run,
            workspace,
        })
    }

    /// Makes a resource, and gives its id.
    async fn sow(&self, path: &str, key: &str, body: Value) -> Result<String, OpenError> {
        let token = self.tokens().organisation.expose();
        let request = Request::post(format!("/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("seed-{key}"))
            .body(Body::from(body.to_string()))?;
        let answer = self.router().call(request).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        let body: Value = serde_json::from_slice(&bytes)?;
        match body["id"].as_str() {
            Some(id) if status.is_success() => Ok(id.to_owned()),
            _ => Err(format!("the seed {key} was refused: {body}").into()),
        }
    }
}
