//! The audit log: followed, exported, delivered.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use crate::support::Client;
use crate::{plan, text, until};

const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A request that a collector was sent.
#[derive(Clone)]
struct Got {
    path: String,
    headers: HeaderMap,
    body: String,
}

/// What takes entries.
#[derive(Clone)]
struct Collector {
    got: Arc<Mutex<Vec<Got>>>,
    status: Arc<Mutex<StatusCode>>,
    url: String,
}

impl Collector {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let collector = Self {
            got: Arc::default(),
            status: Arc::new(Mutex::new(StatusCode::OK)),
            url: format!("https://{}", listener.local_addr().expect("an address")),
        };
        let router = Router::new().fallback(take).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        collector
    }

    fn answers(&self, status: StatusCode) {
        *self.status.lock().expect("held") = status;
    }

    /// The entries that were taken, an entry a line.
    fn taken(&self) -> Vec<Value> {
        let got = self.got.lock().expect("held");
        let lines = got.iter().flat_map(|one| one.body.lines());
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

async fn take(
    State(collector): State<Collector>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let status = *collector.status.lock().expect("held");
    if status.is_success() {
        collector.got.lock().expect("held").push(Got {
            path: uri.path().to_owned(),
            headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        });
    }
    (status, "said")
}

async fn stream(client: &Client, sink: Value) -> Value {
    let body = json!({"name": "siem", "sink": sink});
    let made = client.call("createAuditStream", &[], "", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:#}", made.json);
    made.json
}

/// Waits until something holds.
async fn holds(mut what: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if what().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not come to be");
}

#[tokio::test]
async fn entries_are_delivered_in_order_and_signed_until_a_sink_takes_them() {
    let client = Client::delivering();
    plan(&client).await;
    let collector = Collector::start().await;
    let sink = json!({"type": "https", "url": collector.url, "signing_secret": SECRET,
        "headers": {"x-own": "yes"}});
    let made = stream(&client, sink).await;
    assert!(!made.to_string().contains(SECRET) && made["sink"]["headers"].is_null());
    let id = text(&made, "/id");
    plan(&client).await;
    holds(async || collector.taken().len() >= 2).await;
    let kinds = |taken: &[Value]| -> Vec<String> {
        taken
            .iter()
            .map(|entry| text(entry, "/action").to_owned())
            .collect()
    };
    let expected = ["audit_stream.created", "plan.created"];
    assert_eq!(
        kinds(&collector.taken()),
        expected,
        "from now on, not what was before"
    );
    let got = collector.got.lock().expect("held")[0].clone();
    assert_eq!(got.headers["content-type"], "application/x-ndjson");
    assert_eq!(got.headers["x-own"], "yes");
    let header = |name: &str| got.headers[name].to_str().expect("text").to_owned();
    let at = header("webhook-timestamp").parse().expect("a number");
    let body = got.body.as_bytes();
    let signature = exai_runtime::webhooks::signature(SECRET, &header("webhook-id"), at, body);
    assert_eq!(header("webhook-signature"), signature);

    collector.answers(StatusCode::SERVICE_UNAVAILABLE);
    plan(&client).await;
    let failing = until(&client, "getAuditStream", id, &["failing"]).await;
    assert_eq!(failing.json["last_fault"]["status"], 503);
    collector.answers(StatusCode::OK);
    let active = until(&client, "getAuditStream", id, &["active"]).await;
    assert_eq!(active.json["delivered_count"], 3);
    assert_eq!(
        kinds(&collector.taken()).last().map(String::as_str),
        Some("plan.created")
    );

    let pause = json!({"status": "paused"});
    client.call("updateAuditStream", &[id], "", pause).await;
    plan(&client).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let before = collector.taken().len();
    let test = client.call("testAuditStream", &[id], "", Value::Null).await;
    assert_eq!(
        test.json["delivered"], true,
        "a paused stream is tested, too"
    );
    assert_eq!(text(&test.json, "/response"), "said");
    assert_eq!(collector.taken().len(), before + 1);
    let resume = json!({"status": "active"});
    client.call("updateAuditStream", &[id], "", resume).await;
    holds(async || collector.taken().len() >= before + 5).await;
    let taken = collector.taken();
    let sequences = taken.iter().filter_map(|one| one["sequence"].as_i64());
    let sequences: Vec<_> = sequences.filter(|number| *number > 0).collect();
    assert!(
        sequences.windows(2).all(|pair| pair[0] + 1 == pair[1]),
        "{sequences:?}"
    );
    let gone = client
        .call("deleteAuditStream", &[id], "", Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn splunk_gets_events_of_its_collector_and_keeps_its_token() {
    let client = Client::delivering();
    plan(&client).await;
    let collector = Collector::start().await;
    let sink = json!({"type": "splunk_hec", "url": collector.url, "index": "exai", "token": "tkn"});
    let body = json!({"name": "splunk", "sink": sink, "start_from": "2020-01-01T00:00:00Z",
        "filter": {"actions": ["plan.created"]}});
    let made = client.call("createAuditStream", &[], "", body).await;
    let id = text(&made.json, "/id");
    holds(async || !collector.got.lock().expect("held").is_empty()).await;
    let other = json!({"sink": {"type": "splunk_hec", "url": collector.url, "index": "other"}});
    let changed = client.call("updateAuditStream", &[id], "", other).await;
    assert_eq!(
        changed.status,
        StatusCode::OK,
        "the token is the one before"
    );
    plan(&client).await;
    holds(async || collector.got.lock().expect("held").len() >= 2).await;
    let got = collector.got.lock().expect("held").clone();
    let last = &got[got.len() - 1];
    assert_eq!(last.path, "/services/collector/event");
    assert_eq!(last.headers["authorization"], "Splunk tkn");
    let event: Value = serde_json::from_str(&last.body).expect("one event");
    assert_eq!(
        (&event["index"], &event["sourcetype"]),
        (&json!("other"), &json!("exai:audit"))
    );
    assert_eq!(event["event"]["action"], "plan.created");
    let first: Value = serde_json::from_str(&got[0].body).expect("one event");
    assert_eq!(
        first["event"]["sequence"], 1,
        "what was before is delivered as asked"
    );
}

#[tokio::test]
async fn a_sink_without_its_secret_or_in_a_private_network_is_refused() {
    let client = Client::open();
    let splunk = "https://splunk.example.com";
    for (sink, pointer) in [
        (
            json!({"type": "splunk_hec", "url": splunk, "index": "i"}),
            "/sink/token",
        ),
        (
            json!({"type": "datadog", "site": "datadoghq.eu"}),
            "/sink/api_key",
        ),
        (
            json!({"type": "https", "url": "https://10.0.0.7/in"}),
            "/sink/url",
        ),
        (
            json!({"type": "https", "url": "https://localhost/in"}),
            "/sink/url",
        ),
    ] {
        let body = json!({"name": "siem", "sink": sink});
        let refused = client.call("createAuditStream", &[], "", body).await;
        assert_eq!(refused.status, REFUSED);
        assert_eq!(text(&refused.json, "/details/0/pointer"), pointer);
    }
    let role = "arn:aws:iam::123456789012:role/exai-audit";
    let bucket = json!({"type": "s3", "bucket": "b", "region": "eu-west-1", "role_arn": role});
    let made = stream(&client, bucket).await;
    let id = text(&made, "/id");
    let failing = until(&client, "getAuditStream", id, &["failing"]).await;
    assert!(text(&failing.json, "/last_fault/message").contains("role"));
    let listed = client
        .call("listAuditStreams", &[], "?status=failing", Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/id"), id);
}

#[tokio::test]
async fn a_range_of_the_log_is_exported_as_lines() {
    let client = Client::slow();
    plan(&client).await;
    plan(&client).await;
    let range = |since: &str, until: &str| json!({"since": since, "until": until});
    for wrong in [
        range("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        range("2026-01-01T00:00:00Z", "2100-01-01T00:00:00Z"),
        range("2024-01-01T00:00:00Z", "2025-06-01T00:00:00Z"),
    ] {
        let refused = client.call("createAuditExport", &[], "", wrong).await;
        assert_eq!(refused.status, REFUSED);
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    let now = jiff::Timestamp::now();
    let day = now - jiff::SignedDuration::from_hours(24);
    let asked = range(&day.to_string(), &now.to_string());
    let export = client.call("createAuditExport", &[], "", asked).await;
    let id = text(&export.json, "/id");
    let early = client
        .call("downloadAuditExport", &[id], "", Value::Null)
        .await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    let done = until(&client, "getAuditExport", id, &["succeeded"]).await;
    assert_eq!(done.json["event_count"], 2);
    let lines = client
        .call("downloadAuditExport", &[id], "", Value::Null)
        .await;
    assert_eq!(done.json["size_bytes"], lines.bytes.len());
    assert_eq!(lines.bytes.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[tokio::test]
async fn the_log_is_followed_and_its_receipts_are_checked() {
    let client = Client::open();
    let writing = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        plan(&client).await;
        plan(&client).await;
    };
    let following = client.follow("tailAuditEvents", "?action=plan.created", 2);
    let (followed, ()) = tokio::join!(following, writing);
    assert_eq!(followed[1]["previous_hash"], followed[0]["hash"]);
    let receipt = text(&followed[0], "/receipt");
    let verdict = client
        .call("verifyReceipt", &[receipt], "", Value::Null)
        .await;
    assert_eq!(verdict.json["valid"], true);
    assert_eq!(verdict.json["computed_hash"], verdict.json["recorded_hash"]);
    let none = "rcp_01JZZZZZZZZZZZZZZZZZZZZZZZ";
    let none = client.call("verifyReceipt", &[none], "", Value::Null).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
