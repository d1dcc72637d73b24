//! A keyed write runs once, whatever the client and the server go through.

mod kept;
mod runs;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use exai_runtime::{IdempotencyKey, Promises, Receipt};
use futures::stream;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::world::{Answer, request};

/// What a handler does, and how often it did.
pub(crate) struct Work {
    runs: AtomicU32,
    /// A run begins.
    started: Semaphore,
    /// A run may end.
    go: Semaphore,
}

impl Work {
    pub(crate) fn new(go: usize) -> Arc<Self> {
        Arc::new(Self {
            runs: AtomicU32::new(0),
            started: Semaphore::new(0),
            go: Semaphore::new(go),
        })
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(SeqCst)
    }

    pub(crate) async fn started(&self) {
        self.started.acquire().await.unwrap().forget();
    }

    pub(crate) fn go(&self) {
        self.go.add_permits(1);
    }
}

/// Freely many runs.
const FREE: usize = 10_000;

async fn write(
    State(work): State<Arc<Work>>,
    Extension(receipt): Extension<Receipt>,
    Extension(key): Extension<IdempotencyKey>,
    body: Bytes,
) -> Response {
    let run = work.runs.fetch_add(1, SeqCst) + 1;
    work.started.add_permits(1);
    work.go.acquire().await.unwrap().forget();
    match &*body {
        b"fail" => return (StatusCode::UNPROCESSABLE_ENTITY, "no").into_response(),
        b"fail once" if run == 1 => return (StatusCode::BAD_GATEWAY, "no").into_response(),
        b"panic" => panic!("at run {run}"),
        _ => {}
    }
    receipt.set_run(format!("run_{run}"));
    assert!(!key.is_repeated());
    let digest = format!("{:?}", Sha256::digest(&body));
    let body = format!("run {run}, {} bytes, {digest}\0", body.len());
    let mut response = (StatusCode::CREATED, body).into_response();
    let headers = response.headers_mut();
    let location = HeaderName::from_static("location");
    headers.insert(location, HeaderValue::from_static("/runs/1"));
    let trail = HeaderName::from_static("x-trail");
    headers.append(
        trail.clone(),
        HeaderValue::from_bytes(b"b: \xff\xe9").unwrap(),
    );
    headers.append(trail, HeaderValue::from_static("a"));
    response
}

async fn exec(
    State(work): State<Arc<Work>>,
    Extension(key): Extension<IdempotencyKey>,
) -> Response {
    if !key.is_repeated() {
        work.runs.fetch_add(1, SeqCst);
    }
    let repeated = key.is_repeated();
    let events = stream::iter((0..3).map(move |event| {
        let line = format!("data: {event} {repeated}\n\n");
        Ok::<_, std::io::Error>(line)
    }));
    let body = Body::from_stream(events);
    ([("content-type", "text/event-stream")], body).into_response()
}

pub(crate) fn app(promises: &Promises, work: &Arc<Work>) -> Router {
    let api = Router::new()
        .route("/runs", post(write))
        .route("/runs/{p0}/decision", post(write))
        .route("/runs/{p0}/exec", post(exec))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(work.clone());
    Router::new().nest("/v1", api).layer(promises.clone())
}

fn keyed(path: &str, token: &str, key: &str, body: impl Into<Body>) -> Request<Body> {
    let mut request = request("POST", path, Some(token)).map(|_| body.into());
    let headers = request.headers_mut();
    headers.insert("idempotency-key", key.parse().unwrap());
    headers.insert("content-type", HeaderValue::from_static("text/plain"));
    request
}

/// The answer but for what the layers say anew each time.
fn lasting(mut answer: Answer) -> Answer {
    for name in [
        "idempotent-replayed",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ] {
        answer.headers.remove(name);
    }
    answer
}
