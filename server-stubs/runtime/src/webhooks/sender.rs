//! The sender: what is put in its queues, and the queues.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::client::Courier;
use super::queue::{self, Entry};
use super::{Delivery, DeliveryStatus, DeliveryStore, Endpoints, Message, Policy, later};
use crate::{StoreError, Unit};

/// Sends deliveries, each at least once, an endpoint's one after the other in a queue of its own.
///
/// Clones share the queues. Inside a runtime of Tokio's.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Arc<dyn DeliveryStore>,
    pub(super) endpoints: Arc<dyn Endpoints>,
    pub(super) policy: Policy,
    pub(super) courier: Courier,
    queues: Mutex<HashMap<Key, mpsc::UnboundedSender<Entry>>>,
}

/// Organisation and endpoint.
pub(super) type Key = (String, String);

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender of what is in a store. Nothing is sent of what is there before [`Self::resume`].
    ///
    /// # Errors
    /// The machine has no certificates to trust.
    pub fn new(
        store: Arc<dyn DeliveryStore>,
        endpoints: Arc<dyn Endpoints>,
        policy: Policy,
    ) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Inner {
            courier: Courier::new(policy.network, policy.timeout)?,
            store,
            endpoints,
            policy,
            queues: Mutex::default(),
        })))
    }

    /// How it tries.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Keeps a message and puts it in its queue. When this is done it outlives the process, as far
    /// as the store does; within a [`Unit`] both happen when that is committed.
    ///
    /// # Errors
    /// The store failed.
    pub async fn send(&self, message: Message, now: Timestamp) -> Result<Delivery, StoreError> {
        let until = later(now, self.0.policy.window);
        self.keep(message, now, until, false).await
    }

    /// As [`Self::send`], but it is tried at once and only once, even if the endpoint takes
    /// nothing at the moment: a ping.
    ///
    /// # Errors
    /// The store failed.
    pub async fn send_once(
        &self,
        message: Message,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.keep(message, now, now, true).await
    }

    async fn keep(
        &self,
        message: Message,
        now: Timestamp,
        until: Timestamp,
        forced: bool,
    ) -> Result<Delivery, StoreError> {
        let delivery = Delivery {
            id: crate::new_id("whk_", now),
            message,
            status: DeliveryStatus::Pending,
            created_at: now,
            next_attempt_at: Some(now),
            until,
            forced,
            delivered_at: None,
            attempts: Vec::new(),
        };
        self.0.store.put(delivery.clone()).await?;
        let (inner, queued) = (self.0.clone(), delivery.clone());
        Unit::after(move || inner.enqueue(&queued));
        Ok(delivery)
    }

    /// Makes one more attempt of a delivery, whatever came of it before and whether or not its
    /// endpoint takes anything at the moment; `None` when there is no such delivery.
    ///
    /// # Errors
    /// The store failed.
    pub async fn redeliver(
        &self,
        org: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        let delivery = loop {
            let Some(before) = self.0.store.get(org, id).await? else {
                return Ok(None);
            };
            let mut delivery = before.clone();
            delivery.forced = true;
            delivery.next_attempt_at = Some(now);
            delivery.status = match delivery.attempts.len() {
                0 => DeliveryStatus::Pending,
                _ => DeliveryStatus::Retrying,
            };
            if self.0.store.swap(&before, delivery.clone()).await? {
                break delivery;
            }
        };
        let (inner, queued) = (self.0.clone(), delivery.clone());
        Unit::after(move || inner.enqueue(&queued));
        Ok(Some(delivery))
    }

    /// Goes on with what is in the store: what a process does that finds some there.
    ///
    /// # Errors
    /// The store failed.
    pub async fn resume(&self) -> Result<(), StoreError> {
        for delivery in self.0.store.due().await? {
            self.0.enqueue(&delivery);
        }
        Ok(())
    }

    /// Goes on with what waited for an endpoint, which takes deliveries again or is gone.
    ///
    /// # Errors
    /// The store failed.
    pub async fn resume_endpoint(&self, org: &str, endpoint: &str) -> Result<(), StoreError> {
        for delivery in self.0.store.due_of(org, endpoint).await? {
            self.0.enqueue(&delivery);
        }
        Ok(())
    }
}

impl Inner {
    /// Puts a delivery in its queue, which is begun if there is none. One that is in it twice is
    /// sent once, for an entry is good for the attempt at its time alone.
    pub(super) fn enqueue(self: &Arc<Self>, delivery: &Delivery) {
        let Some(due) = delivery.next_attempt_at else {
            return;
        };
        let key = (
            delivery.message.org.clone(),
            delivery.message.endpoint.clone(),
        );
        let entry = Entry {
            due,
            id: delivery.id.clone(),
        };
        let mut queues = self.queues();
        let queue = queues.entry(key.clone()).or_insert_with(|| {
            let (queue, entries) = mpsc::unbounded_channel();
            tokio::spawn(queue::work(Arc::downgrade(self), key, entries));
            queue
        });
        // Its worker listens as long as it is in the map.
        let _ = queue.send(entry);
    }

    /// Ends a queue, if nothing was put in it in the meantime.
    pub(super) fn close(&self, key: &Key, entries: &mut mpsc::UnboundedReceiver<Entry>) -> bool {
        let mut queues = self.queues();
        let idle = entries.is_empty();
        if idle {
            queues.remove(key);
        }
        idle
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<Key, mpsc::UnboundedSender<Entry>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
