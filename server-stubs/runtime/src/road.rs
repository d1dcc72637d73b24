//! The road of a request, on one screen.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tower_service::Service;
use tracing::Instrument;

use crate::exchange::Exchange;
use crate::fault::Stop;
use crate::idempotency::{self, Settled};
use crate::observe::Watch;
use crate::promises::{Incident, Settings};
use crate::receipt::Receipt;
use crate::{Fault, Operation, StoreError, auth, envelope};

/// From a request to an answer that keeps every promise, whatever happens on the way.
pub(crate) async fn travel<S>(
    settings: Arc<Settings>,
    inner: S,
    request: Request,
) -> Result<Response, S::Error>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
{
    let operation = settings.operations.of(&request);
    let now = settings.clock.now();
    let exchange = Arc::new(Exchange::begin(operation, &request, now));
    let watch = Watch::begin(operation, request.method(), &exchange.receipt);
    // Each future is made where it is awaited: kept in a variable first, it is there twice.
    answer(&settings, &exchange, operation, &watch, inner, request)
        .instrument(watch.span())
        .await
}

/// The answer with its receipt in the chain, to a panic too.
async fn answer<S>(
    settings: &Arc<Settings>,
    exchange: &Arc<Exchange>,
    operation: Option<&Operation>,
    watch: &Watch,
    inner: S,
    request: Request,
) -> Result<Response, S::Error>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
{
    let way = way(settings, exchange, operation, inner, request);
    let answered = match AssertUnwindSafe(way).catch_unwind().await {
        Ok(answered) => answered?,
        Err(_) => {
            let response = internal(settings, exchange, None);
            envelope::complete(response, &exchange.receipt).await
        }
    };
    let error = answered.1.clone();
    if let Some(settled) = answered.0.extensions().get::<Settled>()
        && settled.receipt != exchange.receipt
    {
        watch.replayed(&settled.receipt);
    }
    let response = receive(settings, exchange, answered).await;
    watch.answered(response.status(), error.as_deref());
    Ok(response)
}

/// The answer with the name of its error, in the envelope.
async fn way<S>(
    settings: &Arc<Settings>,
    exchange: &Arc<Exchange>,
    operation: Option<&Operation>,
    inner: S,
    request: Request,
) -> Result<(Response, Option<String>), S::Error>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
{
    let response = match steps(settings, exchange, operation, inner, request).await {
        Ok(answered) => answered?,
        Err(Stop::Fault(fault)) => fault.into_response(),
        Err(Stop::Store(error)) => internal(settings, exchange, Some(&error)),
    };
    Ok(envelope::complete(response, &exchange.receipt).await)
}

/// What stands between a request and its handler. Nothing runs that is not in the table: a route
/// that was forgotten there is closed, not open.
async fn steps<S>(
    settings: &Arc<Settings>,
    exchange: &Arc<Exchange>,
    operation: Option<&Operation>,
    inner: S,
    mut request: Request,
) -> Result<Result<Response, S::Error>, Stop>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
{
    let operation = operation.ok_or_else(Fault::nothing_here)?;
    let now = settings.clock.now();
    let authenticator = &*settings.authenticator;
    let caller = auth::caller(authenticator, operation, request.headers(), now).await?;
    if let Some(caller) = caller {
        let _ = exchange.caller.set(caller.clone());
        let verdict = settings.rate_limits.draw(
            &settings.limits,
            &caller.org,
            &caller.token,
            now,
            operation.cost,
        );
        let verdict = verdict.await?;
        let _ = exchange.quota.set(verdict.quota);
        verdict.permit()?;
        auth::permit(operation, &caller)?;
        request.extensions_mut().insert(caller);
    }
    request.extensions_mut().insert(Receipt(exchange.clone()));
    idempotency::run(settings, exchange, operation, inner, request).await
}

/// Puts the receipt of a completed answer into the chain, before the client can see it. With the
/// answer comes its error's name.
async fn receive(
    settings: &Settings,
    exchange: &Exchange,
    (mut response, error): (Response, Option<String>),
) -> Response {
    let now = settings.clock.now();
    let settled = response.extensions_mut().remove::<Settled>();
    let id = match settled {
        Some(settled) => settled.receipt,
        None => {
            let id = exchange.receipt.clone();
            let draft = exchange.draft(&id, response.status().as_u16(), error, now);
            if let Err(error) = settings.receipts.append(draft).await {
                let failed = internal(settings, exchange, Some(&error));
                (response, _) = envelope::complete(failed, &id).await;
            }
            id
        }
    };
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::try_from(id) {
        headers.insert(settings.receipt_header.clone(), value);
    }
    let quota = exchange.quota.get().copied();
    let quota = quota.unwrap_or_else(|| settings.limits.full(now));
    quota.write(headers);
    response
}

fn internal(settings: &Settings, exchange: &Exchange, cause: Option<&StoreError>) -> Response {
    (settings.report)(&Incident {
        receipt: &exchange.receipt,
        operation: exchange.operation_id,
        cause,
    });
    Fault::InternalError.into_response()
}
