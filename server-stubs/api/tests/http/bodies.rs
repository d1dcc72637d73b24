//! JSON bodies.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use exai_server::runtime::{Answer, ApiError, Contract, OperationInfo, Request as Call};
use serde_json::{Value, json};

use super::book::{CONTRACT, answer, broken, router};

static WRITE: OperationInfo = OperationInfo {
    id: "write",
    method: "PUT",
    path: "/note",
    route: "/note",
    body: &["application/json"],
    body_required: true,
    ..OperationInfo::DEFAULT
};

/// Its contract has no schema.
static BROKEN: OperationInfo = OperationInfo {
    id: "broken",
    ..WRITE
};

async fn write(_: Arc<()>, mut call: Call) -> Result<Answer, ApiError> {
    let note: Value = call.json().await?;
    Answer::json(200, "application/json", &note)
}

async fn written(operation: &'static OperationInfo, body: impl Into<Body>) -> (u16, Value) {
    let request = Request::put("/note").header("content-type", "application/json");
    let request = request.body(body.into()).expect("a request");
    answer(router((), operation, write), request).await
}

#[tokio::test]
async fn what_is_no_json_of_one_meaning_is_refused() {
    let deep = |depth: usize| {
        let more = "[".repeat(depth) + &"]".repeat(depth);
        format!(r#"{{"text": "a", "more": {more}}}"#)
    };
    let (status, _) = written(&WRITE, deep(100)).await;
    assert_eq!(status, 200);
    for (body, said) in [
        (
            r#"{"text": "a", "text": "b"}"#.to_owned(),
            "\"text\" is there twice",
        ),
        (
            r#"{"text": "a", "more": [{"b": 1, "b": 1}]}"#.to_owned(),
            "\"b\" is there twice",
        ),
        (deep(128), "recursion limit"),
        (deep(1 << 20), "recursion limit"),
        (r#"{"text": "a"} {}"#.to_owned(), "trailing characters"),
        (r#"{"text": "\ud800"}"#.to_owned(), "hex escape"),
        (String::new(), "EOF"),
    ] {
        let (status, envelope) = written(&WRITE, body).await;
        assert_eq!(
            (status, &envelope["name"]),
            (400, &json!("invalid_request")),
            "{said}"
        );
        let message = envelope["message"].as_str().expect("text");
        assert!(message.contains(said), "{said}: {message}");
    }
    let (status, _) = written(&WRITE, &b"{\"text\": \"\xff\"}"[..]).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_body_has_an_end() {
    let long = format!(r#"{{"text": "{}"}}"#, "a".repeat(8 << 20));
    let (status, envelope) = written(&WRITE, long).await;
    assert_eq!(
        (status, &envelope["name"]),
        (400, &json!("invalid_request"))
    );
}

#[tokio::test]
async fn an_error_says_what_is_wrong_and_not_what_was_sent() {
    let (status, envelope) = written(&WRITE, r#"{"text": "sk_live_1"}"#).await;
    assert_eq!(
        (status, broken(&envelope)),
        (400, vec![("/text", "maxLength")])
    );
    assert!(!envelope.to_string().contains("sk_live"), "{envelope}");
    let unknown: Value = (0..10_000)
        .map(|n| (format!("unknown{n}"), json!(n)))
        .collect();
    let (status, envelope) = written(&WRITE, unknown.to_string()).await;
    assert_eq!(status, 400);
    assert!(envelope.to_string().len() < 2_000);
}

#[tokio::test]
async fn a_contract_that_does_not_compile_is_the_servers_fault() {
    let (status, envelope) = written(&BROKEN, r#"{"text": "a"}"#).await;
    assert_eq!((status, &envelope["name"]), (500, &json!("internal_error")));
    assert!(!envelope.to_string().contains("nowhere"), "{envelope}");
    let found = CONTRACT.verify().expect_err("a reference to nothing");
    assert!(found.contains("broken"), "{found}");
    assert!(Contract::new("{").verify().is_err());
}

#[tokio::test]
async fn a_range_of_media_types_is_for_what_has_no_name() {
    static ANY: OperationInfo = OperationInfo {
        body: &["*/*", "text/*", "Text/Plain; charset=utf-8"],
        ..WRITE
    };
    async fn named(_: Arc<()>, call: Call) -> Result<Answer, ApiError> {
        Answer::json(200, "application/json", &call.media_type()?)
    }
    for (sent, taken) in [
        ("TEXT/plain", "Text/Plain; charset=utf-8"),
        ("text/csv", "text/*"),
        ("image/png", "*/*"),
    ] {
        let request = Request::put("/note").header("content-type", sent);
        let request = request.body(Body::from("a")).expect("a request");
        let (_, found) = answer(router((), &ANY, named), request).await;
        assert_eq!(found, taken, "{sent}");
    }
}
