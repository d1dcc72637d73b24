//! What the promises cost: requests a second of a bare axum handler, of one that keeps what it writes
//! by itself, and of the same behind the whole stack, side by side in one run, over HTTP on loopback.
//!
//! `cargo bench -p exai-runtime`. Each server is a process of its own, so that its CPU can be told
//! from the client's, which shares the machine; each round asks all of them in turn, and what is
//! printed are medians over the rounds.

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot run says so and ends"
)]

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
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
use redb::{Database, TableDefinition, WriteTransaction};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 128;
const ROUND: Duration = Duration::from_secs(1);
const ROUNDS: usize = 7;
const TOKEN: &str = "sk_test_0123456789abcdef0123456789abcdef";
const RUN: &str = r#"{"id":"run_01JB8Z6Q4M2N7T5V9X1C3E5G7H","status":"succeeded","plan_id":"pln_01JB8Z6Q4M2N7T5V9X1C3E5G7H","labels":{"team":"web"},"created_at":"2026-01-02T09:00:00Z"}"#;
const RUNS: TableDefinition<u64, &[u8]> = TableDefinition::new("runs");

/// Where a handler puts what it is to write.
#[derive(Clone)]
enum Business {
    /// Nowhere.
    Nothing,
    /// Into a file of its own, in a transaction of its own.
    Own(Arc<Database>),
    /// Into the unit of the request.
    Unit,
}

impl Business {
    async fn write(self, number: u64, body: Bytes) {
        let insert = move |transaction: &WriteTransaction| -> Result<(), redb::Error> {
            transaction.open_table(RUNS)?.insert(number, &*body)?;
            Ok(())
        };
        match self {
            Self::Nothing => {}
            Self::Own(database) => {
                let write = move || -> Result<(), redb::Error> {
                    let transaction = database.begin_write()?;
                    insert(&transaction)?;
                    Ok(transaction.commit()?)
                };
                let written = tokio::task::spawn_blocking(write).await;
                written.expect("no panic").expect("it is written");
            }
            Self::Unit => {
                if let Some(unit) = Unit::current() {
                    unit.write(insert);
                }
            }
        }
    }
}

/// Reads answer what is there, writes put a row into a file.
fn api(business: Business) -> Router {
    let next = Arc::new(AtomicU64::new(0));
    let write = move |body: Bytes| async move {
        let number = next.fetch_add(1, Ordering::Relaxed);
        business.write(number, body).await;
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
    api(Business::Unit).layer(promises.idempotency(Arc::new(file)))
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
}

/// What is measured, by the name that its process is told.
const SERVERS: [&str; 4] = ["bare", "kept", "light", "own"];

impl Server {
    fn start(kind: &str) -> Self {
        let own = std::env::current_exe().expect("this program");
        let mut child = Command::new(own)
            .env(KIND, kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("where it is");
        let address = line.trim().parse().expect("an address");
        Self { child, address }
    }

    /// Microseconds of CPU that it has taken so far; 0 where the system does not say.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        // Behind the name, which may hold spaces: user and system time in hundredths of a second.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2);
        ticks
            .filter_map(|field| field.parse::<f64>().ok())
            .sum::<f64>()
            * 10_000.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells a process of this program that it is a server, and which.
const KIND: &str = "EXAI_BENCH_SERVER";

async fn be_a_server(kind: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Embedded::open(folder.path().join("state")).expect("a file");
    let app = match kind {
        "bare" => api(Business::Nothing),
        "own" => {
            let database = Database::create(folder.path().join("own")).expect("a file");
            api(Business::Own(Arc::new(database)))
        }
        "light" => stack(open(), true),
        _ => stack(open(), false),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    // It ends with whoever has started it, who says nothing.
    let stop = async {
        let said = tokio::task::spawn_blocking(|| std::io::stdin().read(&mut [0])).await;
        drop(said);
    };
    let served = serve(listener, app, Bounds::default(), stop).await;
    served.expect("it serves");
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

/// Requests a second, and the server's CPU for each in microseconds.
async fn rate(server: &Server, writes: bool, keys: &Arc<AtomicU64>) -> (f64, f64) {
    let (begun, before) = (Instant::now(), server.cpu());
    let asking: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(ask(server.address, writes, begun + ROUND, keys.clone())))
        .collect();
    let mut count = 0;
    for asked in asking {
        count += asked.await.expect("it is answered");
    }
    let count = count as f64;
    let cpu = (server.cpu() - before) / count;
    (count / begun.elapsed().as_secs_f64(), cpu)
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::main]
async fn main() {
    if let Ok(kind) = std::env::var(KIND) {
        return be_a_server(&kind).await;
    }
    let servers = SERVERS.map(Server::start);
    let keys = Arc::new(AtomicU64::new(0));
    for (what, writes) in [("read", false), ("keyed write", true)] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let mut round = Vec::new();
            for server in &servers {
                round.push(rate(server, writes, &keys).await);
            }
            rounds.push(round);
        }
        let of = |server: usize, figure: fn(&(f64, f64)) -> f64| {
            median(rounds.iter().map(|round| figure(&round[server])))
        };
        let ratio = |server: usize| median(rounds.iter().map(|r| r[server].0 / r[0].0));
        println!(
            "{what}: bare {:.0}/s at {:.1} us of CPU; everything in the file: {:.2} of that, at \
             {:.1} us; receipts in memory: {:.2}, at {:.1} us; bare with a transaction of its own for \
             what it writes: {:.2}, at {:.1} us",
            of(0, |one| one.0),
            of(0, |one| one.1),
            ratio(1),
            of(1, |one| one.1),
            ratio(2),
            of(2, |one| one.1),
            ratio(3),
            of(3, |one| one.1),
        );
    }
}
