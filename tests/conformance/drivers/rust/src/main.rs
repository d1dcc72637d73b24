//! Reads calls as JSON lines, makes them with the Rust SDK, prints what came of them as JSON lines.

mod asked;
mod calls;
mod generated;
mod settings;

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use exai_sdk::{Client, Error};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Stdout, stdin, stdout};
use tokio::sync::Mutex;
use tokio::time::timeout;

use asked::Asked;
use calls::perform;

/// What came of a call: `value` or `items`, and `meta`.
pub(crate) struct Outcome(Value);

/// Why there is none.
pub(crate) enum Failure {
    /// The SDK's error.
    Sdk(Error),
    /// The scenario asks for what this program has not.
    Driver(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sdk(error)
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    settings::log()?;
    let out = Arc::new(Mutex::new(stdout()));
    print(&out, &json!({"ready": true})).await?;
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let out = Arc::clone(&out);
        tokio::spawn(async move {
            let request: Value = serde_json::from_str(&line).unwrap_or_default();
            let results = scenario(&request).await;
            let reply = json!({"id": request["id"], "results": results});
            // When nobody reads any more, the suite has ended.
            let _ = print(&out, &reply).await;
        });
    }
    Ok(())
}

async fn print(out: &Mutex<Stdout>, value: &Value) -> std::io::Result<()> {
    let mut out = out.lock().await;
    out.write_all(format!("{value}\n").as_bytes()).await?;
    out.flush().await
}

async fn scenario(request: &Value) -> Vec<Value> {
    let client = match settings::client(request) {
        Ok(client) => client,
        Err(error) => return vec![json!({"error": described(&error), "ms": 0})],
    };
    let calls = request["calls"].as_array().map_or(&[][..], Vec::as_slice);
    if request["parallel"] == true {
        return join_all(calls.iter().map(|call| result(&client, call))).await;
    }
    let mut results = Vec::new();
    for call in calls {
        results.push(result(&client, call).await);
    }
    results
}

async fn result(client: &Client, call: &Value) -> Value {
    let asked = Asked {
        client,
        op: call["op"].as_str().unwrap_or_default(),
        args: &call["args"],
        options: &call["options"],
        tokens: Arc::default(),
    };
    let began = Instant::now();
    let made = perform(&asked);
    let done = match call["options"]["cancel_after_ms"].as_u64() {
        // To cancel is to drop the future.
        Some(ms) => timeout(Duration::from_millis(ms), made).await,
        None => Ok(made.await),
    };
    let mut result = match done {
        Ok(Ok(outcome)) => outcome.0,
        Ok(Err(Failure::Sdk(error))) => json!({"error": described(&error)}),
        Ok(Err(Failure::Driver(text))) => json!({"error": {"kind": "driver", "message": text}}),
        Err(_) => json!({"error": {"kind": "cancelled"}}),
    };
    if asked.options["on_waiting"] == true {
        let tokens = asked.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        result["tokens"] = json!(*tokens);
        if let Some(token) = tokens.last()
            && result["error"]["kind"] == "cancelled"
        {
            result["error"]["wait_token"] = json!(token);
        }
    }
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    result["ms"] = json!(ms);
    result
}

/// An error by the words that all drivers share.
pub(crate) fn described(error: &Error) -> Value {
    let kinds = [
        ("api", error.is_api()),
        ("timeout", error.is_timeout()),
        ("connection", error.is_connection()),
        ("decode", error.is_decode()),
        ("config", error.is_config()),
        ("signature", error.is_signature()),
    ];
    let classes = [
        ("invalid_request", error.is_invalid_request()),
        ("unauthorized", error.is_unauthorized()),
        ("payment_required", error.is_payment_required()),
        ("forbidden_role", error.is_forbidden_role()),
        ("not_found", error.is_not_found()),
        ("conflict", error.is_conflict()),
        ("validation_failed", error.is_validation_failed()),
        ("rate_limited", error.is_rate_limited()),
        ("internal_error", error.is_internal_error()),
        ("provider_unavailable", error.is_provider_unavailable()),
    ];
    let first = |list: &[(&'static str, bool)]| {
        let found = list.iter().find(|(_, holds)| *holds);
        found.map(|(name, _)| *name)
    };
    let after = error.retry_after();
    json!({
        "kind": first(&kinds),
        "class": first(&classes),
        "status": error.status(),
        "name": error.name(),
        "code": error.code(),
        "message": error.message(),
        "receipt": error.receipt(),
        "details": error.details(),
        "idempotency_key": error.idempotency_key(),
        "retry_after_ms": after.and_then(|wait| u64::try_from(wait.as_millis()).ok()),
        "wait_token": error.wait_token(),
        "shown": format!("{error} {error:?}"),
    })
}
