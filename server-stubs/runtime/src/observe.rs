//! What operators see of a request: a span, and metrics.
//!
//! Names follow the semantic conventions of OpenTelemetry for HTTP servers. Nothing that a client
//! has sent is a label, and no token, key or body is in a span.

use std::sync::LazyLock;
use std::time::Instant;

use axum::http::{Method, StatusCode};
use metrics::{counter, gauge, histogram};
use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::Operation;

/// What stands for the operation of a request that is none of the API's.
const NONE: &str = "none";

/// A request that is watched until it is answered, or its client is gone.
pub(crate) struct Watch {
    span: Span,
    operation: &'static str,
    method: &'static str,
    since: Instant,
}

impl Watch {
    pub(crate) fn begin(operation: Option<&Operation>, method: &Method, receipt: &str) -> Self {
        let name = operation.map_or(NONE, |operation| operation.id);
        let method = operation.map_or_else(|| known(method), |operation| operation.method);
        let span = info_span!(
            "request",
            operation_id = name,
            receipt,
            receipt.replayed = Empty,
            http.request.method = method,
            http.route = operation.map(|operation| operation.path),
            http.response.status_code = Empty,
            error.type = Empty,
        );
        gauge!("http_server_active_requests", "operation" => name).increment(1);
        Self {
            span,
            operation: name,
            method,
            since: Instant::now(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Notes that the answer, and so its receipt, is one that was given before.
    pub(crate) fn replayed(&self, receipt: &str) {
        self.span.record("receipt.replayed", receipt);
    }

    /// Notes an answer, and the name of its error.
    pub(crate) fn answered(&self, status: StatusCode, error: Option<&str>) {
        self.span
            .record("http.response.status_code", status.as_u16());
        if let Some(error) = error {
            self.span.record("error.type", error);
        }
        let took = self.since.elapsed();
        histogram!(
            "http_server_request_duration_seconds",
            "operation" => self.operation,
            "method" => self.method,
            "status" => text_of(status),
        )
        .record(took);
        self.span.in_scope(|| tracing::info!(?took, "answered"));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        gauge!("http_server_active_requests", "operation" => self.operation).decrement(1);
    }
}

/// Counts what became of a request with an idempotency key.
pub(crate) fn keyed(outcome: &'static str) {
    counter!("idempotency_requests_total", "outcome" => outcome).increment(1);
}

/// Counts an attempt to deliver a webhook.
pub(crate) fn delivered(outcome: &'static str) {
    counter!("webhook_attempts_total", "outcome" => outcome).increment(1);
}

/// `202`, without a text being made for each answer.
fn text_of(status: StatusCode) -> &'static str {
    static TEXTS: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..1000).map(|code: u16| code.to_string()).collect());
    let text = TEXTS.get(usize::from(status.as_u16()));
    text.map_or("", String::as_str)
}

/// A method that is one of RFC 9110's; anybody can make up others.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "_OTHER",
    }
}
