use std::sync::Arc;
use std::time::{Duration, Instant};

use exai_runtime::Embedded;
use exai_runtime::webhooks::{
    AttemptOutcome, DeliveryStatus, DeliveryStore, MemoryDeliveries, Network, Policy, signature,
};
use jiff::Timestamp;

use crate::receiver::{Act, Got, Receiver};
use crate::world::{Book, HASTY, event, sender, sent, settled};

fn memory() -> Arc<dyn DeliveryStore> {
    Arc::new(MemoryDeliveries::new())
}

fn holds((_, headers, body): &Got, secret: &str) -> bool {
    let timestamp = headers["webhook-timestamp"].parse().expect("seconds");
    let expected = signature(secret, &headers["webhook-id"], timestamp, body.as_bytes());
    headers["webhook-signature"] == expected
}

#[tokio::test]
async fn a_receiver_that_fails_and_comes_back_gets_it_under_the_same_id() {
    let receiver = Receiver::start([Act::Status(503), Act::Status(500)]).await;
    let (store, book) = (memory(), Book::of(&["wep_1"]));
    let sender = sender(store.clone(), &book, HASTY);
    let delivery = sent(&sender, &store, event("wep_1", &receiver.url)).await;
    assert_eq!(delivery.status, DeliveryStatus::Delivered);
    let outcomes: Vec<_> = delivery.attempts.iter().map(|one| one.outcome).collect();
    let (refused, delivered) = (AttemptOutcome::Refused, AttemptOutcome::Delivered);
    assert_eq!(outcomes, [refused, refused, delivered]);
    let answer = delivery.attempts[0].answer.as_ref().expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (503, 4096));
    let got = receiver.got();
    assert_eq!(got.len(), 3);
    assert!(
        got.iter()
            .all(|got| holds(got, "whsec_one") && got.1["webhook-id"] == delivery.id)
    );
    let changes = book.changes.lock().expect("a lock").clone();
    assert_eq!(changes.last(), Some(&DeliveryStatus::Delivered));
}

#[tokio::test]
async fn a_receiver_that_never_takes_it_is_given_up_and_can_be_tried_again() {
    let receiver = Receiver::start((0..1000).map(|_| Act::Status(500))).await;
    let (store, book) = (memory(), Book::of(&["wep_1"]));
    let sender = sender(store.clone(), &book, HASTY);
    let delivery = sent(&sender, &store, event("wep_1", &receiver.url)).await;
    assert_eq!(delivery.status, DeliveryStatus::Failed);
    let tried = delivery.attempts.len();
    assert!((4..=9).contains(&tried), "{tried}");
    let now = Timestamp::now();
    let again = sender
        .redeliver("org_1", &delivery.id, now)
        .await
        .expect("kept");
    assert_eq!(again.map(|one| one.status), Some(DeliveryStatus::Retrying));
    let delivery = settled(&store, &delivery.id, tried + 1).await;
    assert_eq!(
        (delivery.attempts.len(), delivery.status),
        (tried + 1, DeliveryStatus::Failed)
    );
    let missing = sender
        .redeliver("org_2", &delivery.id, now)
        .await
        .expect("read");
    assert!(missing.is_none());
}

#[tokio::test]
async fn an_endpoint_that_hangs_holds_nobody_elses_queue() {
    let (slow, quick) = (
        Receiver::start([Act::Hang, Act::Hang]).await,
        Receiver::start([]).await,
    );
    let (store, book) = (memory(), Book::of(&["wep_slow", "wep_quick"]));
    let sender = sender(store.clone(), &book, HASTY);
    let now = Timestamp::now();
    let hanging = sender
        .send(event("wep_slow", &slow.url), now)
        .await
        .expect("kept");
    let begun = Instant::now();
    sent(&sender, &store, event("wep_quick", &quick.url)).await;
    assert!(
        begun.elapsed() < Duration::from_millis(250),
        "{:?}",
        begun.elapsed()
    );
    let delivery = settled(&store, &hanging.id, 1).await;
    assert_eq!(delivery.attempts[0].outcome, AttemptOutcome::TimedOut);
    assert!(delivery.attempts[0].latency_ms >= 300);
    assert_eq!(delivery.status, DeliveryStatus::Delivered);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_a_way() {
    let elsewhere = Receiver::start([]).await;
    let receiver = Receiver::start([Act::Redirect(elsewhere.url.clone())]).await;
    let (store, book) = (memory(), Book::of(&["wep_1"]));
    let once = Policy {
        window: Duration::ZERO,
        ..HASTY
    };
    let sender = sender(store.clone(), &book, once);
    let delivery = sent(&sender, &store, event("wep_1", &receiver.url)).await;
    assert_eq!(delivery.attempts[0].outcome, AttemptOutcome::Refused);
    assert_eq!(
        delivery.attempts[0]
            .answer
            .as_ref()
            .expect("an answer")
            .status,
        302
    );
    assert_eq!(elsewhere.got().len(), 0);
}

#[tokio::test]
async fn nothing_reaches_an_inner_address_whether_by_number_or_by_name() {
    let receiver = Receiver::start([]).await;
    let port = receiver.url.split(':').nth(2).expect("a port");
    let (store, book) = (memory(), Book::of(&["wep_1"]));
    let policy = Policy {
        network: Network::Public,
        window: Duration::ZERO,
        ..HASTY
    };
    let sender = sender(store.clone(), &book, policy);
    for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"] {
        let delivery = sent(
            &sender,
            &store,
            event("wep_1", &format!("https://{host}:{port}")),
        )
        .await;
        assert_eq!(delivery.attempts[0].outcome, AttemptOutcome::Unreachable);
        let message = delivery.attempts[0].message.as_deref().expect("a message");
        assert!(message.contains("not public"), "{message}");
    }
    assert_eq!(receiver.got().len(), 0);
}

#[tokio::test]
async fn an_endpoint_that_takes_nothing_gets_what_waited_when_it_does_again() {
    let receiver = Receiver::start([]).await;
    let (store, book) = (memory(), Book::of(&["wep_1"]));
    let sender = sender(store.clone(), &book, HASTY);
    book.set("wep_1", "whsec_one", false);
    let held = sender
        .send(event("wep_1", &receiver.url), Timestamp::now())
        .await
        .expect("kept");
    let ping = event("wep_1", &receiver.url);
    let ping = sender.send_once(ping, Timestamp::now()).await;
    let ping = settled(&store, &ping.expect("kept").id, 1).await;
    assert_eq!(
        (ping.status, receiver.got().len()),
        (DeliveryStatus::Delivered, 1)
    );
    book.set("wep_1", "whsec_two", true);
    sender
        .resume_endpoint("org_1", "wep_1")
        .await
        .expect("read");
    settled(&store, &held.id, 1).await;
    // Each attempt is signed with the secret of its time.
    let got = receiver.got();
    assert!(holds(&got[0], "whsec_one") && holds(&got[1], "whsec_two") && got.len() == 2);
}

#[tokio::test]
async fn what_is_for_an_endpoint_that_is_gone_is_given_up() {
    let (store, book) = (memory(), Book::of(&[]));
    let sender = sender(store.clone(), &book, HASTY);
    let made = sender
        .send(event("wep_1", "http://127.0.0.1:9"), Timestamp::now())
        .await;
    let delivery = settled(&store, &made.expect("kept").id, 0).await;
    assert_eq!(
        (delivery.status, delivery.attempts.len()),
        (DeliveryStatus::Failed, 0)
    );
}

#[tokio::test]
async fn a_restart_loses_no_delivery() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state");
    let receiver = Receiver::start([Act::Status(500)]).await;
    let patient = Policy {
        first_delay: Duration::from_millis(400),
        ..HASTY
    };
    let id = {
        let store: Arc<dyn DeliveryStore> = Arc::new(Embedded::open(&path).expect("a file"));
        let sender = sender(store.clone(), &Book::of(&["wep_1"]), patient);
        let made = sender
            .send(event("wep_1", &receiver.url), Timestamp::now())
            .await;
        let id = made.expect("kept").id;
        while store
            .get("org_1", &id)
            .await
            .expect("read")
            .expect("one")
            .attempts
            .is_empty()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        id
    };
    // What the queue still held of the file goes with its worker.
    let opened = loop {
        match Embedded::open(&path) {
            Ok(opened) => break opened,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    assert_eq!(receiver.got().len(), 1);
    let store: Arc<dyn DeliveryStore> = Arc::new(opened);
    let sender = sender(store.clone(), &Book::of(&["wep_1"]), patient);
    sender.resume().await.expect("read");
    let delivery = settled(&store, &id, 2).await;
    assert_eq!(
        (delivery.status, delivery.attempts.len()),
        (DeliveryStatus::Delivered, 2)
    );
    assert_eq!(receiver.got()[1].1["webhook-id"], id);
    let listed = store.list("org_1").await.expect("read");
    assert_eq!(
        (listed.len(), store.list("org_0").await.expect("read").len()),
        (1, 0)
    );
    assert!(store.due().await.expect("read").is_empty());
}
