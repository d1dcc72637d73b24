//! The one error type: what failed, and what is known of it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Metadata;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a call gave no result. One pointer wide.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    message: String,
    source: Option<Source>,
    answer: Option<Answer>,
    idempotency_key: Option<String>,
    retry_after: Option<Duration>,
    wait_token: Option<String>,
}

#[derive(Debug)]
struct Answer {
    metadata: Metadata,
    body: Bytes,
    json: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Config,
    Connection,
    Timeout,
    Api,
    Decode,
    Signature,
}

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
            answer: None,
            idempotency_key: None,
            retry_after: None,
            wait_token: None,
        }))
    }

    /// A setting or an argument with which no request can be made; nothing was sent.
    ///
    /// Also what a [`TokenSource`](super::TokenSource) gives when it has no token.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Kind::Config, message)
    }

    pub(super) fn unsendable(source: impl Into<Source>) -> Self {
        Self::config("the request cannot be built").because(source)
    }

    /// No answer, or not all of it. What a query may hold of credentials is not kept.
    pub(super) fn lost(mut source: reqwest::Error) -> Self {
        if let Some(url) = source.url_mut() {
            url.set_query(None);
        }
        Self::connection(source)
    }

    /// There was no answer: what a [`Middleware`](super::Middleware) gives that has none.
    pub fn connection(source: impl Into<Source>) -> Self {
        Self::new(Kind::Connection, "the connection failed").because(source)
    }

    pub(super) fn broken_stream(message: &str) -> Self {
        Self::new(Kind::Connection, message)
    }

    pub(super) fn timeout(limit: Duration) -> Self {
        Self::new(Kind::Timeout, format!("no answer within {limit:?}"))
    }

    pub(super) fn decode(source: impl Into<Source>) -> Self {
        Self::new(Kind::Decode, "the answer is not what the API describes").because(source)
    }

    pub(super) fn signature(message: &str) -> Self {
        Self::new(Kind::Signature, message)
    }

    /// An answer whose status is not a success.
    pub(super) fn api(metadata: Metadata, body: Bytes) -> Self {
        let json: Option<Value> = serde_json::from_slice(&body).ok();
        let mut error = Self::new(Kind::Api, "");
        error.0.answer = Some(Answer {
            metadata,
            body,
            json,
        });
        error.0.message = error.field("message").and_then(Value::as_str).map_or_else(
            || format!("the server answered {}", error.status().unwrap_or_default()),
            str::to_owned,
        );
        error
    }

    fn because(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Keeps the answer that could not be read.
    pub(super) fn of_answer(mut self, metadata: Metadata, body: Bytes) -> Self {
        self.0.answer = Some(Answer {
            metadata,
            body,
            json: None,
        });
        self
    }

    pub(super) fn keyed(mut self, key: Option<&str>) -> Self {
        self.0.idempotency_key = key.map(str::to_owned);
        self
    }

    pub(super) fn waiting(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(super) fn waited(mut self, token: Option<String>) -> Self {
        self.0.wait_token = token;
        self
    }

    /// What failed, in one word of lower case.
    #[cfg(feature = "tracing")]
    pub(super) fn kind(&self) -> &'static str {
        match self.0.kind {
            Kind::Config => "config",
            Kind::Connection => "connection",
            Kind::Timeout => "timeout",
            Kind::Api => "api",
            Kind::Decode => "decode",
            Kind::Signature => "signature",
        }
    }

    /// Whether the server answered with an error.
    #[must_use]
    pub fn is_api(&self) -> bool {
        self.0.kind == Kind::Api
    }

    /// Whether there was no connection, or it broke before the answer was whole.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        self.0.kind == Kind::Connection
    }

    /// Whether the time allowed for the call, or for its last try, ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::Timeout
    }

    /// Whether a successful answer could not be read; [`body`](Self::body) has it.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// Whether a setting or an argument made it impossible to send the request.
    #[must_use]
    pub fn is_config(&self) -> bool {
        self.0.kind == Kind::Config
    }

    /// Whether a webhook is not proved to come from the server.
    #[must_use]
    pub fn is_signature(&self) -> bool {
        self.0.kind == Kind::Signature
    }

    /// Whether the server answered with the error of this name: by the name in the body, and by
    /// the status where the body has none.
    #[must_use]
    pub fn is(&self, name: &str, status: u16) -> bool {
        self.is_api()
            && self
                .name()
                .map_or(self.status() == Some(status), |known| known == name)
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.metadata().map(Metadata::status)
    }

    /// The server's name for the error, such as `not_found`: `name` in its body, else a textual
    /// `code`, else `type`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        ["name", "code", "type"]
            .iter()
            .find_map(|key| self.field(key)?.as_str())
    }

    /// `code` in the body, where it is a number.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.field("code")?.as_i64()
    }

    /// The server's message, or what failed on this side.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// `details` in the body.
    #[must_use]
    pub fn details(&self) -> Option<&Value> {
        self.field("details")
    }

    /// The id under which the server knows the request.
    #[must_use]
    pub fn receipt(&self) -> Option<&str> {
        let from_header = self.metadata().and_then(Metadata::receipt);
        from_header.or_else(|| self.field("receipt")?.as_str())
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.metadata().map(Metadata::headers)
    }

    /// Status, headers, rate limit, where there was an answer.
    #[must_use]
    pub fn metadata(&self) -> Option<&Metadata> {
        self.0.answer.as_ref().map(|answer| &answer.metadata)
    }

    /// The body of the answer, unread.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// The body of the answer as a type of the caller's.
    ///
    /// # Errors
    /// The error of the decoder; there is no answer, or it is something else.
    pub fn body_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.body().map_or(&[][..], |body| body))
    }

    /// The idempotency key that was sent. With it the same call can be made again, even after a
    /// crash, and is done once.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// How long the server asked to wait. Set also where that wait did not fit into the time
    /// allowed for the call.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Where a wait for a result ended: with it the wait goes on, in another process too. `None`
    /// before the server has accepted the work, and of what is no wait.
    #[must_use]
    pub fn wait_token(&self) -> Option<&str> {
        self.0.wait_token.as_deref()
    }

    /// A field of the envelope: at the top, or below `error`, where many APIs nest it.
    fn field(&self, name: &str) -> Option<&Value> {
        let json = self.0.answer.as_ref()?.json.as_ref()?;
        json.get(name)
            .or_else(|| json.get("error")?.get(name))
            .filter(|value| !value.is_null())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status() {
            write!(f, "{status} ")?;
        }
        if let Some(name) = self.name() {
            write!(f, "{name}: ")?;
        }
        f.write_str(self.message())?;
        if let Some(receipt) = self.receipt() {
            write!(f, " (receipt {receipt})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("status", &self.status())
            .field("name", &self.name())
            .field("receipt", &self.receipt())
            .field("idempotency_key", &self.0.idempotency_key)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
