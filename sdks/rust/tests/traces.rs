//! What a client tells a subscriber of the `tracing` crate, and what it never tells.
//!
//! A process of its own, for a subscriber of one thread is not heard where another has made the
//! callsites known before.
#![cfg(feature = "tracing")]

#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "runtime/server.rs"]
mod server;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use exai_sdk::types::StartRun;
use exai_sdk::{Client, Method};
use tracing_subscriber::filter::LevelFilter;

use crate::server::{Server, json as ok, reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_is_a_span_with_its_tries_and_without_its_secrets() -> Outcome {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let headers = ["x-exai-receipt: r1", "Set-Cookie: session=cookie-1"];
    let server = Server::new(vec![
        reply(503, &headers, r#"{"message":"body-1"}"#),
        reply(200, &headers, "1"),
        ok("1"),
    ])
    .await?;
    let client = Client::builder()
        .base_url(&server.base_url)
        .api_key("sk_test_1")
        .build()?;
    let started = client
        .runs()
        .start(StartRun::new("body-2"))
        .idempotency_key("key-1")
        .extra_query("q", "query-1")
        .extra_header("Cookie", "cookie-2")
        .extra_header("X-Plain", "plain-1");
    assert!(started.await.unwrap_err().is_decode());
    let _: i64 = client.request(Method::GET, "/other").send().await?;
    drop(guard);

    let text = log.text();
    for secret in [
        "sk_test_1",
        "key-1",
        "cookie-1",
        "cookie-2",
        "body-1",
        "body-2",
        "query-1",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    for shown in [
        "otel.name=\"startRun\"",
        "http.request.method=POST",
        "http.request.resend_count=1",
        "http.response.status_code=200",
        "url.template=\"/runs\"",
        "authorization: (redacted)",
        "x-plain: plain-1",
        "trying again",
        "status=503",
        "receipt=\"r1\"",
    ] {
        assert!(text.contains(shown), "{shown} not in {text}");
    }
    Ok(())
}
