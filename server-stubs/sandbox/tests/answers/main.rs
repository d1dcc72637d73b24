//! What the sandbox answers, held against the document.

#![cfg(test)]

mod access;
mod agents;
mod audit;
mod builder;
mod composer;
mod runs;
mod streams;
mod support;
mod templates;
mod webhooks;
mod workspaces;

use axum::http::StatusCode;
use serde_json::{Value, json};

use support::{Answer, Client};

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {pointer} in {value:#}"))
}

fn pause() -> Value {
    json!({"type": "wait", "key": "pause", "until": {"type": "duration", "duration": "PT0S"}})
}

async fn plan(client: &Client) -> String {
    let body = json!({"name": "plan", "nodes": [pause()], "labels": {"team": "web"}});
    let made = client.call("createPlan", &[], "", body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    text(&made.json, "/id").to_owned()
}

/// Asks until the state is one of those that stay.
async fn until(client: &Client, id: &str, of: &str, ends: &[&str]) -> Answer {
    for _ in 0..500 {
        let answer = client.call(id, &[of], "", Value::Null).await;
        if ends.contains(&text(&answer.json, "/status")) {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{of} does not end");
}

/// What is not called here is not held against the document either.
#[test]
fn every_operation_is_called() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/answers");
    let (mut folders, mut tests) = (vec![folder.into()], String::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir::<std::path::PathBuf>(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => tests += &std::fs::read_to_string(path).expect("text"),
            }
        }
    }
    let called = |id: &str| tests.contains(&format!("\"{id}\""));
    let left: Vec<_> = exai_server::OPERATIONS
        .iter()
        .filter(|operation| !called(operation.id))
        .map(|operation| operation.id)
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_sandbox_is_filled_once() {
    let client = Client::open();
    for _ in 0..2 {
        client.sandbox.seed().await.expect("it is filled");
    }
    let count = async |id: &str| {
        let list = client.call(id, &[], "", Value::Null).await;
        list.json["data"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(count("listPlans").await, 2);
    assert_eq!(count("listWorkspaces").await, 2);
    assert_eq!(count("listBuilds").await, 1);
    let runs = client.call("listRuns", &[], "", Value::Null).await;
    let runs = runs.json["data"].as_array().expect("a list").clone();
    assert_eq!(runs.len(), 7);
    for (name, ends) in [
        ("Report of day 1", ["succeeded"]),
        ("Too dear", ["paused"]),
        ("Waits for a decision", ["waiting"]),
    ] {
        let run = runs.iter().find(|run| run["name"] == name).expect("a run");
        until(&client, "getRun", text(run, "/id"), &ends).await;
    }
}

#[tokio::test]
async fn a_sandbox_begins_anew_and_keeps_its_tokens() {
    let client = Client::open();
    let id = plan(&client).await;
    let following = client.call("tailAuditEvents", &[], "", Value::Null);
    let beginning = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        client.sandbox.reset().expect("it is emptied");
    };
    let (followed, ()) = tokio::join!(following, beginning);
    assert_eq!(followed.status, StatusCode::OK, "and the stream has ended");
    let gone = client.call("getPlan", &[&id], "", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    plan(&client).await;
    let log = client.call("queryAuditEvents", &[], "", Value::Null).await;
    assert_eq!(log.json["data"][0]["sequence"], 1);
}

#[tokio::test]
async fn plans() {
    let client = Client::open();
    let id = plan(&client).await;
    let patch = json!({"name": "renamed", "description": null});
    let changed = client.call("updatePlan", &[&id], "", patch).await;
    assert_eq!(
        (text(&changed.json, "/name"), &changed.json["revision"]),
        ("renamed", &json!(2))
    );
    let found = client
        .call("listPlans", &[], "?label=team%3Dweb&limit=1", Value::Null)
        .await;
    assert_eq!(text(&found.json, "/data/0/id"), id);
    let none = client
        .call("listPlans", &[], "?label=team%3Dops", Value::Null)
        .await;
    assert_eq!(none.json["data"], json!([]));
    let verdict = client.call("validatePlan", &[&id], "", Value::Null).await;
    assert_eq!(verdict.json["valid"], true);
    let circle = json!({"name": "circle", "nodes": [pause()], "edges": [{"source": "pause", "target": "pause"}]});
    let refused = client.call("createPlan", &[], "", circle).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(text(&refused.json, "/details/0/rule"), "cycle");
    let gone = client.call("deletePlan", &[&id], "", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let missing = client.call("getPlan", &[&id], "", Value::Null).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn workspaces() {
    let client = Client::open();
    let made = client
        .call("createWorkspace", &[], "", json!({"name": "web"}))
        .await;
    assert_eq!(made.status, StatusCode::ACCEPTED);
    let id = text(&made.json, "/id").to_owned();
    until(&client, "getWorkspace", &id, &["running"]).await;
    let events = client
        .call("streamWorkspaceEvents", &[&id], "", Value::Null)
        .await;
    assert!(String::from_utf8_lossy(&events.bytes).contains("workspace.ready"));
    let bytes = (0..=255).collect::<Vec<u8>>();
    let binary = "application/octet-stream";
    let file = client
        .upload(
            "uploadWorkspaceFile",
            &[&id],
            "?path=a/b.bin",
            binary,
            bytes.clone(),
        )
        .await;
    assert_eq!(file.json["size_bytes"], 256);
    let down = client
        .call(
            "downloadWorkspaceFile",
            &[&id],
            "?path=a/b.bin",
            Value::Null,
        )
        .await;
    assert_eq!(down.bytes, bytes);
    assert_eq!(down.headers["etag"], file.headers["etag"]);
    let listed = client
        .call("listWorkspaceFiles", &[&id], "", Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/kind"), "directory");
    let listed = client
        .call("listWorkspaceFiles", &[&id], "?recursive=true", Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/1/path"), "a/b.bin");
    let output = client
        .call(
            "execInWorkspace",
            &[&id],
            "",
            json!({"command": ["echo", "hi"]}),
        )
        .await;
    assert!(String::from_utf8_lossy(&output.bytes).contains("aGkK"));
    client
        .call("listWorkspaces", &[], "?status=running", Value::Null)
        .await;
    let gone = client
        .call("deleteWorkspace", &[&id], "", Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let missing = client.call("getWorkspace", &[&id], "", Value::Null).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_audit_log() {
    let client = Client::open();
    plan(&client).await;
    let plan = plan(&client).await;
    let found = client
        .call(
            "queryAuditEvents",
            &[],
            "?limit=1&action=plan.created",
            Value::Null,
        )
        .await;
    assert_eq!(text(&found.json, "/data/0/resource/id"), plan);
    assert_eq!(found.json["data"][0]["sequence"], 2);
    let cursor = text(&found.json, "/next_cursor");
    let query = format!("?limit=1&action=plan.created&cursor={cursor}");
    let before = client
        .call("queryAuditEvents", &[], &query, Value::Null)
        .await;
    assert_eq!(
        before.json["data"][0]["hash"],
        found.json["data"][0]["previous_hash"]
    );
    let event = text(&found.json, "/data/0/id");
    client
        .call("getAuditEvent", &[event], "", Value::Null)
        .await;
}

#[tokio::test]
async fn assets_agents_and_templates() {
    let client = Client::open();
    let form = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nreference\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\npng\r\n--b--\r\n";
    let multipart = "multipart/form-data; boundary=b";
    let asset = client
        .upload("uploadBuildAsset", &[], "", multipart, form.into())
        .await;
    assert_eq!(text(&asset.json, "/media_type"), "image/png");
    let asset = text(&asset.json, "/id");
    client
        .call("getBuildAsset", &[asset], "", Value::Null)
        .await;
    client
        .call("deleteBuildAsset", &[asset], "", Value::Null)
        .await;
    let agents = client
        .call("listAgents", &[], "?category=coding", Value::Null)
        .await;
    client
        .call(
            "getAgent",
            &[text(&agents.json, "/data/0/id")],
            "",
            Value::Null,
        )
        .await;
    let templates = client
        .call("listTemplates", &[], "?limit=2", Value::Null)
        .await;
    assert_eq!(text(&templates.json, "/data/0/slug"), "next-app");
    client
        .call("getTemplate", &["rust-service"], "", Value::Null)
        .await;
    let missing = client.call("getTemplate", &["nope"], "", Value::Null).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
