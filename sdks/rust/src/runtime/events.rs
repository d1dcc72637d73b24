//! Streams of values: server-sent events and newline-delimited JSON.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use reqwest::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::answer::Kind;
use super::core::Reply;
use super::lines::Splitter;
use super::sse::Parser;
use super::{Call, Error, Metadata, Request, Verb};

/// One event or line must fit into this many bytes; a server that sends no end is not trusted
/// with the client's memory.
const LONGEST: usize = 64 << 20;

/// Which value of a stream is its last.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// The property that tells the values apart: `type`.
    pub property: &'static str,
    /// Its values after which nothing comes: `run.completed`.
    pub values: &'static [&'static str],
}

/// The answer is server-sent events, each read as `T`.
///
/// Where the server sends ids, and the operation is a GET or has an idempotency key, a connection
/// that breaks is resumed after the last event that was handed over, under the same key, so that
/// none is lost and none comes twice. Where that cannot be, the break is an error of the stream.
#[derive(Debug)]
pub struct Events<T>(PhantomData<fn() -> T>);

/// The answer is newline-delimited JSON, each line read as `T`.
#[derive(Debug)]
pub struct Lines<T>(PhantomData<fn() -> T>);

impl<T> Kind for Events<T> {
    type State = State;
}

impl<T> Kind for Lines<T> {
    type State = State;
}

/// A kind of answer that is a stream.
pub trait Framed: Kind<State = State> {
    /// What the stream gives.
    type Item: DeserializeOwned;
    /// Whether values come as server-sent events; else one a line.
    const EVENTS: bool;
}

impl<T: DeserializeOwned> Framed for Events<T> {
    type Item = T;
    const EVENTS: bool = true;
}

impl<T: DeserializeOwned> Framed for Lines<T> {
    type Item = T;
    const EVENTS: bool = false;
}

/// How far a stream has been read.
#[derive(Default)]
pub struct State {
    phase: Phase,
    metadata: Option<Metadata>,
    last_event_id: Option<String>,
    /// The request had a body that can be sent once, and it was.
    spent: bool,
    /// Connections in a row that gave no event.
    failures: u32,
}

impl State {
    fn follow(&mut self, decoder: &Decoder) {
        if let Decoder::Events(parser) = decoder
            && self.last_event_id.as_deref() != parser.last_event_id()
        {
            self.last_event_id = parser.last_event_id().map(str::to_owned);
        }
    }
}

#[derive(Default)]
enum Phase {
    #[default]
    Idle,
    Connecting(BoxFuture<'static, Result<Reply<reqwest::Response>, Error>>),
    Open(BoxStream<'static, reqwest::Result<Bytes>>, Decoder),
    Done,
}

/// Bytes to frames.
enum Decoder {
    Events(Parser),
    Lines(Splitter),
}

struct Frame {
    name: String,
    data: String,
}

impl Decoder {
    fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Events(parser) => parser.push(bytes),
            Self::Lines(splitter) => splitter.push(bytes),
        }
    }

    fn next(&mut self) -> Option<Frame> {
        match self {
            Self::Events(parser) => loop {
                let event = parser.next()?;
                // Some servers keep a connection alive with events of no data.
                if !event.data.trim().is_empty() {
                    return Some(Frame {
                        name: event.name,
                        data: event.data,
                    });
                }
            },
            Self::Lines(splitter) => splitter.next().map(|data| Frame {
                name: String::new(),
                data,
            }),
        }
    }

    /// What is left at the end of the stream: a line may go without its line feed, an event that
    /// has not ended is dropped.
    fn last(&mut self) -> Option<Frame> {
        match self {
            Self::Events(_) => None,
            Self::Lines(splitter) => splitter.last().map(|data| Frame {
                name: String::new(),
                data,
            }),
        }
    }

    fn pending(&self) -> usize {
        match self {
            Self::Events(parser) => parser.pending(),
            Self::Lines(splitter) => splitter.pending(),
        }
    }
}

impl<R: Framed, P> Call<R, P> {
    /// The next value; `None` after the last.
    ///
    /// The first call of this sends the request. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The request failed, the stream broke and cannot be resumed, or a value is not what the API
    /// describes; after the last of these the stream can be read on.
    pub async fn try_next(&mut self) -> Result<Option<R::Item>, Error> {
        TryStreamExt::try_next(self).await
    }

    /// All values, until the stream ends.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    pub async fn try_collect<C: Default + Extend<R::Item>>(self) -> Result<C, Error> {
        TryStreamExt::try_collect(self).await
    }

    /// Status and headers, once the server has answered; the first value makes sure of that.
    #[must_use]
    pub fn metadata(&self) -> Option<&Metadata> {
        self.state.metadata.as_ref()
    }

    /// Sends the request, at once or after a wait; each time under one key.
    fn connect(&mut self, wait: Option<Duration>) -> Phase {
        self.core.idempotency_key(&mut self.request);
        // A streamed body can be sent once; then only what is not the body is left.
        let mut request = self.request.try_clone().unwrap_or_else(|| {
            self.state.spent = true;
            let operation = self.request.operation;
            std::mem::replace(&mut self.request, Request::new(operation))
        });
        if let Some(id) = &self.state.last_event_id {
            request.raw_header("Last-Event-ID", id);
        }
        let core = self.core.clone();
        Phase::Connecting(Box::pin(async move {
            if let Some(wait) = wait {
                tokio::time::sleep(wait).await;
            }
            core.open(request).await
        }))
    }

    fn opened(&mut self, reply: Reply<reqwest::Response>) -> Result<Phase, Error> {
        let Reply { metadata, body } = reply;
        let media_type = metadata.headers().get(CONTENT_TYPE);
        let media_type = media_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_events = media_type
            .to_ascii_lowercase()
            .starts_with("text/event-stream");
        // By the HTML Standard, 204 tells a client to stop, and another type is a failure.
        let phase = if metadata.status() == 204 {
            Phase::Done
        } else if !R::EVENTS {
            Phase::Open(
                body.bytes_stream().boxed(),
                Decoder::Lines(Splitter::default()),
            )
        } else if is_events {
            Phase::Open(
                body.bytes_stream().boxed(),
                Decoder::Events(Parser::after(self.state.last_event_id.clone())),
            )
        } else {
            let found = format!("text/event-stream was expected, not {media_type:?}");
            return Err(Error::decode(found).of_answer(metadata, Bytes::new()));
        };
        self.state.metadata = Some(metadata);
        Ok(phase)
    }

    /// What follows a connection that is over: nothing, a resumption, or an error.
    fn over(&mut self, decoder: &Decoder, broken: Option<reqwest::Error>) -> Result<Phase, Error> {
        let error = match broken {
            Some(error) => Error::lost(error),
            None if self.request.operation.terminal.is_some() => {
                Error::broken_stream("the stream ended before its last event")
            }
            None => return Ok(Phase::Done),
        };
        let policy = self.core.retry_policy(&self.request);
        let Decoder::Events(parser) = decoder else {
            return Err(error);
        };
        let operation = self.request.operation;
        let resumable = (operation.verb == Verb::Get || operation.keyed)
            && !self.state.spent
            && self.state.last_event_id.is_some()
            && self.state.failures < policy.max_retries;
        if !resumable {
            return Err(error);
        }
        let wait = parser
            .retry()
            .unwrap_or_else(|| policy.backoff(self.state.failures));
        self.state.failures += 1;
        Ok(self.connect(Some(wait)))
    }

    /// Reads one frame; whether it is the last.
    fn read(&self, frame: &Frame) -> (Result<R::Item, Error>, bool) {
        let last = self
            .request
            .operation
            .terminal
            .is_some_and(|terminal| terminal.ends(frame));
        (
            serde_json::from_str(&frame.data).map_err(Error::decode),
            last,
        )
    }
}

impl<T: DeserializeOwned, P> Call<Events<T>, P> {
    /// Starts after the event of this id, as kept from an earlier stream.
    pub fn last_event_id(mut self, id: impl Into<String>) -> Self {
        self.state.last_event_id = Some(id.into());
        self
    }

    /// The id of the last event handed over; with it a later stream goes on from there.
    #[must_use]
    pub fn position(&self) -> Option<&str> {
        self.state.last_event_id.as_deref()
    }
}

impl<R: Framed, P> Stream for Call<R, P> {
    type Item = Result<R::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            let next = match std::mem::replace(&mut this.state.phase, Phase::Done) {
                Phase::Done => return Poll::Ready(None),
                Phase::Idle => Ok(this.connect(None)),
                Phase::Connecting(mut connecting) => match connecting.poll_unpin(cx) {
                    Poll::Ready(Ok(reply)) => this.opened(reply),
                    Poll::Ready(Err(error)) => Err(error),
                    Poll::Pending => {
                        this.state.phase = Phase::Connecting(connecting);
                        return Poll::Pending;
                    }
                },
                Phase::Open(mut stream, mut decoder) => {
                    if let Some(frame) = decoder.next() {
                        this.state.failures = 0;
                        this.state.follow(&decoder);
                        let (item, last) = this.read(&frame);
                        if !last {
                            this.state.phase = Phase::Open(stream, decoder);
                        }
                        return Poll::Ready(Some(item));
                    }
                    this.state.follow(&decoder);
                    match stream.poll_next_unpin(cx) {
                        Poll::Ready(Some(Ok(_))) if decoder.pending() > LONGEST => {
                            Err(Error::broken_stream("an event has no end"))
                        }
                        Poll::Ready(Some(Ok(bytes))) => {
                            decoder.push(&bytes);
                            Ok(Phase::Open(stream, decoder))
                        }
                        Poll::Ready(Some(Err(error))) => this.over(&decoder, Some(error)),
                        Poll::Ready(None) => match decoder.last() {
                            Some(frame) => return Poll::Ready(Some(this.read(&frame).0)),
                            None => this.over(&decoder, None),
                        },
                        Poll::Pending => {
                            this.state.phase = Phase::Open(stream, decoder);
                            return Poll::Pending;
                        }
                    }
                }
            };
            match next {
                Ok(phase) => this.state.phase = phase,
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl Terminal {
    /// By the event's name, else by the property in its data, which is looked for and not built.
    fn ends(&self, frame: &Frame) -> bool {
        let ends = |value: &str| self.values.contains(&value);
        if ends(&frame.name) {
            return true;
        }
        let mut data = serde_json::Deserializer::from_str(&frame.data);
        data.deserialize_map(Property(self.property))
            .is_ok_and(|value| value.is_some_and(|v| ends(&v)))
    }
}

/// Finds one textual property of an object.
struct Property(&'static str);

impl<'de> Visitor<'de> for Property {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                found = map.next_value::<Value>()?.as_str().map(str::to_owned);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}
