//! Runs that pause, fail, are retried, replayed and cut short.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Run, agent, edge, wait_for};
use crate::support::Client;
use crate::text;

#[tokio::test]
async fn a_rejection_fails_the_run_and_a_retry_asks_again() {
    let client = Client::open();
    let ask = json!({"type": "approval", "key": "ask", "prompt": "Ship it?"});
    let run = Run::start(&client, json!({"name": "gate", "nodes": [ask]}), json!({})).await;
    run.is("waiting").await;
    let pending = run.get("listRunApprovals", "").await;
    let path = [run.id.as_str(), text(&pending, "/data/0/id")];
    client
        .call(
            "decideRunApproval",
            &path,
            "",
            json!({"decision": "reject"}),
        )
        .await;
    let failed = run.is("failed").await;
    assert_eq!(text(&failed, "/fault/reason"), "approval_rejected");
    let node = run.node("ask").await;
    let path = [run.id.as_str(), text(&node, "/id")];
    let retried = client.call("retryRunNode", &path, "", Value::Null).await;
    assert_eq!(text(&retried.json, "/status"), "waiting");
    assert!(run.is("waiting").await["receipt"].is_null());
    let pending = run.get("listRunApprovals", "?status=pending").await;
    let path = [run.id.as_str(), text(&pending, "/data/0/id")];
    client
        .call(
            "decideRunApproval",
            &path,
            "",
            json!({"decision": "approve"}),
        )
        .await;
    run.is("succeeded").await;
    // The stream goes on behind the end of the first try.
    let names = run.names().await;
    assert!(names.contains(&"run.failed".to_owned()));
    assert_eq!(names.last().map(String::as_str), Some("run.completed"));
}

#[tokio::test]
async fn a_failed_node_is_retried_with_another_input() {
    let client = Client::open();
    let broken = agent("broken", json!({"fault": "agent_error"}));
    let other = agent("other", json!({"delay": "PT1H"}));
    let plan = json!({"name": "broken", "nodes": [broken, agent("next", json!({})), other], "edges": [edge("broken", "next")]});
    let run = Run::start(
        &client,
        plan,
        json!({"ceiling": {"amount": "0.06", "currency": "USD"}}),
    )
    .await;
    let failed = run.is("failed").await;
    assert_eq!(failed["node_counts"], json!({"failed": 1, "cancelled": 2}));
    let first = run.get("getRunReceipt", "").await;
    assert_eq!(text(&first, "/outcome"), "failed");
    let (broken, next) = (run.node("broken").await, run.node("next").await);
    let path = [run.id.as_str(), text(&next, "/id")];
    let refused = client.call("retryRunNode", &path, "", Value::Null).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let path = [run.id.as_str(), text(&broken, "/id")];
    let body = json!({"input": {"simulate": {"output": {"fixed": true}}}});
    let retried = client.call("retryRunNode", &path, "", body).await;
    assert_eq!(retried.status, StatusCode::ACCEPTED);
    assert_eq!(retried.json["attempt"], 2);
    // The other has to begin again too, which is more than the run may cost.
    let paused = run.is("paused").await;
    assert_eq!(text(&paused, "/usage/cost/amount"), "0.06");
    let missing = [run.id.as_str(), "nod_x"];
    let missing = client.call("retryRunNode", &missing, "", Value::Null).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    run.post("cancelRun", Value::Null).await;
}

#[tokio::test]
async fn a_run_pauses_once_and_goes_on_from_its_checkpoint() {
    let client = Client::open();
    let plan = json!({"name": "waits", "nodes": [agent("first", json!({})), wait_for("go")], "edges": [edge("first", "wait")]});
    let run = Run::start(&client, plan, json!({"pause_before": ["wait"]})).await;
    run.is("paused").await;
    let (status, paused) = run.post("pauseRun", Value::Null).await;
    assert_eq!(
        (status, text(&paused, "/status")),
        (StatusCode::OK, "paused")
    );
    assert_eq!(run.node("wait").await["status"], "ready");
    run.post("resumeRun", Value::Null).await;
    run.is("waiting").await;
    let refused = run.post("resumeRun", Value::Null).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, paused) = run.post("pauseRun", Value::Null).await;
    assert_eq!(text(&paused, "/status"), "paused");
    // What a node waits for may come while the run is paused.
    let wait = run.node("wait").await;
    let go = json!({"type": "input", "node_id": wait["id"], "signal": "go", "data": {}});
    run.post("signalRun", go).await;
    assert_eq!(run.node("wait").await["status"], "succeeded");
    run.is("paused").await;
    run.post("resumeRun", Value::Null).await;
    run.is("succeeded").await;
    let events = run.events().await;
    let paused: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "run.paused")
        .collect();
    let reasons: Vec<&Value> = paused.iter().map(|event| &event["reason"]).collect();
    assert_eq!(reasons, ["pause_before", "requested"]);
    let resumed: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "run.resumed")
        .collect();
    assert_eq!(resumed[1]["checkpoint_id"], paused[1]["checkpoint_id"]);
    let path = [run.id.as_str(), text(paused[1], "/checkpoint_id")];
    let kept = client
        .call("getRunCheckpoint", &path, "", Value::Null)
        .await;
    assert_eq!(text(&kept.json, "/reason"), "pause_requested");
}

#[tokio::test]
async fn a_pause_during_the_last_node_holds() {
    let client = Client::open();
    let plan = json!({"name": "last", "nodes": [agent("last", json!({"delay": "PT1M"}))]});
    let run = Run::start(&client, plan, json!({})).await;
    run.node_is("last", "running").await;
    let (_, pausing) = run.post("pauseRun", Value::Null).await;
    assert_eq!(text(&pausing, "/status"), "pausing");
    run.is("paused").await;
    assert_eq!(run.node("last").await["status"], "succeeded");
    run.post("resumeRun", Value::Null).await;
    run.is("succeeded").await;
}

#[tokio::test]
async fn a_run_costs_and_takes_no_more_than_it_may() {
    let client = Client::open();
    let plan = json!({"name": "two", "nodes": [agent("a", json!({})), agent("b", json!({}))], "edges": [edge("a", "b")]});
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let run = Run::start(&client, plan, json!({"ceiling": usd("0.03")})).await;
    let paused = run.is("paused").await;
    assert_eq!(text(&paused, "/usage/cost/amount"), "0.02");
    let refused = run.post("resumeRun", json!({"ceiling": usd("0.03")})).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    let raised = run.post("resumeRun", json!({"ceiling": usd("0.04")})).await;
    assert_eq!(raised.0, StatusCode::ACCEPTED);
    run.is("succeeded").await;
    let mut node = agent("dear", json!({}));
    node["ceiling"] = usd("0.01");
    let run = Run::start(&client, json!({"name": "dear", "nodes": [node]}), json!({})).await;
    assert_eq!(run.is("failed").await["fault"]["reason"], "ceiling_reached");
    let plan = json!({"name": "late", "nodes": [wait_for("go")]});
    let run = Run::start(&client, plan, json!({"timeout": "PT1S"})).await;
    let late = run.is("failed").await;
    assert_eq!(text(&late, "/fault/reason"), "timeout");
    assert_eq!(late["node_counts"], json!({"cancelled": 1}));
}

#[tokio::test]
async fn a_replay_takes_over_what_its_checkpoint_holds() {
    let client = Client::open();
    let plan = json!({"name": "two", "nodes": [agent("a", json!({"output": {"n": 1}})), agent("b", json!({}))], "edges": [edge("a", "b")]});
    let run = Run::start(&client, plan, json!({"labels": {"team": "web"}})).await;
    run.is("succeeded").await;
    let checkpoints = run.get("listRunCheckpoints", "?order=asc&limit=1").await;
    let checkpoint = text(&checkpoints, "/data/0/id");
    let (status, replay) = run
        .post("replayRun", json!({"checkpoint_id": checkpoint}))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(
        replay["replay_of"],
        json!({"run_id": run.id, "checkpoint_id": checkpoint})
    );
    assert_eq!(replay["labels"]["team"], "web");
    let replay = Run {
        client: &client,
        id: text(&replay, "/id").to_owned(),
    };
    let done = replay.is("succeeded").await;
    assert_eq!(text(&done, "/usage/cost/amount"), "0.02");
    assert_eq!(replay.node("b").await["input"]["n"], 1);
    let started = replay
        .names()
        .await
        .into_iter()
        .filter(|name| name == "node.started");
    assert_eq!(started.count(), 1);
    let outputs = replay.get("listRunOutputs", "").await;
    assert_eq!(text(&outputs, "/data/0/node_key"), "a");
    let unknown = run
        .post(
            "replayRun",
            json!({"checkpoint_id": "ckp_01JB8Z6Q4M2N7T5V9X1C3E5G7H"}),
        )
        .await;
    assert_eq!(unknown.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn a_run_goes_on_where_the_process_before_has_left_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let keep = || exai_sandbox::Keep::File(folder.path().join("state"));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let first = runtime();
    let (id, node) = first.block_on(async {
        let client = Client::keeping(keep());
        let plan = json!({"name": "waits", "nodes": [wait_for("go"), agent("after", json!({}))], "edges": [edge("wait", "after")]});
        let run = Run::start(&client, plan, json!({})).await;
        let node = run.node_is("wait", "waiting").await;
        (run.id, node["id"].clone())
    });
    drop(first);
    runtime().block_on(async {
        let client = Client::keeping(keep());
        let run = Run {
            client: &client,
            id,
        };
        let go = json!({"type": "input", "node_id": node, "signal": "go", "data": {}});
        run.post("signalRun", go).await;
        run.is("succeeded").await;
    });
}
