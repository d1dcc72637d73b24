//! Request bodies: in memory, or streamed.

use std::fmt;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

/// What a request sends. Text and bytes can be sent again by a retry; a stream can't.
pub struct Body(pub(super) Payload);

pub(super) enum Payload {
    Bytes(Bytes),
    Stream {
        stream: BoxStream<'static, std::io::Result<Bytes>>,
        length: Option<u64>,
    },
}

impl Body {
    /// A body read from a stream, of a length in bytes if that is known (else it is sent chunked).
    ///
    /// A request with such a body is tried once.
    pub fn stream<S, B, E>(stream: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes> + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        let stream = stream
            .map_ok(Into::into)
            .map_err(std::io::Error::other)
            .boxed();
        Self(Payload::Stream { stream, length })
    }

    /// The same body again, if it is in memory.
    pub(super) fn try_clone(&self) -> Option<Self> {
        match &self.0 {
            Payload::Bytes(bytes) => Some(Self(Payload::Bytes(bytes.clone()))),
            Payload::Stream { .. } => None,
        }
    }

    /// The length in bytes, if it is known.
    pub(super) fn length(&self) -> Option<u64> {
        match &self.0 {
            Payload::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Payload::Stream { length, .. } => *length,
        }
    }

    pub(super) fn into_stream(self) -> BoxStream<'static, std::io::Result<Bytes>> {
        match self.0 {
            Payload::Bytes(bytes) => futures_util::stream::iter([Ok(bytes)]).boxed(),
            Payload::Stream { stream, .. } => stream,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(stream)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Payload::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl<const N: usize> From<&'static [u8; N]> for Body {
    fn from(bytes: &'static [u8; N]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}
