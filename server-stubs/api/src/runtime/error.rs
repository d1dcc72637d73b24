//! Errors as the API's users see them: one envelope.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A failing rule of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// Which part of the request.
    pub location: Location,
    /// A JSON Pointer (RFC 6901) into that part: `/nodes/0/type`. A parameter is `/name`.
    pub pointer: String,
    /// The keyword of JSON Schema that refuses it: `maxLength`.
    pub rule: String,
    /// What is wrong, for people.
    pub message: String,
}

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// A path parameter.
    Path,
    /// A query parameter.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// The body.
    Body,
}

/// An error of the API: one of ten kinds, and each constructor takes what its kind needs, so that
/// none can lack it.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    name: &'static str,
    message: String,
    details: Option<Vec<Detail>>,
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            name,
            message: message.into(),
            details: None,
            retry_after: None,
        }
    }

    /// 400: the request is not what the document allows; with every rule that it breaks.
    pub fn invalid_request(message: impl Into<String>, details: Vec<Detail>) -> Self {
        let error = Self::new(StatusCode::BAD_REQUEST, "invalid_request", message);
        Self {
            details: Some(details),
            ..error
        }
    }

    /// 401: the token is missing, expired or revoked.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// 402: a ceiling is reached, or an invoice is past due.
    pub fn payment_required(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "payment_required", message)
    }

    /// 403: authenticated, without the role for this.
    pub fn forbidden_role(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden_role", message)
    }

    /// 404: no such thing for this caller.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 409: the key was used for another request.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// 422: valid by its schema, refused for what it means.
    pub fn validation_failed(message: impl Into<String>, details: Vec<Detail>) -> Self {
        let error = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            message,
        );
        Self {
            details: Some(details),
            ..error
        }
    }

    /// 429: too many requests; the seconds to wait go into `Retry-After` (RFC 9110 section 10.2.3).
    pub fn rate_limited(message: impl Into<String>, retry_after: u64) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message);
        Self {
            retry_after: Some(retry_after),
            ..error
        }
    }

    /// 500: a fault of the server. What it was is for its log, not for the answer.
    pub fn internal_error() -> Self {
        let message = "the request could not be handled";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }

    /// 503: something that the server stands on does not answer.
    pub fn provider_unavailable(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "provider_unavailable",
            message,
        )
    }

    /// 501: nobody has written the operation yet. Only a server that is being built says so.
    #[cfg(feature = "unimplemented")]
    pub fn not_implemented(operation: &str) -> Self {
        let message = format!("{operation} is not implemented");
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", message)
    }

    /// `404`
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// `not_found`
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What is wrong, for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.status.as_u16(),
            self.name,
            self.message
        )
    }
}

impl std::error::Error for ApiError {}

/// The one envelope. The receipt is a layer's to know; without one it is left out.
#[derive(Serialize)]
struct Envelope<'a> {
    code: u16,
    name: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a [Detail]>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let envelope = Envelope {
            code: self.status.as_u16(),
            name: self.name,
            message: &self.message,
            details: self.details.as_deref(),
        };
        let body = serde_json::to_vec(&envelope).unwrap_or_default();
        let json = [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )];
        let mut response = (self.status, json, body).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
