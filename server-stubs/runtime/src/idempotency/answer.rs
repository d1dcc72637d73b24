//! An answer that is kept.

use axum::body::Body;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A 2xx answer as its handler gave it, and its receipt.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The handler's headers; the layers' own are written anew.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// `rcp_...`: every replay carries it.
    pub receipt: String,
}

/// A body may be a secret that its owner sees once.
impl std::fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptAnswer")
            .field("status", &self.status)
            .field("receipt", &self.receipt)
            .finish_non_exhaustive()
    }
}

impl KeptAnswer {
    pub(crate) fn new(parts: &Parts, body: Bytes, receipt: &str) -> Self {
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers.clone(),
            body,
            receipt: receipt.to_owned(),
        }
    }

    /// The answer once more, marked as a replay.
    pub(crate) fn replay(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        *response.headers_mut() = self.headers;
        let replayed = HeaderValue::from_static("true");
        response.headers_mut().insert(REPLAYED, replayed);
        response
    }

    /// The headers as lines, which no value can break: `HeaderValue` has no line ends.
    pub(crate) fn header_lines(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for (name, value) in &self.headers {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.push(b':');
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
        lines
    }

    /// Reads what [`header_lines`](Self::header_lines) wrote; `None` when it is something else.
    pub(crate) fn read_headers(lines: &[u8]) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            let value = line[colon + 1..].strip_suffix(b"\n")?;
            headers.append(name, HeaderValue::from_bytes(value).ok()?);
        }
        Some(headers)
    }
}
