//! Requests that no client of good will sends: the server stays up, says nothing of itself, and
//! holds no memory for them.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::program::Process;

/// What the server has to say to these bytes, until it closes the connection.
async fn say(process: &Process, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(process.address())
        .await
        .expect("a connection");
    // It may have heard enough before the end.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer));
    let _ = read.await.expect("the connection is closed");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A request with a token that asks for the connection to be closed.
fn request(process: &Process, line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let token = &process.token;
    let head = format!(
        "{line}\r\nhost: here\r\nconnection: close\r\nauthorization: Bearer {token}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn post(process: &Process, headers: &str, body: &[u8]) -> Vec<u8> {
    let headers = format!(
        "content-type: application/json\r\nidempotency-key: k{}\r\n{headers}",
        body.len()
    );
    request(process, "POST /v1/plans HTTP/1.1", &headers, body)
}

/// One refusal, in the envelope if anything is said at all.
fn refused(name: &str, answer: &str) {
    if answer.is_empty() {
        return;
    }
    let status: u16 = answer
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("{name}: {answer}"));
    assert!((400..=431).contains(&status), "{name}: {answer}");
    assert_eq!(
        answer.matches("HTTP/1.").count(),
        1,
        "{name}: one answer: {answer}"
    );
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    if head.contains("x-exai-receipt") {
        let body: Value = serde_json::from_str(body).expect("an envelope");
        assert_eq!(body["code"], status, "{name}");
        assert!(
            body["receipt"].is_string() && body["name"].is_string(),
            "{name}"
        );
    } else {
        assert!(body.is_empty(), "{name}: {answer}");
    }
    for internal in ["panicked", "src/", ".rs", "redb", "serde"] {
        assert!(!answer.contains(internal), "{name}: {answer}");
    }
}

#[tokio::test]
async fn two_readings_of_one_request_are_refused() {
    let process = Process::with(&[], std::process::Stdio::inherit()).await;
    let smuggled = b"GET /v1/plans HTTP/1.1\r\nhost: here\r\n\r\n";
    for (name, headers, body) in [
        (
            "two lengths",
            "content-length: 2\r\ncontent-length: 3\r\n",
            &b"{}x"[..],
        ),
        ("a length twice over", "content-length: 2, 3\r\n", b"{}x"),
        ("a signed length", "content-length: +2\r\n", b"{}"),
        (
            "another coding",
            "transfer-encoding: xchunked\r\n",
            b"2\r\n{}\r\n0\r\n\r\n",
        ),
        (
            "chunked is not the last",
            "transfer-encoding: chunked, gzip\r\n",
            b"0\r\n\r\n",
        ),
        (
            "a size that is none",
            "transfer-encoding: chunked\r\n",
            b"zz\r\n{}\r\n0\r\n\r\n",
        ),
        (
            "a size beyond all",
            "transfer-encoding: chunked\r\n",
            b"fffffffffffffffff\r\n{}\r\n",
        ),
        ("a space before the colon", "content-length : 2\r\n", b"{}"),
        ("a folded header", "x: a\r\n content-length: 2\r\n", b"{}"),
    ] {
        let answer = say(
            &process,
            &post(&process, headers, &[body, smuggled].concat()),
        )
        .await;
        refused(name, &answer);
    }
    // RFC 9112 section 6.1: both a length and a coding; the coding counts, and nothing behind it.
    let both = "content-length: 4\r\ntransfer-encoding: chunked\r\n";
    let body = [&b"2\r\n{}\r\n0\r\n\r\n"[..], smuggled].concat();
    refused("both", &say(&process, &post(&process, both, &body)).await);
    process.get("/plans").await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let process = Process::with(&[], std::process::Stdio::inherit()).await;
    let sized = |body: &[u8]| {
        post(
            &process,
            &format!("content-length: {}\r\n", body.len()),
            body,
        )
    };
    let get = |target: &str| request(&process, &format!("GET {target} HTTP/1.1"), "", b"");
    let deep = [vec![b'['; 200_000], vec![b']'; 200_000]].concat();
    let objects = br#"{"a":"#.repeat(50_000);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"\r\n\r\n\r\n\r\nx\r\n\r\n".to_vec()),
        ("noise", vec![0xff; 4096]),
        (
            "TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20),
        ),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("deep arrays", sized(&deep)),
        ("deep objects", sized(&objects)),
        ("bad UTF-8", sized(b"{\"name\":\"\xff\xfe\"}")),
        (
            "half a surrogate",
            sized(br#"{"name":"\ud800","nodes":[]}"#),
        ),
        (
            "two of a name",
            sized(br#"{"name":"a","name":"b","nodes":[]}"#),
        ),
        ("a huge number", sized(br#"{"name":1e999999,"nodes":[]}"#)),
        ("a null byte", sized(b"\0")),
        ("no JSON", sized(b"{'name':1}")),
        (
            "a body cut off",
            post(&process, "content-length: 100\r\n", b"{")[..].to_vec(),
        ),
        (
            "a coding of content",
            post(
                &process,
                "content-encoding: gzip\r\ncontent-length: 2\r\n",
                b"{}",
            ),
        ),
        ("a long target", get(&format!("/v1/{}", "a".repeat(70_000)))),
        ("bad UTF-8 in a path", get("/v1/plans/%ff%fe")),
        ("a null byte in a path", get("/v1/plans/%00")),
        ("out of the tree", get("/v1/../../etc/passwd")),
        ("a path of slashes", get(&"/".repeat(5_000))),
        (
            "a method of one's own",
            request(&process, "BREW /v1/plans HTTP/1.1", "", b""),
        ),
        (
            "a lower-case method",
            request(&process, "get /v1/plans HTTP/1.1", "", b""),
        ),
        ("bad UTF-8 in a query", get("/v1/plans?limit=%ff")),
        (
            "no token at all",
            b"GET /v1/plans HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n".to_vec(),
        ),
        (
            "two tokens",
            request(
                &process,
                "GET /v1/plans HTTP/1.1",
                "authorization: Bearer x\r\n",
                b"",
            ),
        ),
    ];
    for (name, bytes) in cases {
        // The half of a body is all that comes: the client is gone.
        if name == "a body cut off" {
            let mut socket = TcpStream::connect(process.address())
                .await
                .expect("a connection");
            socket.write_all(&bytes).await.expect("it is sent");
            continue;
        }
        refused(name, &say(&process, &bytes).await);
    }
    process.get("/plans").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn keys_of_requests_that_fail_hold_no_memory() {
    keys(4, 1_000).await;
}

/// `cargo test -p exai-sandbox --test process a_million -- --ignored --nocapture`
#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "takes minutes"]
async fn a_million_keys_of_requests_that_fail_hold_no_memory() {
    keys(50, 20_000).await;
}

/// Sends so many keys on each of so many connections at once.
#[cfg(target_os = "linux")]
async fn keys(connections: usize, each: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let state = state.to_str().expect("text");
    let process = Process::with(
        &["--unlimited", "--data", state],
        std::process::Stdio::inherit(),
    )
    .await;
    let all = |first: usize, each: usize| {
        let floods = (0..connections).map(move |at| (first + at * each, each));
        futures::future::join_all(floods.map(|(from, count)| flood(&process, from, count)))
    };
    all(0, 200).await;
    let before = process.resident().await;
    all(connections * 200, each).await;
    let grown = process.resident().await.saturating_sub(before);
    let count = connections * each;
    println!("{} KiB more after {count} keys of 200 bytes", grown >> 10);
    // What is held of the file, in which each refusal has a receipt, and as much again.
    assert!(grown < 128 << 20, "grown by {} MiB", grown >> 20);
}

/// Sends requests that fail, each with a key of its own, and reads their answers.
#[cfg(target_os = "linux")]
async fn flood(process: &Process, from: usize, count: usize) {
    let body = br#"{"name":"","nodes":[]}"#;
    let mut socket = TcpStream::connect(process.address())
        .await
        .expect("a connection");
    let (mut reading, mut writing) = socket.split();
    let token = &process.token;
    let send = async {
        for number in from..from + count {
            let key = format!("{number:0200}");
            let head = format!(
                "POST /v1/plans HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\nidempotency-key: {key}\r\n\
                 content-length: {}\r\n\r\n",
                body.len()
            );
            writing
                .write_all(head.as_bytes())
                .await
                .expect("it is sent");
            writing.write_all(body).await.expect("it is sent");
        }
    };
    let receive = async {
        let (mut seen, mut buffer, mut tail) = (0, vec![0; 65536], Vec::new());
        while seen < count {
            let read = reading.read(&mut buffer).await.expect("answers");
            assert!(read > 0, "the server goes on");
            tail.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&tail);
            seen += text.matches("HTTP/1.1 4").count();
            let kept = tail.len().min("HTTP/1.1 4".len() - 1);
            tail = tail[tail.len() - kept..].to_vec();
        }
    };
    tokio::join!(send, receive);
}
