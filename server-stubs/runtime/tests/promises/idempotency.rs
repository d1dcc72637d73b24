//! A keyed write runs once, whatever the client and the server go through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use exai_runtime::{
    Embedded, IdempotencyKey, IdempotencyStore, MemoryIdempotency, Promises, Receipt, ReceiptStore,
};
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::world::{Answer, ORG, OTHER, USER, World, request, send, world};

/// What a handler does, and how often it did.
pub(crate) struct Work {
    runs: AtomicU32,
    /// A run begins.
    started: Semaphore,
    /// A run may end.
    go: Semaphore,
}

impl Work {
    pub(crate) fn new(go: usize) -> Arc<Self> {
        Arc::new(Self {
            runs: AtomicU32::new(0),
            started: Semaphore::new(0),
            go: Semaphore::new(go),
        })
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(SeqCst)
    }

    pub(crate) async fn started(&self) {
        self.started.acquire().await.unwrap().forget();
    }

    pub(crate) fn go(&self) {
        self.go.add_permits(1);
    }
}

/// Freely many runs.
const FREE: usize = 10_000;

async fn write(
    State(work): State<Arc<Work>>,
    Extension(receipt): Extension<Receipt>,
    Extension(key): Extension<IdempotencyKey>,
    body: Bytes,
) -> Response {
    let run = work.runs.fetch_add(1, SeqCst) + 1;
    work.started.add_permits(1);
    work.go.acquire().await.unwrap().forget();
    match &*body {
        b"fail" => return (StatusCode::UNPROCESSABLE_ENTITY, "no").into_response(),
        b"fail once" if run == 1 => return (StatusCode::BAD_GATEWAY, "no").into_response(),
        b"panic" => panic!("at run {run}"),
        _ => {}
    }
    receipt.set_run(format!("run_{run}"));
    assert!(!key.is_repeated());
    let digest = format!("{:?}", Sha256::digest(&body));
    let body = format!("run {run}, {} bytes, {digest}\0", body.len());
    let mut response = (StatusCode::CREATED, body).into_response();
    let headers = response.headers_mut();
    let location = HeaderName::from_static("location");
    headers.insert(location, HeaderValue::from_static("/runs/1"));
    let trail = HeaderName::from_static("x-trail");
    headers.append(
        trail.clone(),
        HeaderValue::from_bytes(b"b: \xff\xe9").unwrap(),
    );
    headers.append(trail, HeaderValue::from_static("a"));
    response
}

async fn exec(
    State(work): State<Arc<Work>>,
    Extension(key): Extension<IdempotencyKey>,
) -> Response {
    if !key.is_repeated() {
        work.runs.fetch_add(1, SeqCst);
    }
    let repeated = key.is_repeated();
    let events = stream::iter((0..3).map(move |event| {
        let line = format!("data: {event} {repeated}\n\n");
        Ok::<_, std::io::Error>(line)
    }));
    let body = Body::from_stream(events);
    ([("content-type", "text/event-stream")], body).into_response()
}

pub(crate) fn app(promises: &Promises, work: &Arc<Work>) -> Router {
    let api = Router::new()
        .route("/runs", post(write))
        .route("/runs/{p0}/decision", post(write))
        .route("/runs/{p0}/exec", post(exec))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(work.clone());
    Router::new().nest("/v1", api).layer(promises.clone())
}

fn keyed(path: &str, token: &str, key: &str, body: impl Into<Body>) -> Request<Body> {
    let mut request = request("POST", path, Some(token)).map(|_| body.into());
    let headers = request.headers_mut();
    headers.insert("idempotency-key", key.parse().unwrap());
    headers.insert("content-type", HeaderValue::from_static("text/plain"));
    request
}

/// The answer but for what the layers say anew each time.
fn lasting(mut answer: Answer) -> Answer {
    for name in [
        "idempotent-replayed",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ] {
        answer.headers.remove(name);
    }
    answer
}

/// A world for each store.
fn worlds(folder: &tempfile::TempDir) -> [(World, Promises); 2] {
    let file = Embedded::open(folder.path().join("state.redb")).unwrap();
    let stores: [Arc<dyn IdempotencyStore>; 2] =
        [Arc::new(MemoryIdempotency::new()), Arc::new(file)];
    stores.map(|store| {
        let world = world();
        let promises = world.promises.clone().idempotency(store);
        (world, promises)
    })
}

#[tokio::test]
async fn a_key_that_is_none_is_400_and_nothing_runs() {
    let (world, work) = (world(), Work::new(FREE));
    let app = app(&world.promises, &work);
    let long = "k".repeat(256);
    for (key, rule) in [
        (None, "required"),
        (Some(&b""[..]), "pattern"),
        (Some(long.as_bytes()), "pattern"),
        (Some(b"a b"), "pattern"),
        (Some(b"caf\xc3\xa9"), "pattern"),
        (Some(b"a\tb"), "pattern"),
    ] {
        let mut asked = request("POST", "/v1/runs", Some(ORG));
        if let Some(key) = key {
            let key = HeaderValue::from_bytes(key).unwrap();
            asked.headers_mut().insert("idempotency-key", key);
        }
        let answer = send(&app, asked).await;
        assert_eq!(answer.status, 400, "{key:?}");
        let body = answer.json();
        assert_eq!(body["name"], "invalid_request");
        assert_eq!(body["details"][0]["location"], "header");
        assert_eq!(body["details"][0]["pointer"], "/Idempotency-Key");
        assert_eq!(body["details"][0]["rule"], rule);
    }
    let mut twice = keyed("/v1/runs", ORG, "k", "");
    let second = HeaderValue::from_static("k");
    twice.headers_mut().append("idempotency-key", second);
    assert_eq!(send(&app, twice).await.status, 400);
    assert_eq!(work.runs(), 0);
    let longest = send(&app, keyed("/v1/runs", ORG, &"~".repeat(255), "")).await;
    assert_eq!((longest.status, work.runs()), (201, 1));
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_its_receipt() {
    let folder = tempfile::tempdir().unwrap();
    for (world, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        let first = send(&app, keyed("/v1/runs?a=1", ORG, "k", "x")).await;
        assert_eq!(
            (first.status, first.header("idempotent-replayed")),
            (201, None)
        );
        for token in [ORG, USER] {
            let again = send(&app, keyed("/v1/runs?a=1", token, "k", "x")).await;
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
            assert_eq!(
                lasting(again),
                lasting(first.clone()),
                "a key is its organisation's"
            );
        }
        assert_eq!(work.runs(), 1);
        let chain = world.receipts.page(Some("org_1"), 1, 10).await.unwrap();
        assert_eq!(chain.len(), 1, "a replay is no new response");
        assert_eq!(chain[0].id, first.receipt());
        assert_eq!(chain[0].run_id.as_deref(), Some("run_1"));
    }
}

#[tokio::test]
async fn another_request_with_the_key_is_409_and_does_not_run() {
    let folder = tempfile::tempdir().unwrap();
    for (_, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        send(&app, keyed("/v1/runs", USER, "k", "x")).await;
        let mut other_type = keyed("/v1/runs", USER, "k", "x");
        let json = HeaderValue::from_static("application/json");
        other_type.headers_mut().insert("content-type", json);
        for other in [
            keyed("/v1/runs", USER, "k", "y"),
            keyed("/v1/runs", USER, "k", ""),
            keyed("/v1/runs?dry=1", USER, "k", "x"),
            keyed("/v1/runs/run_7/decision", USER, "k", "x"),
            other_type,
        ] {
            let answer = send(&app, other).await;
            assert_eq!((answer.status, work.runs()), (409, 1));
            assert_eq!(answer.json()["name"], "conflict");
        }
        let elsewhere = send(&app, keyed("/v1/runs", OTHER, "k", "y")).await;
        assert_eq!((elsewhere.status, work.runs()), (201, 2));
        assert_eq!(elsewhere.header("idempotent-replayed"), None);
    }
}

#[tokio::test]
async fn what_is_not_2xx_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    for (_, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        for (key, body, status) in [("a", "fail", 422), ("b", "panic", 500)] {
            let before = work.runs();
            let first = send(&app, keyed("/v1/runs", ORG, key, body)).await;
            let second = send(&app, keyed("/v1/runs", ORG, key, body)).await;
            assert_eq!((first.status, second.status), (status, status));
            assert_eq!(work.runs(), before + 2);
            assert_ne!(first.receipt(), second.receipt());
        }
        let other = send(&app, keyed("/v1/runs", ORG, "a", "another body")).await;
        assert_eq!(other.status, 201, "a key that nothing came of is free");
    }
}

#[tokio::test]
async fn an_answer_is_kept_for_24_hours() {
    let folder = tempfile::tempdir().unwrap();
    for (world, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        let ask = async || send(&app, keyed("/v1/runs", ORG, "k", "x")).await;
        let first = ask().await;
        let day = Duration::from_secs(24 * 60 * 60);
        world.clock.advance(day - Duration::from_millis(1));
        assert_eq!(lasting(ask().await), lasting(first.clone()));
        world.clock.advance(Duration::from_millis(1));
        let anew = ask().await;
        assert_eq!((work.runs(), anew.header("idempotent-replayed")), (2, None));
        assert_ne!(anew.receipt(), first.receipt());
        world.clock.advance(day - Duration::from_millis(1));
        assert_eq!(lasting(ask().await), lasting(anew));
    }
}

#[tokio::test]
async fn memory_does_not_grow_with_what_is_past() {
    let (world, work) = (world(), Work::new(FREE));
    let store = Arc::new(MemoryIdempotency::new());
    let app = app(&world.promises.clone().idempotency(store.clone()), &work);
    for key in 0..50 {
        send(&app, keyed("/v1/runs", ORG, &key.to_string(), "x")).await;
    }
    assert_eq!(store.len(), 50);
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    send(&app, keyed("/v1/runs", ORG, "later", "x")).await;
    assert_eq!(store.len(), 1);
}

#[tokio::test]
async fn a_restart_forgets_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let mut answers = Vec::new();
    for restart in 0..3 {
        let (world, work) = (world(), Work::new(FREE));
        let file = Arc::new(Embedded::open(&path).unwrap());
        let promises = world.promises.clone();
        let promises = promises.idempotency(file.clone()).receipts(file.clone());
        let app = app(&promises, &work);
        answers.push(send(&app, keyed("/v1/runs", ORG, "k", "x")).await);
        let conflict = send(&app, keyed("/v1/runs", ORG, "k", "y")).await;
        assert_eq!(conflict.status, 409);
        assert_eq!(work.runs(), u32::from(restart == 0));
        let record = file.get(Some("org_1"), answers[0].receipt()).await;
        assert!(record.unwrap().is_some());
    }
    let trail: Vec<_> = answers[2].headers.get_all("x-trail").iter().collect();
    assert_eq!(trail, [&b"b: \xff\xe9"[..], b"a"]);
    let [first, second, third] = <[Answer; 3]>::try_from(answers).unwrap().map(lasting);
    assert_eq!(first, second);
    assert_eq!(first, third);
}

#[tokio::test]
async fn those_that_wait_run_one_after_the_other_until_one_succeeds() {
    let (world, work) = (world(), Work::new(0));
    let app = app(&world.promises, &work);
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let (app, asked) = (app.clone(), keyed("/v1/runs", ORG, "k", "fail once"));
            tokio::spawn(async move { send(&app, asked).await })
        })
        .collect();
    work.started().await;
    let other = send(&app, keyed("/v1/runs", ORG, "k", "other")).await;
    assert_eq!(other.status, 409, "while the first still runs");
    assert_eq!(work.runs(), 1);
    work.go();
    work.started().await;
    assert_eq!(work.runs(), 2);
    work.go();
    let mut statuses = Vec::new();
    for answer in asking {
        let answer = answer.await.unwrap();
        statuses.push((
            answer.status,
            answer.header("idempotent-replayed").is_some(),
        ));
    }
    statuses.sort_unstable();
    assert_eq!(statuses[..2], [(201, false), (201, true)]);
    assert_eq!(statuses[6..], [(201, true), (500, false)]);
    assert_eq!(work.runs(), 2);
}

#[tokio::test]
async fn a_stream_is_not_kept_but_its_key_is_and_the_handler_goes_on() {
    let (world, work) = (world(), Work::new(FREE));
    let app = app(&world.promises, &work);
    let ask =
        async |body: &'static str| send(&app, keyed("/v1/runs/run_7/exec", ORG, "k", body)).await;
    let first = ask("ls").await;
    assert_eq!(
        first.body,
        b"data: 0 false\n\ndata: 1 false\n\ndata: 2 false\n\n"
    );
    let second = ask("ls").await;
    assert_eq!(
        second.body,
        b"data: 0 true\n\ndata: 1 true\n\ndata: 2 true\n\n"
    );
    assert_eq!(second.header("idempotent-replayed"), None);
    assert_ne!(second.receipt(), first.receipt(), "it is a new response");
    assert_eq!(ask("rm").await.status, 409);
    assert_eq!(work.runs(), 1);
    for answer in [first, second] {
        let record = world.receipts.get(Some("org_1"), answer.receipt()).await;
        assert!(record.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_long_body_reaches_the_handler_whole_and_counts_to_its_last_byte() {
    let (world, work) = (world(), Work::new(FREE));
    let limit = 5 * 1024 * 1024;
    let app = app(&world.promises.clone().body_limit(limit), &work);
    let mut bytes: Vec<u8> = (0..limit).map(|at| (at % 251) as u8).collect();
    let ask = async |key: &str, bytes: &[u8]| {
        let chunks: Vec<_> = bytes.chunks(70_001).map(Bytes::copy_from_slice).collect();
        let chunks = stream::iter(chunks).map(Ok::<_, std::io::Error>);
        send(&app, keyed("/v1/runs", ORG, key, Body::from_stream(chunks))).await
    };
    let first = ask("k", &bytes).await;
    let digest = format!("{:?}", Sha256::digest(&bytes));
    let expected = format!("run 1, {limit} bytes, {digest}\0");
    assert_eq!(String::from_utf8(first.body.clone()).unwrap(), expected);
    assert_eq!(lasting(ask("k", &bytes).await), lasting(first));
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(ask("k", &bytes).await.status, 409);
    bytes.push(0);
    let longer = ask("k2", &bytes).await;
    assert_eq!((longer.status, work.runs()), (400, 1));
    assert_eq!(longer.json()["details"][0]["rule"], "maxLength");
}

#[tokio::test]
async fn a_body_that_is_cut_off_does_not_run() {
    let (world, work) = (world(), Work::new(FREE));
    let app = app(&world.promises, &work);
    let cut = stream::iter([
        Ok(Bytes::from_static(b"half")),
        Err(std::io::Error::other("the connection is gone")),
    ]);
    let answer = send(&app, keyed("/v1/runs", ORG, "k", Body::from_stream(cut))).await;
    assert_eq!((answer.status, work.runs()), (400, 0));
    assert!(
        !String::from_utf8(answer.body)
            .unwrap()
            .contains("connection")
    );
}

#[test]
fn a_server_that_goes_down_in_the_middle_leaves_the_key_free() {
    let (world, work) = (world(), Work::new(0));
    let store = Arc::new(MemoryIdempotency::new());
    let app = app(&world.promises.clone().idempotency(store), &work);
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let first = runtime();
    first.block_on(async {
        let (app, asked) = (app.clone(), keyed("/v1/runs", ORG, "k", "x"));
        tokio::spawn(async move { send(&app, asked).await });
        work.started().await;
    });
    first.shutdown_timeout(Duration::from_secs(5));
    work.go();
    let answer = runtime().block_on(send(&app, keyed("/v1/runs", ORG, "k", "x")));
    assert_eq!((answer.status, work.runs()), (201, 2));
}

#[tokio::test]
async fn a_stream_is_not_held_back() {
    let (world, work) = (world(), Work::new(FREE));
    let app = app(&world.promises, &work);
    let asked = keyed("/v1/runs/run_7/exec", ORG, "k", "");
    let response = tower::ServiceExt::oneshot(app, asked).await.unwrap();
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&first[..], b"data: 0 false\n\n", "an event at a time");
}
