//! Streams of server-sent events.

use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;

/// About as much as one write of a real server holds.
const PIECE: usize = 16 * 1024;

/// `count` events, then the last; each has its number in place of `{n}`.
pub(crate) fn counted(event: &str, count: usize, last: &str) -> Response {
    let mut pieces = Vec::new();
    let mut piece = String::with_capacity(PIECE + event.len());
    for n in 1..=count {
        piece.push_str(&event.replace("{n}", &n.to_string()));
        if piece.len() >= PIECE {
            pieces.push(Ok(Bytes::from(std::mem::take(&mut piece))));
        }
    }
    piece.push_str(&last.replace("{n}", &(count + 1).to_string()));
    pieces.push(Ok::<_, std::convert::Infallible>(Bytes::from(piece)));
    answer(Body::from_stream(stream::iter(pieces)))
}

/// An event at once and one each `pause` milliseconds, for as long as somebody reads.
pub(crate) fn endless(event: String, pause: u64) -> Response {
    let events = stream::unfold(1_u64, move |n| {
        let text = event.replace("{n}", &n.to_string());
        async move {
            if n > 1 {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), n + 1))
        }
    });
    answer(Body::from_stream(events))
}

fn answer(body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        ("x-exai-receipt", "rcp_01JB8Z6Q4M2N7T5V9X1C3E5G7H"),
    ];
    (headers, body).into_response()
}
