//! A call: what a generated method gives back, and what is awaited.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::answer::Kind;
use super::{
    Answer, Body, Core, Encoding, Error, Form, FormStyle, Json, LongRunning, Operation, Request,
    Response, Wait,
};

/// A call that has not been made yet. Await it for its result, or first set what is optional.
///
/// `R` says what the answer is: [`Json`], [`Paged`](super::Paged),
/// [`Events`](super::Events), [`Lines`](super::Lines), [`Binary`](super::Binary),
/// [`Text`](super::Text) or [`Empty`](super::Empty). `P` marks the operation; its optional
/// parameters are methods of `Call<R, P>`.
#[must_use = "a call does nothing until it is awaited or read"]
pub struct Call<R: Kind, P = ()> {
    pub(super) core: Core,
    pub(super) request: Request,
    pub(super) state: R::State,
    operation: PhantomData<fn() -> P>,
}

impl<R: Kind, P> fmt::Debug for Call<R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("verb", &self.request.operation.verb)
            .field("path", &self.request.path)
            .finish_non_exhaustive()
    }
}

impl<R: Kind, P> Call<R, P> {
    /// A call of an operation, its parameters not set yet.
    pub fn new(core: &Core, operation: &'static Operation) -> Self {
        Self {
            core: core.clone(),
            request: Request::new(operation),
            state: R::State::default(),
            operation: PhantomData,
        }
    }

    /// How long this call may take, all its tries and waits included.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(timeout);
        self
    }

    /// How long one try of this call may take.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.request.attempt_timeout = Some(timeout);
        self
    }

    /// How many times this call is tried again.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.request.max_retries = Some(retries);
        self
    }

    /// The idempotency key, where the operation takes one; a random UUID otherwise. A call made
    /// twice with one key is done once.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.request.idempotency_key = Some(key.into());
        self
    }

    /// A header that the API does not describe; replaces one of the same name.
    pub fn extra_header(mut self, name: &str, value: &str) -> Self {
        self.request.raw_header(name, value);
        self
    }

    /// A query parameter that the API does not describe.
    pub fn extra_query(mut self, name: &str, value: impl Serialize) -> Self {
        self.request.query(name, Encoding::FORM, &value);
        self
    }

    /// A field of the JSON body that the API does not describe; replaces one of the same name.
    pub fn extra_body(
        mut self,
        name: impl Into<String>,
        value: impl Into<serde_json::Value>,
    ) -> Self {
        self.request.extra_body.insert(name.into(), value.into());
        self
    }

    /// Fills the path parameter `{name}`.
    pub fn path_param(self, name: &str, value: impl Serialize) -> Self {
        self.styled_path_param(name, Encoding::SIMPLE, value)
    }

    /// Fills the path parameter `{name}`, in a style of its own.
    pub fn styled_path_param(mut self, name: &str, style: Encoding, value: impl Serialize) -> Self {
        self.request.path(name, style, &value);
        self
    }

    /// Adds a query parameter; none for a value that serializes to null.
    pub fn query_param(self, name: &str, value: impl Serialize) -> Self {
        self.styled_query_param(name, Encoding::FORM, value)
    }

    /// Adds a query parameter, in a style of its own.
    pub fn styled_query_param(
        mut self,
        name: &str,
        style: Encoding,
        value: impl Serialize,
    ) -> Self {
        self.request.query(name, style, &value);
        self
    }

    /// Adds a query parameter whose content is JSON.
    pub fn json_query_param(mut self, name: &str, value: impl Serialize) -> Self {
        self.request.json_query(name, &value);
        self
    }

    /// Sets a header parameter; none for a value that serializes to null.
    pub fn header_param(self, name: &str, value: impl Serialize) -> Self {
        self.styled_header_param(name, Encoding::SIMPLE, value)
    }

    /// Sets a header parameter, in a style of its own.
    pub fn styled_header_param(
        mut self,
        name: &str,
        style: Encoding,
        value: impl Serialize,
    ) -> Self {
        self.request.header(name, style, &value);
        self
    }

    /// Adds a cookie parameter; none for a value that serializes to null.
    pub fn cookie_param(self, name: &str, value: impl Serialize) -> Self {
        self.styled_cookie_param(name, Encoding::FORM, value)
    }

    /// Adds a cookie parameter, in a style of its own.
    pub fn styled_cookie_param(
        mut self,
        name: &str,
        style: Encoding,
        value: impl Serialize,
    ) -> Self {
        self.request.cookie(name, style, &value);
        self
    }

    /// A JSON body of the given media type.
    pub fn json_body(mut self, content_type: &str, body: &impl Serialize) -> Self {
        self.request.json(content_type, body);
        self
    }

    /// A body of `application/x-www-form-urlencoded`. Properties that `styles` does not name are
    /// in the exploded form style.
    pub fn form_body(mut self, body: &impl Serialize, styles: &[(&str, FormStyle)]) -> Self {
        self.request.form(body, styles);
        self
    }

    /// A body of `multipart/form-data`.
    pub fn multipart_body(mut self, form: impl Into<Form>) -> Self {
        self.request.multipart(form.into());
        self
    }

    /// A body that is sent as it is.
    pub fn raw_body(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        self.request.body(content_type, body.into());
        self
    }
}

impl<R: Answer, P> Call<R, P> {
    /// Makes the call, and gives status and headers beside the result.
    ///
    /// # Errors
    /// As awaiting the call itself.
    pub async fn with_response(self) -> Result<Response<R::Output>, Error> {
        R::receive(self.core, self.request).await
    }
}

impl<T, P> Call<Json<T>, P> {
    /// Makes the call, and waits for the result that it promises.
    pub fn wait_for<V>(self, facts: &'static LongRunning) -> Wait<V> {
        Wait::new(self.core, self.request, facts)
    }
}

impl<R: Answer, P> IntoFuture for Call<R, P> {
    type Output = Result<R::Output, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let (core, request) = (self.core, self.request);
        Box::pin(async move { Ok(R::receive(core, request).await?.data) })
    }
}
