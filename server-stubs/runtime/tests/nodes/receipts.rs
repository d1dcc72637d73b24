//! One chain an organisation, whichever nodes append to it.

use exai_runtime::{Caller, ReceiptStore, Secret};

use crate::servers::database;
use crate::world::Node;

#[tokio::test]
async fn two_nodes_make_one_chain_without_a_gap() {
    let Some(url) = database().await else {
        return;
    };
    let (one, two) = tokio::join!(Node::on(&url), Node::on(&url));
    let asking = (0..200).map(|index| {
        let node = if index % 2 == 0 { &one } else { &two };
        async move {
            node.list()
                .await
                .header("x-exai-receipt")
                .unwrap()
                .to_owned()
        }
    });
    let receipts = futures::future::join_all(asking).await;
    let org = Some("org_1");
    let chain = two.postgres.page(org, 1, 1000).await.unwrap();
    assert_eq!(chain.len(), 200);
    let sequences: Vec<u64> = chain.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, (1..=200).collect::<Vec<_>>());
    for receipt in &receipts {
        assert!(one.postgres.get(org, receipt).await.unwrap().is_some());
    }
    let first = &chain[0].id;
    assert!(
        one.postgres
            .verify(org, first)
            .await
            .unwrap()
            .unwrap()
            .valid
    );
    let forge = "UPDATE exai_receipts SET record = replace(record, '\"status\":200', '\"status\":204') \
        WHERE sequence = 7";
    one.postgres.query(forge, &[]).await.unwrap();
    let verdict = two.postgres.verify(org, first).await.unwrap().unwrap();
    assert_eq!(verdict.mismatch.unwrap().sequence, 7);
}

#[tokio::test]
async fn a_token_that_one_node_takes_back_is_refused_by_the_other_and_none_is_kept_in_the_clear() {
    let Some(url) = database().await else {
        return;
    };
    let (one, two) = tokio::join!(Node::on(&url), Node::on(&url));
    assert_eq!(two.list().await.status, 200);
    assert!(one.postgres.revoke_token("tok_1").await.unwrap());
    assert_eq!(two.list().await.status, 401);
    let caller = Caller::service("org_1", "orgToken", "tok_2", "late");
    let past = Some("2026-01-02T09:30:00Z".parse().unwrap());
    let token = Secret::new(crate::world::TOKEN);
    one.postgres
        .insert_token(&token, &caller, past)
        .await
        .unwrap();
    assert_eq!(two.list().await.status, 401);
    let all = "SELECT t::text FROM exai_tokens t";
    for row in one.postgres.query(all, &[]).await.unwrap() {
        assert!(!row.get::<_, &str>(0).contains(token.expose()));
    }
}
