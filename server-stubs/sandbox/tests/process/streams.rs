//! Many open streams of one server, which ends and comes back: what each costs, how long an event
//! takes to all of them, and that none of them misses one or gets one twice.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::program::Process;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_streams_miss_nothing_over_a_restart() {
    follow(200).await;
}

/// `cargo test --release -p exai-sandbox --test process ten_thousand -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes, and 10,000 open files"]
async fn ten_thousand_open_streams_miss_nothing_over_a_restart() {
    follow(10_000).await;
}

/// A client that follows the audit log.
struct Follower {
    lines: BufReader<TcpStream>,
    /// The sequences of the events that it got.
    got: Vec<u64>,
}

impl Follower {
    async fn open(process: &Process, got: Vec<u64>) -> Self {
        let socket = TcpStream::connect(process.address()).await;
        let mut lines = BufReader::with_capacity(2048, socket.expect("a connection"));
        let after = got.last().map(|last| format!("last-event-id: {last}\r\n"));
        let request = format!(
            "GET /v1/audit/tail HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {}\r\n{}\r\n",
            process.token,
            after.unwrap_or_default(),
        );
        let socket = lines.get_mut();
        socket
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut line = String::new();
        lines.read_line(&mut line).await.expect("an answer");
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        while line != "\r\n" {
            line.clear();
            lines.read_line(&mut line).await.expect("a header");
        }
        Self { lines, got }
    }

    /// Reads until it has so many events.
    async fn until(mut self, count: usize) -> Self {
        let mut line = String::new();
        while self.got.len() < count {
            line.clear();
            let read = self.lines.read_line(&mut line).await.expect("an event");
            assert!(read > 0, "the stream goes on");
            if let Some(data) = line.strip_prefix("data: ") {
                let event: Value = serde_json::from_str(data).expect("JSON");
                self.got.push(event["sequence"].as_u64().expect("a number"));
            }
        }
        self
    }
}

async fn write(process: &Process, number: u32) {
    let wait =
        json!({"type": "wait", "key": "w", "until": {"type": "duration", "duration": "PT0S"}});
    let plan = json!({"name": format!("plan {number}"), "nodes": [wait]});
    let answer = process
        .post("/plans", &format!("key-{number}"), &plan)
        .await;
    assert_eq!(answer.expect("an answer").status, 201);
}

async fn follow(count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let state = state.to_str().expect("text");
    let args = ["--unlimited", "--data", state];
    let first = Arc::new(Process::with(&args, Stdio::inherit()).await);
    write(&first, 0).await;
    let empty = first.resident().await;
    let mut followers = Vec::with_capacity(count);
    for _ in 0..count {
        followers.push(Follower::open(&first, Vec::new()).await);
    }
    // Each has been answered; the server may still be about to look for news.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let each = first.resident().await.saturating_sub(empty) / count;
    let begun = Instant::now();
    write(&first, 1).await;
    let followers = join_all(followers.into_iter().map(|one| one.until(1))).await;
    let took = begun.elapsed();
    for number in 2..5 {
        write(&first, number).await;
    }
    let followers = join_all(followers.into_iter().map(|one| one.until(4))).await;
    first.kill().await;
    let got: Vec<_> = followers.into_iter().map(|one| one.got).collect();

    let second = Arc::new(Process::with(&args, Stdio::inherit()).await);
    for number in 5..8 {
        write(&second, number).await;
    }
    let mut followers = Vec::with_capacity(count);
    for got in got {
        followers.push(Follower::open(&second, got).await);
    }
    write(&second, 8).await;
    for follower in join_all(followers.into_iter().map(|one| one.until(8))).await {
        assert_eq!(follower.got, [2, 3, 4, 5, 6, 7, 8, 9]);
    }
    println!(
        "{count} streams: {:.1} KiB each, an event in {} ms to all of them, none lost over a restart",
        each as f64 / 1024.0,
        took.as_millis(),
    );
}
