//! Who may call what: 401 for whom nobody knows, 403 for the wrong kind of token.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use exai_sandbox::{Sandbox, Settings};
use exai_server::runtime::OperationInfo;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Calls an operation of no resource that is there, with a token if there is one.
async fn call(sandbox: &Sandbox, operation: &OperationInfo, token: Option<&str>) -> Response {
    let path = operation.path.split('/').map(|segment| {
        let parameter = segment.starts_with('{');
        if parameter { "none" } else { segment }
    });
    let path = path.collect::<Vec<_>>().join("/");
    let mut request = Request::builder()
        .method(operation.method)
        .uri(format!("/v1{path}"))
        .header("content-type", "application/json");
    if operation.idempotency.is_some() {
        request = request.header("idempotency-key", format!("{}-{token:?}", operation.id));
    }
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from("{}")).expect("a request");
    let answered = sandbox.router().oneshot(request).await;
    answered.expect("an answer")
}

#[tokio::test]
async fn every_operation_asks_who_calls_and_takes_the_tokens_of_the_document_alone() {
    let settings = Settings::new("http://sandbox.test/v1").unlimited(true);
    let sandbox = Sandbox::open(settings).expect("a sandbox");
    let tokens = sandbox.tokens();
    let (service, person) = (tokens.organisation.expose(), tokens.user.expose());
    let mut for_people = Vec::new();
    for operation in exai_server::OPERATIONS {
        for unknown in [None, Some("sk_test_0123456789abcdef")] {
            let answer = call(&sandbox, operation, unknown).await;
            let id = operation.id;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{id}");
            assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer", "{id}");
            let receipt = answer.headers()["x-exai-receipt"].clone();
            let body = answer.into_body().collect().await.expect("a body");
            let body: Value = serde_json::from_slice(&body.to_bytes()).expect("JSON");
            assert_eq!(body["name"], "unauthorized", "{id}");
            assert_eq!(body["receipt"], receipt.to_str().expect("text"), "{id}");
        }
        for (token, scheme) in [(service, "orgToken"), (person, "userToken")] {
            let taken = operation.security.contains(&[scheme].as_slice());
            let answer = call(&sandbox, operation, Some(token)).await;
            let status = answer.status();
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{}", operation.id);
            let refused = status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !taken, "{} with {scheme}", operation.id);
        }
        if !operation.security.contains(&["orgToken"].as_slice()) {
            for_people.push(operation.id);
        }
    }
    // Deciding an approval is for a person.
    assert_eq!(for_people, ["decideRunApproval"]);
}
