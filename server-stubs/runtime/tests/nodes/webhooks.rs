//! Deliveries of several nodes: each is one node's to send, and another's when that is gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use exai_runtime::webhooks::{Delivery, DeliveryStatus, DeliveryStore, Endpoint, Endpoints};
use exai_runtime::webhooks::{Message, Network, Policy, Sender};
use exai_runtime::{News, Postgres, Secret, StoreError};
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

use crate::servers::database;

/// Every endpoint there is.
struct All;

impl Endpoints for All {
    fn find<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Option<Endpoint>, StoreError>> {
        let secret = Secret::new("whsec_one");
        let enabled = true;
        Box::pin(ready(Ok(Some(Endpoint { secret, enabled }))))
    }

    fn changed<'a>(&'a self, _: &'a Delivery) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(Ok(())))
    }
}

const POLICY: Policy = Policy {
    network: Network::Any,
    timeout: Duration::from_secs(1),
    first_delay: Duration::from_secs(2),
    longest_delay: Duration::from_secs(2),
    window: Duration::from_secs(60),
};

fn sender(postgres: &Postgres) -> Sender {
    Sender::new(Arc::new(postgres.clone()), Arc::new(All), POLICY).unwrap()
}

/// How often each delivery came, while the receiver takes none or takes all.
#[derive(Default)]
struct Receiver {
    takes: bool,
    came: HashMap<String, usize>,
}

async fn receiver() -> (String, Arc<Mutex<Receiver>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let kept = Arc::new(Mutex::new(Receiver::default()));
    let state = kept.clone();
    let take = async move |headers: HeaderMap| {
        let mut receiver = state.lock().unwrap();
        let id = headers["webhook-id"].to_str().unwrap().to_owned();
        if receiver.takes {
            *receiver.came.entry(id).or_default() += 1;
            return StatusCode::NO_CONTENT;
        }
        StatusCode::BAD_GATEWAY
    };
    let router = Router::new().fallback(take);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, kept)
}

async fn delivered(postgres: &Postgres, count: usize) -> bool {
    let all = postgres.list("org_1").await.unwrap();
    let done = |one: &&Delivery| one.status == DeliveryStatus::Delivered;
    all.iter().filter(done).count() == count
}

#[tokio::test]
async fn deliveries_of_a_node_that_is_gone_are_sent_by_another() {
    let Some(url) = database().await else {
        return;
    };
    let (to, received) = receiver().await;
    let one = Postgres::connect(&url).await.unwrap();
    let two = Postgres::connect(&url).await.unwrap();
    let (first, second) = (sender(&one), sender(&two));
    let message = |index: usize| Message {
        org: "org_1".to_owned(),
        endpoint: format!("wep_{}", index % 2),
        event_id: format!("evt_{index}"),
        event_type: "run.completed".to_owned(),
        replay_id: None,
        url: to.clone(),
        body: "{}".to_owned(),
    };
    for index in 0..10 {
        let by = if index < 7 { &first } else { &second };
        by.send(message(index), Timestamp::now()).await.unwrap();
    }
    assert!(
        second
            .redeliver("org_1", "whk_none", Timestamp::now())
            .await
            .unwrap()
            .is_none()
    );
    // Nothing that is the first's is the second's while it lives.
    assert_eq!(two.due().await.unwrap().len(), 3);
    let mut news = two.news();
    drop(first);
    drop(one);
    let gone = async { while news.recv().await.unwrap() != News::NodesGone {} };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .unwrap();
    received.lock().unwrap().takes = true;
    second.resume().await.unwrap();
    let all = async {
        while !delivered(&two, 10).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all)
        .await
        .unwrap();
    let came = received.lock().unwrap().came.clone();
    assert_eq!(came.len(), 10);
    assert!(came.values().all(|times| *times == 1), "{came:?}");
}
