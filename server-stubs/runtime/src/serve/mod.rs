//! A server for a router: HTTP/1.1 with bounds on everything that a client can take, and an end
//! that cuts nobody off.

mod ending;
mod patient;
mod socket;

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use futures::future::BoxFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use self::patient::Patient;
use self::socket::Socket;

/// How much a client can take of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// Connections at once, 16,384 unless said otherwise; others wait to be accepted.
    pub connections: usize,
    /// Bytes of a request's target and its headers, 64 KiB. A longer head is a bare 431 (RFC 6585,
    /// section 5), and no part of the application sees it.
    pub head: usize,
    /// Headers of a request, 128; more are a 431, too.
    pub headers: usize,
    /// How long the head of a request may take from when it is waited for, 30 seconds; then the
    /// connection is closed. So it is also how long an idle connection is kept.
    pub head_time: Duration,
    /// How long a body may be waited for, 30 seconds and one more for each KiB that has come. A
    /// slower one is cut off, which its handler sees as an error.
    pub body_time: Duration,
    /// How long a client may leave an answer unread, a minute; then the connection is closed.
    pub write_time: Duration,
    /// How long requests that are running have once the server is stopped, 30 seconds.
    pub drain: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 16_384,
            head: 64 * 1024,
            headers: 128,
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            write_time: Duration::from_secs(60),
            drain: Duration::from_secs(30),
        }
    }
}

/// Serves a router until `stop` is done. Then no connection is accepted any more, streams of
/// server-sent events end behind a whole event, so that their clients resume elsewhere, and
/// requests that are running are finished, for as long as [`Bounds::drain`] says.
///
/// # Errors
/// The listener cannot be used. What goes wrong on a connection ends that connection.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    listener.local_addr()?;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_time)
        .max_buf_size(bounds.head.max(8192))
        .max_headers(bounds.headers);
    let (stopping, stopped) = watch::channel(());
    let room = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut stop => break,
        };
        let (socket, place) = accepted;
        let served = Served {
            app: app.clone(),
            head: bounds.head,
            body_time: bounds.body_time,
            stopped: stopped.clone(),
        };
        let socket = TokioIo::new(Socket::new(socket, bounds.write_time));
        let connection = graceful.watch(builder.serve_connection(socket, served));
        tokio::spawn(async move {
            // What a client does wrong is its own.
            let _ = connection.await;
            drop(place);
        });
    }
    drop((listener, stopping));
    // Whoever is not done by then is cut off with the process.
    let _ = tokio::time::timeout(bounds.drain, graceful.shutdown()).await;
    Ok(())
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    let place = room.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                // A small answer is not held back for the next.
                let _ = socket.set_nodelay(true);
                return (socket, place);
            }
            // Too many open files, most likely: others have to end first.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// The router on one connection.
#[derive(Clone)]
struct Served {
    app: Router,
    head: usize,
    body_time: Duration,
    stopped: watch::Receiver<()>,
}

impl Service<Request<Incoming>> for Served {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        if length(&request) > self.head {
            let mut refused = Response::new(Body::empty());
            *refused.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            let close = HeaderValue::from_static("close");
            refused.headers_mut().insert(header::CONNECTION, close);
            return Box::pin(ready(Ok(refused)));
        }
        let patience = self.body_time;
        let request = request.map(|body| Body::new(Patient::new(body, patience)));
        let answered = tower_service::Service::call(&mut self.app.clone(), request);
        let stopped = self.stopped.clone();
        Box::pin(async move { Ok(ending::end_streams(answered.await?, stopped)) })
    }
}

/// Bytes of a request's target and headers, as they were sent.
fn length(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query();
    let target = target.map_or(0, |target| target.as_str().len());
    // Each is followed by a colon, a space and the end of the line.
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 4);
    target + headers.sum::<usize>()
}
