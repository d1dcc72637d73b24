//! Waiting for what a server has only promised.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::answer::{Kind, undecodable};
use super::core::Reply;
use super::wait_token::Place;
use super::{Call, Core, Error, Events, Json, Operation, Request, Response};

/// The longest pause between two polls.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How the result of an operation is waited for.
#[derive(Debug)]
pub struct LongRunning {
    /// Begins the work.
    pub operation: &'static Operation,
    /// Reads the state.
    pub poll: Link,
    /// Streams events until nothing more happens.
    pub stream: Option<Link>,
    /// JSON Pointer (RFC 6901) to the state in what `poll` answers: `/status`.
    pub state: &'static str,
    /// States after which nothing changes.
    pub terminal: &'static [&'static str],
}

/// An operation whose path parameters stand in an earlier answer.
#[derive(Debug)]
pub struct Link {
    /// What is called.
    pub operation: &'static Operation,
    /// Each path parameter with the JSON Pointer to its value: `("run_id", "/id")`.
    pub arguments: &'static [(&'static str, &'static str)],
}

impl Link {
    /// The values of the arguments, as an answer has them.
    fn values(&self, answer: &Value) -> Result<Vec<String>, Error> {
        let value = |(_, pointer): &(&str, &str)| match answer.pointer(pointer) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) if other.is_number() || other.is_boolean() => Ok(other.to_string()),
            _ => Err(Error::decode(format!(
                "the answer has nothing at {pointer}"
            ))),
        };
        self.arguments.iter().map(value).collect()
    }

    fn call<R: Kind>(&self, core: &Core, values: &[String]) -> Call<R> {
        let names = self.arguments.iter().map(|(name, _)| *name);
        names
            .zip(values)
            .fold(Call::new(core, self.operation), |call, (name, value)| {
                call.path_param(name, value)
            })
    }
}

/// A wait for a result, a `T`; await it.
///
/// Events are followed where the API streams them, and the state is asked for where it does not
/// or the stream breaks. An error of it has a [`wait_token`](Error::wait_token), by which the wait
/// can be gone on with; so has [`on_waiting`](Self::on_waiting).
#[must_use = "nothing is called until this is awaited"]
pub struct Wait<T> {
    core: Core,
    facts: &'static LongRunning,
    begin: Begin,
    timeout: Duration,
    interval: Duration,
    told: Option<Listener>,
    result: PhantomData<fn() -> T>,
}

type Listener = Box<dyn FnMut(&str) + Send>;

/// How a wait begins.
enum Begin {
    /// By the call that begins the work.
    Call(Box<Request>),
    /// By the token of an earlier wait.
    Token(String),
}

impl<T> Wait<T> {
    pub(super) fn new(core: Core, request: Request, facts: &'static LongRunning) -> Self {
        Self::begun(core, Begin::Call(Box::new(request)), facts)
    }

    /// Goes on with a wait from its token; what is wrong with it is said once this is awaited,
    /// before anything is sent.
    pub fn from_token(core: &Core, token: impl Into<String>, facts: &'static LongRunning) -> Self {
        Self::begun(core.clone(), Begin::Token(token.into()), facts)
    }

    fn begun(core: Core, begin: Begin, facts: &'static LongRunning) -> Self {
        Self {
            core,
            facts,
            begin,
            timeout: Duration::from_secs(600),
            interval: Duration::from_secs(1),
            told: None,
            result: PhantomData,
        }
    }

    /// How long to wait in all, the call itself included; ten minutes by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The pause between the first two polls, one second by default; later ones grow to ten.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Is told the token of this wait, once the server has accepted the work and whenever its
    /// place in the stream has moved. Kept, the token lets another process go on with the wait.
    pub fn on_waiting(mut self, told: impl FnMut(&str) + Send + 'static) -> Self {
        self.told = Some(Box::new(told));
        self
    }
}

impl<T: DeserializeOwned + Send + 'static> Wait<T> {
    /// Waits, and gives status and headers of the answer that had the result.
    ///
    /// # Errors
    /// As awaiting the wait itself.
    pub async fn with_response(self) -> Result<Response<T>, Error> {
        let mut progress = Progress {
            told: self.told,
            place: None,
            key: None,
        };
        let (core, facts) = (self.core, self.facts);
        let result = result(&core, facts, self.begin, self.interval, &mut progress);
        let error = match timeout(self.timeout, result).await {
            Ok(Ok(Reply { metadata, body })) => match serde_json::from_slice(&body) {
                Ok(data) => return Ok(Response { data, metadata }),
                Err(error) => undecodable(error, metadata, body),
            },
            Ok(Err(error)) => error,
            Err(_) => Error::timeout(self.timeout),
        };
        let error = match &progress.key {
            Some(key) => error.keyed(Some(key)),
            None => error,
        };
        Err(error.waited(progress.place.map(|place| place.token())))
    }
}

/// What outlives a wait that has run out of time.
struct Progress {
    told: Option<Listener>,
    place: Option<Place>,
    key: Option<String>,
}

impl Progress {
    fn moved(&mut self, place: Place) {
        if let Some(told) = &mut self.told {
            told(&place.token());
        }
        self.place = Some(place);
    }
}

async fn result(
    core: &Core,
    facts: &LongRunning,
    begin: Begin,
    interval: Duration,
    progress: &mut Progress,
) -> Result<Reply<Bytes>, Error> {
    let place = match begin {
        Begin::Token(token) => {
            let place = Place::read(&token, facts)?;
            progress.key.clone_from(&place.key);
            progress.place = Some(place.clone());
            place
        }
        Begin::Call(mut request) => {
            progress.key = core.idempotency_key(&mut request);
            let (_, started) = read(core, *request).await?;
            let stream = match &facts.stream {
                Some(stream) => Some(stream.values(&started)?),
                None => None,
            };
            let poll = facts.poll.values(&started)?;
            let key = progress.key.clone();
            let place = Place::new(facts.operation.name, poll, stream, key);
            progress.moved(place.clone());
            place
        }
    };
    if let (Some(stream), Some(values)) = (&facts.stream, &place.stream) {
        let mut events: Call<Events<Value>> = stream.call(core, values);
        if let Some(id) = &place.last_event_id {
            events = events.last_event_id(id);
        }
        let mut place = place.clone();
        // Whatever ends the stream, the poll says how things stand.
        while let Ok(Some(_)) = events.try_next().await {
            if events.position() != place.last_event_id.as_deref() {
                place.last_event_id = events.position().map(str::to_owned);
                progress.moved(place.clone());
            }
        }
    }
    let mut pause = interval;
    loop {
        let poll: Call<Json<Value>> = facts.poll.call(core, &place.poll);
        let (reply, answer) = read(core, poll.request).await?;
        let state = answer.pointer(facts.state).and_then(Value::as_str);
        if state.is_some_and(|state| facts.terminal.contains(&state)) {
            return Ok(reply);
        }
        sleep(pause).await;
        pause = pause.mul_f64(1.5).min(LONGEST_PAUSE);
    }
}

async fn read(core: &Core, request: Request) -> Result<(Reply<Bytes>, Value), Error> {
    let reply = core.read(request).await?;
    match serde_json::from_slice(&reply.body) {
        Ok(value) => Ok((reply, value)),
        Err(error) => Err(undecodable(error, reply.metadata, reply.body)),
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.with_response().await?.data) })
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("facts", self.facts)
            .finish_non_exhaustive()
    }
}
