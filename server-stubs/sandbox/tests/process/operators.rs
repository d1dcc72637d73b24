//! What operators see, and how a process ends that is asked to.

use std::process::Stdio;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::program::Process;

#[tokio::test]
async fn metrics_and_logs_tell_of_requests_and_of_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).expect("a file");
    let process = Process::with(&["--admin-port", "0", "--log", "info"], file.into()).await;
    let plan = json!({"name": "p", "nodes": [{"type": "wait", "key": "w", "until": {"type": "duration", "duration": "PT0S"}}]});
    let made = process
        .post("/plans", "a-key", &plan)
        .await
        .expect("an answer");
    process
        .post("/plans", "a-key", &plan)
        .await
        .expect("a replay");
    let other = json!({"name": "q", "nodes": []});
    process
        .post("/plans", "a-key", &other)
        .await
        .expect("a conflict");
    process.get("/nothing/here").await;

    let (status, metrics) = process.page("/metrics").await;
    assert_eq!(status, 200);
    for expected in [
        "http_server_request_duration_seconds_count{operation=\"createPlan\",method=\"POST\",status=\"201\"} 2",
        "http_server_request_duration_seconds_count{operation=\"createPlan\",method=\"POST\",status=\"409\"} 1",
        "http_server_request_duration_seconds_count{operation=\"none\",method=\"GET\",status=\"404\"} 1",
        "idempotency_requests_total{outcome=\"replayed\"} 1",
        "http_server_active_requests{operation=\"createPlan\"} 0",
    ] {
        assert!(metrics.contains(expected), "no {expected} in {metrics}");
    }
    assert_eq!(process.page("/livez").await.0, 204);
    assert_eq!(process.page("/readyz").await.0, 204);

    let told = std::fs::read_to_string(&log).expect("a log");
    assert!(
        told.contains("createPlan") && told.contains(made.receipt()),
        "{told}"
    );
    assert!(told.contains("http.response.status_code=409"), "{told}");
    assert!(told.contains("error.type=\"conflict\""), "{told}");
    for secret in [process.token.as_str(), "a-key"] {
        assert!(!told.contains(secret) && !metrics.contains(secret));
    }
}

#[tokio::test]
async fn asked_to_end_it_ends_streams_and_itself() {
    let process = Process::with(&[], Stdio::inherit()).await;
    let follow = process
        .request(Method::GET, "/audit/tail")
        .body(Body::empty());
    let following = process.send(follow.expect("a request"));
    let ending = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        process.terminate().await;
    };
    let (followed, ()) = tokio::join!(following, ending);
    let followed = followed.expect("a whole answer, not one that is cut off");
    assert_eq!(followed.status, 200);
    assert!(process.ended().await.success());
}
