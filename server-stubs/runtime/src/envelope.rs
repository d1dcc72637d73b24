//! Makes every error the one envelope, with its receipt.

use std::num::NonZeroU64;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value};

use crate::Fault;

/// Bytes of an error's body that are read at most; a longer one is no envelope.
const MAX_ENVELOPE: usize = 1024 * 1024;

/// An answer below 400 as it is. Another one completed with its receipt where it is an envelope,
/// and else replaced by the envelope of its status: what it said may be internal. With the error's
/// name.
pub(crate) async fn complete(response: Response, receipt: &str) -> (Response, Option<String>) {
    if response.status() < StatusCode::BAD_REQUEST {
        return (response, None);
    }
    // Few answers are errors, and none but they have to make room for it.
    Box::pin(complete_error(response, receipt)).await
}

async fn complete_error(response: Response, receipt: &str) -> (Response, Option<String>) {
    let status = response.status();
    let (mut parts, body) = response.into_parts();
    let mut members = match read(&parts.headers, parts.status, body).await {
        Some(members) => members,
        None => {
            let retry_after = parts.headers.get(header::RETRY_AFTER);
            let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
            let (fault, body) = Fault::of(status, retry_after.and_then(NonZeroU64::new))
                .into_response()
                .into_parts();
            parts.status = fault.status;
            parts.headers.remove(header::CONTENT_ENCODING);
            parts.headers.extend(fault.headers);
            let read = read(&parts.headers, parts.status, body).await;
            read.unwrap_or_default()
        }
    };
    members.insert("receipt".to_owned(), Value::from(receipt));
    let name = members.get("name").and_then(Value::as_str);
    let name = name.map(str::to_owned);
    let body = Body::from(Value::Object(members).to_string());
    // It was the length of another body, or of this one without its receipt.
    parts.headers.remove(header::CONTENT_LENGTH);
    (Response::from_parts(parts, body), name)
}

/// The members of an envelope; `None` when the body is none.
async fn read(headers: &HeaderMap, status: StatusCode, body: Body) -> Option<Map<String, Value>> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return None;
    }
    let bytes = Limited::new(body, MAX_ENVELOPE).collect().await.ok()?;
    let members: Map<String, Value> = serde_json::from_slice(&bytes.to_bytes()).ok()?;
    let text = |name| members.get(name).is_some_and(Value::is_string);
    let code = members.get("code").and_then(Value::as_u64);
    let agrees = code == Some(u64::from(status.as_u16()));
    (agrees && text("name") && text("message")).then_some(members)
}
