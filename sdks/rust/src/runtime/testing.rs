//! A transport that answers by itself, for the tests of who uses a client.
//!
//! It stands in for the network and for nothing else: a request is built, encoded, retried and its
//! answer decoded as ever.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Request, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Binary, ClientBuilder, Core, Empty, Error, Events, Json, Lines, Operation, Paged, Pagination,
    RetryPolicy, Text,
};

/// What answers in place of a server.
pub(super) trait Transport: fmt::Debug + Send + Sync {
    fn answer(
        &self,
        request: Request,
        operation: &'static Operation,
    ) -> BoxFuture<'static, Result<reqwest::Response, Error>>;
}

/// An operation that is answered by an `R`, such as `Json<Run>`.
pub struct Typed<R> {
    operation: &'static Operation,
    answer: PhantomData<fn() -> R>,
}

impl<R> Typed<R> {
    /// The facts of an operation, with its kind of answer.
    #[must_use]
    pub const fn new(operation: &'static Operation) -> Self {
        let answer = PhantomData;
        Self { operation, answer }
    }
}

impl<R> fmt::Debug for Typed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typed({})", self.operation.name)
    }
}

/// Answers calls as it was told to, and keeps what was called. Clones share both.
///
/// An operation's answers are given in the order in which they were told, the last of them again
/// and again. A call that nothing answers fails, and its error names the operation.
#[derive(Clone, Default)]
pub struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// By operation, which is a static, and so told by its address.
    answers: HashMap<usize, VecDeque<Script>>,
    seen: Vec<Seen>,
}

type Script = Arc<dyn Fn(&Seen) -> Result<Raw, Error> + Send + Sync>;

/// An answer before it is one of HTTP.
struct Raw {
    status: u16,
    media_type: &'static str,
    body: Bytes,
}

/// A call as the server would have seen it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Seen {
    /// `startRun`
    pub operation: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Path and query included.
    pub url: Url,
    /// All headers, the credential among them.
    pub headers: HeaderMap,
    /// The body; empty where there is none, or where it is streamed.
    pub body: Bytes,
}

impl Seen {
    /// The body, read as JSON.
    ///
    /// # Errors
    /// The error of the decoder.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The first query parameter of a name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        let (_, value) = pairs.find(|(known, _)| known == name)?;
        Some(value.into_owned())
    }
}

impl Fake {
    /// A fake that answers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what is answered to an operation, behind what was said before.
    pub fn on<R>(&self, operation: Typed<R>) -> On<'_, R> {
        On {
            fake: self,
            operation: operation.operation,
            answer: PhantomData,
        }
    }

    /// Every try of every call until now, in order.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// The tries of the calls of one operation.
    #[must_use]
    pub fn seen_of<R>(&self, operation: Typed<R>) -> Vec<Seen> {
        let name = operation.operation.name;
        let mut seen = self.seen();
        seen.retain(|seen| seen.operation == name);
        seen
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fake")
            .field("seen", &self.state().seen)
            .finish_non_exhaustive()
    }
}

/// An operation of a fake, to be told its answers.
pub struct On<'a, R> {
    fake: &'a Fake,
    operation: &'static Operation,
    answer: PhantomData<fn() -> R>,
}

impl<R> On<'_, R> {
    /// The error of a name and a status, in the API's envelope.
    pub fn error(self, name: &'static str, status: u16) -> Self {
        let message = format!("the fake answers {name}");
        let body = json!({"code": status, "name": name, "message": message}).to_string();
        self.script(move |_| {
            let body = body.clone();
            Ok(Raw::new(status, "application/json", body))
        })
    }

    /// No answer: the connection breaks.
    pub fn disconnect(self) -> Self {
        self.script(|_| Err(Error::connection("the fake has closed the connection")))
    }

    fn script(self, script: impl Fn(&Seen) -> Result<Raw, Error> + Send + Sync + 'static) -> Self {
        let mut state = self.fake.state();
        let scripts = state.answers.entry(address(self.operation)).or_default();
        scripts.push_back(Arc::new(script));
        drop(state);
        self
    }
}

impl<T: Serialize> On<'_, Json<T>> {
    /// This value.
    pub fn answer(self, value: T) -> Self {
        let body = text(&value);
        self.script(move |_| {
            let body = body.as_ref().map_err(unwritable)?;
            Ok(Raw::new(200, "application/json", body.clone()))
        })
    }

    /// What is made of the call.
    pub fn answer_with(self, make: impl Fn(&Seen) -> T + Send + Sync + 'static) -> Self {
        self.script(move |seen| Ok(Raw::new(200, "application/json", text(&make(seen))?)))
    }
}

impl<T: Serialize> On<'_, Paged<T>> {
    /// These items, on one page.
    pub fn items(self, items: impl IntoIterator<Item = T>) -> Self {
        self.pages([items.into_iter().collect::<Vec<T>>()])
    }

    /// These pages, each of which leads to the next.
    pub fn pages(self, pages: impl IntoIterator<Item = Vec<T>>) -> Self {
        let Some(pagination) = self.operation.pagination else {
            return self;
        };
        let pages: Result<Vec<Value>, _> = pages.into_iter().map(serde_json::to_value).collect();
        self.script(move |seen| {
            let pages = pages.as_ref().map_err(unwritable)?;
            let asked = seen.query(pagination.request);
            let index = match asked {
                None => 0,
                Some(cursor) => cursor
                    .parse()
                    .ok()
                    .filter(|index| *index < pages.len())
                    .ok_or_else(|| Error::config(format!("the fake gave no cursor {cursor:?}")))?,
            };
            let body = page(pagination, pages, index).to_string();
            Ok(Raw::new(200, "application/json", body))
        })
    }
}

impl<T: Serialize> On<'_, Events<T>> {
    /// These events, with ids from 1 on; after a `Last-Event-ID`, those behind it.
    pub fn events(self, events: impl IntoIterator<Item = T>) -> Self {
        let events: Result<Vec<String>, Error> =
            events.into_iter().map(|event| text(&event)).collect();
        self.script(move |seen| {
            let last = seen.headers.get("Last-Event-ID");
            let last = last.and_then(|id| id.to_str().ok()?.parse().ok());
            let events = events.as_ref().map_err(unwritable)?;
            let mut body = String::new();
            for (index, data) in events.iter().enumerate().skip(last.unwrap_or(0)) {
                body.push_str(&format!("id: {}\ndata: {data}\n\n", index + 1));
            }
            Ok(Raw::new(200, "text/event-stream", body))
        })
    }
}

impl<T: Serialize> On<'_, Lines<T>> {
    /// These values, one a line.
    pub fn lines(self, values: impl IntoIterator<Item = T>) -> Self {
        let lines: Result<Vec<String>, Error> =
            values.into_iter().map(|value| text(&value)).collect();
        self.script(move |_| {
            let lines = lines.as_ref().map_err(unwritable)?;
            Ok(Raw::new(200, "application/x-ndjson", lines.join("\n")))
        })
    }
}

impl On<'_, Binary> {
    /// These bytes.
    pub fn bytes(self, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        self.script(move |_| Ok(Raw::new(200, "application/octet-stream", content.clone())))
    }
}

impl On<'_, Text> {
    /// This text.
    pub fn text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.script(move |_| Ok(Raw::new(200, "text/plain; charset=utf-8", text.clone())))
    }
}

impl On<'_, Empty> {
    /// A success without a body.
    pub fn done(self) -> Self {
        self.script(|_| Ok(Raw::new(204, "", Bytes::new())))
    }
}

impl<C: From<Core>> ClientBuilder<C> {
    /// Lets a fake answer in place of the network, with a base URL and a token that lead nowhere,
    /// and no waits between tries but those that an answer asks for.
    pub fn fake(mut self, fake: &Fake) -> Self {
        self.transport = Some(Arc::new(fake.clone()));
        let policy = RetryPolicy {
            base: Duration::ZERO,
            ..RetryPolicy::default()
        };
        self.base_url("http://fake.invalid")
            .api_key("fake")
            .retry_policy(policy)
    }
}

impl Transport for Fake {
    fn answer(
        &self,
        request: Request,
        operation: &'static Operation,
    ) -> BoxFuture<'static, Result<reqwest::Response, Error>> {
        let seen = Seen {
            operation: operation.name,
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            body: request
                .body()
                .and_then(reqwest::Body::as_bytes)
                .map(Bytes::copy_from_slice)
                .unwrap_or_default(),
        };
        let script = {
            let mut state = self.state();
            state.seen.push(seen.clone());
            match state.answers.get_mut(&address(operation)) {
                Some(scripts) if scripts.len() > 1 => scripts.pop_front(),
                Some(scripts) => scripts.front().cloned(),
                None => None,
            }
        };
        let nothing = || {
            let Operation { name, path, .. } = operation;
            let line = format!("{} {path}", seen.method);
            Error::config(format!("the fake was told no answer to {name} ({line})"))
        };
        let answer = script.ok_or_else(nothing).and_then(|script| script(&seen));
        Box::pin(async move { answer?.into_response() })
    }
}

impl Raw {
    fn new(status: u16, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            media_type,
            body: body.into(),
        }
    }

    fn into_response(self) -> Result<reqwest::Response, Error> {
        let mut response = http::Response::builder().status(self.status);
        if !self.media_type.is_empty() {
            response = response.header(CONTENT_TYPE, self.media_type);
        }
        let response = response.body(self.body).map_err(Error::unsendable)?;
        Ok(response.into())
    }
}

fn address(operation: &'static Operation) -> usize {
    std::ptr::from_ref(operation).addr()
}

fn text(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| unwritable(&error))
}

fn unwritable(error: &impl fmt::Display) -> Error {
    Error::config(format!("the fake cannot write its answer: {error}"))
}

/// A page as the API has it: the list and the cursor where the pagination says.
fn page(pagination: &Pagination, pages: &[Value], index: usize) -> Value {
    let mut body = json!({});
    put(&mut body, pagination.items, pages[index].clone());
    let next = index + 1;
    let cursor = if next < pages.len() {
        json!(next.to_string())
    } else {
        Value::Null
    };
    put(&mut body, pagination.next, cursor);
    body
}

/// Sets what stands at a JSON Pointer, with the objects that lead to it.
fn put(root: &mut Value, pointer: &str, value: Value) {
    let mut place = root;
    for token in pointer.split('/').skip(1) {
        place = &mut place[token.replace("~1", "/").replace("~0", "~")];
    }
    *place = value;
}
