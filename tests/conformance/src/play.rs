//! A server that does what a scenario says, over raw TCP.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

use crate::answer;
use crate::request::{Reader, Request};
use crate::scenario::{End, Exchange};
use crate::text::Names;

/// An origin that plays a script; it ends when this is dropped.
pub(crate) struct Origin {
    shared: Arc<Shared>,
    listening: Option<AbortHandle>,
}

struct Shared {
    script: Vec<Exchange>,
    fixtures: Arc<Map<String, Value>>,
    seen: Mutex<Seen>,
}

/// What an origin has seen.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// How many connections were made.
    pub(crate) connections: usize,
    /// How many requests began.
    pub(crate) count: usize,
    /// Those that were read whole.
    pub(crate) requests: Vec<Request>,
    /// When each exchange was over, by the place of its request.
    pub(crate) over: Vec<Option<Instant>>,
    /// When each request began.
    pub(crate) began: Vec<Instant>,
    /// Which exchanges that name their request are taken.
    taken: BTreeSet<usize>,
    /// What went wrong with the script itself.
    pub(crate) faults: Vec<String>,
}

impl Origin {
    /// An origin for a script, not listening yet.
    pub(crate) fn new(script: &[Exchange], fixtures: &Arc<Map<String, Value>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                script: script.to_vec(),
                fixtures: Arc::clone(fixtures),
                seen: Mutex::default(),
            }),
            listening: None,
        }
    }

    /// Begins to play.
    pub(crate) fn play(&mut self, listener: TcpListener, names: Names) {
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            // The connections end with the task that holds them.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(stream, Arc::clone(&shared), names.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
        self.listening = Some(task.abort_handle());
    }

    pub(crate) fn seen(&self) -> Seen {
        self.shared.seen().clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        if let Some(task) = &self.listening {
            task.abort();
        }
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, and gives its place in the order in which they come.
    fn begin(&self) -> usize {
        let mut seen = self.seen();
        let place = seen.count;
        seen.count += 1;
        seen.over.push(None);
        seen.began.push(Instant::now());
        place
    }

    /// Whether a connection is reset before the request at this place is read.
    fn resets_unread(&self, place: usize) -> bool {
        let exchange = self.script.get(place);
        exchange.is_some_and(|exchange| exchange.reset_unread)
    }

    /// The exchange for a request that was read: the one at its place, or the first that names it.
    fn exchange(&self, place: usize, request: &Request) -> Exchange {
        let mut place = Some(place);
        if self.script.iter().any(|exchange| exchange.on.is_some()) {
            let line = format!("{} {}", request.method, request.target);
            let fits =
                |exchange: &Exchange| exchange.on.as_ref().is_none_or(|on| line.contains(on));
            let mut seen = self.seen();
            let free = |at: &usize| fits(&self.script[*at]) && !seen.taken.contains(at);
            place = (0..self.script.len()).find(free);
            seen.taken.extend(place);
        }
        let exchange = place.and_then(|place| self.script.get(place));
        exchange.cloned().unwrap_or_else(end)
    }
}

/// What a request gets that the script does not know: an error that no SDK tries again.
fn end() -> Exchange {
    Exchange {
        status: Some(418),
        text: Some("the script has ended".to_owned()),
        ..Exchange::default()
    }
}

/// Serves a connection. An error of it is what many scenarios are about, and nothing to report.
async fn connection(stream: TcpStream, shared: Arc<Shared>, names: Names) {
    let _ = serve(stream, &shared, &names).await;
}

async fn serve(stream: TcpStream, shared: &Shared, names: &Names) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut reader = Reader::new(read);
    let mut is_used = false;
    loop {
        if !reader.is_ahead() && !begins(&write).await? {
            return Ok(());
        }
        // One that carries no request was made in advance, and is none of the scenario's.
        if !std::mem::replace(&mut is_used, true) {
            shared.seen().connections += 1;
        }
        let place = shared.begin();
        let over = || {
            if let Some(over) = shared.seen().over.get_mut(place) {
                *over = Some(Instant::now());
            }
        };
        if shared.resets_unread(place) {
            write.as_ref().set_zero_linger()?;
            over();
            return Ok(());
        }
        let Some(request) = reader.request().await? else {
            return Ok(());
        };
        let exchange = shared.exchange(place, &request);
        shared.seen().requests.push(request.clone());
        if exchange.reset_read {
            write.as_ref().set_zero_linger()?;
            over();
            return Ok(());
        }
        let answer = match answer::bytes(&exchange, &request, &shared.fixtures, names) {
            Ok(answer) => answer,
            Err(fault) => {
                shared.seen().faults.push(fault);
                return Ok(());
            }
        };
        let sent = send(&mut write, &exchange, &answer).await;
        over();
        sent?;
        match exchange.end {
            End::Keep if !exchange.until_close => {}
            End::Keep | End::Close => {
                write.shutdown().await?;
                return Ok(());
            }
            End::Reset => {
                // What was sent must have been read by the other side: a reset discards it there.
                sleep(Duration::from_millis(60)).await;
                write.as_ref().set_zero_linger()?;
                return Ok(());
            }
            // Until the client goes, or the scenario is over.
            End::Stall => {
                while reader.request().await?.is_some() {}
                return Ok(());
            }
        }
    }
}

/// Waits until bytes of a request are there; false where the client has gone instead.
async fn begins(write: &OwnedWriteHalf) -> io::Result<bool> {
    Ok(write.as_ref().peek(&mut [0]).await? > 0)
}

async fn send(
    write: &mut OwnedWriteHalf,
    exchange: &Exchange,
    answer: &answer::Bytes,
) -> io::Result<()> {
    sleep(Duration::from_millis(exchange.delay_ms)).await;
    write.write_all(&answer.head).await?;
    let Some(pause) = exchange.pause else {
        return drip(write, exchange, &answer.body).await;
    };
    let (first, second) = answer.body.split_at(answer.pause_at.min(answer.body.len()));
    drip(write, exchange, first).await?;
    sleep(Duration::from_millis(pause.ms)).await;
    drip(write, exchange, second).await
}

async fn drip(write: &mut OwnedWriteHalf, exchange: &Exchange, bytes: &[u8]) -> io::Result<()> {
    let Some(pace) = exchange.drip else {
        return write.write_all(bytes).await;
    };
    for piece in bytes.chunks(pace.bytes.max(1)) {
        write.write_all(piece).await?;
        sleep(Duration::from_millis(pace.every_ms)).await;
    }
    Ok(())
}
