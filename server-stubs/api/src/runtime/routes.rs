//! Operations to an axum router, everything else to the envelope.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request as HttpRequest;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};

use super::{Answer, ApiError, Contract, OperationInfo, Request};

/// The operations of an API, being mounted.
pub struct Routes<A> {
    api: Arc<A>,
    contract: &'static Contract,
    router: Router,
}

impl<A> std::fmt::Debug for Routes<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").finish_non_exhaustive()
    }
}

impl<A: Send + Sync + 'static> Routes<A> {
    /// No operation yet.
    pub fn new(api: A, contract: &'static Contract) -> Self {
        Self {
            api: Arc::new(api),
            contract,
            router: Router::new(),
        }
    }

    /// Mounts an operation: the request is read and checked, then handed to `call`.
    #[must_use]
    pub fn route<F>(
        mut self,
        operation: &'static OperationInfo,
        call: fn(Arc<A>, Request) -> F,
    ) -> Self
    where
        F: Future<Output = Result<Answer, ApiError>> + Send + 'static,
    {
        let (api, contract) = (self.api.clone(), self.contract);
        let handler = move |request: HttpRequest| {
            let api = api.clone();
            async move {
                let (parts, body) = request.into_parts();
                let answered = match Request::read(operation, contract, &parts, body) {
                    Ok(request) => call(api, request).await,
                    Err(error) => Err(error),
                };
                let mut response: Response = match answered {
                    Ok(answer) => answer.into_response(),
                    Err(error) => error.into_response(),
                };
                response.extensions_mut().insert(operation);
                response
            }
        };
        let filter = Method::from_bytes(operation.method.as_bytes())
            .ok()
            .and_then(|method| MethodFilter::try_from(method).ok());
        if let Some(filter) = filter {
            self.router = self.router.route(operation.route, on(filter, handler));
        }
        self
    }

    /// The router: an unknown path or method answers in the envelope too.
    pub fn finish(self) -> Router {
        self.router
            .fallback(|| async { ApiError::not_found("nothing is at this path") })
            .method_not_allowed_fallback(|| async {
                ApiError::not_found("nothing is at this path")
            })
    }
}
