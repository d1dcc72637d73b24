//! Over a real connection: clients at once, and clients that leave.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::idempotency::{Work, app};
use crate::world::{ORG, world};

/// Serves the API on a port of its own, until the test ends.
async fn serve(work: &Arc<Work>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app(&world().promises, work);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Sends one request on a connection of its own.
async fn ask(address: SocketAddr, key: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /v1/runs HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         authorization: Bearer {ORG}\r\nidempotency-key: {key}\r\n\
         content-type: text/plain\r\ncontent-length: 4\r\n\r\nbody"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

/// Reads an answer to its end: its header lines and its body.
async fn answer(mut connection: TcpStream) -> (Vec<String>, String) {
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let lines = head.split("\r\n").map(str::to_owned).collect();
    (lines, body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_runs_and_all_get_its_answer() {
    let work = Work::new(0);
    let address = serve(&work).await;
    let mut asking = Vec::new();
    for _ in 0..40 {
        asking.push(ask(address, "k").await);
    }
    work.started().await;
    work.go();
    let mut answers = HashSet::new();
    let mut replays = 0;
    for connection in asking {
        let (lines, body) = answer(connection).await;
        assert_eq!(lines[0], "HTTP/1.1 201 Created");
        replays += lines
            .iter()
            .filter(|line| *line == "idempotent-replayed: true")
            .count();
        // These alone differ: they say what is true now.
        let now = ["idempotent-replayed", "x-ratelimit-", "date"];
        let mut lasting: Vec<String> = lines
            .into_iter()
            .filter(|line| !now.iter().any(|name| line.starts_with(name)))
            .collect();
        lasting.sort_unstable();
        assert!(
            lasting
                .iter()
                .any(|line| line.starts_with("x-exai-receipt: rcp_"))
        );
        answers.insert((lasting, body));
    }
    assert_eq!((work.runs(), replays, answers.len()), (1, 39, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_finds_its_answer_when_it_comes_back() {
    let work = Work::new(0);
    let address = serve(&work).await;
    let leaving = ask(address, "k").await;
    work.started().await;
    drop(leaving);
    let again = ask(address, "k").await;
    let second = tokio::time::timeout(Duration::from_millis(300), work.started());
    assert!(second.await.is_err(), "it ran again");
    work.go();
    let (lines, body) = answer(again).await;
    assert!(
        lines.contains(&"idempotent-replayed: true".to_owned()),
        "{lines:?}"
    );
    assert!(body.starts_with("run 1, 4 bytes"), "{body}");
    assert_eq!(work.runs(), 1);
}
