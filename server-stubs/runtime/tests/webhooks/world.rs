//! Endpoints that a test can change, and a sender that is in a hurry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use exai_runtime::webhooks::{
    Delivery, DeliveryStatus, DeliveryStore, Endpoint, Endpoints, Message, Network, Policy, Sender,
};
use exai_runtime::{Secret, StoreError};
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

#[derive(Default)]
pub(crate) struct Book {
    pub(crate) endpoints: Mutex<HashMap<String, Endpoint>>,
    pub(crate) changes: Mutex<Vec<DeliveryStatus>>,
}

impl Book {
    pub(crate) fn of(names: &[&str]) -> Arc<Self> {
        let book = Self::default();
        for name in names {
            book.set(name, "whsec_one", true);
        }
        Arc::new(book)
    }

    pub(crate) fn set(&self, name: &str, secret: &str, enabled: bool) {
        let secret = Secret::new(secret);
        let endpoint = Endpoint { secret, enabled };
        self.endpoints
            .lock()
            .expect("a lock")
            .insert(name.to_owned(), endpoint);
    }
}

impl Endpoints for Book {
    fn find<'a>(
        &'a self,
        _org: &'a str,
        endpoint: &'a str,
    ) -> BoxFuture<'a, Result<Option<Endpoint>, StoreError>> {
        let found = self
            .endpoints
            .lock()
            .expect("a lock")
            .get(endpoint)
            .cloned();
        Box::pin(ready(Ok(found)))
    }

    fn changed<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), StoreError>> {
        self.changes.lock().expect("a lock").push(delivery.status);
        Box::pin(ready(Ok(())))
    }
}

/// Delays of 20 ms, 40 ms ...; 300 ms to answer; all over after a second.
pub(crate) const HASTY: Policy = Policy {
    network: Network::Any,
    timeout: Duration::from_millis(300),
    first_delay: Duration::from_millis(20),
    longest_delay: Duration::from_millis(200),
    window: Duration::from_secs(1),
};

pub(crate) fn sender(store: Arc<dyn DeliveryStore>, book: &Arc<Book>, policy: Policy) -> Sender {
    Sender::new(store, book.clone(), policy).expect("a sender")
}

pub(crate) fn event(endpoint: &str, url: &str) -> Message {
    Message {
        org: "org_1".to_owned(),
        endpoint: endpoint.to_owned(),
        event_id: "evt_1".to_owned(),
        event_type: "run.completed".to_owned(),
        replay_id: None,
        url: url.to_owned(),
        body: r#"{"id":"evt_1"}"#.to_owned(),
    }
}

/// Sends, and gives back the delivery when it is in a state that stays.
pub(crate) async fn sent(
    sender: &Sender,
    store: &Arc<dyn DeliveryStore>,
    message: Message,
) -> Delivery {
    let made = sender.send(message, Timestamp::now()).await.expect("kept");
    settled(store, &made.id, 1).await
}

pub(crate) async fn settled(store: &Arc<dyn DeliveryStore>, id: &str, attempts: usize) -> Delivery {
    for _ in 0..600 {
        let found = store
            .get("org_1", id)
            .await
            .expect("read")
            .expect("a delivery");
        if found.next_attempt_at.is_none() && found.attempts.len() >= attempts {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{id} does not settle: {:?}", store.get("org_1", id).await);
}
