//! Answers that arrive piece by piece: server-sent events and lines of JSON.

use std::pin::Pin;
use std::time::Duration;

use axum::response::sse;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::Serialize;

use super::ApiError;

/// An event of a stream, by the WHATWG's rules for server-sent events.
#[derive(Clone, Debug)]
pub struct Event<T> {
    /// What a client sends as `Last-Event-ID` to go on behind this event.
    pub id: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// The data, sent as JSON.
    pub data: T,
}

impl<T> Event<T> {
    /// An event without id and name.
    pub fn new(data: T) -> Self {
        Self {
            id: None,
            event: None,
            data,
        }
    }

    /// With an id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With a name.
    #[must_use]
    pub fn event(mut self, event: impl Into<String>) -> Self {
        self.event = Some(event.into());
        self
    }
}

/// A stream of events. It is polled as fast as the client reads.
pub struct Events<T>(Pin<Box<dyn Stream<Item = Event<T>> + Send>>);

impl<T> std::fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl<T: Serialize + 'static> Events<T> {
    /// A stream of these events; it ends when they do.
    pub fn new(events: impl Stream<Item = Event<T>> + Send + 'static) -> Self {
        Self(Box::pin(events))
    }

    /// The answer, with a comment every 15 seconds of silence.
    pub(super) fn into_sse(self) -> impl axum::response::IntoResponse {
        let events = self.0.map(|event| {
            let mut out = sse::Event::default();
            // The format has no way to write these. Without its id an event is sent again to a
            // client that resumes; under another id it could not resume at all.
            let writable = |text: &String| !text.contains(['\r', '\n', '\0']);
            if let Some(id) = event.id.filter(writable) {
                out = out.id(id);
            }
            if let Some(name) = event.event.filter(writable) {
                out = out.event(name);
            }
            out.json_data(event.data)
        });
        sse::Sse::new(events).keep_alive(sse::KeepAlive::new().interval(Duration::from_secs(15)))
    }
}

/// A stream of JSON values, one a line.
pub struct Lines<T>(Pin<Box<dyn Stream<Item = T> + Send>>);

impl<T> std::fmt::Debug for Lines<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").finish_non_exhaustive()
    }
}

impl<T: Serialize + 'static> Lines<T> {
    /// A stream of these values.
    pub fn new(values: impl Stream<Item = T> + Send + 'static) -> Self {
        Self(Box::pin(values))
    }

    pub(super) fn into_bytes(self) -> impl Stream<Item = Result<Bytes, ApiError>> + Send + 'static {
        self.0.map(|value| {
            let mut line = serde_json::to_vec(&value).map_err(|_| ApiError::internal_error())?;
            line.push(b'\n');
            Ok(Bytes::from(line))
        })
    }
}
