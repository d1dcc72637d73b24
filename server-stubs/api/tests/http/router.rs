//! Requests through the router, as HTTP: what is checked before a method runs, and what answers.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use exai_server::runtime::{
    Answer, ApiError, Contract, Event, Events, Kind, OperationInfo, ParameterInfo, Request as Call,
    Routes,
};
use serde_json::{Value, json};
use tower::ServiceExt;

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    Contract::new(
        &json!({
            "$defs": {"note": {
                "type": "object",
                "required": ["text"],
                "additionalProperties": false,
                "properties": {"text": {"type": "string", "maxLength": 5}}
            }},
            "operations": {"addNote": {
                "parameters": {
                    "path": {"book_id": {"type": "string", "pattern": "^bok_"}},
                    "query": {"page": {"type": "integer", "minimum": 1}}
                },
                "body": {"application/json": {"$ref": "#/$defs/note"}}
            }, "follow": {"parameters": {}, "body": {}}}
        })
        .to_string(),
    )
});

static ADD: OperationInfo = OperationInfo {
    id: "addNote",
    method: "POST",
    path: "/books/{book_id}/notes",
    route: "/books/{p0}/notes",
    area: "Books",
    idempotency: Some(("Idempotency-Key", true)),
    parameters: &[
        ParameterInfo::path("book_id", Kind::Text),
        ParameterInfo::query("page", Kind::Number),
    ],
    body: &["application/json"],
    body_required: true,
    ..OperationInfo::DEFAULT
};

static FOLLOW: OperationInfo = OperationInfo {
    id: "follow",
    method: "GET",
    path: "/events",
    route: "/events",
    area: "Books",
    resume: Some("Last-Event-ID"),
    streams: true,
    ..OperationInfo::DEFAULT
};

async fn add(_: Arc<()>, mut call: Call) -> Result<Answer, ApiError> {
    let book: String = call.path("book_id")?;
    let page: Option<u32> = call.query("page")?;
    let note: Value = call.json().await?;
    Answer::json(
        201,
        "application/json",
        &json!({"book": book, "page": page, "note": note, "key": call.context().idempotency_key()}),
    )
}

async fn follow(_: Arc<()>, _: Call) -> Result<Answer, ApiError> {
    let events = futures::stream::iter([Event::new(json!({"n": 1})).id("1").event("step")]);
    Ok(Answer::events(200, Events::new(events)))
}

fn router() -> Router {
    let routes = Routes::new((), &CONTRACT)
        .route(&ADD, add)
        .route(&FOLLOW, follow)
        .finish();
    Router::new().nest("/v1", routes)
}

async fn send(request: Request<Body>) -> (StatusCode, String) {
    let response = router().oneshot(request).await.expect("a router answers");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    let bytes = bytes.expect("the answer ends");
    (status, String::from_utf8(bytes.into()).expect("text"))
}

fn post(path: &str, key: Option<&str>, content_type: &str, body: &str) -> Request<Body> {
    let mut request = Request::post(path).header("content-type", content_type);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request
        .body(Body::from(body.to_owned()))
        .expect("a request")
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[tokio::test]
async fn a_good_request_reaches_the_method() {
    let request = post(
        "/v1/books/bok_%C3%A4/notes?page=2",
        Some("k"),
        "application/json; charset=utf-8",
        r#"{"text": "hi"}"#,
    );
    let (status, text) = send(request).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
    let expected = json!({"book": "bok_ä", "page": 2, "note": {"text": "hi"}, "key": "k"});
    assert_eq!(parsed(&text), expected);
}

#[tokio::test]
async fn every_broken_rule_is_named_by_its_pointer() {
    let body = r#"{"text": "too long", "more": 1}"#;
    let (status, text) = send(post(
        "/v1/books/bok_a/notes",
        Some("k"),
        "application/json",
        body,
    ))
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let envelope = parsed(&text);
    assert_eq!(
        (&envelope["code"], &envelope["name"]),
        (&json!(400), &json!("invalid_request"))
    );
    let mut found: Vec<(&str, &str)> = envelope["details"]
        .as_array()
        .expect("details")
        .iter()
        .map(|detail| {
            (
                detail["pointer"].as_str().expect("text"),
                detail["rule"].as_str().expect("text"),
            )
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("", "additionalProperties"), ("/text", "maxLength")]
    );
}

#[tokio::test]
async fn parameters_are_checked_before_the_body() {
    let request = post(
        "/v1/books/bok_a/notes?page=0",
        None,
        "application/json",
        "{",
    );
    let (status, text) = send(request).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let details = parsed(&text)["details"].clone();
    assert_eq!(details[0]["pointer"], "/page");
    assert_eq!(details[0]["location"], "query");
    assert_eq!(details[1]["pointer"], "/Idempotency-Key");
    let (status, _) = send(post(
        "/v1/books/other/notes",
        Some("k"),
        "application/json",
        "{}",
    ))
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_request_of_the_document_answers_in_the_envelope() {
    for (path, content_type, body, status, name) in [
        (
            "/v1/books/bok_a/notes",
            "application/json",
            "{",
            400,
            "invalid_request",
        ),
        (
            "/v1/books/bok_a/notes",
            "text/plain",
            "hi",
            400,
            "invalid_request",
        ),
        ("/v1/nothing", "application/json", "{}", 404, "not_found"),
        ("/v1/events", "application/json", "{}", 404, "not_found"),
    ] {
        let (found, text) = send(post(path, Some("k"), content_type, body)).await;
        assert_eq!(found.as_u16(), status, "{path} {text}");
        assert_eq!(parsed(&text)["name"], name, "{path}");
    }
}

#[tokio::test]
async fn events_are_written_as_the_format_asks() {
    let request = Request::get("/v1/events")
        .body(Body::empty())
        .expect("a request");
    let (status, text) = send(request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(text, "id: 1\nevent: step\ndata: {\"n\":1}\n\n");
}

#[tokio::test]
async fn what_is_no_id_of_an_event_resumes_nothing() {
    let long = vec![b'1'; 256];
    for id in [
        &b""[..],
        &b"a b"[..],
        "\u{fc}".as_bytes(),
        &b"\xff"[..],
        &long,
    ] {
        let request = Request::get("/v1/events").header("last-event-id", id);
        let (status, text) = send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{id:?} {text}");
        let detail = &parsed(&text)["details"][0];
        assert_eq!(detail["pointer"], "/Last-Event-ID");
    }
}
