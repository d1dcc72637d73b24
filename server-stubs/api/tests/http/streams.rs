//! Server-sent events and lines of JSON.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use exai_server::runtime::{
    Answer, ApiError, Event, Events, Lines, OperationInfo, Request as Call,
};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use http_body_util::BodyExt;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use super::book::{response, router};

static FOLLOW: OperationInfo = OperationInfo {
    id: "follow",
    method: "GET",
    path: "/events",
    route: "/events",
    streams: true,
    ..OperationInfo::DEFAULT
};

/// The events of the one stream that there is.
type Source = Mutex<Option<UnboundedReceiver<Event<Value>>>>;

async fn follow(source: Arc<Source>, _: Call) -> Result<Answer, ApiError> {
    let taken = source
        .lock()
        .map_err(|_| ApiError::internal_error())?
        .take();
    let source = taken.ok_or_else(|| ApiError::conflict("it is followed already"))?;
    Ok(Answer::events(200, Events::new(source)))
}

fn source() -> (UnboundedSender<Event<Value>>, Source) {
    let (events, source) = unbounded();
    (events, Mutex::new(Some(source)))
}

async fn followed(source: Source) -> Response<Body> {
    let request = Request::get("/events").body(Body::empty());
    response(router(source, &FOLLOW, follow), request.expect("a request")).await
}

async fn text(body: Body) -> String {
    let body = body.collect().await.expect("an end").to_bytes();
    String::from_utf8(body.into()).expect("text")
}

#[tokio::test]
async fn an_event_is_written_by_the_formats_rules() {
    let (events, source) = source();
    let lines = json!({"text": "a\nb\r\n: c\u{2028}", "n": 1});
    for event in [
        Event::new(lines).id("1").event("step"),
        Event::new(json!(null)),
        Event::new(json!("x")).id(" ü: ").event(": "),
        Event::new(json!(2)).id("a\nid: b").event("c\rd"),
        Event::new(json!(3)).id("a\0b").event("done"),
    ] {
        events.unbounded_send(event).expect("a reader");
    }
    drop(events);
    let response = followed(source).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    let expected = concat!(
        "id: 1\nevent: step\ndata: {\"text\":\"a\\nb\\r\\n: c\u{2028}\",\"n\":1}\n\n",
        "data: null\n\n",
        "id:  ü: \nevent: : \ndata: \"x\"\n\n",
        "data: 2\n\n",
        "event: done\ndata: 3\n\n",
    );
    assert_eq!(text(response.into_body()).await, expected);
}

#[tokio::test]
async fn lines_are_written_one_a_value_and_break_off_at_a_fault() {
    async fn count(_: Arc<()>, _: Call) -> Result<Answer, ApiError> {
        let values = [
            Ok(json!({"text": "a\nb"})),
            Ok(json!(null)),
            Err(Faulty),
            Ok(json!(3)),
        ];
        let lines = Lines::new(futures::stream::iter(values.map(Line)));
        Ok(Answer::lines(200, "application/x-ndjson", lines))
    }
    let request = Request::get("/events").body(Body::empty());
    let response = response(router((), &FOLLOW, count), request.expect("a request")).await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut body = response.into_body();
    let mut read = Vec::new();
    let ended = loop {
        match body.frame().await {
            Some(Ok(frame)) => read.extend(frame.into_data().expect("data")),
            other => break other,
        }
    };
    assert_eq!(read, b"{\"text\":\"a\\nb\"}\nnull\n");
    assert!(matches!(ended, Some(Err(_))), "{ended:?}");
}

/// A value, or something that has no JSON.
struct Line(Result<Value, Faulty>);

struct Faulty;

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(value) => value.serialize(serializer),
            Err(Faulty) => Err(S::Error::custom("it has no JSON")),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_comment_every_15_seconds() {
    let (events, source) = source();
    let mut body = followed(source).await.into_body();
    let started = Instant::now();
    let mut next = async || {
        let frame = body.frame().await?.expect("no fault");
        let bytes = frame.into_data().expect("data");
        Some((
            started.elapsed().as_secs(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ))
    };
    assert_eq!(next().await, Some((15, ":\n\n".to_owned())));
    assert_eq!(next().await, Some((30, ":\n\n".to_owned())));
    // An event is no silence: the next comment is 15 seconds after it.
    tokio::time::advance(Duration::from_secs(10)).await;
    events
        .unbounded_send(Event::new(json!(1)))
        .expect("a reader");
    assert_eq!(next().await, Some((40, "data: 1\n\n".to_owned())));
    assert_eq!(next().await, Some((55, ":\n\n".to_owned())));
    drop(events);
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_stream() {
    let (events, source) = source();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server =
        tokio::spawn(async move { axum::serve(listener, router(source, &FOLLOW, follow)).await });
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.write_all(request).await.expect("room");
    events
        .unbounded_send(Event::new(json!("first")))
        .expect("a reader");
    let mut read = String::new();
    while !read.contains("data: \"first\"\n\n") {
        let mut piece = [0; 512];
        let length = socket.read(&mut piece).await.expect("an answer");
        assert_ne!(length, 0, "{read}");
        read.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    assert!(!events.is_closed());
    drop(socket);
    // Long before a comment would find out.
    let ended = async {
        while !events.is_closed() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(5), ended)
        .await
        .expect("an end");
    server.abort();
}
