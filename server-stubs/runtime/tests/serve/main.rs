//! The server over real connections: what clients cannot take of it, and how it ends.

#![cfg(test)]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use exai_runtime::{Bounds, serve};
use futures::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const SOON: Duration = Duration::from_millis(200);

/// A server that runs.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

impl Running {
    async fn start(change: impl FnOnce(&mut Bounds)) -> Self {
        let mut bounds = Bounds::default();
        change(&mut bounds);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            serve(listener, app(), bounds, stopped).await
        });
        Self {
            address,
            stop,
            ended,
        }
    }

    /// A connection that has sent this.
    async fn send(&self, request: impl AsRef<[u8]>) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(request.as_ref()).await.unwrap();
        socket
    }

    async fn get(&self, path: &str) -> TcpStream {
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
        self.send(request).await
    }

    async fn is_up(&self) {
        assert!(rest(self.get("/").await).await.ends_with("here"));
    }
}

fn app() -> Router {
    let slow = || async {
        tokio::time::sleep(SOON).await;
        "done"
    };
    Router::new()
        .route("/", get(|| async { "here" }))
        .route("/slow", get(slow))
        .route("/ticks", get(ticks))
        .route("/length", post(length))
        .route("/endless", get(endless))
}

/// An event every few milliseconds, for ever.
async fn ticks() -> Response {
    let ticks = stream::iter(0_u64..).then(|number| async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok::<_, std::io::Error>(format!("id: {number}\ndata: {{\"number\":{number}}}\n\n"))
    });
    let kind = [("content-type", "text/event-stream; charset=utf-8")];
    (kind, Body::from_stream(ticks)).into_response()
}

/// How long the body is; 400 for one that is cut off.
async fn length(body: Body) -> Response {
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes.len().to_string().into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn endless() -> Body {
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    Body::from_stream(stream::repeat_with(move || {
        Ok::<_, std::io::Error>(piece.clone())
    }))
}

/// What comes until the server closes the connection.
async fn rest(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut bytes));
    // A connection that is reset is closed, too.
    let _ = read.await.expect("the connection is closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_head_that_does_not_come_closes_the_connection() {
    let server = Running::start(|bounds| bounds.head_time = SOON).await;
    for head in ["", "GET / HTTP/1.1\r\nhost: he"] {
        let answer = rest(server.send(head).await).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
    server.is_up().await;
}

#[tokio::test]
async fn a_head_that_is_too_long_is_a_431() {
    let server = Running::start(|_| ()).await;
    let long = format!(
        "GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\nx: {}\r\n\r\n",
        "y".repeat(100_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nhost: here\r\n{}\r\n",
        "x: y\r\n".repeat(200)
    );
    for request in [long, many] {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        // The server may close before all of it is written.
        let _ = socket.write_all(request.as_bytes()).await;
        let answer = rest(socket).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
    }
    server.is_up().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_cut_off_and_a_long_one_is_not() {
    let server = Running::start(|bounds| bounds.body_time = SOON).await;
    let head = "POST /length HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: ";
    let stalled = server.send(format!("{head}10\r\n\r\nfour")).await;
    assert!(rest(stalled).await.starts_with("HTTP/1.1 400"));

    let mut dripping = server.send(format!("{head}1000\r\n\r\n")).await;
    let drip = async {
        while dripping.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let cut = tokio::time::timeout(Duration::from_secs(10), drip).await;
    assert!(
        cut.is_ok(),
        "a byte now and then does not hold a connection"
    );

    let mut long = server.send(format!("{head}3000\r\n\r\n")).await;
    for _ in 0..3 {
        long.write_all(&[b'x'; 1000]).await.unwrap();
        tokio::time::sleep(SOON * 3 / 4).await;
    }
    assert!(
        rest(long).await.ends_with("\r\n\r\n3000"),
        "what comes along is waited for"
    );
    server.is_up().await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_closes_the_connection() {
    let server = Running::start(|bounds| {
        bounds.write_time = SOON;
        bounds.connections = 1;
    })
    .await;
    let reading_nothing = server.get("/endless").await;
    // There is room for one connection: this is served once the other is closed.
    let next = rest(server.get("/").await).await;
    assert!(next.ends_with("here"), "{next}");
    drop(reading_nothing);
}

#[tokio::test]
async fn connections_beyond_the_bound_wait() {
    let server = Running::start(|bounds| bounds.connections = 1).await;
    let (first, second) = (server.get("/slow").await, server.get("/").await);
    let before = std::time::Instant::now();
    assert!(rest(second).await.ends_with("here"));
    assert!(before.elapsed() >= SOON / 2, "it has waited for the first");
    assert!(rest(first).await.ends_with("done"));
}

#[tokio::test]
async fn stopped_it_finishes_what_runs_and_ends_streams_behind_an_event() {
    let server = Running::start(|_| ()).await;
    let (slow, mut ticks) = (server.get("/slow").await, server.get("/ticks").await);
    let mut begun = [0; 512];
    let read = ticks.read(&mut begun).await.unwrap();
    assert!(begun[..read].starts_with(b"HTTP/1.1 200"));
    tokio::time::sleep(SOON / 4).await;
    server.stop.send(()).unwrap();
    let text = rest(ticks).await;
    assert!(
        text.ends_with("}\n\n\r\n0\r\n\r\n"),
        "a whole event, and a whole body: {text}"
    );
    assert!(rest(slow).await.ends_with("done"));
    server.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn what_does_not_end_is_cut_off_in_the_end() {
    let server = Running::start(|bounds| bounds.drain = SOON).await;
    let mut endless = server.get("/endless").await;
    let mut piece = [0; 1024];
    assert!(endless.read(&mut piece).await.unwrap() > 0);
    server.stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), server.ended).await;
    ended.expect("in time").unwrap().unwrap();
}
