//! Forms, whole and over a socket.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use exai_server::runtime::{Answer, ApiError, File, Kind, OperationInfo, Request as Call};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::book::{answer, broken, router};

static UPLOAD: OperationInfo = OperationInfo {
    id: "upload",
    method: "PUT",
    path: "/book",
    route: "/book",
    body: &["multipart/form-data"],
    body_required: true,
    form: &[
        ("cover", Kind::File),
        ("pages", Kind::List(&Kind::File)),
        ("title", Kind::Text),
        ("year", Kind::Number),
        ("tags", Kind::List(&Kind::Text)),
        ("labels", Kind::Json),
    ],
    ..OperationInfo::DEFAULT
};

static ENTER: OperationInfo = OperationInfo {
    id: "enter",
    method: "PUT",
    path: "/entry",
    route: "/entry",
    body: &["application/x-www-form-urlencoded"],
    body_required: true,
    form: &[
        ("title", Kind::Text),
        ("year", Kind::Number),
        ("tags", Kind::List(&Kind::Text)),
        ("labels", Kind::Json),
        ("at", Kind::Record(&[("x", Kind::Number)])),
    ],
    ..OperationInfo::DEFAULT
};

async fn upload(_: Arc<()>, mut call: Call) -> Result<Answer, ApiError> {
    let shown = |file: File| json!([file.name, file.content_type, file.bytes.to_vec()]);
    let mut form = call.form().await?;
    let read = json!({
        "cover": shown(form.take_file("cover")?),
        "pages": form.take_files("pages")?.into_iter().map(shown).collect::<Value>(),
        "title": form.take::<Option<String>>("title")?,
        "year": form.take::<Option<u16>>("year")?,
        "tags": form.take::<Option<Vec<String>>>("tags")?,
        "labels": form.take::<Value>("labels")?,
    });
    Answer::json(200, "application/json", &read)
}

/// `name="cover"; filename="a"` and the lines behind it, then the content.
fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, content) in parts {
        let head = format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(b"--edge--\r\n");
    body
}

async fn sent(content_type: &str, body: impl Into<Body>) -> (u16, Value) {
    let request = Request::put("/book").header("content-type", content_type);
    let request = request.body(body.into()).expect("a request");
    answer(router((), &UPLOAD, upload), request).await
}

async fn enter(_: Arc<()>, mut call: Call) -> Result<Answer, ApiError> {
    let form: Value = call.form().await?.into_value()?;
    Answer::json(200, "application/json", &form)
}

async fn entered(body: &'static str) -> (u16, Value) {
    let [content_type] = ENTER.body else {
        panic!("one media type")
    };
    let request = Request::put("/entry").header("content-type", *content_type);
    let request = request.body(Body::from(body)).expect("a request");
    answer(router((), &ENTER, enter), request).await
}

async fn uploaded(parts: &[(&str, &[u8])]) -> (u16, Value) {
    sent("multipart/form-data; boundary=edge", multipart(parts)).await
}

#[tokio::test]
async fn every_kind_of_part_is_read() {
    let (status, read) = uploaded(&[
        (
            "name=\"cover\"; filename=\"c.png\"\r\nContent-Type: image/png",
            b"\xff\r\n--\x00",
        ),
        ("name=\"pages\"; filename=\"1\"", b"one"),
        ("name=\"title\"", "Ödön".as_bytes()),
        ("name=\"year\"", b"1999"),
        ("name=\"tags\"", b"a,b"),
        ("name=\"tags\"", b"c"),
        (
            "name=\"labels\"\r\nContent-Type: application/json",
            br#"{"team": "x"}"#,
        ),
    ])
    .await;
    assert_eq!(status, 200, "{read}");
    let expected = json!({
        "cover": ["c.png", "image/png", b"\xff\r\n--\x00"],
        "pages": [["1", "application/octet-stream", b"one"]],
        "title": "Ödön",
        "year": 1999,
        "tags": ["a,b", "c"],
        "labels": {"team": "x"}
    });
    assert_eq!(read, expected);
}

#[tokio::test]
async fn a_file_may_have_no_name() {
    let (status, read) = uploaded(&[("name=\"cover\"", b"\xfe")]).await;
    let cover = json!(["", "application/octet-stream", [0xfe]]);
    assert_eq!((status, &read["cover"]), (200, &cover));
    assert_eq!((&read["pages"], &read["tags"]), (&json!([]), &json!(null)));
}

#[tokio::test]
async fn a_form_is_held_against_its_schema() {
    const COVER: (&str, &[u8]) = ("name=\"cover\"", b"c");
    const PAGE: (&str, &[u8]) = ("name=\"pages\"", b"p");
    const TITLE: (&str, &[u8]) = ("name=\"title\"", b"short");
    for (parts, detail) in [
        (&[TITLE][..], ("", "required")),
        (&[COVER, COVER], ("/cover", "type")),
        (&[COVER, TITLE, TITLE], ("/title", "maxItems")),
        (
            &[COVER, ("name=\"title\"", b"too long")],
            ("/title", "maxLength"),
        ),
        (&[COVER, ("name=\"year\"", b"soon")], ("/year", "type")),
        (&[COVER, ("name=\"tags\"", b"")], ("/tags/0", "minLength")),
        (&[COVER, ("name=\"labels\"", b"{")], ("/labels", "type")),
        (
            &[COVER, ("name=\"labels\"", br#"{"a": "1", "a": "2"}"#)],
            ("/labels", "type"),
        ),
        (&[COVER, PAGE, PAGE, PAGE], ("/pages", "maxItems")),
        (
            &[COVER, ("name=\"other\"", b"")],
            ("", "additionalProperties"),
        ),
        (
            &[COVER, ("name=\"other\"; filename=\"o\"", b"")],
            ("", "additionalProperties"),
        ),
    ] {
        let (status, envelope) = uploaded(parts).await;
        assert_eq!(
            (status, broken(&envelope)),
            (400, vec![detail]),
            "{parts:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let whole = multipart(&[("name=\"cover\"", b"c")]);
    let cut = whole[..whole.len() - 6].to_vec();
    for (content_type, body) in [
        ("multipart/form-data; boundary=edge", cut),
        ("multipart/form-data; boundary=other", whole.clone()),
        ("multipart/form-data", whole.clone()),
        ("application/json", whole),
        (
            "multipart/form-data; boundary=edge",
            multipart(&[("name=\"title\"", b"\xff")]),
        ),
    ] {
        let (status, envelope) = sent(content_type, body).await;
        assert_eq!(
            (status, &envelope["name"]),
            (400, &json!("invalid_request")),
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn a_url_encoded_form_is_read_by_the_same_kinds() {
    let body = "title=a+%26&year=7&tags=a%2Cb&tags=c&labels=%7B%22a%22%3A%22b%22%7D&x=1";
    let (status, read) = entered(body).await;
    assert_eq!(status, 200, "{read}");
    let expected = json!({
        "title": "a &",
        "year": 7,
        "tags": ["a,b", "c"],
        "labels": {"a": "b"},
        "at": {"x": 1}
    });
    assert_eq!(read, expected);
    let (status, envelope) = entered("title=a&year=x&y=1&unknown=1").await;
    let mut found = broken(&envelope);
    found.sort_unstable();
    let expected = vec![("", "additionalProperties"), ("/year", "type")];
    assert_eq!((status, found), (400, expected));
    for (body, detail) in [
        ("title=a&title=b", ("/title", "maxItems")),
        ("title=a&z=1&z=2", ("/z", "maxItems")),
        ("title=%ff", ("/title", "format")),
        ("z=%ff", ("/z", "format")),
        ("%ff=1", ("", "format")),
    ] {
        let (status, envelope) = entered(body).await;
        assert_eq!((status, broken(&envelope)), (400, vec![detail]), "{body}");
    }
}

#[tokio::test]
async fn a_form_that_comes_in_pieces_over_a_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server =
        tokio::spawn(async move { axum::serve(listener, router((), &UPLOAD, upload)).await });
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let content: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    let body = multipart(&[
        ("name=\"cover\"; filename=\"c\"", &content),
        ("name=\"title\"", b"big"),
    ]);
    let head = "PUT /book HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: multipart/form-data; boundary=\"edge\"\r\nTransfer-Encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await.expect("room");
    // Of a length that cuts the boundaries of parts, too.
    for piece in body.chunks(1021) {
        let piece = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        socket.write_all(&piece).await.expect("room");
    }
    socket.write_all(b"0\r\n\r\n").await.expect("room");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("an answer");
    server.abort();
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let read: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        read["cover"],
        json!(["c", "application/octet-stream", content])
    );
    assert_eq!(read["title"], "big");
}
