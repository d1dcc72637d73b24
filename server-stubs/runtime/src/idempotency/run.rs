//! The step: a keyed request runs once.

use std::panic::resume_unwind;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http_body_util::BodyExt;
use tower_service::Service;

use super::spool::Spool;
use super::{Claim, Fingerprint, IdempotencyKey, IdempotencyStore, KeptAnswer, Lease, Saved, Slot};
use crate::exchange::Exchange;
use crate::fault::Stop;
use crate::promises::Settings;
use crate::{Fault, Operation, StoreError};

/// In a response's extensions: its receipt is in the chain already.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) receipt: String,
}

/// Runs a request, or gives back what it was answered with before. A request without a key, or of
/// nobody (whose key anybody could guess), just runs.
pub(crate) async fn run<S>(
    settings: &Arc<Settings>,
    exchange: &Arc<Exchange>,
    operation: &Operation,
    mut inner: S,
    request: Request,
) -> Result<Result<Response, S::Error>, Stop>
where
    S: Service<Request, Response = Response> + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    let key = IdempotencyKey::read(operation, request.headers())?;
    let (Some(mut key), Some(caller)) = (key, exchange.caller.get()) else {
        return Ok(inner.call(request).await);
    };
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
            let receipt = answer.receipt.clone();
            let mut response = answer.replay();
            response.extensions_mut().insert(Settled { receipt });
            return Ok(Ok(response));
        }
        Claim::Taken => {
            let message = "this idempotency key belongs to a different request".to_owned();
            return Err(Fault::Conflict { message }.into());
        }
    };
    key.repeated = lease.is_none();
    parts.extensions.insert(key);
    let request = Request::from_parts(parts, spool.into_body());
    let Some(lease) = lease else {
        return Ok(inner.call(request).await);
    };
    // The client may go away; what it asked for still happens once, and is there when it asks
    // again. So the run is a task of its own.
    let streams = operation.streams;
    let (settings, exchange) = (settings.clone(), exchange.clone());
    let task = tokio::spawn(async move {
        let answered = inner.call(request).await;
        match answered {
            Ok(response) if response.status().is_success() => {
                let kept = keep(&settings, &exchange, &lease.1, streams, response).await;
                kept.map(Ok)
            }
            other => Ok(other),
        }
    });
    match task.await {
        Ok(answered) => answered,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(stopped) => Err(StoreError::new(stopped).into()),
        },
    }
}

/// Puts the receipt into the chain and then keeps the answer, so that every answer that is kept
/// has a receipt that resolves.
async fn keep(
    settings: &Settings,
    exchange: &Exchange,
    lease: &Lease,
    streams: bool,
    response: Response,
) -> Result<Response, Stop> {
    let receipt = exchange.receipt.clone();
    let (parts, body) = response.into_parts();
    let (answer, body) = if streams {
        (None, body)
    } else {
        let bytes = body.collect().await.map_err(StoreError::new)?.to_bytes();
        let answer = KeptAnswer::new(&parts, bytes.clone(), &receipt);
        (Some(answer), Body::from(bytes))
    };
    let now = settings.clock.now();
    let draft = exchange.draft(&receipt, parts.status.as_u16(), None, now);
    settings.receipts.append(draft).await?;
    let saved = Saved {
        fingerprint: lease.fingerprint,
        until: now
            .saturating_add(settings.keep_for)
            .map_err(StoreError::new)?,
        answer,
    };
    settings.idempotency.keep(lease, saved, now).await?;
    let mut response = Response::from_parts(parts, body);
    response.extensions_mut().insert(Settled { receipt });
    Ok(response)
}

/// Gives the lease back at every end of a run: an error, a panic, a runtime that is shut down.
struct Hold(Arc<dyn IdempotencyStore>, Lease);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.release(&self.1);
    }
}
