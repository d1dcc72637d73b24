//! What was under way when the sandbox was killed goes on.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::program::Process;

/// A sandbox on a state, whose work is so many times as fast as usual.
async fn at_speed(state: &Path, speed: &str) -> Process {
    let state = state.to_str().expect("text");
    Process::with(&["--speed", speed, "--data", state], Stdio::inherit()).await
}

/// Asks until what is there is as it should be.
async fn until(process: &Process, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let found = process.get(path).await;
            if holds(&found) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), asking).await;
    found.expect("it becomes so")
}

#[tokio::test]
async fn a_snapshot_that_a_stop_asked_for_is_there_though_the_server_was_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let quick = at_speed(&state, "20").await;
    let made = quick.post("/workspaces", "w", &json!({"name": "w"})).await;
    let id = made.expect("an answer").json()["id"].clone();
    let path = format!("/workspaces/{}", id.as_str().expect("an id"));
    until(&quick, &path, |one| one["status"] == "running").await;
    let file = quick
        .request(Method::PUT, &format!("{path}/files/content?path=a.txt"))
        .header("content-type", "application/octet-stream")
        .body(Body::from("kept"));
    let file = quick
        .send(file.expect("a request"))
        .await
        .expect("an answer");
    assert!(file.status < 300, "{}", file.json());
    quick.kill().await;

    // So slow that the snapshot is not done when it is killed.
    let slow = at_speed(&state, "0.001").await;
    let (stop, wanted) = (format!("{path}/stop"), json!({"snapshot": true}));
    let stopped = slow.post(&stop, "s", &wanted).await;
    assert_eq!(stopped.expect("an answer").status, 202);
    let snapshots = format!("{path}/snapshots");
    assert_eq!(slow.get(&snapshots).await["data"][0]["status"], "pending");
    assert_eq!(slow.get(&path).await["status"], "stopping");
    slow.kill().await;

    let again = at_speed(&state, "20").await;
    let available = |list: &Value| list["data"][0]["status"] == "available";
    let list = until(&again, &snapshots, available).await;
    let snapshot = &list["data"][0];
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&snapshot["file_count"], &snapshot["size_bytes"]),
        (&json!(1), &json!(4))
    );
    until(&again, &path, |one| one["status"] == "stopped").await;
    let origin = json!({"type": "snapshot", "snapshot_id": snapshot["id"]});
    let copy = json!({"name": "copy", "origin": origin});
    let copy = again.post("/workspaces", "c", &copy).await;
    assert_eq!(copy.expect("an answer").status, 202);
}
