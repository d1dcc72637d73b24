//! Reading the body of a request.

use std::pin::Pin;

use axum::body::BodyDataStream;
use bytes::Bytes;
use futures::Stream;
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::form::Form;
use super::request::{Request, refused};
use super::{ApiError, Location, json};

/// Bytes of a JSON, text or URL-encoded body that are read at most.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// The same of a multipart form, which has files in it.
const MAX_FORM: u64 = 64 * 1024 * 1024;

/// The bytes of a body as they arrive.
pub struct Body {
    /// The request's `Content-Type`, empty where it has none.
    pub content_type: String,
    stream: BodyDataStream,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl Stream for Body {
    type Item = Result<Bytes, ApiError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.stream).poll_next(cx);
        next.map_err(|_| refused("the body was cut off"))
    }
}

impl Request {
    /// Whether a body was sent: one that is empty and has no content type was not.
    pub fn has_body(&self) -> bool {
        let sent = self.body.as_ref().is_some_and(|body| !body.is_end_stream());
        sent || !self.content_type.is_empty()
    }

    /// The JSON body as its type.
    ///
    /// # Errors
    /// 400: another content type, too long, no JSON, or every rule of its schema that it breaks.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, ApiError> {
        let media_type = self.media_type()?;
        let bytes = self.bytes().await?;
        let value = json::parse(&bytes)
            .map_err(|error| refused(format!("the body is no JSON: {error}")))?;
        self.check(media_type, &value)?;
        serde_json::from_value(value)
            .map_err(|error| refused(format!("the body cannot be read: {error}")))
    }

    /// The body as text.
    ///
    /// # Errors
    /// 400: another content type, too long, or not UTF-8.
    pub async fn text(&mut self) -> Result<String, ApiError> {
        self.media_type()?;
        let bytes = self.bytes().await?;
        String::from_utf8(bytes.into()).map_err(|_| refused("the body is not UTF-8"))
    }

    /// The body as bytes that are read as they arrive.
    ///
    /// # Errors
    /// 400: another content type.
    pub fn stream(&mut self) -> Result<Body, ApiError> {
        self.media_type()?;
        let body = self.body.take().unwrap_or_default();
        Ok(Body {
            content_type: self.content_type.clone(),
            stream: body.into_data_stream(),
        })
    }

    /// The body as a form.
    ///
    /// # Errors
    /// 400: another content type, too long, no form, or every rule of its schema that it breaks.
    pub async fn form(&mut self) -> Result<Form, ApiError> {
        let media_type = self.media_type()?;
        let kinds = self.context().operation().form;
        let form = if media_type.starts_with("multipart/") {
            let body = self.body.take().unwrap_or_default();
            Form::multipart(&self.content_type, body.into_data_stream(), MAX_FORM, kinds).await?
        } else {
            let bytes = self.bytes().await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| refused("the body is not UTF-8"))?;
            Form::urlencoded(text, kinds)?
        };
        self.check(media_type, &form.value(kinds))?;
        Ok(form)
    }

    /// The media type of the document that the body is of.
    ///
    /// # Errors
    /// 400: the document takes others.
    pub fn media_type(&self) -> Result<&'static str, ApiError> {
        let accepted = self.context().operation().body;
        let sent = essence(&self.content_type);
        let fits = |media_type: &&&'static str| {
            let media_type = essence(media_type);
            media_type == sent
                || media_type == "*/*"
                || media_type
                    .strip_suffix('*')
                    .is_some_and(|kind| sent.starts_with(kind))
        };
        accepted
            .iter()
            .filter(fits)
            // `text/*` is for what nothing else names, and `*/*` for the rest.
            .min_by_key(|media_type| media_type.matches('*').count())
            .copied()
            .ok_or_else(|| refused(format!("the body is to be {}", accepted.join(" or "))))
    }

    /// The same, where the body may be left out.
    ///
    /// # Errors
    /// 400: the document takes others.
    pub fn optional_media_type(&self) -> Result<Option<&'static str>, ApiError> {
        match self.has_body() {
            true => self.media_type().map(Some),
            false => Ok(None),
        }
    }

    fn check(&self, media_type: &str, value: &Value) -> Result<(), ApiError> {
        let path = [
            "operations",
            self.context().operation().id,
            "body",
            media_type,
        ];
        let details = self.contract.check(&path, value, Location::Body, "")?;
        if details.is_empty() {
            return Ok(());
        }
        let message = "the body is not what the document allows";
        Err(ApiError::invalid_request(message, details))
    }

    async fn bytes(&mut self) -> Result<Bytes, ApiError> {
        let body = self.body.take().unwrap_or_default();
        match Limited::new(body, MAX_BODY).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(refused(format!("the body is longer than {MAX_BODY} bytes")))
            }
            Err(_) => Err(refused("the body was cut off")),
        }
    }
}

/// A media type without its parameters, in lower case (RFC 9110 section 8.3.1).
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}
