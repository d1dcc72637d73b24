//! One attempt over HTTP.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};

use super::address::{Checked, Network};
use super::delivery::{Answer, AttemptOutcome};
use crate::{StoreError, tls};

/// How much of an answer is kept, in bytes.
const KEPT: usize = 4 * 1024;

/// Sends requests to where somebody else wants them. It follows no redirect, goes through no proxy, keeps no connection: where it
/// connects to is looked at each time.
#[derive(Clone, Debug)]
pub struct Courier {
    client: Client,
    network: Network,
}

/// What came of an attempt.
#[derive(Debug)]
pub struct Reply {
    /// In a word.
    pub outcome: AttemptOutcome,
    /// What the receiver said, where it said anything.
    pub answer: Option<Answer>,
    /// What went wrong.
    pub message: Option<String>,
}

impl Courier {
    /// A courier that gives a receiver so long to answer.
    ///
    /// # Errors
    /// The machine has no TLS that could be used.
    pub fn new(network: Network, timeout: Duration) -> Result<Self, StoreError> {
        let tls = tls::client().map_err(StoreError::new)?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Checked(network))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(timeout)
            .build()
            .map_err(StoreError::new)?;
        Ok(Self { client, network })
    }

    /// Posts a body, once. Headers that HTTP does not know the form of are left out.
    pub async fn send(&self, url: &str, headers: &BTreeMap<String, String>, body: String) -> Reply {
        let target = match self.network.target(url) {
            Ok(target) => target,
            Err(refusal) => {
                return Reply::without(AttemptOutcome::Unreachable, refusal.to_string());
            }
        };
        let headers: HeaderMap = headers
            .iter()
            .filter_map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                Some((name, HeaderValue::from_str(value).ok()?))
            })
            .collect();
        match self
            .client
            .post(target)
            .headers(headers)
            .body(body)
            .send()
            .await
        {
            Ok(response) => Reply::of(response).await,
            Err(error) => Reply::without(outcome(&error), root(&error)),
        }
    }
}

impl Reply {
    fn without(outcome: AttemptOutcome, message: String) -> Self {
        let (answer, message) = (None, Some(message));
        Self {
            outcome,
            answer,
            message,
        }
    }

    async fn of(mut response: Response) -> Self {
        let status = response.status();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        // The status is the answer; a body that breaks off changes nothing about it.
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk[..chunk.len().min(KEPT - body.len())]);
            if body.len() == KEPT {
                break;
            }
        }
        let answer = Answer {
            status: status.as_u16(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let (outcome, message) = if status.is_success() {
            (AttemptOutcome::Delivered, None)
        } else {
            let message = format!("The receiver answered {}.", status.as_u16());
            (AttemptOutcome::Refused, Some(message))
        };
        Self {
            outcome,
            answer: Some(answer),
            message,
        }
    }
}

fn outcome(error: &reqwest::Error) -> AttemptOutcome {
    let of_tls = causes(error).any(|cause| {
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(|error| error.get_ref());
        cause.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>())
    });
    match of_tls {
        _ if error.is_timeout() => AttemptOutcome::TimedOut,
        true => AttemptOutcome::TlsFailed,
        false => AttemptOutcome::Unreachable,
    }
}

/// What went wrong in the end: the outer errors say no more than that something did.
fn root(error: &reqwest::Error) -> String {
    let last = causes(error).last().map(ToString::to_string);
    last.unwrap_or_else(|| error.to_string())
}

fn causes<'e>(error: &'e reqwest::Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(error.source(), |error: &&'e (dyn Error + 'static)| {
        (*error).source()
    })
}
