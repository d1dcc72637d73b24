//! Runs: started, steered, and what they leave behind.

mod nodes;
mod steering;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::support::Client;
use super::{text, until};

const CODER: &str = "agt_01JB8Z6Q4M2N7T5V9X1C3E5GA2";

/// A run of a plan of its own.
struct Run<'c> {
    client: &'c Client,
    id: String,
}

impl<'c> Run<'c> {
    /// Starts a plan with what the request says beside it.
    async fn start(client: &'c Client, plan: Value, mut request: Value) -> Self {
        let plan = client.call("createPlan", &[], "", plan).await;
        assert_eq!(plan.status, StatusCode::CREATED, "{:#}", plan.json);
        request["plan_id"] = plan.json["id"].clone();
        let run = client.call("startRun", &[], "", request).await;
        assert_eq!(run.status, StatusCode::ACCEPTED, "{:#}", run.json);
        assert_eq!(run.headers["location"], text(&run.json, "/poll_url"));
        let id = text(&run.json, "/id").to_owned();
        Self { client, id }
    }

    async fn is(&self, status: &str) -> Value {
        until(self.client, "getRun", &self.id, &[status]).await.json
    }

    async fn get(&self, operation: &str, query: &str) -> Value {
        let path = [self.id.as_str()];
        let answer = self.client.call(operation, &path, query, Value::Null);
        answer.await.json
    }

    async fn post(&self, operation: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.client.call(operation, &[&self.id], "", body).await;
        (answer.status, answer.json)
    }

    async fn node(&self, key: &str) -> Value {
        let nodes = self.get("listRunNodes", "").await;
        let nodes = nodes["data"].as_array().expect("nodes").clone();
        let found = nodes.into_iter().find(|node| node["key"] == key);
        found.expect("a node")
    }

    /// Waits until a node is in a state.
    async fn node_is(&self, key: &str, status: &str) -> Value {
        for _ in 0..500 {
            let node = self.node(key).await;
            if node["status"] == status {
                return node;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{key} is not {status}: {:#}", self.node(key).await);
    }

    /// The stream of a run that is over, without what says that there is a checkpoint.
    async fn events(&self) -> Vec<Value> {
        let path = [self.id.as_str()];
        let answer = self.client.call("streamRunEvents", &path, "", Value::Null);
        let text = String::from_utf8(answer.await.bytes).expect("text");
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let events: Vec<Value> = data
            .map(|json| serde_json::from_str(json).expect("JSON"))
            .collect();
        for (place, event) in events.iter().enumerate() {
            assert_eq!(event["sequence"], place + 1);
        }
        let told = |event: &Value| event["type"] != "checkpoint.created";
        events.into_iter().filter(told).collect()
    }

    async fn names(&self) -> Vec<String> {
        let events = self.events().await.into_iter();
        events
            .map(|event| text(&event, "/type").to_owned())
            .collect()
    }
}

fn agent(key: &str, simulate: Value) -> Value {
    json!({"type": "agent", "key": key, "agent_id": CODER, "input": {"simulate": simulate}})
}

fn wait_for(signal: &str) -> Value {
    json!({"type": "wait", "key": "wait", "until": {"type": "signal", "signal": signal, "data_schema": {"type": "object"}}})
}

fn edge(source: &str, target: &str) -> Value {
    json!({"source": source, "target": target})
}

#[tokio::test]
async fn a_run_of_one_agent_leaves_outputs_checkpoints_and_a_receipt() {
    let client = Client::open();
    let plan = json!({"name": "one", "nodes": [agent("write", json!({"output": "done", "delay": "PT30S"}))]});
    let run = Run::start(&client, plan, json!({"input": {"topic": "DAGs"}})).await;
    let early = client
        .call("getRunReceipt", &[&run.id], "", Value::Null)
        .await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    let names = run.names().await;
    assert_eq!(
        names,
        [
            "run.started",
            "node.started",
            "node.completed",
            "run.completed"
        ]
    );
    let done = run.is("succeeded").await;
    assert_eq!(done["node_counts"], json!({"succeeded": 1}));
    assert_eq!(text(&done, "/usage/cost/amount"), "0.02");
    let kept = client
        .call("getReceipt", &[text(&done, "/receipt")], "", Value::Null)
        .await;
    assert_eq!(text(&kept.json, "/subject/run_id"), run.id);
    let receipt = run.get("getRunReceipt", "").await;
    assert_eq!(receipt["hash"], kept.json["hash"]);
    assert_eq!(receipt["lines"][0]["invocations"], 1);
    assert_eq!(receipt["usage"], done["usage"]);
    let outputs = run.get("listRunOutputs", "?named=true").await;
    assert_eq!(text(&outputs, "/data/0/name"), "write");
    assert_eq!(text(&outputs, "/data/0/value/text"), "done");
    let node = run.node("write").await;
    assert_eq!(text(&node, "/input/topic"), "DAGs");
    let id = text(&node, "/id");
    client
        .call("getRunNode", &[&run.id, id], "", Value::Null)
        .await;
    let checkpoints = run.get("listRunCheckpoints", "").await;
    let path = [run.id.as_str(), text(&checkpoints, "/data/0/id")];
    let checkpoint = client
        .call("getRunCheckpoint", &path, "", Value::Null)
        .await;
    assert_eq!(text(&checkpoint.json, "/nodes/write/output"), "done");
    let path = [run.id.as_str(), "ckp_x"];
    let missing = client.call("getRunCheckpoint", &path, "", Value::Null);
    assert_eq!(missing.await.status, StatusCode::NOT_FOUND);
    let over = run.post("cancelRun", Value::Null).await;
    assert_eq!(over.0, StatusCode::UNPROCESSABLE_ENTITY);
    let found = client
        .call("listRuns", &[], "?status=succeeded", Value::Null)
        .await;
    assert_eq!(text(&found.json, "/data/0/id"), run.id);
}

#[tokio::test]
async fn what_cannot_run_is_refused_and_counts_for_nothing() {
    let client = Client::open();
    let schema = json!({"required": ["topic"]});
    let plan = json!({"name": "strict", "nodes": [wait_for("go")], "input_schema": schema});
    let plan = client.call("createPlan", &[], "", plan).await;
    let id = text(&plan.json, "/id");
    let topic = json!({"topic": "DAGs"});
    for (body, pointer) in [
        (
            json!({"plan_id": "pln_01JB8Z6Q4M2N7T5V9X1C3E5G7H"}),
            "/plan_id",
        ),
        (json!({"plan_id": id}), "/input"),
        (
            json!({"plan_id": id, "input": topic, "timeout": "P1Y"}),
            "/timeout",
        ),
        (
            json!({"plan_id": id, "input": topic, "pause_before": ["none"]}),
            "/pause_before",
        ),
        (
            json!({"plan_id": id, "input": topic, "ceiling": {"amount": "1.00", "currency": "EUR"}}),
            "/ceiling/currency",
        ),
    ] {
        let refused = client.call("startRun", &[], "", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(text(&refused.json, "/details/0/pointer"), pointer);
    }
    let plan = client.call("getPlan", &[id], "", Value::Null).await;
    assert_eq!(plan.json["run_count"], 0);
}
