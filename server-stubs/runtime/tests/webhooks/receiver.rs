//! A receiver that answers as it is told, on a port of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// What it got: path, headers, body.
pub(crate) type Got = (String, HashMap<String, String>, String);

#[derive(Clone, Default)]
pub(crate) struct Receiver {
    got: Arc<Mutex<Vec<Got>>>,
    /// What it answers, first first; 204 when there is no more.
    answers: Arc<Mutex<Vec<Act>>>,
    pub(crate) url: String,
}

#[derive(Clone)]
pub(crate) enum Act {
    Status(u16),
    Redirect(String),
    Hang,
}

impl Receiver {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Act>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let mut answers: Vec<Act> = answers.into_iter().collect();
        answers.reverse();
        let answers = Arc::new(Mutex::new(answers));
        let receiver = Self {
            answers,
            url,
            ..Self::default()
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().expect("a lock").clone()
    }
}

async fn take(State(this): State<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = |value: &axum::http::HeaderValue| value.to_str().expect("text").to_owned();
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)));
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    let got = (uri.path().to_owned(), headers.collect(), body);
    this.got.lock().expect("a lock").push(got);
    let act = this.answers.lock().expect("a lock").pop();
    match act.unwrap_or(Act::Status(204)) {
        Act::Status(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (
                status,
                "x".repeat(if status.is_success() { 0 } else { 9000 }),
            )
                .into_response()
        }
        Act::Redirect(to) => (StatusCode::FOUND, [("location", to)]).into_response(),
        Act::Hang => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
    }
}
