//! What clients are measured against: every answer is made before it is asked for, so that the
//! clock of a client's process counts the client.
//!
//! Prints `EXAI_BENCH_URL=http://127.0.0.1:PORT/v1` and serves until it is killed.

mod bodies;
mod events;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use self::bodies::Bodies;

type Shared = State<Arc<Bodies>>;

/// What a stream of events is asked for by.
#[derive(Debug, Deserialize)]
struct Wanted {
    /// How many events before the last one.
    events: Option<usize>,
    /// Instead: an event each so many milliseconds, without an end.
    every_ms: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bodies = Arc::new(Bodies::read()?);
    let port = std::env::args().nth(1).unwrap_or_else(|| "0".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("EXAI_BENCH_URL=http://{}/v1", listener.local_addr()?);
    let api = Router::new()
        .route("/runs/{id}", get(run))
        .route("/runs/{id}/events", get(run_events))
        .route("/agents", get(agents))
        .route("/files/{id}", get(file))
        .route("/files", get(files))
        .route("/chat/completions", post(chat));
    axum::serve(listener, Router::new().nest("/v1", api).with_state(bodies)).await?;
    Ok(())
}

async fn run(State(bodies): Shared) -> Response {
    json(bodies.run.clone())
}

async fn agents(State(bodies): Shared) -> Response {
    json(bodies.agents.clone())
}

async fn file(State(bodies): Shared) -> Response {
    json(bodies.file.clone())
}

async fn files(State(bodies): Shared) -> Response {
    json(bodies.files.clone())
}

async fn run_events(State(bodies): Shared, Query(wanted): Query<Wanted>) -> Response {
    match wanted.every_ms {
        Some(pause) => events::endless(bodies.event.clone(), pause),
        None => events::counted(
            &bodies.event,
            wanted.events.unwrap_or(1000),
            &bodies.last_event,
        ),
    }
}

/// A stream as OpenAI's SDKs read it; the header `X-Events` says how many chunks. The body is read,
/// so that the connection is not reset while a client writes it.
async fn chat(State(bodies): Shared, headers: HeaderMap, _: bytes::Bytes) -> Response {
    let count = headers
        .get("x-events")
        .and_then(|value| value.to_str().ok());
    let count = count.and_then(|text| text.parse().ok()).unwrap_or(1000);
    events::counted(&bodies.chunk, count, "data: [DONE]\n\n")
}

fn json(body: bytes::Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/json"),
        ("x-exai-receipt", "rcp_01JB8Z6Q4M2N7T5V9X1C3E5G7H"),
        ("x-ratelimit-remaining", "1990"),
        ("x-ratelimit-reset", "1767348001"),
    ];
    (headers, body).into_response()
}
