//! The real program in a process of its own, and requests to it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// A sandbox that runs.
pub(crate) struct Process {
    child: Mutex<Child>,
    client: Client<HttpConnector, Body>,
    base_url: String,
    pub(crate) token: String,
    /// Of the port for operators, where it was asked for.
    pub(crate) admin_url: Option<String>,
}

/// What a write was answered with.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn receipt(&self) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(name, _)| name == "x-exai-receipt");
        &found.expect("a receipt").1
    }

    /// What a replay repeats to the byte: all but the time, what is left, and that it is one.
    pub(crate) fn lasting(&self) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| {
            let now = [
                "date",
                "x-ratelimit-remaining",
                "x-ratelimit-reset",
                "idempotent-replayed",
            ];
            !now.contains(&name.as_str())
        });
        headers.sort();
        (self.status, headers, self.body.clone())
    }
}

impl Process {
    /// Starts it on a state that is kept.
    pub(crate) async fn start(state: &Path) -> Self {
        let state = state.to_str().expect("text");
        Self::with(&["--speed", "20", "--data", state], Stdio::inherit()).await
    }

    /// Starts it with arguments, its log going somewhere.
    pub(crate) async fn with(args: &[&str], log: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_exai-sandbox"))
            .args(["--port", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut line = async |name: &str| {
            let next = tokio::time::timeout(Duration::from_secs(30), lines.next_line());
            let line = next.await.expect("in time").expect("text").expect("a line");
            let value = line.strip_prefix(name).expect("what it prints");
            value.to_owned()
        };
        let (base_url, token) = (line("EXAI_BASE_URL=").await, line("EXAI_API_KEY=").await);
        line("EXAI_USER_TOKEN=").await;
        Self {
            base_url,
            token,
            admin_url: match args.contains(&"--admin-port") {
                true => Some(line("EXAI_ADMIN_URL=").await),
                false => None,
            },
            client: Client::builder(TokioExecutor::new()).build_http(),
            child: Mutex::new(child),
        }
    }

    /// Asks it to end, as whoever has started a process does.
    pub(crate) async fn terminate(&self) {
        let id = self.child.lock().await.id().expect("it runs").to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(asked.expect("kill runs").success());
    }

    /// How it has ended.
    pub(crate) async fn ended(&self) -> std::process::ExitStatus {
        let mut child = self.child.lock().await;
        let ended = tokio::time::timeout(Duration::from_secs(60), child.wait());
        ended.await.expect("in time").expect("a status")
    }

    /// Ends it as the kernel ends a process: nothing of it runs any more.
    pub(crate) async fn kill(&self) {
        self.child.lock().await.kill().await.expect("it is killed");
    }

    /// `None` where the server has gone away.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Option<Answer> {
        let request = self.request(Method::POST, path);
        let request = request
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        let sent = self.send(request.expect("a request"));
        let answered = tokio::time::timeout(Duration::from_secs(60), sent).await;
        answered.unwrap_or_else(|_| panic!("nobody answers {key}, {path}"))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        loop {
            let request = self.request(Method::GET, path).body(Body::empty());
            let answer = self.send(request.expect("a request")).await;
            let answer = answer.expect("an answer");
            if answer.status != 429 {
                return answer.json();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Where it listens: `127.0.0.1:4010`.
    pub(crate) fn address(&self) -> &str {
        let address = self.base_url.strip_prefix("http://");
        address
            .and_then(|rest| rest.strip_suffix("/v1"))
            .expect("a URL")
    }

    /// Bytes that it has in memory.
    #[cfg(target_os = "linux")]
    pub(crate) async fn resident(&self) -> usize {
        let id = self.child.lock().await.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.parse::<usize>().ok())
            .expect("a number")
            * 1024
    }

    /// A page for operators: its status and its text.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        let uri = format!("{}{path}", self.admin_url.as_deref().expect("a port"));
        let request = Request::builder().uri(uri).body(Body::empty());
        let answer = self.send(request.expect("a request")).await;
        let answer = answer.expect("an answer");
        (answer.status, String::from_utf8(answer.body).expect("text"))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let token = format!("Bearer {}", self.token);
        let uri = format!("{}{path}", self.base_url);
        let request = Request::builder().method(method).uri(uri);
        request.header("authorization", token)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Option<Answer> {
        let (parts, body) = self.client.request(request).await.ok()?.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = value.to_str().expect("text");
            (name.as_str().to_owned(), value.to_owned())
        });
        Some(Answer {
            status: parts.status.as_u16(),
            headers: headers.collect(),
            body: body.collect().await.ok()?.to_bytes().to_vec(),
        })
    }
}
