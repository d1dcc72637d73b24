//! Trouble that is asked for.

use std::process::Stdio;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Method;
use serde_json::Value;

use crate::program::{Answer, Process};

async fn ask(process: &Process, headers: &[(&str, &str)]) -> Answer {
    let mut request = process.request(Method::GET, "/plans");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    process.send(request).await.expect("an answer")
}

#[tokio::test]
async fn a_header_asks_for_an_error_so_many_times() {
    let process = Process::with(&[], Stdio::inherit()).await;
    let asked = ("x-sandbox-fault", "provider_unavailable; times=2");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = ask(&process, &[asked, ("idempotency-key", "k")]).await;
        if answer.status == 503 {
            let body: Value = answer.json();
            assert_eq!(body["name"], "provider_unavailable");
            assert_eq!(body["receipt"], answer.receipt());
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [503, 503, 200]);
    for (name, status) in [
        ("rate_limited", 429),
        ("payment_required", 402),
        ("nonsense", 200),
    ] {
        assert_eq!(
            ask(&process, &[("x-sandbox-fault", name)]).await.status,
            status
        );
    }
    let before = Instant::now();
    assert_eq!(
        ask(&process, &[("x-sandbox-delay", "200")]).await.status,
        200
    );
    assert!(before.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_flag_asks_for_trouble_on_every_request() {
    let args = ["--unavailable", "100", "--latency", "50-60"];
    let process = Process::with(&args, Stdio::inherit()).await;
    let before = Instant::now();
    let answer = ask(&process, &[]).await;
    assert_eq!(answer.status, 503);
    let retry = answer
        .headers
        .iter()
        .find(|(name, _)| name == "retry-after");
    assert_eq!(retry.map(|(_, value)| value.as_str()), Some("1"));
    assert!(before.elapsed() >= Duration::from_millis(50));
}
