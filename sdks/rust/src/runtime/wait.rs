//! Waiting for what a server has only promised.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::answer::{Kind, undecodable};
use super::core::Reply;
use super::{Call, Core, Error, Events, Operation, Request};

/// The longest pause between two polls.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How the result of an operation is waited for.
#[derive(Debug)]
pub struct LongRunning {
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
    fn call<R: Kind>(&self, core: &Core, answer: &Value) -> Result<Call<R>, Error> {
        let call = Call::new(core, self.operation);
        self.arguments
            .iter()
            .try_fold(call, |call, (name, pointer)| {
                let missing = || Error::decode(format!("the answer has nothing at {pointer}"));
                Ok(call.path_param(name, answer.pointer(pointer).ok_or_else(missing)?))
            })
    }
}

/// A call and the wait for its result, a `T`; await it.
///
/// Events are followed where the API streams them, and the state is asked for where it does not
/// or the stream breaks.
#[must_use = "nothing is called until this is awaited"]
pub struct Wait<T> {
    core: Core,
    request: Request,
    facts: &'static LongRunning,
    timeout: Duration,
    interval: Duration,
    result: PhantomData<fn() -> T>,
}

impl<T> Wait<T> {
    pub(super) fn new(core: Core, request: Request, facts: &'static LongRunning) -> Self {
        Self {
            core,
            request,
            facts,
            timeout: Duration::from_secs(600),
            interval: Duration::from_secs(1),
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
}

impl<T: DeserializeOwned> Wait<T> {
    async fn result(self) -> Result<T, Error> {
        let (_, started) = read(&self.core, self.request).await?;
        if let Some(stream) = &self.facts.stream {
            let mut events: Call<Events<Value>> = stream.call(&self.core, &started)?;
            // Whatever ends the stream, the poll says how things stand.
            while let Ok(Some(_)) = events.try_next().await {}
        }
        let mut pause = self.interval;
        loop {
            let poll: Call<Events<Value>> = self.facts.poll.call(&self.core, &started)?;
            let (reply, answer) = read(&self.core, poll.request).await?;
            let state = answer.pointer(self.facts.state).and_then(Value::as_str);
            if state.is_some_and(|state| self.facts.terminal.contains(&state)) {
                return serde_json::from_slice(&reply.body)
                    .map_err(|error| undecodable(error, reply.metadata, reply.body));
            }
            sleep(pause).await;
            pause = pause.mul_f64(1.5).min(LONGEST_PAUSE);
        }
    }
}

async fn read(core: &Core, request: Request) -> Result<(Reply<bytes::Bytes>, Value), Error> {
    let reply = core.read(request).await?;
    match serde_json::from_slice(&reply.body) {
        Ok(value) => Ok((reply, value)),
        Err(error) => Err(undecodable(error, reply.metadata, reply.body)),
    }
}

impl<T: DeserializeOwned + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        let limit = self.timeout;
        let key = self.core.idempotency_key(&mut self.request);
        Box::pin(async move {
            match timeout(limit, self.result()).await {
                Ok(result) => result,
                Err(_) => Err(Error::timeout(limit).keyed(key.as_deref())),
            }
        })
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("facts", self.facts)
            .finish_non_exhaustive()
    }
}
