//! How often a request runs, and with what.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use exai_runtime::{MemoryIdempotency, ReceiptStore};
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use super::{FREE, Work, app, keyed, lasting};
use crate::world::{ORG, send, world};

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
