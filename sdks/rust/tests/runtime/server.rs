//! A server that answers each request with the next of a list of byte strings.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET /v1/things HTTP/1.1` and the headers.
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) struct Server {
    pub(crate) base_url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers the first request with the first reply, and so on; then closes what comes.
    pub(crate) async fn new(replies: Vec<String>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base_url = format!("http://{}/v1", listener.local_addr()?);
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            for reply in replies {
                let (mut socket, _) = listener.accept().await?;
                let request = receive(&mut socket).await?;
                log.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(request);
                socket.write_all(reply.as_bytes()).await?;
                socket.shutdown().await?;
            }
            io::Result::Ok(())
        });
        Ok(Self { base_url, seen })
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn receive(socket: &mut TcpStream) -> io::Result<Seen> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let seen = Seen {
                head: head.into(),
                body: body.into(),
                at: Instant::now(),
            };
            let length = seen
                .header("content-length")
                .and_then(|value| value.parse().ok());
            let chunked = seen.header("transfer-encoding").is_some();
            if body.len() >= length.unwrap_or(0) && (!chunked || body.ends_with("0\r\n\r\n")) {
                return Ok(seen);
            }
        }
        if socket.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A reply with these header lines and a body of known length.
pub(crate) fn reply(status: u16, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

pub(crate) fn json(body: &str) -> String {
    reply(200, &["Content-Type: application/json"], body)
}

/// Events that end as a stream that is over, or break off in the middle.
pub(crate) fn events(body: &str, whole: bool) -> String {
    let end = if whole { "0\r\n\r\n" } else { "" };
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n{end}",
        body.len()
    )
}
