//! A small API: the document it obeys, its router with one operation, and requests to that.

use std::future::Future;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use exai_server::runtime::{Answer, ApiError, Contract, OperationInfo, Request as Call, Routes};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let texts = json!({"type": "array", "items": {"type": "string", "minLength": 1}});
    let note = json!({
        "type": "object",
        "required": ["text"],
        "additionalProperties": false,
        "properties": {"text": {"type": "string", "maxLength": 5}, "more": true}
    });
    let upload = json!({
        "type": "object",
        "required": ["cover"],
        "additionalProperties": false,
        "properties": {
            "cover": {"type": "string"},
            "pages": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "title": {"type": "string", "maxLength": 5},
            "year": {"type": "integer"},
            "tags": texts,
            "labels": {"type": "object", "additionalProperties": {"type": "string"}}
        }
    });
    let search = json!({
        "query": {"tags": texts, "ids": texts, "page": {"type": "integer"}},
        "header": {"X-Labels": texts, "X-Trace": {"type": "string"}},
        "cookie": {"theme": {"type": "string"}}
    });
    let entry = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "title": {"type": "string"},
            "year": {"type": "integer"},
            "tags": texts,
            "labels": {"type": "object"},
            "at": {"type": "object", "properties": {"x": {"type": "integer"}}}
        }
    });
    Contract::new(
        &json!({"operations": {
            "search": {"parameters": search},
            "write": {"body": {"application/json": note}},
            "upload": {"body": {"multipart/form-data": upload}},
            "enter": {"body": {"application/x-www-form-urlencoded": entry}},
            "follow": {},
            "broken": {"body": {"application/json": {"$ref": "#/$defs/nowhere"}}}
        }})
        .to_string(),
    )
});

/// A router with one operation.
pub(crate) fn router<A, F>(
    api: A,
    operation: &'static OperationInfo,
    call: fn(Arc<A>, Call) -> F,
) -> Router
where
    A: Send + Sync + 'static,
    F: Future<Output = Result<Answer, ApiError>> + Send + 'static,
{
    Routes::new(api, &CONTRACT).route(operation, call).finish()
}

/// The status of the answer and its JSON, null where it has no body.
pub(crate) async fn answer(router: Router, request: Request<Body>) -> (u16, Value) {
    let response = response(router, request).await;
    let status = response.status().as_u16();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("the answer ends");
    let body = body.to_bytes();
    let value = match body.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&body).expect("JSON"),
    };
    (status, value)
}

/// The answer, its body unread.
pub(crate) async fn response(router: Router, request: Request<Body>) -> Response<Body> {
    router.oneshot(request).await.expect("a router answers")
}

/// The pointers and rules of an error's details.
pub(crate) fn broken(envelope: &Value) -> Vec<(&str, &str)> {
    let details = envelope["details"].as_array().expect("details");
    details
        .iter()
        .map(|detail| (&detail["pointer"], &detail["rule"]))
        .map(|(pointer, rule)| {
            (
                pointer.as_str().expect("text"),
                rule.as_str().expect("text"),
            )
        })
        .collect()
}
