//! What a method knows of the request beside its arguments.

use axum::http::header::{AUTHORIZATION, COOKIE, Entry, PROXY_AUTHORIZATION};
use axum::http::{Extensions, HeaderMap, request::Parts};

use super::OperationInfo;

/// The request around a call. Its `Debug` shows no header, and that of its headers no token.
pub struct RequestContext {
    operation: &'static OperationInfo,
    path: String,
    headers: HeaderMap,
    extensions: Extensions,
}

impl RequestContext {
    pub(super) fn new(operation: &'static OperationInfo, parts: &Parts) -> Self {
        let mut headers = parts.headers.clone();
        for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            if let Entry::Occupied(mut sent) = headers.entry(name) {
                sent.iter_mut().for_each(|value| value.set_sensitive(true));
            }
        }
        Self {
            operation,
            path: parts.uri.path().to_owned(),
            headers,
            extensions: parts.extensions.clone(),
        }
    }

    /// Which operation is called.
    pub fn operation(&self) -> &'static OperationInfo {
        self.operation
    }

    /// The path as it was called, without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Every header of the request.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The key that makes the write safe to repeat.
    pub fn idempotency_key(&self) -> Option<&str> {
        let (name, _) = self.operation.idempotency?;
        self.headers.get(name)?.to_str().ok()
    }

    /// The id of the last event that the client has, where it resumes a stream.
    pub fn last_event_id(&self) -> Option<&str> {
        self.headers.get(self.operation.resume?)?.to_str().ok()
    }

    /// What a layer left for the method: who calls, say.
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.extensions.get::<T>()
    }
}

impl std::fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestContext")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}
