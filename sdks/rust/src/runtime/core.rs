//! The part of a client that all its handles share, and the one place that sends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, HeaderValue, USER_AGENT};
use tokio::time::{Instant, sleep, timeout_at};

use super::auth::Credentials;
use super::body::Payload;
use super::retry::{self, Budget};
use super::{Api, Error, Metadata, Request, RetryPolicy};

/// A configured client without its methods. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Core(Arc<Shared>);

pub(super) struct Shared {
    pub(super) api: &'static Api,
    pub(super) http: reqwest::Client,
    /// Without a slash at its end.
    pub(super) base_url: String,
    pub(super) credentials: Credentials,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) retry: RetryPolicy,
    pub(super) budget: Budget,
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

/// What one try gave.
enum Attempt<B> {
    Done(Reply<B>),
    /// Not a success; whether it may be tried again, and after how long if the server said so.
    Failed {
        error: Error,
        retry: bool,
        wait: Option<Duration>,
    },
}

impl Core {
    pub(super) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
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

    async fn perform<B>(
        &self,
        mut request: Request,
        read: impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
    ) -> Result<Reply<B>, Error> {
        request.finish()?;
        let key = self.idempotency_key(&mut request);
        let policy = self.retry_policy(&request);
        let limit = request.timeout.unwrap_or(self.0.timeout);
        let deadline = Instant::now() + limit;
        let mut retries = 0;
        loop {
            let spare = if retries < policy.max_retries && request.operation.repeatable() {
                request.try_clone()
            } else {
                None
            };
            let attempt = self.attempt(request, &read, deadline, limit, retries).await;
            let (error, wait) = match attempt.map_err(|error| error.keyed(key.as_deref()))? {
                Attempt::Done(reply) => {
                    self.0.budget.refund();
                    return Ok(reply);
                }
                Attempt::Failed { error, retry, wait } => {
                    let error = error.keyed(key.as_deref()).waiting(wait);
                    if !retry {
                        return Err(error);
                    }
                    (error, wait)
                }
            };
            let Some(again) = spare else {
                return Err(error);
            };
            let wait = wait.unwrap_or_else(|| policy.backoff(retries));
            // A wait that does not fit is not begun: the caller learns of it now.
            let fits = Instant::now()
                .checked_add(wait)
                .is_some_and(|at| at < deadline);
            if !fits || !self.0.budget.take() {
                return Err(error.waiting(Some(wait)));
            }
            sleep(wait).await;
            request = again;
            retries += 1;
        }
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

    async fn attempt<B>(
        &self,
        request: Request,
        read: &impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
        deadline: Instant,
        limit: Duration,
        retries: u32,
    ) -> Result<Attempt<B>, Error> {
        let own = request.attempt_timeout.or(self.0.attempt_timeout);
        let own_deadline = own
            .map(|own| Instant::now() + own)
            .filter(|own| *own < deadline);
        let until = own_deadline.unwrap_or(deadline);
        let key = request.idempotency_key.clone();
        match timeout_at(until, self.exchange(request, read, key, retries)).await {
            Ok(result) => result,
            Err(_) => Ok(Attempt::Failed {
                error: Error::timeout(own.filter(|_| own_deadline.is_some()).unwrap_or(limit)),
                retry: own_deadline.is_some(),
                wait: None,
            }),
        }
    }

    async fn exchange<B>(
        &self,
        request: Request,
        read: &impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
        idempotency_key: Option<String>,
        retries: u32,
    ) -> Result<Attempt<B>, Error> {
        let lost = |source: reqwest::Error| Attempt::Failed {
            error: Error::connection(source),
            retry: true,
            wait: None,
        };
        let built = self.build(request).await?;
        let response = match self.0.http.execute(built).await {
            Ok(response) => response,
            Err(error) if error.is_builder() => return Err(Error::unsendable(error)),
            Err(error) => return Ok(lost(error)),
        };
        let metadata = Metadata {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            idempotency_key,
            retries,
            roles: self.0.api.headers,
        };
        if response.status().is_success() {
            return Ok(match read(response).await {
                Ok(body) => Attempt::Done(Reply { metadata, body }),
                Err(error) => lost(error),
            });
        }
        // Read to its end, so that the connection can be used by the next try.
        let body = match response.bytes().await {
            Ok(body) => body,
            Err(error) => return Ok(lost(error)),
        };
        let name = self.0.api.headers.retry_after;
        let wait = retry::retry_after(&metadata.headers, name, Timestamp::now());
        let retry = retry::is_retried(metadata.status);
        Ok(Attempt::Failed {
            error: Error::api(metadata, body),
            retry,
            wait,
        })
    }

    async fn build(&self, request: Request) -> Result<reqwest::Request, Error> {
        let mut url = format!("{}{}", self.0.base_url, request.path);
        for (index, pair) in request.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(pair);
        }
        let mut builder = self
            .0
            .http
            .request(request.operation.verb.into(), url)
            .header(USER_AGENT, HeaderValue::from_static(self.0.api.user_agent))
            .headers(request.headers);
        match request.body.map(|body| body.0) {
            None => {}
            Some(Payload::Bytes(bytes)) => builder = builder.body(bytes),
            Some(Payload::Stream { stream, length }) => {
                if let Some(length) = length {
                    builder = builder.header(CONTENT_LENGTH, length);
                }
                builder = builder.body(reqwest::Body::wrap_stream(stream));
            }
        }
        let security = request.operation.security;
        let builder = self
            .0
            .credentials
            .apply(self.0.api, security, builder)
            .await?;
        builder.build().map_err(Error::unsendable)
    }
}
