//! A small API behind the layers, and how the tests speak to it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Extension, Json, Router};
use exai_runtime::{
    Caller, ManualClock, MemoryReceipts, Operation, Operations, Promises, Receipt, Secret, Tokens,
};
use futures::StreamExt;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const ORG: &str = "sk_test_org1aaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const USER: &str = "usr_test_ada1aaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const OTHER: &str = "sk_test_org2bbbbbbbbbbbbbbbbbbbbbbbb";

const EITHER: &[&[&str]] = &[&["orgToken"], &["userToken"]];

const fn operation(
    id: &'static str,
    method: &'static str,
    path: &'static str,
    route: &'static str,
) -> Operation {
    Operation {
        id,
        method,
        path,
        route,
        keyed: None,
        security: EITHER,
        long_running: false,
        streams: false,
        cost: 1,
    }
}

pub(crate) fn operations() -> Operations {
    const KEY: Option<(&str, bool)> = Some(("Idempotency-Key", true));
    Operations::new([
        Operation {
            keyed: KEY,
            long_running: true,
            ..operation("startRun", "POST", "/runs", "/runs")
        },
        operation("getRun", "GET", "/runs/{run_id}", "/runs/{p0}"),
        operation("deleteRun", "DELETE", "/runs/{run_id}", "/runs/{p0}"),
        Operation {
            keyed: KEY,
            streams: true,
            ..operation("exec", "POST", "/runs/{run_id}/exec", "/runs/{p0}/exec")
        },
        operation("panicAtIt", "GET", "/panics", "/panics"),
        operation("failAtIt", "GET", "/fails/{code}", "/fails/{p0}"),
        Operation {
            keyed: KEY,
            security: &[&["userToken"]],
            ..operation(
                "decide",
                "POST",
                "/runs/{run_id}/decision",
                "/runs/{p0}/decision",
            )
        },
        Operation {
            cost: 10,
            ..operation("dear", "GET", "/dear", "/dear")
        },
        Operation {
            security: &[],
            ..operation("health", "GET", "/health", "/health")
        },
    ])
}

/// The layers' parts, for a look at them.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) receipts: Arc<MemoryReceipts>,
    pub(crate) promises: Promises,
}

pub(crate) fn world() -> World {
    let clock = Arc::new(ManualClock::new("2026-01-02T09:30:00Z".parse().unwrap()));
    let tokens = Arc::new(Tokens::new());
    let receipts = Arc::new(MemoryReceipts::new());
    tokens.insert(&Secret::new(ORG), org("org_1", "tok_1"), None);
    tokens.insert(&Secret::new(OTHER), org("org_2", "tok_2"), None);
    let ada = Caller::person("org_1", "userToken", "tok_3", "usr_ada", "Ada Byron");
    tokens.insert(&Secret::new(USER), ada.with_role("approver"), None);
    let promises = Promises::new(operations(), tokens.clone())
        .receipts(receipts.clone())
        .clock(clock.clone())
        .report(|_| {});
    World {
        clock,
        tokens,
        receipts,
        promises,
    }
}

fn org(org: &str, token: &str) -> Caller {
    Caller::service(org, "orgToken", token, "a service")
}

/// The API itself, without its layers.
pub(crate) fn api() -> Router {
    Router::new()
        .route("/runs", post(start_run))
        .route("/runs/{p0}", get(async || Json(json!({"id": "run_7"}))))
        .route("/runs/{p0}", delete(async || StatusCode::NO_CONTENT))
        .route("/runs/{p0}/decision", post(whoami))
        .route("/dear", get(async || "dear"))
        .route("/health", get(async || "well"))
        .route("/panics", get(panic_at_it))
        .route("/fails/{p0}", get(fail_at_it))
        .route("/forgotten", get(async || "secret"))
        .fallback(async || (StatusCode::NOT_FOUND, "axum's own words"))
}

async fn start_run(Extension(receipt): Extension<Receipt>) -> (StatusCode, Json<Value>) {
    receipt.set_run("run_8");
    receipt.set_event("evt_9");
    (StatusCode::ACCEPTED, Json(json!({"id": "run_8"})))
}

async fn whoami(Extension(caller): Extension<Caller>) -> Json<Value> {
    Json(json!({
        "org": caller.org, "user": caller.user(), "role": caller.role, "scheme": caller.scheme,
    }))
}

async fn panic_at_it() -> StatusCode {
    panic!("no such table: passwords")
}

async fn fail_at_it(path: axum::extract::Path<u16>) -> Response {
    if path.0 == 507 {
        let body = futures::stream::poll_fn(|_| panic!("no more disk for passwords"));
        let body = body.map(|chunk: String| Ok::<_, std::io::Error>(chunk));
        let json = ("content-type", "application/json");
        return (
            StatusCode::INSUFFICIENT_STORAGE,
            [json],
            Body::from_stream(body),
        )
            .into_response();
    }
    let own = path.0 == 418;
    let body = if own {
        json!({"code": 418, "name": "teapot", "message": "short and stout", "extra": [1.50]})
    } else {
        json!({"error": "SELECT * FROM passwords"})
    };
    Response::builder()
        .status(path.0)
        .header("content-type", "application/json; charset=utf-8")
        .header("content-length", body.to_string().len())
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// An answer, read to its end.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    pub(crate) fn receipt(&self) -> &str {
        self.header("x-exai-receipt").unwrap()
    }
}

pub(crate) fn request(method: &str, path: &str, token: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::empty()).unwrap()
}

/// Sends a request; one that nobody answers fails the test.
pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    let answered = tokio::time::timeout(Duration::from_secs(30), app.clone().oneshot(request));
    let (parts, body) = answered.await.unwrap().unwrap().into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}
