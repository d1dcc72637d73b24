//! A key runs once, whichever nodes it comes to.

use std::time::Duration;

use crate::servers::database;
use crate::world::Node;

/// Two nodes whose handlers stop until they are let go.
async fn stopped() -> Option<(Node, Node)> {
    let url = database().await?;
    let nodes = tokio::join!(Node::on(&url), Node::on(&url));
    for node in [&nodes.0, &nodes.1] {
        node.gate.pass.forget_permits(usize::MAX);
    }
    Some(nodes)
}

async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_same_request_at_another_node_waits_for_the_first_and_gets_its_answer() {
    let Some((one, two)) = stopped().await else {
        return;
    };
    let first = async {
        let answer = one.make("k1", "body").await;
        assert_eq!(answer.header("idempotent-replayed"), None);
        answer
    };
    let second = async {
        until(|| one.runs() == 1).await;
        two.make("k1", "body").await
    };
    let other = async {
        until(|| one.runs() == 1).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let other = two.make("k1", "another body").await;
        assert_eq!(other.status, 409);
        one.gate.pass.add_permits(1);
    };
    let (first, second, ()) = tokio::join!(first, second, other);
    assert_eq!((first.status, one.runs(), two.runs()), (201, 1, 0));
    assert_eq!(second.lasting(), first.lasting());
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    let third = two.make("k1", "body").await;
    assert_eq!(third.lasting(), first.lasting());
    assert_eq!(two.make("k1", "another body").await.status, 409);
    assert_eq!(two.things("k1").await, 1);
}

#[tokio::test]
async fn a_node_that_is_gone_holds_a_key_no_longer_than_its_lease() {
    let Some((one, two)) = stopped().await else {
        return;
    };
    // It stops as a process does that is killed: nothing is given back, nothing is heard of it.
    let held = "INSERT INTO exai_claims SELECT 'org_1', 'k1', fingerprint, 'node_gone', 1 \
        FROM (VALUES ('\\x00'::bytea)) AS one (fingerprint)";
    one.postgres.query(held, &[]).await.unwrap();
    two.gate.pass.add_permits(1);
    assert_eq!(two.make("k1", "body").await.status, 201);
    assert_eq!(two.things("k1").await, 1);
}

#[tokio::test]
async fn many_keys_over_two_nodes_at_once_make_one_thing_each() {
    let Some(url) = database().await else {
        return;
    };
    let (one, two) = tokio::join!(Node::on(&url), Node::on(&url));
    let asking = (0..300).map(|index| {
        let node = if index % 3 == 0 { &one } else { &two };
        let key = format!("k{}", index % 60);
        async move { (key.clone(), node.make(&key, "body").await) }
    });
    let answers = futures::future::join_all(asking).await;
    for (key, answer) in &answers {
        assert_eq!(answer.status, 201, "{answer:?}");
        let same = answers.iter().filter(|(other, _)| other == key);
        for (_, other) in same {
            assert_eq!(other.lasting(), answer.lasting());
        }
    }
    for index in 0..60 {
        assert_eq!(one.things(&format!("k{index}")).await, 1);
    }
    // What was claimed is given back, if not at once.
    let left = "SELECT key FROM exai_claims";
    let given_back = async {
        while !one.postgres.query(left, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let given_back = tokio::time::timeout(Duration::from_secs(10), given_back);
    given_back.await.unwrap();
}

#[tokio::test]
async fn what_is_past_its_time_is_deleted_in_small_steps() {
    let Some(url) = database().await else {
        return;
    };
    let node = Node::on(&url).await;
    let old = "INSERT INTO exai_kept (org, key, fingerprint, until) \
        SELECT 'org_1', 'old' || n, '\\x00', n FROM generate_series(1, 40) n";
    node.postgres.query(old, &[]).await.unwrap();
    let count = async || {
        let count = "SELECT key FROM exai_kept WHERE key LIKE 'old%' ORDER BY until";
        node.postgres.query(count, &[]).await.unwrap().len()
    };
    for left in [24, 8, 0] {
        assert_eq!(node.make(&format!("new{left}"), "body").await.status, 201);
        assert_eq!(count().await, left);
    }
}
