//! The step: a keyed request runs once, and what it writes is kept with its answer or not at all.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;
use futures::future::Either;
use http_body_util::BodyExt;
use tokio::runtime::Handle;
use tower_service::Service;
use tracing::Instrument;

use super::spool::Spool;
use super::{Claim, Fingerprint, IdempotencyKey, IdempotencyStore, KeptAnswer, Lease, Saved, Slot};
use crate::exchange::Exchange;
use crate::fault::Stop;
use crate::promises::Settings;
use crate::{Caller, Fault, Operation, StoreError, Unit, observe};

/// How often a request runs at most that is overtaken by others.
const TRIES: usize = 64;

/// In a response's extensions: its receipt is in the chain already.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) receipt: String,
}

/// Runs a request, or gives back what it was answered with before. A request without a key, or of
/// nobody (whose key anybody could guess), just runs; one that deletes does so in a unit, too.
pub(crate) async fn run<S>(
    settings: &Arc<Settings>,
    exchange: &Arc<Exchange>,
    operation: &Operation,
    mut inner: S,
    request: Request,
) -> Result<Result<Response, S::Error>, Stop>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    let key = IdempotencyKey::read(operation, request.headers())?;
    let once = Once {
        settings: settings.clone(),
        exchange: exchange.clone(),
        streams: operation.streams,
        lease: None,
    };
    // What only writes need is on the heap: a read has a small future to carry.
    match (key, exchange.caller.get()) {
        (Some(key), Some(caller)) => Box::pin(run_keyed(once, caller, key, inner, request)).await,
        _ if operation.method == "DELETE" => {
            Box::pin(async {
                let (parts, body) = request.into_parts();
                let spool = Spool::read(body, settings.body_limit).await?;
                finish(once, inner, parts, spool).await
            })
            .await
        }
        _ => Ok(inner.call(request).await),
    }
}

/// Runs a request with a key, unless it was answered before or its key is another's.
async fn run_keyed<S>(
    once: Once,
    caller: &Caller,
    mut key: IdempotencyKey,
    mut inner: S,
    request: Request,
) -> Result<Result<Response, S::Error>, Stop>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    let settings = &once.settings;
    let (mut parts, body) = request.into_parts();
    let spool = Spool::read(body, settings.body_limit).await?;
    let fingerprint = Fingerprint::of(&parts, spool.sha256);
    let slot = Slot {
        org: caller.org.clone(),
        key: key.as_str().to_owned(),
    };
    let now = settings.clock.now();
    let claim = settings.idempotency.claim(slot, fingerprint, now).await?;
    let lease = match claim {
        Claim::Run(lease) => Some(Hold(settings.idempotency.clone(), lease)),
        Claim::Kept(Saved { answer: None, .. }) => None,
        Claim::Kept(Saved {
            answer: Some(answer),
            ..
        }) => {
            observe::keyed("replayed");
            let receipt = answer.receipt.clone();
            let mut response = answer.replay();
            response.extensions_mut().insert(Settled { receipt });
            return Ok(Ok(response));
        }
        Claim::Taken => {
            observe::keyed("conflict");
            let message = "this idempotency key belongs to a different request".to_owned();
            return Err(Fault::Conflict { message }.into());
        }
    };
    key.repeated = lease.is_none();
    parts.extensions.insert(key);
    if lease.is_none() {
        let request = Request::from_parts(parts, spool.body().await?);
        return Ok(inner.call(request).await);
    }
    // The client may go away; what it asked for still happens once, and is there when it asks
    // again.
    finish(Once { lease, ..once }, inner, parts, spool).await
}

/// Runs a request to its end, whatever becomes of who waits for it.
async fn finish<S>(
    once: Once,
    inner: S,
    parts: Parts,
    spool: Spool,
) -> Result<Result<Response, S::Error>, Stop>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    let run = once.run(inner, parts, spool).in_current_span();
    ToItsEnd(Some(Box::pin(run))).await
}

/// Work that is done where it is waited for, and goes on as a task of its own where nobody waits for
/// it any more: a task for each would be woken for each.
struct ToItsEnd<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> Future for ToItsEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // Work that panics is over: it is not put back.
        let Some(mut work) = self.0.take() else {
            return Poll::Pending;
        };
        let done = work.as_mut().poll(cx);
        if done.is_pending() {
            self.0 = Some(work);
        }
        done
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        if let (Some(rest), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            drop(runtime.spawn(async { drop(rest.await) }));
        }
    }
}

/// A request that is done once, in a unit where the store has such.
struct Once {
    settings: Arc<Settings>,
    exchange: Arc<Exchange>,
    streams: bool,
    lease: Option<Hold>,
}

impl Once {
    /// Runs the request until nothing has come between what it read and what it wrote.
    async fn run<S>(
        self,
        mut inner: S,
        parts: Parts,
        spool: Spool,
    ) -> Result<Result<Response, S::Error>, Stop>
    where
        S: Service<Request, Response = Response> + Clone + Send + 'static,
        S::Future: Send,
    {
        for _ in 0..TRIES {
            let request = Request::from_parts(parts.clone(), spool.body().await?);
            let attempt = async {
                match inner.call(request).await {
                    Ok(response) if response.status().is_success() => {
                        self.keep(response).await.map(Ok)
                    }
                    other => Ok(other),
                }
            };
            let attempt = match self.settings.idempotency.unit() {
                Some(unit) => Either::Left(unit.scope(attempt)),
                None => Either::Right(attempt),
            };
            match attempt.await {
                Err(Stop::Store(error)) if error.is_overtaken() => observe::keyed("overtaken"),
                answered => {
                    if self.lease.is_some() {
                        observe::keyed("run");
                    }
                    return answered;
                }
            }
            if let Err(error) = poll_fn(|cx| inner.poll_ready(cx)).await {
                return Ok(Err(error));
            }
        }
        Err(StoreError::overtaken().into())
    }

    /// Keeps an answer with its receipt: every answer that is kept has a receipt that resolves.
    async fn keep(&self, response: Response) -> Result<Response, Stop> {
        let (settings, exchange) = (&self.settings, &self.exchange);
        let receipt = exchange.receipt.clone();
        let (parts, body) = response.into_parts();
        let (answer, body) = if self.streams || self.lease.is_none() {
            (None, body)
        } else {
            let bytes = body.collect().await.map_err(StoreError::new)?.to_bytes();
            let answer = KeptAnswer::new(&parts, bytes.clone(), &receipt);
            (Some(answer), Body::from(bytes))
        };
        let now = settings.clock.now();
        let draft = exchange.draft(&receipt, parts.status.as_u16(), None, now);
        let left = match Unit::current() {
            Some(unit) => settings.receipts.join(draft, &unit),
            None => Some(draft),
        };
        if let Some(draft) = left {
            settings.receipts.append(draft).await?;
        }
        let mut response = Response::from_parts(parts, body);
        response.extensions_mut().insert(Settled { receipt });
        let Some(Hold(_, lease)) = &self.lease else {
            if let Some(unit) = Unit::current() {
                unit.commit().await?;
            }
            return Ok(response);
        };
        let until = now.saturating_add(settings.keep_for);
        let saved = Saved {
            fingerprint: lease.fingerprint,
            until: until.map_err(StoreError::new)?,
            answer,
        };
        settings.idempotency.keep(lease, saved, now).await?;
        Ok(response)
    }
}

/// Gives the lease back at every end of a run: an error, a panic, a runtime that is shut down.
struct Hold(Arc<dyn IdempotencyStore>, Lease);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.release(&self.1);
    }
}
