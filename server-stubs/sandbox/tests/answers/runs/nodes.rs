//! How each kind of node is walked.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{CODER, Run, agent, edge, wait_for};
use crate::support::Client;
use crate::{text, until};

#[tokio::test]
async fn a_condition_takes_one_branch_and_skips_the_other() {
    let client = Client::open();
    let score = json!({"type": "compare", "pointer": "/score", "operator": "gte", "value": 5});
    let choose = json!({"type": "condition", "key": "choose", "cases": [{"branch": "good", "when": score}], "default_branch": "bad"});
    let branch = |target: &str, branch: &str| json!({"source": "choose", "target": target, "branch": branch});
    let mapping = json!([{"output": "/score", "input": "/grade"}]);
    let plan = json!({
        "name": "branches",
        "nodes": [agent("rate", json!({"output": {"score": 7}})), choose, agent("praise", json!({})), agent("redo", json!({})), agent("tell", json!({}))],
        "edges": [edge("rate", "choose"), branch("praise", "good"), branch("redo", "bad"),
            edge("praise", "tell"), edge("redo", "tell"), {"source": "rate", "target": "tell", "mapping": mapping}],
        "outputs": {"grade": {"node": "rate", "pointer": "/score"}},
    });
    let run = Run::start(&client, plan, json!({})).await;
    run.is("succeeded").await;
    assert_eq!(run.node("choose").await["detail"]["branch"], "good");
    assert_eq!(run.node("praise").await["input"]["score"], 7);
    assert_eq!(run.node("redo").await["status"], "skipped");
    let tell = run.node("tell").await;
    assert_eq!(tell["input"]["grade"], 7);
    assert!(tell["input"].get("score").is_none(), "{tell:#}");
    let skipped = run.events().await;
    let skipped = skipped.iter().find(|event| event["type"] == "node.skipped");
    assert_eq!(skipped.expect("an event")["reason"], "not_taken");
    let named = run.get("listRunOutputs", "?named=true").await;
    assert_eq!(named["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(named["data"][0]["value"]["json"], 7);
    let all = run.get("listRunOutputs", "?limit=3").await;
    assert_eq!(text(&all, "/data/0/node_key"), "rate");
    let cursor = text(&all, "/next_cursor");
    let rest = run
        .get("listRunOutputs", &format!("?limit=3&cursor={cursor}"))
        .await;
    assert_eq!(text(&rest, "/data/0/node_key"), "tell");
}

#[tokio::test]
async fn a_map_does_its_body_for_each_item() {
    let client = Client::open();
    let body = json!({"type": "condition", "key": "check", "cases": [
        {"branch": "even", "when": {"type": "compare", "pointer": "/item", "operator": "in", "value": [2, 4]}}]});
    let map = |policy: &str| json!({"name": "map", "nodes": [{"type": "map", "key": "each", "items": "/numbers", "body": body, "max_concurrency": 1, "on_item_failure": policy}]});
    let input = json!({"input": {"numbers": [2, 3, 4]}});
    let run = Run::start(&client, map("skip"), input.clone()).await;
    run.is("succeeded").await;
    let node = run.node("each").await;
    assert_eq!(node["output"], json!([{"item": 2}, null, {"item": 4}]));
    let expected = json!({"type": "map", "total": 3, "succeeded": 2, "failed": 1});
    assert_eq!(node["detail"], expected);
    let run = Run::start(&client, map("fail"), input).await;
    let failed = run.is("failed").await;
    assert_eq!(text(&failed, "/fault/reason"), "no_branch_taken");
    assert_eq!(failed["fault"]["node_id"], run.node("each").await["id"]);
    let run = Run::start(&client, map("skip"), json!({"input": {"numbers": 2}})).await;
    assert_eq!(
        text(&run.is("failed").await, "/fault/reason"),
        "invalid_output"
    );
}

#[tokio::test]
async fn a_subplan_is_a_run_of_its_own() {
    let client = Client::open();
    let inner = json!({"name": "inner", "nodes": [agent("work", json!({"output": {"n": 1}}))], "outputs": {"n": {"node": "work", "pointer": "/n"}}});
    let inner = client.call("createPlan", &[], "", inner).await;
    let subplan = json!({"type": "subplan", "key": "below", "plan_id": inner.json["id"]});
    let plan = json!({"name": "outer", "nodes": [subplan]});
    let run = Run::start(&client, plan, json!({})).await;
    let done = run.is("succeeded").await;
    let node = run.node("below").await;
    assert_eq!(node["output"], json!({"n": 1}));
    let child = text(&node, "/detail/child_run_id");
    let child = client.call("getRun", &[child], "", Value::Null).await;
    assert_eq!(text(&child.json, "/parent_run_id"), run.id);
    assert_eq!(child.json["usage"], done["usage"]);
    let receipt = run.get("getRunReceipt", "").await;
    assert_eq!(text(&receipt, "/lines/0/agent_id"), CODER);
    // Whoever ends a run ends the runs below it.
    let nodes = [agent("spends", json!({})), wait_for("go")];
    let held = json!({"name": "held", "nodes": nodes});
    let held = client.call("createPlan", &[], "", held).await;
    let subplan = json!({"type": "subplan", "key": "below", "plan_id": held.json["id"]});
    let plan = json!({"name": "outer", "nodes": [subplan]});
    let run = Run::start(&client, plan, json!({})).await;
    let node = run.node_is("below", "running").await;
    let child = text(&node, "/detail/child_run_id").to_owned();
    until(&client, "getRun", &child, &["waiting"]).await;
    let (_, over) = run.post("cancelRun", Value::Null).await;
    until(&client, "getRun", &child, &["cancelled"]).await;
    // What they have spent until then is charged.
    assert_eq!(text(&over, "/usage/cost/amount"), "0.02");
}

#[tokio::test]
async fn an_approval_holds_the_run_until_it_is_decided() {
    let client = Client::open();
    let ask = |more: Value| {
        let mut node = json!({"type": "approval", "key": "ask", "prompt": "Ship it?"});
        let more = more.as_object().expect("members").clone();
        node.as_object_mut().expect("members").extend(more);
        json!({"name": "gate", "nodes": [node, agent("ship", json!({}))], "edges": [edge("ask", "ship")]})
    };
    let run = Run::start(&client, ask(json!({})), json!({"input": {"version": 2}})).await;
    run.is("waiting").await;
    let pending = run.get("listRunApprovals", "?status=pending").await;
    let approval = text(&pending, "/data/0/id");
    assert_eq!(pending["data"][0]["context"], json!({"version": 2}));
    assert_eq!(run.node("ask").await["detail"]["approval_id"], approval);
    let path = [run.id.as_str(), approval];
    let decide = |decision: &str| json!({"decision": decision, "comment": "fine"});
    let as_service = client
        .call_as_service("decideRunApproval", &path, decide("approve"))
        .await;
    assert_eq!(as_service.status, StatusCode::FORBIDDEN);
    let decided = client
        .call("decideRunApproval", &path, "", decide("approve"))
        .await;
    assert_eq!(text(&decided.json, "/status"), "approved");
    let query = "?action=approval.decided";
    let logged = client
        .call("queryAuditEvents", &[], query, Value::Null)
        .await;
    assert_eq!(text(&logged.json, "/data/0/detail/comment"), "fine");
    assert_eq!(text(&logged.json, "/data/0/run_id"), run.id);
    run.is("succeeded").await;
    let again = client
        .call("decideRunApproval", &path, "", decide("reject"))
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let path = [run.id.as_str(), "apr_x"];
    let missing = client.call("decideRunApproval", &path, "", decide("approve"));
    assert_eq!(missing.await.status, StatusCode::NOT_FOUND);
    let names = run.names().await;
    assert_eq!(
        names[1..5],
        [
            "node.started",
            "approval.requested",
            "approval.decided",
            "node.completed"
        ]
    );

    let run = Run::start(&client, ask(json!({"required_approvals": 2})), json!({})).await;
    run.is("waiting").await;
    let pending = run.get("listRunApprovals", "").await;
    let path = [run.id.as_str(), text(&pending, "/data/0/id")];
    let first = client
        .call("decideRunApproval", &path, "", decide("approve"))
        .await;
    assert_eq!(text(&first.json, "/status"), "pending");
    let twice = client
        .call("decideRunApproval", &path, "", decide("approve"))
        .await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    run.post("cancelRun", json!({"reason": "enough"})).await;
    let withdrawn = run.get("listRunApprovals", "").await;
    assert_eq!(text(&withdrawn, "/data/0/status"), "withdrawn");
    assert_eq!(
        run.is("cancelled").await["node_counts"],
        json!({"cancelled": 2})
    );

    let run = Run::start(
        &client,
        ask(json!({"approver_roles": ["owner"]})),
        json!({}),
    )
    .await;
    run.is("waiting").await;
    let pending = run.get("listRunApprovals", "").await;
    let path = [run.id.as_str(), text(&pending, "/data/0/id")];
    let stranger = client
        .call("decideRunApproval", &path, "", decide("approve"))
        .await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    run.post("cancelRun", Value::Null).await;

    for (on_expiry, status, reason) in [
        ("approve", "succeeded", Value::Null),
        ("reject", "failed", json!("approval_rejected")),
        ("fail", "failed", json!("approval_expired")),
    ] {
        let plan = ask(json!({"expires_after": "PT0S", "on_expiry": on_expiry}));
        let run = Run::start(&client, plan, json!({})).await;
        let over = run.is(status).await;
        assert_eq!(over["fault"]["reason"], reason);
        let expired = run.get("listRunApprovals", "").await;
        assert_eq!(text(&expired, "/data/0/status"), "expired");
    }
}

#[tokio::test]
async fn signals_reach_the_node_that_waits() {
    let client = Client::open();
    let plan = json!({"name": "waits", "nodes": [wait_for("go"), agent("after", json!({}))], "edges": [edge("wait", "after")]});
    let signal = |node: &Value, more: Value| {
        let mut signal = json!({"node_id": node["id"]});
        signal
            .as_object_mut()
            .expect("members")
            .extend(more.as_object().expect("members").clone());
        signal
    };
    let run = Run::start(&client, plan.clone(), json!({})).await;
    run.is("waiting").await;
    let (wait, after) = (run.node("wait").await, run.node("after").await);
    let go = |data: Value| json!({"type": "input", "signal": "go", "data": data});
    for (node, more) in [
        (
            &wait,
            json!({"type": "input", "signal": "stop", "data": {}}),
        ),
        (&wait, go(json!(1))),
        (&after, go(json!({}))),
        (
            &json!({"id": "nod_01JB8Z6Q4M2N7T5V9X1C3E5G7H"}),
            go(json!({})),
        ),
    ] {
        let refused = run.post("signalRun", signal(node, more)).await;
        assert_eq!(
            refused.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{:#}",
            refused.1
        );
    }
    let (status, ack) = run
        .post("signalRun", signal(&wait, go(json!({"n": 1}))))
        .await;
    assert_eq!(
        (status, text(&ack, "/type")),
        (StatusCode::ACCEPTED, "input")
    );
    run.is("succeeded").await;
    assert_eq!(run.node("after").await["input"]["n"], 1);

    let run = Run::start(&client, plan.clone(), json!({})).await;
    let wait = run.node_is("wait", "waiting").await;
    run.post("signalRun", signal(&wait, json!({"type": "skip"})))
        .await;
    assert_eq!(
        run.is("succeeded").await["node_counts"],
        json!({"skipped": 2})
    );

    let run = Run::start(&client, plan.clone(), json!({})).await;
    let wait = run.node_is("wait", "waiting").await;
    run.post(
        "signalRun",
        signal(&wait, json!({"type": "abort", "reason": "no"})),
    )
    .await;
    let failed = run.is("failed").await;
    assert_eq!(failed["fault"]["reason"], "aborted");
    assert_eq!(failed["fault"]["message"], "no");

    let run = Run::start(&client, plan, json!({})).await;
    let wait = run.node_is("wait", "waiting").await;
    let extend = json!({"type": "extend", "until": "2020-01-01T00:00:00Z"});
    run.post("signalRun", signal(&wait, extend)).await;
    assert_eq!(run.is("failed").await["fault"]["reason"], "signal_expired");
}

#[tokio::test]
async fn a_failed_attempt_is_followed_by_others_as_the_policy_says() {
    let client = Client::open();
    let mut node = agent("flaky", json!({"fault": "agent_error", "attempts": 1}));
    node["retry"] = json!({"max_attempts": 2, "initial_delay": "PT0S"});
    let run = Run::start(
        &client,
        json!({"name": "flaky", "nodes": [node]}),
        json!({}),
    )
    .await;
    let done = run.is("succeeded").await;
    assert_eq!(text(&done, "/usage/cost/amount"), "0.04");
    assert_eq!(run.node("flaky").await["attempt"], 2);
    let names = run.names().await;
    assert_eq!(
        names,
        [
            "run.started",
            "node.started",
            "node.failed",
            "node.started",
            "node.completed",
            "run.completed"
        ]
    );
    let mut slow = agent("slow", json!({"delay": "PT1H"}));
    slow["timeout"] = json!("PT0S");
    let run = Run::start(&client, json!({"name": "slow", "nodes": [slow]}), json!({})).await;
    assert_eq!(run.is("failed").await["fault"]["reason"], "timeout");
}

#[tokio::test]
async fn each_attempt_at_a_node_is_an_invocation_of_its_agent() {
    let client = Client::open();
    let mut work = agent(
        "work",
        json!({"fault": "agent_error", "attempts": 1, "output": {"n": 1}}),
    );
    work["retry"] = json!({"max_attempts": 2, "initial_delay": "PT0S"});
    let plan = json!({"name": "one", "nodes": [work, agent("hang", json!({"delay": "PT1H"}))]});
    let run = Run::start(&client, plan, json!({"labels": {"team": "web"}})).await;
    run.node_is("work", "succeeded").await;
    let all = async || {
        let list = client.call("listAgentInvocations", &[CODER], "?order=asc", Value::Null);
        let mut all = list.await.json["data"].as_array().expect("a list").clone();
        assert!(
            all.iter()
                .all(|one| one["run_id"] == *run.id && one["labels"]["team"] == "web")
        );
        all.sort_by_key(|one| one["status"].to_string());
        all
    };
    let found = all().await;
    let statuses: Vec<_> = found.iter().map(|one| text(one, "/status")).collect();
    assert_eq!(statuses, ["failed", "running", "succeeded"]);
    assert_eq!(text(&found[0], "/fault/reason"), "agent_error");
    let node = run.node("work").await;
    assert_eq!(node["detail"]["invocation_id"], found[2]["id"]);
    assert_eq!(node["output"], found[2]["output"]);
    let receipt = [text(&found[2], "/receipt")];
    let receipt = client.call("getReceipt", &receipt, "", Value::Null).await;
    assert_eq!(receipt.json["subject"]["invocation_id"], found[2]["id"]);
    let path = [CODER, text(&found[2], "/id")];
    let stream = client
        .call("streamAgentInvocationEvents", &path, "", Value::Null)
        .await;
    let stream = String::from_utf8(stream.bytes).expect("text");
    assert!(stream.contains("event: invocation.completed"), "{stream}");
    let path = [CODER, text(&found[1], "/id")];
    let refused = client
        .call("cancelAgentInvocation", &path, "", Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    run.post("cancelRun", Value::Null).await;
    assert_eq!(text(&all().await[0], "/status"), "cancelled");
}
