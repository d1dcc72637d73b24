//! What a call can give back, and how each kind is read.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::de::DeserializeOwned;

use super::core::Reply;
use super::{Core, Error, Metadata, Request, Response};

/// A kind of answer; what a call of it keeps beside its request.
pub trait Kind {
    /// Nothing, but for streams.
    type State: Default + Send;
}

/// A kind of answer that is awaited.
pub trait Answer: Kind {
    /// What the call gives.
    type Output: Send + 'static;

    /// Sends the request and reads the answer.
    fn receive(
        core: Core,
        request: Request,
    ) -> BoxFuture<'static, Result<Response<Self::Output>, Error>>;
}

/// The answer is JSON, read as `T`; no body at all is null, where `T` has null.
#[derive(Debug)]
pub struct Json<T>(PhantomData<fn() -> T>);

/// The answer has no body, or none that matters.
#[derive(Debug)]
pub struct Empty;

/// The answer is text.
#[derive(Debug)]
pub struct Text;

/// The answer is bytes, streamed: a [`Download`].
#[derive(Debug)]
pub struct Binary;

impl<T> Kind for Json<T> {
    type State = ();
}

impl Kind for Empty {
    type State = ();
}

impl Kind for Text {
    type State = ();
}

impl Kind for Binary {
    type State = ();
}

impl<T: DeserializeOwned + Send + 'static> Answer for Json<T> {
    type Output = T;

    fn receive(core: Core, request: Request) -> BoxFuture<'static, Result<Response<T>, Error>> {
        Box::pin(async move {
            let Reply { metadata, body } = core.read(request).await?;
            let read = match serde_json::from_slice(&body) {
                Err(error) if body.is_empty() => serde_json::from_slice(b"null").or(Err(error)),
                read => read,
            };
            match read {
                Ok(data) => Ok(Response { data, metadata }),
                Err(error) => Err(undecodable(error, metadata, body)),
            }
        })
    }
}

/// A decode error that keeps the answer, and the key by which it can be had again.
pub(super) fn undecodable(error: serde_json::Error, metadata: Metadata, body: Bytes) -> Error {
    let key = metadata.idempotency_key.clone();
    Error::decode(error)
        .of_answer(metadata, body)
        .keyed(key.as_deref())
}

impl Answer for Empty {
    type Output = ();

    fn receive(core: Core, request: Request) -> BoxFuture<'static, Result<Response<()>, Error>> {
        Box::pin(async move {
            let Reply { metadata, .. } = core.read(request).await?;
            Ok(Response { data: (), metadata })
        })
    }
}

impl Answer for Text {
    type Output = String;

    fn receive(
        core: Core,
        request: Request,
    ) -> BoxFuture<'static, Result<Response<String>, Error>> {
        Box::pin(async move {
            let Reply { metadata, body } = core.read(request).await?;
            let data = String::from_utf8_lossy(&body).into_owned();
            Ok(Response { data, metadata })
        })
    }
}

impl Answer for Binary {
    type Output = Download;

    fn receive(
        core: Core,
        request: Request,
    ) -> BoxFuture<'static, Result<Response<Download>, Error>> {
        Box::pin(async move {
            let Reply { metadata, body } = core.open(request).await?;
            let stream = body.bytes_stream().map_err(Error::lost).boxed();
            let data = Download {
                metadata: metadata.clone(),
                stream,
            };
            Ok(Response { data, metadata })
        })
    }
}

/// A body that arrives piece by piece; also a [`Stream`] of [`Bytes`].
pub struct Download {
    metadata: Metadata,
    stream: BoxStream<'static, Result<Bytes, Error>>,
}

impl Download {
    /// The media type, as the server names it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.metadata.headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The length in bytes, where the server says it.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.metadata
            .headers()
            .get(CONTENT_LENGTH)?
            .to_str()
            .ok()?
            .parse()
            .ok()
    }

    /// Status and headers.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// The connection broke before the end.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, Error> {
        self.stream.try_next().await
    }

    /// All of it, in memory.
    ///
    /// # Errors
    /// The connection broke before the end.
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut whole = Vec::new();
        while let Some(piece) = self.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.poll_next_unpin(cx)
    }
}
