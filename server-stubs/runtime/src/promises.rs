//! The layer, as it is put together and put on a router.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::HeaderName;
use axum::response::Response;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    Authenticator, Clock, IdempotencyStore, Limits, MemoryIdempotency, MemoryRateLimits,
    MemoryReceipts, Operations, RateLimitStore, ReceiptStore, StoreError, SystemClock, road,
};

/// The layer that keeps an API's promises: receipts, the one error envelope, authentication, rate limits and idempotency.
/// `router.layer(promises)` puts it on every operation and on the fallbacks.
#[derive(Clone)]
pub struct Promises(Arc<Settings>);

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) operations: Arc<Operations>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) receipts: Arc<dyn ReceiptStore>,
    pub(crate) limits: Limits,
    pub(crate) rate_limits: Arc<dyn RateLimitStore>,
    pub(crate) idempotency: Arc<dyn IdempotencyStore>,
    pub(crate) keep_for: SignedDuration,
    pub(crate) body_limit: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) receipt_header: HeaderName,
    pub(crate) report: Arc<dyn Fn(&Incident<'_>) + Send + Sync>,
}

/// Something that the client is not told: it has a 500 and a receipt.
#[derive(Debug)]
#[non_exhaustive]
pub struct Incident<'a> {
    /// The receipt of the response.
    pub receipt: &'a str,
    /// The operation; `None` for a path that is none of the API's.
    pub operation: Option<&'a str>,
    /// What failed. `None` for a panic, which std's panic hook has told of.
    pub cause: Option<&'a StoreError>,
}

impl std::fmt::Debug for Promises {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Promises").finish_non_exhaustive()
    }
}

impl Promises {
    /// The promises of these operations, with all stores in memory, the default [`Limits`], the
    /// machine's clock, answers kept for 24 hours, keyed bodies of at most 64 MiB, receipts in
    /// `x-exai-receipt`, and incidents as errors of `tracing`.
    pub fn new(operations: Operations, authenticator: Arc<dyn Authenticator>) -> Self {
        Self(Arc::new(Settings {
            operations: Arc::new(operations),
            authenticator,
            receipts: Arc::new(MemoryReceipts::new()),
            limits: Limits::default(),
            rate_limits: Arc::new(MemoryRateLimits::new()),
            idempotency: Arc::new(MemoryIdempotency::new()),
            keep_for: SignedDuration::from_hours(24),
            body_limit: 64 * 1024 * 1024,
            clock: Arc::new(SystemClock),
            receipt_header: HeaderName::from_static("x-exai-receipt"),
            report: Arc::new(|incident| tracing::error!("{incident}")),
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Keeps receipts in another store.
    #[must_use]
    pub fn receipts(self, store: Arc<dyn ReceiptStore>) -> Self {
        self.with(|settings| settings.receipts = store)
    }

    /// Allows other rates.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        self.with(|settings| settings.limits = limits)
    }

    /// Keeps the levels of the buckets in another store.
    #[must_use]
    pub fn rate_limits(self, store: Arc<dyn RateLimitStore>) -> Self {
        self.with(|settings| settings.rate_limits = store)
    }

    /// Keeps the answers to keyed requests in another store.
    #[must_use]
    pub fn idempotency(self, store: Arc<dyn IdempotencyStore>) -> Self {
        self.with(|settings| settings.idempotency = store)
    }

    /// Reads at most this many bytes of the body of a keyed request; a longer one is a 400. The
    /// body is read before its handler runs, beyond 1 MiB to a temporary file.
    #[must_use]
    pub fn body_limit(self, bytes: u64) -> Self {
        self.with(|settings| settings.body_limit = bytes)
    }

    /// Reads the time from another clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        self.with(|settings| settings.clock = clock)
    }

    /// Sends receipts in another header.
    #[must_use]
    pub fn receipt_header(self, name: HeaderName) -> Self {
        self.with(|settings| settings.receipt_header = name)
    }

    /// Hands incidents to a log of the server's.
    #[must_use]
    pub fn report(self, report: impl Fn(&Incident<'_>) + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.report = Arc::new(report))
    }
}

impl std::fmt::Display for Incident<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let operation = self.operation.unwrap_or("no operation");
        write!(f, "{operation}, {}: ", self.receipt)?;
        match self.cause {
            Some(cause) => cause.fmt(f),
            None => f.write_str("the handler panicked"),
        }
    }
}

impl<S> Layer<S> for Promises {
    type Service = Kept<S>;

    fn layer(&self, inner: S) -> Kept<S> {
        Kept {
            settings: self.0.clone(),
            inner,
        }
    }
}

/// A service whose promises are kept, made by [`Promises`].
#[derive(Clone)]
pub struct Kept<S> {
    settings: Arc<Settings>,
    inner: S,
}

impl<S> std::fmt::Debug for Kept<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

impl<S> Service<Request> for Kept<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was polled ready goes; its clone may not be ready.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        Box::pin(road::travel(self.settings.clone(), inner, request))
    }
}
