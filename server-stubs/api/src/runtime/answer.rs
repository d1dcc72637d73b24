//! Answers: what a method gives back, as HTTP.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use serde::Serialize;
use serde_json::Value;

use super::{ApiError, Events, Lines};

/// Bytes to be sent as they come.
pub struct Download {
    /// `application/gzip`; the document's where it is empty.
    pub content_type: String,
    body: Body,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl Download {
    /// Bytes that are there.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type: String::new(),
            body: Body::from(bytes.into()),
        }
    }

    /// Bytes that are read as the client reads them.
    pub fn stream(bytes: impl Stream<Item = Result<Bytes, ApiError>> + Send + 'static) -> Self {
        Self {
            content_type: String::new(),
            body: Body::from_stream(bytes),
        }
    }

    /// With a content type of its own.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }
}

/// An answer with a status of the document's. Generated code makes one of each variant.
#[derive(Debug)]
pub struct Answer(Response);

impl Answer {
    /// No body.
    pub fn empty(status: u16) -> Self {
        Self::with(status, None, Body::empty())
    }

    /// A value as JSON.
    ///
    /// # Errors
    /// 500, when the value has no JSON.
    pub fn json<T: Serialize>(
        status: u16,
        media_type: &'static str,
        value: &T,
    ) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(value).map_err(|_| ApiError::internal_error())?;
        Ok(Self::with(status, Some(media_type), Body::from(body)))
    }

    /// A text.
    pub fn text(status: u16, media_type: &'static str, text: String) -> Self {
        Self::with(status, Some(media_type), Body::from(text))
    }

    /// Bytes.
    pub fn bytes(status: u16, media_type: &'static str, download: Download) -> Self {
        let mut answer = Self::with(status, Some(media_type), download.body);
        if let Ok(own) = HeaderValue::try_from(download.content_type)
            && !own.is_empty()
        {
            answer.0.headers_mut().insert(CONTENT_TYPE, own);
        }
        answer
    }

    /// Server-sent events.
    pub fn events<T: Serialize + 'static>(status: u16, events: Events<T>) -> Self {
        let mut response = events.into_sse().into_response();
        *response.status_mut() = self::status(status);
        Self(response)
    }

    /// JSON, a value a line.
    pub fn lines<T: Serialize + 'static>(
        status: u16,
        media_type: &'static str,
        lines: Lines<T>,
    ) -> Self {
        Self::with(
            status,
            Some(media_type),
            Body::from_stream(lines.into_bytes()),
        )
    }

    /// Adds a header of the document's. One that is absent is left out, and so is a value that no
    /// header can have.
    pub fn header<T: Serialize>(&mut self, name: &'static str, value: &T) {
        let text = match serde_json::to_value(value) {
            Ok(Value::String(text)) => text,
            Ok(Value::Null) | Err(_) => return,
            Ok(other) => other.to_string(),
        };
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(text)) {
            self.0.headers_mut().insert(name, value);
        }
    }

    /// Adds a header that repeats a part of the body, which a JSON Pointer (RFC 6901) names.
    pub fn header_from<T: Serialize>(&mut self, name: &'static str, pointer: &str, body: &T) {
        let value = serde_json::to_value(body).unwrap_or_default();
        if let Some(part) = value.pointer(pointer) {
            self.header(name, part);
        }
    }

    pub(super) fn into_response(self) -> Response {
        self.0
    }

    fn with(status: u16, media_type: Option<&'static str>, body: Body) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = self::status(status);
        if let Some(media_type) = media_type {
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        Self(response)
    }
}

fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
