//! The program beside each SDK that makes the calls.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::memory::Watch;

/// The column of the TypeScript SDK in headless Chromium.
pub const BROWSER: &str = "typescript-browser";

/// Whether there is a Chromium for that column: `CHROMIUM` names it, or it is found as `chromium`.
pub fn has_browser() -> bool {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    named.into_iter().chain(found).any(|file| file.is_file())
}

/// The columns of the table: a name, and the folder of the driver with what it is told.
pub const SDKS: [(&str, &str, &[&str]); 6] = [
    ("typescript", "typescript", &[]),
    ("python-sync", "python", &["sync"]),
    ("python-async", "python", &["async"]),
    ("go", "go", &[]),
    ("rust", "rust", &[]),
    (BROWSER, "typescript", &["browser"]),
];

/// How long a driver may take to be built and to begin.
const START: Duration = Duration::from_secs(1800);
/// How long a scenario may take in all.
const REPLY: Duration = Duration::from_secs(45);

/// A driver that runs; it is ended when this is dropped.
pub struct Driver {
    child: Child,
    log: PathBuf,
    stdin: tokio::sync::Mutex<ChildStdin>,
    waiting: Arc<Mutex<Waiting>>,
}

type Waiting = HashMap<String, oneshot::Sender<Value>>;

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Driver {
    /// Builds and starts the driver of an SDK, and waits until it is ready.
    ///
    /// # Errors
    /// There is no such SDK, it cannot be built, or it says nothing.
    pub async fn start(root: &Path, sdk: &str) -> Result<Self, String> {
        let found = SDKS.iter().find(|(name, ..)| *name == sdk);
        let (_, folder, args) = found.ok_or(format!("no SDK is called {sdk}"))?;
        let folder: PathBuf = root.join("tests/conformance/drivers").join(folder);
        let log = root.join("target/conformance").join(format!("{sdk}.log"));
        let text = |error: std::io::Error| format!("{}: {error}", log.display());
        fs::create_dir_all(root.join("target/conformance")).map_err(text)?;
        fs::write(&log, "").map_err(text)?;
        let mut child = Command::new("bash")
            .arg("run")
            .args(*args)
            .current_dir(folder)
            .env("EXAI_CONFORMANCE_LOG", &log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the driver has no pipes".to_owned());
        };
        let mut lines = BufReader::new(stdout).lines();
        let first = timeout(START, lines.next_line()).await;
        if !matches!(first, Ok(Ok(Some(line))) if line.contains("ready")) {
            return Err(format!("the driver of {sdk} did not begin"));
        }
        let waiting: Arc<Mutex<Waiting>> = Arc::default();
        let replies = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let reply: Value = match serde_json::from_str(&line) {
                    Ok(reply) => reply,
                    Err(_) => continue,
                };
                let id = reply["id"].as_str().unwrap_or_default();
                if let Some(sender) = lock(&replies).remove(id) {
                    // Who waited may have given up.
                    let _ = sender.send(reply);
                }
            }
            // Whoever still waits learns that the driver has ended.
            lock(&replies).clear();
        });
        Ok(Self {
            child,
            log,
            stdin: tokio::sync::Mutex::new(stdin),
            waiting,
        })
    }

    /// All that the SDK has logged until now.
    ///
    /// # Errors
    /// The file of the log cannot be read.
    pub fn logged(&self) -> Result<String, String> {
        fs::read_to_string(&self.log).map_err(|error| format!("{}: {error}", self.log.display()))
    }

    /// Begins to look at the driver's memory; `None` where the system does not tell.
    pub(crate) fn memory(&self) -> Option<Watch> {
        Watch::start(self.child.id()?)
    }

    /// Makes the calls of a scenario, and gives what came of each.
    ///
    /// # Errors
    /// The driver ended, or gave no answer in time.
    pub(crate) async fn perform(&self, id: &str, request: Value) -> Result<Vec<Value>, String> {
        let (sender, receiver) = oneshot::channel();
        lock(&self.waiting).insert(id.to_owned(), sender);
        let mut request = request;
        request["id"] = json!(id);
        let line = format!("{request}\n");
        {
            let mut stdin = self.stdin.lock().await;
            let written = stdin.write_all(line.as_bytes()).await;
            written.map_err(|error| format!("the driver takes nothing: {error}"))?;
        }
        match timeout(REPLY, receiver).await {
            Ok(Ok(mut reply)) => match reply["results"].take() {
                Value::Array(results) => Ok(results),
                _ => Err(format!("the driver says: {reply}")),
            },
            Ok(Err(_)) => Err("the driver ended".to_owned()),
            Err(_) => {
                lock(&self.waiting).remove(id);
                Err(format!("no result after {} s", REPLY.as_secs()))
            }
        }
    }
}
