//! Calls that no document describes.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Kind, undecodable};
use super::core::Reply;
use super::{
    Answer, Binary, Call, Core, Encoding, Error, Events, Lines, Operation, Request, Response, Verb,
};

/// The answer is whatever the server sends: JSON read as `T`, no body at all being null.
#[derive(Debug)]
pub struct Raw<T = Value>(PhantomData<fn() -> T>);

impl<T> Kind for Raw<T> {
    type State = ();
}

impl<T: DeserializeOwned + Send + 'static> Answer for Raw<T> {
    type Output = T;

    fn receive(core: Core, request: Request) -> BoxFuture<'static, Result<Response<T>, Error>> {
        Box::pin(async move {
            let Reply { metadata, body } = core.read(request).await?;
            let json = if body.is_empty() { b"null" } else { &body[..] };
            match serde_json::from_slice(json) {
                Ok(data) => Ok(Response { data, metadata }),
                Err(error) => Err(undecodable(error, metadata, body)),
            }
        })
    }
}

impl Core {
    /// A call of an operation that the document does not describe, by its path below the base URL.
    ///
    /// Everything else is as with other calls: credentials, tries, keys of POST and PATCH, time,
    /// errors. A method that HTTP does not define is an error once the call is made.
    pub fn request(&self, method: Method, path: &str) -> Call<Raw> {
        let keyed = self.api().headers.idempotency_key.is_some();
        let mut call = Call::new(self, undocumented(&method, keyed));
        // The base URL may have no path that ends its host.
        let slash = if path.starts_with('/') { "" } else { "/" };
        call.request.path = format!("{slash}{path}");
        if reqwest::Method::from(call.request.operation.verb) != method {
            call.request
                .refuse(format!("{method} is no method of HTTP"));
        }
        call
    }
}

/// The facts of what has none: by its method, and POST and PATCH by a key.
fn undocumented(method: &Method, keyed: bool) -> &'static Operation {
    macro_rules! operation {
        ($verb:ident, $keyed:expr) => {
            const {
                &Operation {
                    name: "request",
                    path: "",
                    verb: Verb::$verb,
                    keyed: $keyed,
                    ..Operation::DEFAULT
                }
            }
        };
    }
    match (method.as_str(), keyed) {
        ("PUT", _) => operation!(Put, false),
        ("POST", false) => operation!(Post, false),
        ("POST", true) => operation!(Post, true),
        ("PATCH", false) => operation!(Patch, false),
        ("PATCH", true) => operation!(Patch, true),
        ("DELETE", _) => operation!(Delete, false),
        ("OPTIONS", _) => operation!(Options, false),
        ("HEAD", _) => operation!(Head, false),
        ("TRACE", _) => operation!(Trace, false),
        ("QUERY", _) => operation!(Query, false),
        _ => operation!(Get, false),
    }
}

impl<T> Call<Raw<T>> {
    /// Adds a query parameter: a list as one for each item, none for a value that is null.
    pub fn query(mut self, name: &str, value: impl Serialize) -> Self {
        self.request.query(name, Encoding::FORM, &value);
        self
    }

    /// The body, as JSON.
    pub fn body(self, body: impl Serialize) -> Self {
        self.json_body("application/json", &body)
    }

    /// Makes the call, and reads its JSON as `U`.
    ///
    /// # Errors
    /// As awaiting any call.
    pub async fn send<U: DeserializeOwned + Send + 'static>(self) -> Result<U, Error> {
        self.read_as::<Raw<U>>("application/json").await
    }

    /// The same call, its answer read as server-sent events.
    pub fn events<U>(self) -> Call<Events<U>> {
        self.read_as("text/event-stream")
    }

    /// The same call, its answer read as a value a line.
    pub fn lines<U>(self) -> Call<Lines<U>> {
        self.read_as("application/x-ndjson")
    }

    /// The same call, its answer read as bytes.
    pub fn download(self) -> Call<Binary> {
        self.read_as("*/*")
    }

    /// `accept` is sent, unless the caller has said what to accept.
    fn read_as<R: Kind>(self, accept: &'static str) -> Call<R> {
        let mut call = Call::new(&self.core, self.request.operation);
        call.request = self.request;
        let json = call
            .request
            .headers
            .get(ACCEPT)
            .is_some_and(|v| v == "application/json");
        if json {
            let accept = HeaderValue::from_static(accept);
            call.request.headers.insert(ACCEPT, accept);
        }
        call
    }
}
