//! Many events, endpoints that fail, hang and flap, and a process that ends in the middle: each
//! event is delivered, and those of an endpoint that takes them come in their order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exai_runtime::Embedded;
use exai_runtime::webhooks::{DeliveryStatus, DeliveryStore, Message, Policy};
use futures::future::join_all;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::receiver::{Act, Receiver};
use crate::world::{Book, HASTY, event, sender};

const ENDPOINTS: [&str; 4] = ["steady", "failing", "hanging", "flapping"];

const PATIENT: Policy = Policy {
    window: Duration::from_secs(3600),
    ..HASTY
};

#[test]
fn of_many_events_none_is_lost() {
    deliver(100);
}

/// `cargo test -p exai-runtime --test webhooks -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes"]
fn of_ten_thousand_events_none_is_lost() {
    deliver(2_500);
}

/// So many events to each endpoint.
fn deliver(count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state");
    let world = Runtime::new().expect("a runtime");
    let receivers = world.block_on(async {
        let flaps = (0..count).map(|turn| Act::Status(if turn % 2 == 0 { 503 } else { 204 }));
        [
            Receiver::start([]).await,
            Receiver::start((0..count / 10).map(|_| Act::Status(500))).await,
            Receiver::start((0..5).map(|_| Act::Hang)).await,
            Receiver::start(flaps).await,
        ]
    });
    let begun = Instant::now();

    let first = Runtime::new().expect("a runtime");
    first.block_on(async {
        let store: Arc<dyn DeliveryStore> = Arc::new(Embedded::open(&path).expect("a file"));
        let sender = sender(store, &Book::of(&ENDPOINTS), PATIENT);
        for number in 0..count {
            let sent = ENDPOINTS.iter().zip(&receivers).map(|(name, receiver)| {
                let message = Message {
                    event_id: format!("evt_{name}_{number:05}"),
                    ..event(name, &receiver.url)
                };
                sender.send(message, Timestamp::now())
            });
            for kept in join_all(sent).await {
                kept.expect("it is kept");
            }
        }
        while receivers[0].got().len() < count / 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    // Whatever is being sent at this moment is cut off.
    first.shutdown_background();
    let before: usize = receivers.iter().map(|receiver| receiver.got().len()).sum();

    world.block_on(async {
        let file = loop {
            match Embedded::open(&path) {
                Ok(file) => break file,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        let store: Arc<dyn DeliveryStore> = Arc::new(file);
        let sender = sender(store.clone(), &Book::of(&ENDPOINTS), PATIENT);
        sender.resume().await.expect("what is kept is read");
        while !store.due().await.expect("it is read").is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let kept = store.list("org_1").await.expect("it is read");
        assert_eq!(kept.len(), count * ENDPOINTS.len());
        let (mut attempts, mut late) = (0, 0);
        for delivery in &kept {
            assert_eq!(delivery.status, DeliveryStatus::Delivered, "{delivery:?}");
            attempts += delivery.attempts.len();
        }
        for (name, receiver) in ENDPOINTS.iter().zip(&receivers) {
            let got: Vec<_> = receiver.got().into_iter().map(|one| one.1["webhook-id"].clone()).collect();
            let of = kept.iter().filter(|one| one.message.endpoint == *name);
            let wanted: Vec<_> = of.map(|one| one.id.clone()).collect();
            assert_eq!(got.iter().collect::<BTreeSet<_>>(), wanted.iter().collect(), "{name}");
            if *name == "steady" {
                // One that it did not take in time comes later; one that was cut off comes once
                // more, in its place.
                let of = kept.iter().filter(|one| one.attempts.len() == 1);
                let at_once: BTreeSet<_> = of.map(|one| &one.id).collect();
                let mut found: Vec<_> = got.iter().filter(|id| at_once.contains(id)).collect();
                found.dedup();
                let in_order: Vec<_> = wanted.iter().filter(|id| at_once.contains(id)).collect();
                assert_eq!(found, in_order, "in their order");
                assert!(!found.is_empty());
                late = wanted.len() - found.len();
            }
        }
        let all: usize = receivers.iter().map(|receiver| receiver.got().len()).sum();
        println!(
            "{} events, cut off after {before} requests: {all} requests, {attempts} attempts on record, {late} of the steady endpoint not in time, {:.1} s; none lost",
            kept.len(),
            begun.elapsed().as_secs_f64(),
        );
    });
}
