//! Whether a server lives, and whether it should be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use futures::future::BoxFuture;

use crate::StoreError;

type Check = dyn Fn() -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync;

/// `GET /livez` and `GET /readyz` for whoever restarts servers and sends them requests. They belong
/// on a port of their own: they are no part of the API, and carry no receipt.
#[derive(Clone)]
pub struct Health {
    check: Arc<Check>,
    stopping: Arc<AtomicBool>,
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Health")
            .field("stopping", &self.stopping)
            .finish_non_exhaustive()
    }
}

impl Health {
    /// Ready as long as `check` finds that the stores answer.
    pub fn new(
        check: impl Fn() -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            check: Arc::new(check),
            stopping: Arc::default(),
        }
    }

    /// Not ready any more: what a server says first that is about to stop.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// `/livez` is 204 while the process answers at all; `/readyz` is 204, or 503 where a store does
    /// not answer or the server is about to stop.
    pub fn router(&self) -> Router {
        let health = self.clone();
        let ready = move || {
            let health = health.clone();
            async move { health.ready().await }
        };
        Router::new()
            .route("/livez", get(|| async { StatusCode::NO_CONTENT }))
            .route("/readyz", get(ready))
    }

    async fn ready(&self) -> StatusCode {
        if self.stopping.load(Ordering::Relaxed) {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        match (self.check)().await {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(error) => {
                tracing::warn!(%error, "not ready");
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn status(health: &Health, path: &str) -> u16 {
        let request = Request::get(path).body(Body::empty()).unwrap();
        health
            .router()
            .oneshot(request)
            .await
            .unwrap()
            .status()
            .as_u16()
    }

    #[tokio::test]
    async fn a_server_that_stops_lives_and_is_not_ready() {
        let health = Health::new(|| Box::pin(async { Ok(()) }));
        assert_eq!(status(&health, "/readyz").await, 204);
        health.stop();
        assert_eq!(status(&health, "/readyz").await, 503);
        assert_eq!(status(&health, "/livez").await, 204);
    }

    #[tokio::test]
    async fn a_server_whose_store_fails_is_not_ready() {
        let health = Health::new(|| Box::pin(async { Err(StoreError::new("gone")) }));
        assert_eq!(status(&health, "/readyz").await, 503);
        assert_eq!(status(&health, "/livez").await, 204);
    }
}
