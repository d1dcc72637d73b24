//! Streams that end when the server does.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Response, header};
use futures::future::BoxFuture;
use http_body::{Frame, SizeHint};
use tokio::sync::watch;

/// Lets a response that is server-sent events end once the server is stopped. Its client resumes
/// with `Last-Event-ID`; any other response is finished.
pub(super) fn end_streams(
    response: Response<Body>,
    stopped: watch::Receiver<()>,
) -> Response<Body> {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let media_type = content_type.and_then(|value| value.to_str().ok());
    match media_type.is_some_and(|value| value.starts_with("text/event-stream")) {
        true => response.map(|body| Body::new(Ending::new(body, stopped))),
        false => response,
    }
}

/// A body that ends behind the frame in which the server is stopped. A frame is a whole event.
struct Ending {
    body: Body,
    stopped: BoxFuture<'static, ()>,
}

impl Ending {
    fn new(body: Body, mut stopped: watch::Receiver<()>) -> Self {
        let stopped = Box::pin(async move {
            // The sender says nothing: it is dropped.
            while stopped.changed().await.is_ok() {}
        });
        Self { body, stopped }
    }
}

impl http_body::Body for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
