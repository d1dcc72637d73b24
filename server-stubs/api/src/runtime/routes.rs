//! Operations to an axum router, everything else to the envelope.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request as HttpRequest;
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use super::{Answer, ApiError, Contract, OperationInfo, Request, path};

type Answering = Pin<Box<dyn Future<Output = Result<Answer, ApiError>> + Send>>;

/// An operation and what answers it.
struct Mounted<A> {
    operation: &'static OperationInfo,
    call: Box<dyn Fn(Arc<A>, Request) -> Answering + Send + Sync>,
}

/// The operations of an API, being mounted.
pub struct Routes<A> {
    api: Arc<A>,
    contract: &'static Contract,
    by_route: BTreeMap<&'static str, Vec<Mounted<A>>>,
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
            by_route: BTreeMap::new(),
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
        self.by_route
            .entry(operation.route)
            .or_default()
            .push(Mounted {
                operation,
                call: Box::new(move |api, request| Box::pin(call(api, request))),
            });
        self
    }

    /// The router: an unknown path or method answers in the envelope too.
    pub fn finish(self) -> Router {
        // What an operation's path may begin with is the document's choice.
        let mut router = Router::new().without_v07_checks();
        for (route, mounted) in self.by_route {
            let (api, contract) = (self.api.clone(), self.contract);
            let mounted = Arc::new(mounted);
            let handler = move |request: HttpRequest| {
                let (api, mounted) = (api.clone(), mounted.clone());
                async move { answer(api, contract, &mounted, request).await }
            };
            router = router.route(route, any(handler));
        }
        router.fallback(|| async { nothing() })
    }
}

fn nothing() -> ApiError {
    ApiError::not_found("nothing is at this path")
}

/// Of the operations on one route, the one of the method whose path says most.
async fn answer<A>(
    api: Arc<A>,
    contract: &'static Contract,
    mounted: &[Mounted<A>],
    request: HttpRequest,
) -> Response {
    let (parts, body) = request.into_parts();
    let of_method = |wanted: &'static str| {
        mounted
            .iter()
            .filter(move |one| one.operation.method == wanted)
            .filter_map(|one| Some((path::texts(one.operation.path, parts.uri.path())?, one)))
            .max_by_key(|((_, literal), _)| *literal)
            .map(|((texts, _), one)| (texts, one))
    };
    let method = parts.method.as_str();
    let found = mounted
        .iter()
        .map(|one| one.operation.method)
        .find(|own| *own == method)
        .and_then(of_method)
        // RFC 9110 section 9.3.2: as GET, and the server leaves the body out.
        .or_else(|| (method == "HEAD").then(|| of_method("GET")).flatten());
    let Some((texts, one)) = found else {
        return nothing().into_response();
    };
    let operation = one.operation;
    let answered = match Request::read(operation, contract, &texts, &parts, body) {
        Ok(request) => (one.call)(api, request).await,
        Err(error) => Err(error),
    };
    let mut response = match answered {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(),
    };
    response.extensions_mut().insert(operation);
    response
}
