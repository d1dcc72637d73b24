//! Queries, headers, cookies, and what is never printed of them.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use exai_server::runtime::{
    Answer, ApiError, Kind, OperationInfo, ParameterInfo, Request as Call, Style,
};
use serde_json::{Value, json};

use super::book::{answer, broken, response, router};

const TEXTS: Kind = Kind::List(&Kind::Text);

static SEARCH: OperationInfo = OperationInfo {
    id: "search",
    method: "GET",
    path: "/notes",
    route: "/notes",
    parameters: &[
        ParameterInfo::query("tags", TEXTS),
        ParameterInfo::query("ids", TEXTS).styled(Style::Form, false),
        ParameterInfo::query("page", Kind::Number).or("1"),
        ParameterInfo::header("X-Labels", TEXTS),
        ParameterInfo::header("X-Trace", Kind::Text),
        ParameterInfo::cookie("theme", Kind::Text),
    ],
    ..OperationInfo::DEFAULT
};

async fn search(_: Arc<()>, mut call: Call) -> Result<Answer, ApiError> {
    let read = json!({
        "tags": call.query::<Value>("tags")?,
        "ids": call.query::<Value>("ids")?,
        "page": call.query::<Value>("page")?,
        "labels": call.header::<Value>("X-Labels")?,
        "trace": call.header::<Value>("X-Trace")?,
        "theme": call.cookie::<Value>("theme")?,
    });
    Answer::json(200, "application/json", &read)
}

async fn searched(query: &str, headers: &[(&str, &[u8])]) -> (u16, Value) {
    let mut request = Request::get(format!("/notes?{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    answer(router((), &SEARCH, search), request).await
}

#[tokio::test]
async fn a_list_is_what_was_sent_and_an_empty_one_is_not_sent() {
    for (query, tags, ids) in [
        ("", json!(null), json!(null)),
        ("tags=a&tags=b,c", json!(["a", "b,c"]), json!(null)),
        ("ids=a,b%2Cc", json!(null), json!(["a", "b,c"])),
    ] {
        let (status, read) = searched(query, &[]).await;
        assert_eq!(
            (status, &read["tags"], &read["ids"]),
            (200, &tags, &ids),
            "{query}"
        );
    }
    let (status, envelope) = searched("tags=", &[]).await;
    assert_eq!(
        (status, broken(&envelope)),
        (400, vec![("/tags/0", "minLength")])
    );
}

#[tokio::test]
async fn one_value_sent_twice_and_what_is_not_utf_8_are_refused() {
    for (query, detail) in [
        ("page=1&page=2", ("/page", "maxItems")),
        ("page=1&page=1", ("/page", "maxItems")),
        ("tags=%ff", ("/tags", "format")),
        ("%ff=1", ("", "format")),
    ] {
        let (status, envelope) = searched(query, &[]).await;
        assert_eq!((status, broken(&envelope)), (400, vec![detail]), "{query}");
    }
    let (status, envelope) = searched("", &[("x-trace", b"\xff")]).await;
    assert_eq!(
        (status, broken(&envelope)),
        (400, vec![("/X-Trace", "format")])
    );
    let (status, read) = searched("unknown=1&unknown=2", &[]).await;
    assert_eq!((status, &read["page"]), (200, &json!(1)));
}

#[tokio::test]
async fn the_lines_of_a_header_are_one_list() {
    let lines: [(&str, &[u8]); 4] = [
        ("x-labels", b"a,b"),
        ("X-Trace", b"one"),
        ("X-Labels", b", c"),
        ("X-Trace", b"two"),
    ];
    let (status, read) = searched("", &lines).await;
    assert_eq!((status, &read["labels"]), (200, &json!(["a", "b", "c"])));
    assert_eq!(read["trace"], "one, two");
}

#[tokio::test]
async fn the_cookies_of_others_change_nothing() {
    let cookies: [(&str, &[u8]); 2] = [
        ("cookie", b"a=%zz; broken"),
        ("cookie", b"%ff=1; theme=b+%c3%a4"),
    ];
    let (status, read) = searched("", &cookies).await;
    assert_eq!((status, &read["theme"]), (200, &json!("b+ä")));
}

#[tokio::test]
async fn no_debug_shows_what_was_sent() {
    async fn shown(_: Arc<()>, call: Call) -> Result<Answer, ApiError> {
        let shown = format!(
            "{call:?} {:?} {:?}",
            call.context(),
            call.context().headers()
        );
        Ok(Answer::text(200, "text/plain", shown))
    }
    let request = Request::get("/notes?tags=sk_1")
        .header("authorization", "Bearer sk_2")
        .header("cookie", "theme=sk_3")
        .body(Body::empty())
        .expect("a request");
    let shown = response(router((), &SEARCH, shown), request)
        .await
        .into_body();
    let shown = axum::body::to_bytes(shown, 1 << 16).await.expect("an end");
    let shown = String::from_utf8_lossy(&shown);
    assert!(
        shown.contains("search") && shown.contains("authorization"),
        "{shown}"
    );
    assert!(!shown.contains("sk_"), "{shown}");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    for (path, status) in [
        ("/notes?page=2", 200),
        ("/notes?page=x", 400),
        ("/none", 404),
    ] {
        let head = Request::head(path).body(Body::empty()).expect("a request");
        let get = Request::get(path).body(Body::empty()).expect("a request");
        let head = response(router((), &SEARCH, search), head).await;
        let get = response(router((), &SEARCH, search), get).await;
        assert_eq!(head.status().as_u16(), status, "{path}");
        assert_eq!(head.status(), get.status(), "{path}");
        assert_eq!(head.headers(), get.headers(), "{path}");
        assert!(head.headers().contains_key("content-length"), "{path}");
        let body = axum::body::to_bytes(head.into_body(), 1 << 16).await;
        assert!(body.expect("an end").is_empty(), "{path}");
    }
}
