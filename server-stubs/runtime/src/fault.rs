//! The errors that the layers answer with: one envelope, ten kinds.

use std::num::NonZeroU64;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::StoreError;

/// A failing rule of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// Which part of the request.
    pub location: Location,
    /// A JSON Pointer (RFC 6901) into that part; a header is `/Name`.
    pub pointer: String,
    /// The rule that was broken: `required`.
    pub rule: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Location {
    /// A header.
    Header,
    /// The body.
    Body,
}

/// An error of the API, with what its kind cannot be without. No kind can be made that lacks it:
///
/// ```
/// use std::num::NonZeroU64;
/// use exai_runtime::Fault;
///
/// let fault = Fault::RateLimited { message: "slow down".into(), retry_after: NonZeroU64::MIN };
/// assert_eq!((fault.status().as_u16(), fault.name()), (429, "rate_limited"));
/// ```
///
/// ```compile_fail,E0063
/// exai_runtime::Fault::RateLimited { message: "slow down".into() };
/// ```
///
/// An internal error has no words of its own, so that nothing internal can be in them:
///
/// ```compile_fail,E0559
/// exai_runtime::Fault::InternalError { message: "no such table".into() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400: the request is not what the document allows.
    InvalidRequest {
        /// For people.
        message: String,
        /// Every rule that is broken.
        details: Vec<Detail>,
    },
    /// 401: the token is missing, expired or revoked.
    Unauthorized {
        /// For people.
        message: String,
    },
    /// 402: the plan's ceiling is reached, or an invoice is past due.
    PaymentRequired {
        /// For people.
        message: String,
    },
    /// 403: authenticated, without the role for this.
    ForbiddenRole {
        /// For people.
        message: String,
    },
    /// 404: no such resource for this caller.
    NotFound {
        /// For people.
        message: String,
    },
    /// 409: the idempotency key was used for another request.
    Conflict {
        /// For people.
        message: String,
    },
    /// 422: valid by schema, refused for what it means.
    ValidationFailed {
        /// For people.
        message: String,
        /// Every rule that is broken.
        details: Vec<Detail>,
    },
    /// 429: a bucket is empty.
    RateLimited {
        /// For people.
        message: String,
        /// `Retry-After` in seconds (RFC 9110, section 10.2.3).
        retry_after: NonZeroU64,
    },
    /// 500: an unhandled fault.
    InternalError,
    /// 503: something that the server stands on does not answer.
    ProviderUnavailable {
        /// For people.
        message: String,
        /// `Retry-After` in seconds, where it is known.
        retry_after: Option<NonZeroU64>,
    },
}

impl Fault {
    /// The kind for a status. One that is none of the ten becomes the nearest: other 4xx are 400,
    /// but 405 is 404 and other 5xx are 500.
    pub(crate) fn of(status: StatusCode, retry_after: Option<NonZeroU64>) -> Self {
        let message = status.canonical_reason().unwrap_or("Unknown").to_owned();
        let details = Vec::new();
        match status.as_u16() {
            401 => Self::Unauthorized { message },
            402 => Self::PaymentRequired { message },
            403 => Self::ForbiddenRole { message },
            404 | 405 => Self::nothing_here(),
            409 => Self::Conflict { message },
            422 => Self::ValidationFailed { message, details },
            429 => Self::RateLimited {
                message,
                retry_after: retry_after.unwrap_or(NonZeroU64::MIN),
            },
            503 => Self::ProviderUnavailable {
                message,
                retry_after,
            },
            400..500 => Self::InvalidRequest { message, details },
            _ => Self::InternalError,
        }
    }

    /// The answer to a path or a method that is none of the API's.
    pub(crate) fn nothing_here() -> Self {
        Self::NotFound {
            message: "nothing is at this path".to_owned(),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::InvalidRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::PaymentRequired { .. } => StatusCode::PAYMENT_REQUIRED,
            Self::ForbiddenRole { .. } => StatusCode::FORBIDDEN,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::ValidationFailed { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ProviderUnavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// `not_found`
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "invalid_request",
            Self::Unauthorized { .. } => "unauthorized",
            Self::PaymentRequired { .. } => "payment_required",
            Self::ForbiddenRole { .. } => "forbidden_role",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::ValidationFailed { .. } => "validation_failed",
            Self::RateLimited { .. } => "rate_limited",
            Self::InternalError => "internal_error",
            Self::ProviderUnavailable { .. } => "provider_unavailable",
        }
    }

    /// What is wrong, for people.
    pub fn message(&self) -> &str {
        match self {
            Self::InvalidRequest { message, .. }
            | Self::Unauthorized { message }
            | Self::PaymentRequired { message }
            | Self::ForbiddenRole { message }
            | Self::NotFound { message }
            | Self::Conflict { message }
            | Self::ValidationFailed { message, .. }
            | Self::RateLimited { message, .. }
            | Self::ProviderUnavailable { message, .. } => message,
            Self::InternalError => "something went wrong here; give support this receipt",
        }
    }

    fn details(&self) -> Option<&[Detail]> {
        match self {
            Self::InvalidRequest { details, .. } | Self::ValidationFailed { details, .. } => {
                Some(details)
            }
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<NonZeroU64> {
        match self {
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            Self::ProviderUnavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (status, name) = (self.status(), self.name());
        write!(f, "{} {name}: {}", status.as_u16(), self.message())
    }
}

impl std::error::Error for Fault {}

/// The envelope without its receipt, which is written last.
#[derive(Serialize)]
struct Envelope<'a> {
    code: u16,
    name: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a [Detail]>,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let envelope = Envelope {
            code: self.status().as_u16(),
            name: self.name(),
            message: self.message(),
            details: self.details(),
        };
        let body = serde_json::to_vec(&envelope).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.get()));
        }
        if matches!(self, Self::Unauthorized { .. }) {
            // RFC 9110, section 15.5.2: a 401 must say which scheme is asked for.
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

/// What stops a request before it reaches its handler.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The client is told why.
    Fault(Fault),
    /// The operator is told why, and the client that it is a 500.
    Store(StoreError),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
