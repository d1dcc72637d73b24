//! What stands around each try of a call.

use std::fmt;
use std::future::Future;

use futures_util::future::BoxFuture;

use super::core::Core;
use super::{Error, Operation};

/// Sees each try of each call: the request with its credentials before it is sent, and the answer
/// before it is read. It may change both, answer by itself, or fail.
///
/// Implemented for every `Fn(reqwest::Request, Next) -> impl Future`. An error of which
/// [`Error::is_connection`] holds is tried again where the call may be; another is given to the
/// caller as it is.
pub trait Middleware: Send + Sync {
    /// Handles one try; [`Next::run`] goes on.
    fn handle(
        &self,
        request: reqwest::Request,
        next: Next,
    ) -> BoxFuture<'static, Result<reqwest::Response, Error>>;
}

impl<F, R> Middleware for F
where
    F: Fn(reqwest::Request, Next) -> R + Send + Sync,
    R: Future<Output = Result<reqwest::Response, Error>> + Send + 'static,
{
    fn handle(
        &self,
        request: reqwest::Request,
        next: Next,
    ) -> BoxFuture<'static, Result<reqwest::Response, Error>> {
        Box::pin(self(request, next))
    }
}

/// What comes behind a middleware: the next one, and behind the last the transport.
pub struct Next {
    core: Core,
    operation: &'static Operation,
    /// Which middleware comes next.
    index: usize,
    retries: u32,
}

impl Next {
    pub(super) fn new(core: Core, operation: &'static Operation, retries: u32) -> Self {
        Self {
            core,
            operation,
            index: 0,
            retries,
        }
    }

    /// The facts of the operation that is called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// How many tries of this call came before this one.
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// Sends the request, and gives the answer once its headers are there.
    ///
    /// # Errors
    /// [`Error::is_connection`]: there was no answer. Whatever a middleware behind this one fails
    /// with.
    pub async fn run(mut self, request: reqwest::Request) -> Result<reqwest::Response, Error> {
        let core = self.core.clone();
        match core.middleware().get(self.index) {
            Some(middleware) => {
                self.index += 1;
                middleware.handle(request, self).await
            }
            None => core.send(request, self.operation).await,
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("operation", &self.operation.name)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}
