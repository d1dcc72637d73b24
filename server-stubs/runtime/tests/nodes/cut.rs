//! Postgres cut off and back: what fails is done whole or not at all.

use std::time::{Duration, Instant};

use exai_runtime::{Claim, Fingerprint, IdempotencyStore, News, Slot};

use crate::proxy::Way;
use crate::servers::database;
use crate::world::Node;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_and_comes_loses_and_doubles_nothing() {
    let Some(url) = database().await else {
        return;
    };
    let way = Way::to(&url).await;
    let (cut, whole) = (Node::on(&way.url).await, Node::on(&url).await);
    let asking = (0..40).map(|index| {
        let (cut, key) = (&cut, format!("k{index}"));
        async move {
            let mut failed = 0;
            loop {
                let answer = cut.make(&key, "body").await;
                match answer.status {
                    201 => return (key, answer, failed),
                    // Closed, and nothing told of why.
                    500 => {
                        let text = String::from_utf8_lossy(&answer.body).into_owned();
                        assert!(text.contains("internal_error"), "{text}");
                        failed += 1;
                    }
                    other => panic!("{other}"),
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        }
    });
    let switching = async {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(15)).await;
            way.cut();
            tokio::time::sleep(Duration::from_millis(150)).await;
            way.mend();
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    };
    let (answers, ()) = tokio::join!(futures::future::join_all(asking), switching);
    assert!(
        answers.iter().any(|(.., failed)| *failed > 0),
        "nothing was cut off"
    );
    for (key, answer, _) in answers {
        assert_eq!(whole.things(&key).await, 1, "{key}");
        assert_eq!(whole.make(&key, "body").await.lasting(), answer.lasting());
    }
}

#[tokio::test]
async fn without_the_database_every_request_fails_soon_and_closed() {
    let Some(url) = database().await else {
        return;
    };
    let way = Way::to(&url).await;
    let node = Node::on(&way.url).await;
    way.cut();
    let begun = Instant::now();
    assert_eq!(node.list().await.status, 500);
    assert_eq!(node.make("k1", "body").await.status, 500);
    assert!(node.postgres.check().await.is_err());
    assert!(
        begun.elapsed() < Duration::from_secs(16),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(node.runs(), 0);
    way.mend();
    assert_eq!(node.make("k1", "body").await.status, 201);
    assert_eq!(node.things("k1").await, 1);
}

/// The connection goes between a claim and its answer: the node does not know that it has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_whose_answer_is_lost_keeps_no_other_node_waiting() {
    let Some(url) = database().await else {
        return;
    };
    let way = Way::to(&url).await;
    let (lost, whole) = (Node::on(&way.url).await, Node::on(&url).await);
    // What is asked first is prepared.
    lost.make("k0", "body").await;
    drop(lost.postgres.take_job("j0").await);
    way.deafen();
    let claim = tokio::spawn({
        let postgres = lost.postgres.clone();
        async move { postgres.claim(slot("k1"), FINGERPRINT, now()).await }
    });
    let job = tokio::spawn({
        let postgres = lost.postgres.clone();
        async move { postgres.take_job("j1").await }
    });
    let there = "SELECT true FROM exai_claims JOIN exai_jobs USING (node) \
        WHERE key = 'k1' AND name = 'j1'";
    soon(async || {
        let rows = whole.postgres.query(there, &[]).await;
        !rows.unwrap().is_empty()
    })
    .await;
    way.cut();
    claim.await.unwrap().unwrap_err();
    job.await.unwrap().unwrap_err();
    way.mend();
    // It lives, and is not asked for them again.
    soon(async || whole.postgres.take_job("j1").await.unwrap().is_some()).await;
    let claim = whole.postgres.claim(slot("k1"), FINGERPRINT, now());
    let claim = tokio::time::timeout(Duration::from_secs(4), claim).await;
    assert!(matches!(claim, Ok(Ok(Claim::Run(_)))), "{claim:?}");
    let lives = "SELECT true FROM exai_nodes WHERE until > now()";
    assert_eq!(whole.postgres.query(lives, &[]).await.unwrap().len(), 2);
}

/// No connection ends, and nothing comes: a cable that is pulled, a firewall that forgets.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_database_falls_silent_fails_soon_and_stops_no_other() {
    let Some(url) = database().await else {
        return;
    };
    let way = Way::to(&url).await;
    let (lost, whole) = (Node::on(&way.url).await, Node::on(&url).await);
    let mut news = lost.postgres.news();
    // In the middle of a transaction, with the lock that every node waits for.
    let alone = lost.postgres.begin().await.unwrap();
    way.silence();
    let begun = Instant::now();
    let asking = (0..30).map(|index| {
        let (lost, key) = (&lost, format!("k{index}"));
        async move { lost.make(&key, "body").await.status }
    });
    let asked = async {
        let statuses = futures::future::join_all(asking).await;
        assert!(statuses.iter().all(|status| *status == 500), "{statuses:?}");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(12), "{took:?}");
    };
    let other = async {
        while whole.make("other", "body").await.status != 201 {}
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(17), "{took:?}");
    };
    tokio::join!(asked, other);
    let missed = async { while news.recv().await != Ok(News::Missed) {} };
    way.mend();
    tokio::time::timeout(Duration::from_secs(15), missed)
        .await
        .unwrap();
    alone.commit().await.unwrap_err();
    soon(async || lost.make("back", "body").await.status == 201).await;
    assert_eq!(whole.things("k1").await, 0);
}

const FINGERPRINT: Fingerprint = Fingerprint([7; 32]);

fn slot(key: &str) -> Slot {
    Slot {
        org: "org_1".to_owned(),
        key: key.to_owned(),
    }
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Asks again and again, and not for long.
async fn soon(holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting)
        .await
        .unwrap();
}
