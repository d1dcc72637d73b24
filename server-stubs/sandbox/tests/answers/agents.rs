//! The registry: agents of an organisation's own, and invocations.

mod metrics;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::support::{Answer, Client};
use super::text;

const CODER: &str = "agt_01JB8Z6Q4M2N7T5V9X1C3E5GA2";
const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn checker() -> Value {
    json!({
        "slug": "licence-checker", "title": "Licence checker", "labels": {"team": "legal"},
        "source": {
            "type": "endpoint", "url": "https://agents.acme.example/licences",
            "signing_secret": "0123456789abcdef0123456789abcdef",
        },
        "input_schema": {
            "type": "object", "required": ["manifest"], "additionalProperties": false,
            "properties": {"manifest": {"type": "string"}},
        },
        "output_schema": {
            "type": "object", "required": ["violations"],
            "properties": {"violations": {"type": "array", "items": {"type": "string"}}},
        },
        "secrets": {"REGISTRY_TOKEN": "s3cr3t"}, "capabilities": ["read_files"],
    })
}

async fn register(client: &Client) -> String {
    let made = client.call("registerCustomAgent", &[], "", checker()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:#}", made.json);
    text(&made.json, "/id").to_owned()
}

/// Holds an answer to be refused for a rule.
fn refused(answer: &Answer, pointer: &str, rule: &str) {
    assert_eq!(answer.status, UNPROCESSABLE, "{:#}", answer.json);
    let detail = &answer.json["details"][0];
    assert_eq!(
        (&detail["pointer"], &detail["rule"]),
        (&json!(pointer), &json!(rule))
    );
}

async fn invoke(client: &Client, agent: &str, body: Value) -> String {
    let made = client.call("invokeAgent", &[agent], "", body).await;
    assert_eq!(made.status, StatusCode::ACCEPTED, "{:#}", made.json);
    assert_eq!(text(&made.json, "/status"), "queued");
    assert_eq!(made.headers["location"], text(&made.json, "/poll_url"));
    text(&made.json, "/id").to_owned()
}

/// The events of an invocation, all of them: the stream ends with it.
async fn events(client: &Client, agent: &str, id: &str) -> Vec<Value> {
    let path = [agent, id];
    let answer = client.call("streamAgentInvocationEvents", &path, "", Value::Null);
    let text = String::from_utf8(answer.await.bytes).expect("text");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data
        .map(|json| serde_json::from_str(json).expect("JSON"))
        .collect();
    for (place, event) in events.iter().enumerate() {
        assert_eq!(event["sequence"], place + 1);
    }
    events
}

async fn invocation(client: &Client, agent: &str, id: &str) -> Value {
    let path = [agent, id];
    let found = client.call("getAgentInvocation", &path, "", Value::Null);
    found.await.json
}

#[tokio::test]
async fn an_organisation_registers_changes_and_removes_agents() {
    let client = Client::open();
    let id = register(&client).await;
    let again = client.call("registerCustomAgent", &[], "", checker()).await;
    refused(&again, "/slug", "unique");
    for (key, value, pointer, rule) in [
        ("slug", json!("coder"), "/slug", "unique"),
        (
            "input_schema",
            json!({"type": 7}),
            "/input_schema",
            "schema",
        ),
        (
            "output_schema",
            json!({"$ref": "https://x.example/s"}),
            "/output_schema",
            "schema",
        ),
        (
            "source",
            json!({"type": "image", "image": "acme/checker"}),
            "/source/image",
            "format",
        ),
        (
            "source",
            json!({"type": "endpoint", "url": "https://a.invalid/x"}),
            "/source/url",
            "unreachable",
        ),
    ] {
        let mut body = checker();
        body["slug"] = json!("another");
        body[key] = value;
        let answer = client.call("registerCustomAgent", &[], "", body).await;
        refused(&answer, pointer, rule);
    }
    let found = client.call("getCustomAgent", &[&id], "", Value::Null).await;
    assert!(!String::from_utf8_lossy(&found.bytes).contains("s3cr3t"));
    assert!(!String::from_utf8_lossy(&found.bytes).contains("0123456789abcdef"));
    assert!(found.json["source"]["verified_at"].is_string());
    let listed = client
        .call("listAgents", &[], "?origin=custom", Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/id"), id);
    client.call("getAgent", &[&id], "", Value::Null).await;
    let patch = json!({
        "title": "Notices", "secrets": {"REGISTRY_TOKEN": null, "NOTICE_TOKEN": "x"},
        "visibility": "organization", "labels": {"team": null, "tier": "1"},
    });
    let changed = client
        .call("updateCustomAgent", &[&id], "", patch)
        .await
        .json;
    assert_eq!(changed["secret_names"], json!(["NOTICE_TOKEN"]));
    assert_eq!(changed["labels"], json!({"tier": "1"}));
    for (query, count) in [
        ("?visibility=organization&label=tier%3D1", 1),
        ("?visibility=private", 0),
    ] {
        let listed = client
            .call("listCustomAgents", &[], query, Value::Null)
            .await;
        assert_eq!(listed.json["data"].as_array().map(Vec::len), Some(count));
    }
    let gone = client
        .call("deleteCustomAgent", &[&id], "", Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    for operation in ["getCustomAgent", "getAgent", "listAgentVersions"] {
        let missing = client.call(operation, &[&id], "", Value::Null).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    }
    let builtin = client
        .call("deleteCustomAgent", &[CODER], "", Value::Null)
        .await;
    assert_eq!(builtin.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn versions_are_published_and_deprecated() {
    let client = Client::open();
    let id = register(&client).await;
    let deprecate = json!({"reason": "old"});
    let path = [id.as_str(), "1.0.0"];
    let only = client
        .call("deprecateCustomAgentVersion", &path, "", deprecate)
        .await;
    refused(&only, "", "state");
    let lower = json!({"version": "1.0.0-rc.1"});
    let lower = client
        .call("publishCustomAgentVersion", &[&id], "", lower)
        .await;
    refused(&lower, "/version", "minimum");
    let next = json!({
        "version": "1.10.0", "changelog": "More.", "output_schema": {"type": "object"},
        "source": {"type": "image", "image": "registry.acme.example:5000/checker:1.1"},
    });
    let next = client
        .call("publishCustomAgentVersion", &[&id], "", next)
        .await;
    assert_eq!(next.status, StatusCode::CREATED, "{:#}", next.json);
    let agent = client
        .call("getCustomAgent", &[&id], "", Value::Null)
        .await
        .json;
    assert_eq!(agent["latest_version"], "1.10.0");
    assert!(text(&agent, "/source/digest").starts_with("sha256:"));
    let soon = json!({"reason": "old", "sunset_at": "2020-01-01T00:00:00Z"});
    let soon = client
        .call("deprecateCustomAgentVersion", &path, "", soon)
        .await;
    refused(&soon, "/sunset_at", "minimum");
    let unknown = json!({"reason": "old", "replacement_version": "3.0.0"});
    let unknown = client
        .call("deprecateCustomAgentVersion", &path, "", unknown)
        .await;
    refused(&unknown, "/replacement_version", "unknown_version");
    let good = json!({
        "reason": "old", "replacement_version": "1.10.0", "sunset_at": "2100-01-01T00:00:00Z",
    });
    let deprecated = client
        .call("deprecateCustomAgentVersion", &path, "", good)
        .await;
    assert_eq!(text(&deprecated.json, "/status"), "deprecated");
    let listed = client
        .call("listAgentVersions", &[&id], "?limit=1", Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/version"), "1.10.0");
    let query = format!("?limit=1&cursor={}", text(&listed.json, "/next_cursor"));
    let listed = client
        .call("listAgentVersions", &[&id], &query, Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/version"), "1.0.0");
    let found = client.call("getAgentVersion", &path, "", Value::Null).await;
    assert_eq!(text(&found.json, "/deprecation/reason"), "old");
    let missing = client
        .call("getAgentVersion", &[&id, "9.9.9"], "", Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let schema = client
        .call("getAgentSchema", &[&id], "?version=1.0.0", Value::Null)
        .await;
    assert_eq!(schema.json["input"], checker()["input_schema"]);
    client
        .call("getAgentSchema", &[CODER], "", Value::Null)
        .await;
}

#[tokio::test]
async fn an_invocation_works_tells_of_it_and_ends() {
    let client = Client::open();
    let id = register(&client).await;
    let misfit = client
        .call("invokeAgent", &[&id], "", json!({"input": {"manifest": 1}}))
        .await;
    refused(&misfit, "/input/manifest", "schema");
    let body = json!({"input": {"manifest": "a"}, "labels": {"team": "web"}, "version": "1.0.0"});
    let one = invoke(&client, &id, body).await;
    let told = events(&client, &id, &one).await;
    let kinds: Vec<&str> = told.iter().map(|event| text(event, "/type")).collect();
    let begin = [
        "invocation.started",
        "tool_call.started",
        "tool_call.completed",
        "token",
    ];
    assert_eq!(kinds[..4], begin);
    let end = ["message.completed", "usage.updated", "invocation.completed"];
    assert_eq!(kinds[kinds.len() - 3..], end);
    let tokens = told.iter().filter(|event| event["type"] == "token");
    let tokens: String = tokens.map(|event| text(event, "/text")).collect();
    assert_eq!(tokens, text(&told[told.len() - 3], "/text"));
    let done = invocation(&client, &id, &one).await;
    assert_eq!(text(&done, "/status"), "succeeded");
    assert_eq!(done["output"], json!({"violations": []}));
    assert_eq!(done["receipt"], told[told.len() - 1]["receipt"]);
    assert_eq!(done["usage"]["cost"]["amount"], "0.01");
    let receipt = text(&done, "/receipt");
    let receipt = client.call("getReceipt", &[receipt], "", Value::Null).await;
    assert_eq!(text(&receipt.json, "/subject/invocation_id"), one);
    let listed = client
        .call(
            "listAgentInvocations",
            &[&id],
            "?label=team%3Dweb&status=succeeded",
            Value::Null,
        )
        .await;
    assert_eq!(text(&listed.json, "/data/0/id"), one);
    let elsewhere = client
        .call("getAgentInvocation", &[CODER, &one], "", Value::Null)
        .await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_invocation_fails_for_what_it_is_told_and_what_it_may_not() {
    let client = Client::open();
    let id = register(&client).await;
    let input = |simulate: Value| json!({"manifest": "a", "simulate": simulate});
    for (body, reason) in [
        (
            json!({"input": input(json!({"fault": "provider_unavailable"}))}),
            "provider_unavailable",
        ),
        (
            json!({"input": input(json!({"output": {"violations": 1}}))}),
            "invalid_output",
        ),
        (
            json!({"input": input(json!({"delay": "PT1H"})), "timeout": "PT1S"}),
            "timeout",
        ),
        (
            json!({"input": input(json!({})), "ceiling": {"amount": "0.001", "currency": "USD"}}),
            "ceiling_reached",
        ),
    ] {
        let one = invoke(&client, &id, body).await;
        let told = events(&client, &id, &one).await;
        let last = told.last().expect("events");
        assert_eq!(text(last, "/type"), "invocation.failed");
        assert_eq!(text(last, "/fault/reason"), reason);
        let done = invocation(&client, &id, &one).await;
        assert_eq!(done["fault"], last["fault"]);
        assert_eq!(done["usage"]["cost"]["amount"], "0.00");
    }
    let workspace = "wsp_01JB8Z6Q4M2N7T5V9X1C3E5G7H";
    let body = json!({"input": {"manifest": "a"}, "workspace_id": workspace});
    let elsewhere = client.call("invokeAgent", &[&id], "", body).await;
    refused(&elsewhere, "/workspace_id", "unknown_workspace");
    let body = json!({"input": {"manifest": "a"}, "version": "7.0.0"});
    let unknown = client.call("invokeAgent", &[&id], "", body).await;
    refused(&unknown, "/version", "unknown_version");
    let off = json!({"status": "disabled"});
    client.call("updateCustomAgent", &[&id], "", off).await;
    let off = client
        .call(
            "invokeAgent",
            &[&id],
            "",
            json!({"input": {"manifest": "a"}}),
        )
        .await;
    refused(&off, "", "state");
}

#[tokio::test]
async fn what_is_cancelled_stays_so_and_what_works_is_not_removed() {
    let client = Client::open();
    let id = register(&client).await;
    let long = json!({"input": {"manifest": "a", "simulate": {"delay": "PT60S"}}});
    let one = invoke(&client, &id, long).await;
    let busy = client
        .call("deleteCustomAgent", &[&id], "", Value::Null)
        .await;
    refused(&busy, "", "in_use");
    let reason = json!({"reason": "wrong input"});
    let path = [id.as_str(), one.as_str()];
    let cancelled = client
        .call("cancelAgentInvocation", &path, "", reason)
        .await;
    assert_eq!(text(&cancelled.json, "/status"), "cancelled");
    let told = events(&client, &id, &one).await;
    assert_eq!(text(told.last().expect("events"), "/reason"), "wrong input");
    let again = client
        .call("cancelAgentInvocation", &path, "", Value::Null)
        .await;
    refused(&again, "", "state");
    // Long enough for the agent to have come to its end.
    tokio::time::sleep(std::time::Duration::from_millis(1400)).await;
    assert_eq!(events(&client, &id, &one).await, told);
    assert_eq!(
        text(&invocation(&client, &id, &one).await, "/status"),
        "cancelled"
    );
    let gone = client
        .call("deleteCustomAgent", &[&id], "", Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_plan_is_checked_against_the_schemas_of_its_agents() {
    let client = Client::open();
    let id = register(&client).await;
    let agent = |key: &str, of: &str| json!({"type": "agent", "key": key, "agent_id": of});
    let edges = json!([
        {"source": "code", "target": "check"},
        {"source": "check", "target": "again",
            "mapping": [{"output": "/violations", "input": "/manifest"}]},
        {"source": "ways", "target": "code", "branch": "nowhere"},
    ]);
    let when = json!({"type": "compare", "pointer": "/x", "operator": "in", "value": [2]});
    let body = json!({"name": "typed", "edges": edges, "nodes": [
        agent("code", CODER), agent("check", &id), agent("again", &id),
        agent("lost", "agt_01JZZZZZZZZZZZZZZZZZZZZZZZ"),
        {"type": "condition", "key": "ways", "cases": [{"branch": "go", "when": when}]},
        {"type": "subplan", "key": "sub", "plan_id": "pln_01JZZZZZZZZZZZZZZZZZZZZZZZ"},
    ]});
    let made = client.call("createPlan", &[], "", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:#}", made.json);
    let plan = text(&made.json, "/id");
    let verdict = client.call("validatePlan", &[plan], "", Value::Null).await;
    assert_eq!(verdict.json["valid"], false);
    let found = verdict.json["diagnostics"].as_array().expect("a list");
    let found = found
        .iter()
        .map(|one| (text(one, "/code"), text(one, "/pointer")));
    let expected = [
        ("unknown_agent", "/nodes/3"),
        ("unknown_plan", "/nodes/5/plan_id"),
        ("type_mismatch", "/edges/1/mapping/0"),
        ("unknown_branch", "/edges/2/branch"),
        ("missing_input", "/nodes/1"),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}
