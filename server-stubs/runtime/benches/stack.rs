//! What the promises cost: requests a second of a bare axum handler and of the same handler behind
//! the whole stack, side by side in one run, over HTTP on loopback.
//!
//! `cargo bench -p exai-runtime`. Client and server share the machine; each round asks all of them
//! in turn, and the ratios are medians over the rounds.

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot run says so and ends"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use exai_runtime::{
    Bounds, Bucket, Caller, Embedded, Limits, Operation, Operations, Promises, Secret, Tokens,
    Unit, serve,
};
use redb::TableDefinition;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 128;
const ROUND: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;
const TOKEN: &str = "sk_test_0123456789abcdef0123456789abcdef";
const RUN: &str = r#"{"id":"run_01JB8Z6Q4M2N7T5V9X1C3E5G7H","status":"succeeded","plan_id":"pln_01JB8Z6Q4M2N7T5V9X1C3E5G7H","labels":{"team":"web"},"created_at":"2026-01-02T09:00:00Z"}"#;
const RUNS: TableDefinition<u64, &[u8]> = TableDefinition::new("runs");

/// The business: reads answer what is there, writes put a row into a file.
fn api(keep: bool) -> Router {
    let next = Arc::new(AtomicU64::new(0));
    let write = move |body: Bytes| async move {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if let (true, Some(unit)) = (keep, Unit::current()) {
            unit.write(move |transaction| {
                transaction.open_table(RUNS)?.insert(number, &*body)?;
                Ok(())
            });
        }
        (
            StatusCode::ACCEPTED,
            [("content-type", "application/json")],
            RUN,
        )
    };
    let read = || async { ([("content-type", "application/json")], RUN) };
    Router::new()
        .route("/runs/{id}", get(read))
        .route("/runs", post(write))
}

fn stack(file: Embedded, receipts_in_memory: bool) -> Router {
    let operation = |id, method, path, route, keyed| Operation {
        id,
        method,
        path,
        route,
        keyed,
        security: &[&["orgToken"]],
        long_running: false,
        streams: false,
        cost: 1,
    };
    let operations = Operations::new([
        operation("getRun", "GET", "/runs/{run_id}", "/runs/{id}", None),
        operation(
            "startRun",
            "POST",
            "/runs",
            "/runs",
            Some(("Idempotency-Key", true)),
        ),
    ]);
    let tokens = Arc::new(Tokens::new());
    let caller = Caller::service("org_1", "orgToken", "tok_1", "bench");
    tokens.insert(&Secret::new(TOKEN), caller, None);
    let wide = Bucket {
        per_minute: 1_000_000_000,
        room: 1_000_000_000,
    };
    let limits = Limits {
        org: wide,
        token: wide,
    };
    let promises = Promises::new(operations, tokens).limits(limits);
    let promises = match receipts_in_memory {
        true => promises,
        false => promises.receipts(Arc::new(file.clone())),
    };
    api(true).layer(promises.idempotency(Arc::new(file)))
}

async fn start(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(
        listener,
        app,
        Bounds::default(),
        std::future::pending(),
    ));
    address
}

/// Asks over and over on a connection; how often.
async fn ask(address: SocketAddr, writes: bool, until: Instant, keys: Arc<AtomicU64>) -> u64 {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.set_nodelay(true).expect("no delay");
    let mut answer = vec![0; 4096];
    let mut count = 0;
    while Instant::now() < until {
        let request = match writes {
            true => {
                let key = keys.fetch_add(1, Ordering::Relaxed);
                format!(
                    "POST /runs HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {TOKEN}\r\n\
                     idempotency-key: key-{key}\r\ncontent-type: application/json\r\n\
                     content-length: {}\r\n\r\n{RUN}",
                    RUN.len()
                )
            }
            false => format!(
                "GET /runs/run_1 HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
            ),
        };
        socket
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut got = 0;
        while !(got > RUN.len() && answer[..got].ends_with(RUN.as_bytes())) {
            let read = socket.read(&mut answer[got..]).await.expect("an answer");
            assert!(read > 0, "{}", String::from_utf8_lossy(&answer[..got]));
            got += read;
        }
        count += 1;
    }
    count
}

/// Requests a second.
async fn rate(address: SocketAddr, writes: bool, keys: &Arc<AtomicU64>) -> f64 {
    let begun = Instant::now();
    let asking: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(ask(address, writes, begun + ROUND, keys.clone())))
        .collect();
    let mut count = 0;
    for asked in asking {
        count += asked.await.expect("it is answered");
    }
    count as f64 / begun.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name| Embedded::open(folder.path().join(name)).expect("a file");
    let bare = start(api(false)).await;
    let kept = start(stack(open("kept"), false)).await;
    let light = start(stack(open("light"), true)).await;
    let keys = Arc::new(AtomicU64::new(0));
    for (what, writes) in [("read", false), ("keyed write", true)] {
        let (mut base, mut whole, mut memory) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let of = rate(bare, writes, &keys).await;
            base.push(of);
            whole.push(rate(kept, writes, &keys).await / of);
            memory.push(rate(light, writes, &keys).await / of);
        }
        println!(
            "{what}: bare {:.0}/s; whole stack, everything in the file: {:.2}; receipts in memory: {:.2}",
            median(base),
            median(whole),
            median(memory),
        );
    }
}
