//! One try of a call: built, sent, and read as far as its kind of answer asks for.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, HeaderValue, USER_AGENT};
use tokio::time::{Instant, timeout_at};

use super::body::Payload;
use super::core::{Core, Reply};
use super::governor::Admitted;
use super::middleware::Next;
use super::trace::Try;
use super::{Error, Metadata, Operation, Request, retry};

/// What a call says of one of its tries.
pub(super) struct Turn<'a> {
    /// When the call ends, and how long it may take in all.
    pub(super) deadline: Instant,
    pub(super) limit: Duration,
    /// The tries that came before.
    pub(super) retries: u32,
    /// None comes after: the request is used up.
    pub(super) last: bool,
    /// Held until there is an answer.
    pub(super) admitted: Option<Admitted<'a>>,
}

/// What one try gave.
pub(super) enum Attempt<B> {
    Done(Reply<B>),
    /// Not a success; whether it may be tried again, and after how long if the server said so.
    Failed {
        error: Error,
        retry: bool,
        wait: Option<Duration>,
    },
}

impl<B> Attempt<B> {
    /// By what may be tried again: a connection that failed, and nothing else on this side.
    fn lost(error: Error) -> Self {
        Self::Failed {
            retry: error.is_connection(),
            error,
            wait: None,
        }
    }
}

impl Core {
    /// One try, which ends with the time of its call or with its own.
    pub(super) async fn attempt<B>(
        &self,
        request: &mut Request,
        read: &impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
        turn: Turn<'_>,
    ) -> Attempt<B> {
        let (deadline, limit) = (turn.deadline, turn.limit);
        let own = request.attempt_timeout.or(self.shared().attempt_timeout);
        let own_deadline = own
            .map(|own| Instant::now() + own)
            .filter(|own| *own < deadline);
        let until = own_deadline.unwrap_or(deadline);
        match timeout_at(until, self.exchange(request, read, turn)).await {
            Ok(Ok(attempt)) => attempt,
            Ok(Err(error)) => Attempt::lost(error),
            Err(_) => Attempt::Failed {
                error: Error::timeout(own.filter(|_| own_deadline.is_some()).unwrap_or(limit)),
                retry: own_deadline.is_some(),
                wait: None,
            },
        }
    }

    async fn exchange<B>(
        &self,
        request: &mut Request,
        read: &impl AsyncFn(reqwest::Response) -> reqwest::Result<B>,
        turn: Turn<'_>,
    ) -> Result<Attempt<B>, Error> {
        let Turn { retries, last, .. } = turn;
        let operation = request.operation;
        let built = self.build(request, last).await?;
        let traced = Try::new(&built, self, retries == 0);
        let sent = if self.middleware().is_empty() {
            self.send(built, operation).await
        } else {
            let next = Next::new(self.clone(), operation, retries);
            next.run(built).await
        };
        let mut response = sent.inspect_err(|error| traced.failed(error))?;
        drop(turn.admitted);
        let metadata = Metadata {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            idempotency_key: request.idempotency_key.clone(),
            retries,
            roles: self.api().headers,
        };
        traced.answered(&metadata, self);
        let success = response.status().is_success();
        let wait = match success {
            true => None,
            false => {
                let name = self.api().headers.retry_after;
                retry::retry_after(&metadata.headers, name, Timestamp::now())
            }
        };
        if let Some(governor) = &self.shared().governor {
            governor.answered(
                metadata.rate_limit(),
                wait.filter(|_| metadata.status == 429),
            );
        }
        if success {
            let body = read(response).await.map_err(Error::lost)?;
            return Ok(Attempt::Done(Reply { metadata, body }));
        }
        // Read to its end, so that the connection can be used by the next try.
        let body = response.bytes().await.map_err(Error::lost)?;
        let retry = retry::is_retried(metadata.status);
        Ok(Attempt::Failed {
            error: Error::api(metadata, body),
            retry,
            wait,
        })
    }

    /// The last step of every try: over the wire.
    pub(super) async fn send(
        &self,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<reqwest::Response, Error> {
        #[cfg(feature = "testing")]
        if let Some(transport) = &self.shared().transport {
            return transport.answer(request, operation).await;
        }
        let _ = operation;
        match self.shared().http.execute(request).await {
            Ok(response) => Ok(response),
            Err(error) if error.is_builder() => Err(Error::unsendable(error)),
            Err(error) => Err(Error::lost(error)),
        }
    }

    async fn build(&self, request: &mut Request, last: bool) -> Result<reqwest::Request, Error> {
        let base_url = self.shared().base_url_of(request.operation)?;
        let length = request
            .query
            .iter()
            .map(|pair| pair.len() + 1)
            .sum::<usize>();
        let mut url = String::with_capacity(base_url.len() + request.path.len() + length);
        url.push_str(&base_url);
        url.push_str(&request.path);
        let mut separator = if request.path.contains('?') { '&' } else { '?' };
        for pair in &request.query {
            url.push(separator);
            url.push_str(pair);
            separator = '&';
        }
        let url = reqwest::Url::parse(&url).map_err(Error::unsendable)?;
        let mut built = reqwest::Request::new(request.operation.verb.into(), url);
        *built.headers_mut() = match last {
            true => std::mem::take(&mut request.headers),
            false => request.headers.clone(),
        };
        let agent = HeaderValue::from_static(self.api().user_agent);
        built.headers_mut().insert(USER_AGENT, agent);
        let body = match last {
            true => request.body.take(),
            false => request.body.as_ref().and_then(super::Body::try_clone),
        };
        match body.map(|body| body.0) {
            None => {}
            Some(Payload::Bytes(bytes)) => *built.body_mut() = Some(bytes.into()),
            Some(Payload::Stream { stream, length }) => {
                if let Some(length) = length {
                    built.headers_mut().insert(CONTENT_LENGTH, length.into());
                }
                *built.body_mut() = Some(reqwest::Body::wrap_stream(stream));
            }
        }
        let security = request.operation.security;
        let credentials = &self.shared().credentials;
        credentials.apply(self.api(), security, &mut built).await?;
        Ok(built)
    }
}
