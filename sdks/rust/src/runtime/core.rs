//! The part of a client that all its handles share, and the loop of tries that is a call.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::attempt::{Attempt, Turn};
use super::auth::Credentials;
use super::governor::{DoesNotFit, Governor};
use super::retry::Budget;
use super::{Api, Error, Metadata, Middleware, Operation, Request, RetryPolicy, trace};

/// A configured client without its methods. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Core(Arc<Shared>);

pub(super) struct Shared {
    pub(super) api: &'static Api,
    pub(super) http: reqwest::Client,
    /// Without a slash at its end.
    pub(super) base_url: String,
    /// The caller gave it, and not the document: then it is that of every operation.
    pub(super) own_url: bool,
    pub(super) credentials: Credentials,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) retry: RetryPolicy,
    pub(super) budget: Budget,
    pub(super) governor: Option<Governor>,
    /// The first is the outermost.
    pub(super) middleware: Vec<Arc<dyn Middleware>>,
    /// Answers in place of `http`.
    #[cfg(feature = "testing")]
    pub(super) transport: Option<Arc<dyn super::testing::Transport>>,
}

impl Shared {
    /// What the path of an operation is below, without a slash at its end.
    pub(super) fn base_url_of(&self, operation: &Operation) -> Result<Cow<'_, str>, Error> {
        let Some(server) = operation.server.filter(|_| !self.own_url) else {
            return Ok(Cow::Borrowed(&self.base_url));
        };
        let base = reqwest::Url::parse(&format!("{}/", self.base_url));
        let own = base.and_then(|base| base.join(server));
        let own = own.map_err(|why| Error::config(format!("{server:?} is no server: {why}")))?;
        Ok(Cow::Owned(own.as_str().trim_end_matches('/').to_owned()))
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}

/// A successful answer: its body read, or about to be streamed.
pub(super) struct Reply<B> {
    pub(super) metadata: Metadata,
    pub(super) body: B,
}

impl Core {
    pub(super) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }

    pub(super) fn api(&self) -> &'static Api {
        self.0.api
    }

    pub(super) fn middleware(&self) -> &[Arc<dyn Middleware>] {
        &self.0.middleware
    }

    /// The policy of a call, with what the call itself says of retries.
    pub(super) fn retry_policy(&self, request: &Request) -> RetryPolicy {
        let max_retries = request.max_retries.unwrap_or(self.0.retry.max_retries);
        RetryPolicy {
            max_retries,
            ..self.0.retry
        }
    }

    /// Sends, reads the body into memory, and tries again as the contract allows.
    pub(super) async fn read(&self, request: Request) -> Result<Reply<Bytes>, Error> {
        self.perform(request, async |response: reqwest::Response| {
            response.bytes().await
        })
        .await
    }

    /// Sends; the time allowed ends with the answer's headers, and the body is the caller's.
    pub(super) async fn open(&self, request: Request) -> Result<Reply<reqwest::Response>, Error> {
        self.perform(request, async |response| Ok(response)).await
    }

    /// A call within its span, where spans are taken.
    async fn perform<B>(
        &self,
        request: Request,
        read: impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
    ) -> Result<Reply<B>, Error> {
        #[cfg(feature = "tracing")]
        {
            use trace::Instrument as _;
            let span = trace::span(request.operation, &self.0.base_url_of(request.operation)?);
            self.attempts(request, read).instrument(span).await
        }
        #[cfg(not(feature = "tracing"))]
        self.attempts(request, read).await
    }

    async fn attempts<B>(
        &self,
        mut request: Request,
        read: impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
    ) -> Result<Reply<B>, Error> {
        self.idempotency_key(&mut request);
        request.finish()?;
        let policy = self.retry_policy(&request);
        let limit = request.timeout.unwrap_or(self.0.timeout);
        let deadline = Instant::now() + limit;
        let mut retries = 0;
        loop {
            let last = retries >= policy.max_retries || !request.repeatable();
            let admitted = match &self.0.governor {
                None => None,
                Some(governor) => match governor.admit(deadline).await {
                    Ok(admitted) => Some(admitted),
                    Err(DoesNotFit(wait)) => {
                        let error = Error::timeout(limit).waiting(Some(wait));
                        return Err(self.failed(error, &request, retries));
                    }
                },
            };
            let turn = Turn {
                deadline,
                limit,
                retries,
                last,
                admitted,
            };
            let (error, retry, wait) = match self.attempt(&mut request, &read, turn).await {
                Attempt::Done(reply) => {
                    self.0.budget.refund();
                    trace::ended(Ok(&reply.metadata), retries);
                    return Ok(reply);
                }
                Attempt::Failed { error, retry, wait } => (error.waiting(wait), retry, wait),
            };
            if !retry || last {
                return Err(self.failed(error, &request, retries));
            }
            let wait = wait.unwrap_or_else(|| policy.backoff(retries));
            // A wait that does not fit is not begun: the caller learns of it now.
            let fits = Instant::now()
                .checked_add(wait)
                .is_some_and(|at| at < deadline);
            if !fits || !self.0.budget.take() {
                let error = error.waiting(Some(wait));
                return Err(self.failed(error, &request, retries));
            }
            retries += 1;
            trace::retrying(&error, retries, wait);
            sleep(wait).await;
        }
    }

    /// The error of a call, with its key.
    fn failed(&self, error: Error, request: &Request, retries: u32) -> Error {
        let error = match self.0.api.headers.idempotency_key {
            Some(_) if request.operation.keyed => error.keyed(request.idempotency_key.as_deref()),
            _ => error,
        };
        trace::ended(Err(&error), retries);
        error
    }

    /// The key of the call: the caller's own, or a random UUID where the operation is keyed.
    pub(super) fn idempotency_key(&self, request: &mut Request) -> Option<String> {
        let name = self.0.api.headers.idempotency_key?;
        if !request.operation.keyed {
            return None;
        }
        let fresh = || uuid::Uuid::new_v4().to_string();
        let key = request.idempotency_key.get_or_insert_with(fresh).clone();
        request.raw_header(name, &key);
        Some(key)
    }
}
