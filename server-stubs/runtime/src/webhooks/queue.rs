//! The queue of an endpoint: one attempt at a time, what is due first first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;

use super::sender::{Inner, Key};
use super::sign::signed_headers;
use super::{Attempt, AttemptOutcome, Delivery, DeliveryStatus, Endpoint};
use crate::{StoreError, observe};

/// How long to wait when the store fails, before what was to be done is done again.
const PATIENCE: Duration = Duration::from_secs(1);

/// A delivery and the time of the attempt that it is in the queue for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) due: Timestamp,
    pub(super) id: String,
}

/// Works on a queue until it is empty, or its sender is gone.
pub(super) async fn work(sender: Weak<Inner>, key: Key, mut entries: UnboundedReceiver<Entry>) {
    let mut waiting = BinaryHeap::new();
    loop {
        while let Ok(entry) = entries.try_recv() {
            waiting.push(Reverse(entry));
        }
        let Some(Reverse(Entry { due, .. })) = waiting.peek() else {
            let Some(inner) = sender.upgrade() else {
                return;
            };
            if inner.close(&key, &mut entries) {
                return;
            }
            continue;
        };
        let wait = Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default();
        if !wait.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                entry = entries.recv() => match entry {
                    Some(entry) => waiting.push(Reverse(entry)),
                    None => return,
                },
            }
            continue;
        }
        let Some(inner) = sender.upgrade() else {
            return;
        };
        let Some(Reverse(entry)) = waiting.pop() else {
            continue;
        };
        if inner.take(&key, &entry).await.is_err() {
            drop(inner);
            tokio::time::sleep(PATIENCE).await;
            waiting.push(Reverse(entry));
        }
    }
}

impl Inner {
    /// Makes the attempt that an entry stands for, and says when the next is.
    async fn take(
        self: &Arc<Self>,
        (org, endpoint): &Key,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let Some(before) = self.store.get(org, &entry.id).await? else {
            return Ok(());
        };
        if before.next_attempt_at != Some(entry.due) || !self.store.owns(&before).await? {
            return Ok(());
        }
        let delivery = match self.endpoints.find(org, endpoint).await? {
            Some(found) if found.enabled || before.forced => {
                let attempt = self.attempt(&before, &found).await;
                self.noted(before, &attempt, entry.due).await?
            }
            Some(_) => return Ok(()),
            None => self.given_up(before).await?,
        };
        let Some(delivery) = delivery else {
            return Ok(());
        };
        self.enqueue(&delivery);
        // It is kept: what is told of it can be asked again, an attempt cannot be unmade.
        while self.endpoints.changed(&delivery).await.is_err() {
            tokio::time::sleep(PATIENCE).await;
        }
        Ok(())
    }

    /// Keeps what came of an attempt, whatever has become of the delivery meanwhile. The attempt is
    /// made: it is kept as soon as the store takes it.
    async fn noted(
        &self,
        mut before: Delivery,
        attempt: &Attempt,
        due: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        loop {
            let mut delivery = before.clone();
            // Somebody may have asked for one more in the meantime.
            let asked = before.next_attempt_at != Some(due);
            self.note(&mut delivery, attempt.clone(), asked);
            match self.store.swap(&before, delivery.clone()).await {
                Ok(true) => return Ok(Some(delivery)),
                Ok(false) => {}
                Err(_) => tokio::time::sleep(PATIENCE).await,
            }
            match self.store.get(&before.message.org, &before.id).await {
                Ok(Some(now)) if now == delivery => return Ok(Some(delivery)),
                Ok(Some(now)) => before = now,
                Ok(None) => return Ok(None),
                Err(_) => tokio::time::sleep(PATIENCE).await,
            }
        }
    }

    async fn given_up(&self, before: Delivery) -> Result<Option<Delivery>, StoreError> {
        let mut delivery = before.clone();
        give_up(&mut delivery);
        let same = self.store.swap(&before, delivery.clone()).await?;
        Ok(same.then_some(delivery))
    }

    async fn attempt(&self, delivery: &Delivery, endpoint: &Endpoint) -> Attempt {
        let (attempted_at, begun) = (Timestamp::now(), Instant::now());
        let body = delivery.message.body.as_bytes();
        let headers = signed_headers(endpoint.secret.expose(), &delivery.id, attempted_at, body);
        let reply = self.courier.send(
            &delivery.message.url,
            &headers,
            delivery.message.body.clone(),
        );
        let reply = reply.await;
        observe::delivered(reply.outcome.as_str());
        Attempt {
            number: u32::try_from(delivery.attempts.len() + 1).unwrap_or(u32::MAX),
            outcome: reply.outcome,
            attempted_at,
            latency_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            request_headers: headers,
            answer: reply.answer,
            message: reply.message,
        }
    }

    /// Adds an attempt. `asked` says that another was asked for while it was made.
    fn note(&self, delivery: &mut Delivery, attempt: Attempt, asked: bool) {
        let now = Timestamp::now();
        let delivered = attempt.outcome == AttemptOutcome::Delivered;
        delivery.attempts.push(attempt);
        if delivered {
            delivery.delivered_at = delivery.delivered_at.or(Some(now));
        }
        if asked {
            return;
        }
        delivery.forced = false;
        delivery.next_attempt_at = match delivery.delivered_at {
            Some(_) => None,
            None => self
                .policy
                .next(delivery.attempts.len(), now, delivery.until),
        };
        // Who took it once has it, whatever comes of sending it again.
        delivery.status = match (delivery.delivered_at, delivery.next_attempt_at) {
            (Some(_), _) => DeliveryStatus::Delivered,
            (None, Some(_)) => DeliveryStatus::Retrying,
            (None, None) => DeliveryStatus::Failed,
        };
    }
}

fn give_up(delivery: &mut Delivery) {
    delivery.next_attempt_at = None;
    delivery.forced = false;
    delivery.status = DeliveryStatus::Failed;
}
