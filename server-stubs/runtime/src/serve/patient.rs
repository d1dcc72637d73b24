//! A request's body, waited for as long as it comes along.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Bytes that buy a second of waiting.
const PACE: u64 = 1024;

/// Counts the time that the client is waited for. What the handler takes is not the client's.
pub(super) struct Patient {
    body: Incoming,
    /// What is left to wait.
    left: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Patient {
    pub(super) fn new(body: Incoming, patience: Duration) -> Self {
        Self {
            body,
            left: patience,
            waiting: None,
        }
    }
}

impl Body for Patient {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            if let Some((since, _)) = this.waiting.take() {
                this.left = this.left.saturating_sub(since.elapsed());
            }
            let data = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref());
            let bytes = data.map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
            this.left += Duration::from_millis(bytes.saturating_mul(1000) / PACE);
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        }
        let left = this.left;
        let (_, waiting) = this
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        waiting
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err("the body comes too slowly".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
