//! Workspaces: changes of status, logs, ports and snapshots.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::Client;
use crate::{text, until};

async fn running(client: &Client, body: Value) -> String {
    let made = client.call("createWorkspace", &[], "", body).await;
    assert_eq!(made.status, StatusCode::ACCEPTED);
    let id = text(&made.json, "/id").to_owned();
    until(client, "getWorkspace", &id, &["running"]).await;
    id
}

async fn upload(client: &Client, id: &str, path: &str, content: &str) {
    let query = format!("?path={path}");
    let binary = "application/octet-stream";
    let bytes = content.as_bytes().to_vec();
    let put = client
        .upload("uploadWorkspaceFile", &[id], &query, binary, bytes)
        .await;
    assert_eq!(put.status, StatusCode::OK);
}

async fn content(client: &Client, id: &str, path: &str) -> (StatusCode, String) {
    let query = format!("?path={path}");
    let got = client
        .call("downloadWorkspaceFile", &[id], &query, Value::Null)
        .await;
    (got.status, String::from_utf8_lossy(&got.bytes).into_owned())
}

async fn events(client: &Client, id: &str) -> String {
    let events = client
        .call("streamWorkspaceEvents", &[id], "", Value::Null)
        .await;
    String::from_utf8_lossy(&events.bytes).into_owned()
}

#[tokio::test]
async fn statuses_change_and_streams_begin_with_the_latest_change() {
    let client = Client::open();
    let id = running(&client, json!({"name": "web", "size": "small"})).await;
    let first = events(&client, &id).await;
    assert!(first.contains("workspace.ready") && first.contains("provisioning"));
    let early = client.call("startWorkspace", &[&id], "", Value::Null).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);

    let stopping = client
        .call("stopWorkspace", &[&id], "", json!({"snapshot": true}))
        .await;
    assert_eq!(text(&stopping.json, "/status"), "stopping");
    let second = events(&client, &id).await;
    assert!(second.contains("workspace.stopped") && !second.contains("provisioning"));
    let kept = client
        .call("listWorkspaceSnapshots", &[&id], "", Value::Null)
        .await;
    assert_eq!(kept.json["data"].as_array().map(Vec::len), Some(1));
    let command = json!({"command": ["echo", "hi"]});
    let refused = client.call("execInWorkspace", &[&id], "", command).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    client.call("startWorkspace", &[&id], "", Value::Null).await;
    assert!(events(&client, &id).await.contains("workspace.ready"));
    let again = client
        .call("restartWorkspace", &[&id], "", Value::Null)
        .await;
    assert_eq!(text(&again.json, "/status"), "restarting");
    assert!(events(&client, &id).await.contains("workspace.ready"));
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_resizes() {
    let client = Client::open();
    let variables =
        json!([{"name": "B", "value": "1"}, {"name": "A", "value": "2", "secret": true}]);
    let body = json!({"name": "web", "environment": variables, "labels": {"team": "a", "x": "y"}});
    let id = running(&client, body).await;
    let patch = json!({"size": "large", "labels": {"x": null}, "idle_timeout": null});
    let patched = client.call("updateWorkspace", &[&id], "", patch).await;
    assert_eq!(text(&patched.json, "/status"), "resizing");
    assert_eq!(patched.json["resources"]["vcpus"], 8.0);
    assert_eq!(patched.json["labels"], json!({"team": "a"}));
    assert_eq!(patched.json["idle_timeout"], Value::Null);
    assert_eq!(text(&patched.json, "/environment/0/name"), "A");
    assert!(patched.json["environment"][0].get("value").is_none());
    assert!(events(&client, &id).await.contains("workspace.ready"));

    let twice = json!({"environment": [{"name": "A"}, {"name": "A"}]});
    let refused = client.call("updateWorkspace", &[&id], "", twice).await;
    assert_eq!(
        text(&refused.json, "/details/0/pointer"),
        "/environment/1/name"
    );
}

#[tokio::test]
async fn logs_hold_what_was_written() {
    let client = Client::open();
    let id = running(&client, json!({"name": "web"})).await;
    for command in [json!(["echo", "Hello"]), json!(["nothing"])] {
        let body = json!({"command": command});
        client.call("execInWorkspace", &[&id], "", body).await;
    }
    let all = client
        .call("listWorkspaceLogs", &[&id], "", Value::Null)
        .await;
    let all = all.json["data"].as_array().cloned().unwrap_or_default();
    assert!(all.iter().any(|line| line["source"] == "system"));
    let found = client
        .call("listWorkspaceLogs", &[&id], "?contains=hELLO", Value::Null)
        .await;
    assert_eq!(text(&found.json, "/data/0/process"), "echo Hello");
    let warned = client
        .call("listWorkspaceLogs", &[&id], "?level=warn", Value::Null)
        .await;
    assert_eq!(text(&warned.json, "/data/0/source"), "stderr");

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let query = format!("?limit=2&order=asc{cursor}");
        let page = client
            .call("listWorkspaceLogs", &[&id], &query, Value::Null)
            .await;
        seen.extend(page.json["data"].as_array().cloned().unwrap_or_default());
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), all.len());
}

#[tokio::test]
async fn ports_open_once_and_close() {
    let client = Client::open();
    let id = running(&client, json!({"name": "web"})).await;
    for port in [8080, 300] {
        let body = json!({"port": port, "expires_in": "PT1H"});
        let open = client.call("exposeWorkspacePort", &[&id], "", body).await;
        assert_eq!(open.status, StatusCode::CREATED);
        assert_eq!(text(&open.json, "/visibility"), "private");
    }
    let twice = client
        .call("exposeWorkspacePort", &[&id], "", json!({"port": 300}))
        .await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = client
        .call("listWorkspacePorts", &[&id], "?limit=1", Value::Null)
        .await;
    assert_eq!(first.json["data"][0]["port"], 300);
    let query = format!("?cursor={}", text(&first.json, "/next_cursor"));
    let second = client
        .call("listWorkspacePorts", &[&id], &query, Value::Null)
        .await;
    assert_eq!(second.json["data"][0]["port"], 8080);
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        let closed = client
            .call("closeWorkspacePort", &[&id, "300"], "", Value::Null)
            .await;
        assert_eq!(closed.status, status);
    }
}

#[tokio::test]
async fn snapshots_keep_the_tree_and_give_it_back() {
    let client = Client::open();
    let id = running(&client, json!({"name": "web"})).await;
    upload(&client, &id, "a/one.txt", "before").await;
    let taken = client
        .call(
            "createWorkspaceSnapshot",
            &[&id],
            "",
            json!({"name": "first", "retain_for": null}),
        )
        .await;
    assert_eq!(text(&taken.json, "/status"), "pending");
    let snapshot = text(&taken.json, "/id").to_owned();
    upload(&client, &id, "a/one.txt", "after").await;
    upload(&client, &id, "two.txt", "new").await;
    let found = loop {
        let found = client
            .call("getWorkspaceSnapshot", &[&id, &snapshot], "", Value::Null)
            .await;
        if found.json["status"] == "available" {
            break found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    };
    assert_eq!(
        (&found.json["file_count"], &found.json["size_bytes"]),
        (&json!(1), &json!(6))
    );

    let restore = json!({"start": false, "snapshot_first": true});
    let restoring = client
        .call("restoreWorkspaceSnapshot", &[&id, &snapshot], "", restore)
        .await;
    assert_eq!(text(&restoring.json, "/status"), "restoring");
    assert!(events(&client, &id).await.contains("workspace.stopped"));
    assert_eq!(content(&client, &id, "a/one.txt").await.1, "before");
    assert_eq!(
        content(&client, &id, "two.txt").await.0,
        StatusCode::NOT_FOUND
    );
    let listed = client
        .call("listWorkspaceSnapshots", &[&id], "", Value::Null)
        .await;
    assert_eq!(listed.json["data"].as_array().map(Vec::len), Some(2));

    let origin = json!({"type": "snapshot", "snapshot_id": snapshot});
    let copy = running(&client, json!({"name": "copy", "origin": origin})).await;
    assert_eq!(content(&client, &copy, "a/one.txt").await.1, "before");
    let foreign = client
        .call("getWorkspaceSnapshot", &[&copy, &snapshot], "", Value::Null)
        .await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);

    let gone = client
        .call(
            "deleteWorkspaceSnapshot",
            &[&id, &snapshot],
            "",
            Value::Null,
        )
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let body = json!({"name": "late", "origin": origin});
    let late = client.call("createWorkspace", &[], "", body).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(content(&client, &copy, "a/one.txt").await.1, "before");
}

#[test]
fn what_was_under_way_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let keep = || exai_sandbox::Keep::File(folder.path().join("state"));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let first = runtime();
    let (made, stopping, export) = first.block_on(async {
        let client = Client::keeping(keep());
        let stopping = running(&client, json!({"name": "web", "size": "small"})).await;
        let body = json!({"name": "new", "size": "small"});
        let made = client.call("createWorkspace", &[], "", body).await;
        client
            .call("stopWorkspace", &[&stopping], "", json!({}))
            .await;
        let range = json!({"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"});
        let export = client.call("createAuditExport", &[], "", range).await;
        let id = |answer: &crate::support::Answer| text(&answer.json, "/id").to_owned();
        (id(&made), stopping, id(&export))
    });
    drop(first);
    runtime().block_on(async {
        let client = Client::keeping(keep());
        until(&client, "getWorkspace", &made, &["running"]).await;
        until(&client, "getWorkspace", &stopping, &["stopped"]).await;
        until(&client, "getAuditExport", &export, &["succeeded"]).await;
    });
}

#[test]
fn a_command_that_a_restart_has_ended_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let keep = || exai_sandbox::Keep::File(folder.path().join("state"));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let body = || json!({"command": ["sleep", "30"]}).to_string().into_bytes();
    let first = runtime();
    let id = first.block_on(async {
        let client = Client::keeping(keep());
        let id = running(&client, json!({"name": "web", "size": "small"})).await;
        let path = [id.as_str()];
        let asleep = client.upload("execInWorkspace", &path, "", "application/json", body());
        // It has begun, and nobody waits for its end.
        let waited = tokio::time::timeout(std::time::Duration::from_millis(300), asleep).await;
        assert!(waited.is_err());
        id
    });
    drop(first);
    runtime().block_on(async {
        let client = Client::keeping(keep());
        let path = [id.as_str()];
        let again = client.upload("execInWorkspace", &path, "", "application/json", body());
        let stream = String::from_utf8(again.await.bytes).expect("text");
        assert!(
            stream.contains("exec.started") && stream.contains("exec.failed"),
            "{stream}"
        );
    });
}
