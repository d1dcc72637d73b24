//! Where deliveries are kept: in memory, in the embedded file, in Postgres.

#[cfg(feature = "postgres")]
mod postgres;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, ready};
use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::Delivery;
use crate::store::table;
use crate::{Embedded, StoreError, Unit};

/// A delivery's JSON by organisation and id.
const DELIVERIES: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("exai.deliveries");
/// Organisation and id of the deliveries that are tried again.
const DUE: TableDefinition<(&str, &str), ()> = TableDefinition::new("exai.deliveries_due");

/// Keeps deliveries with their attempts. A delivery that was put is kept for good: the queues are
/// made of what is kept.
pub trait DeliveryStore: Send + Sync + 'static {
    /// Puts a delivery in its place, by its organisation and id; within a [`Unit`] of this store's
    /// file when that is committed.
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Puts a delivery in the place of what it was, if it is so still, and says whether it was; in
    /// a [`Unit`] that was overtaken otherwise.
    fn swap(&self, before: &Delivery, after: Delivery) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Whether this node is the one that sends a delivery: where several nodes share a store, the
    /// one that has put it last.
    fn owns<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<bool, StoreError>> {
        let _ = delivery;
        Box::pin(ready(Ok(true)))
    }

    /// A delivery of an organisation.
    fn get<'a>(
        &'a self,
        org: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Delivery>, StoreError>>;

    /// Every delivery of an organisation, by id, which is oldest first.
    fn list<'a>(&'a self, org: &'a str) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>>;

    /// Every delivery of any organisation that has a next attempt and is for this node to send;
    /// one that nobody living sends is so from now on.
    fn due(&self) -> BoxFuture<'_, Result<Vec<Delivery>, StoreError>>;

    /// Every delivery of an endpoint that has a next attempt: all are for this node to send from
    /// now on.
    fn due_of<'a>(
        &'a self,
        org: &'a str,
        endpoint: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>> {
        Box::pin(async move {
            let mut due = self.due().await?;
            due.retain(|one| one.message.org == org && one.message.endpoint == endpoint);
            Ok(due)
        })
    }
}

/// Deliveries in memory. They are gone with the process.
#[derive(Debug, Default)]
pub struct MemoryDeliveries(Mutex<BTreeMap<(String, String), Delivery>>);

impl MemoryDeliveries {
    /// No delivery yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<(String, String), Delivery>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self, wanted: impl Fn(&Delivery) -> bool) -> Vec<Delivery> {
        self.kept()
            .values()
            .filter(|one| wanted(one))
            .cloned()
            .collect()
    }
}

impl DeliveryStore for MemoryDeliveries {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<(), StoreError>> {
        let key = (delivery.message.org.clone(), delivery.id.clone());
        self.kept().insert(key, delivery);
        Box::pin(ready(Ok(())))
    }

    fn swap(&self, before: &Delivery, after: Delivery) -> BoxFuture<'_, Result<bool, StoreError>> {
        let key = (before.message.org.clone(), before.id.clone());
        let mut kept = self.kept();
        let same = kept.get(&key) == Some(before);
        if same {
            kept.insert(key, after);
        }
        Box::pin(ready(Ok(same)))
    }

    fn get<'a>(
        &'a self,
        org: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Delivery>, StoreError>> {
        let found = self.kept().get(&(org.to_owned(), id.to_owned())).cloned();
        Box::pin(ready(Ok(found)))
    }

    fn list<'a>(&'a self, org: &'a str) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>> {
        Box::pin(ready(Ok(self.all(|one| one.message.org == org))))
    }

    fn due(&self) -> BoxFuture<'_, Result<Vec<Delivery>, StoreError>> {
        Box::pin(ready(Ok(self.all(|one| one.next_attempt_at.is_some()))))
    }
}

impl DeliveryStore for Embedded {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<(), StoreError>> {
        let put = move |transaction: &WriteTransaction| put(transaction, &delivery);
        match Unit::current_of(self) {
            Some(unit) => {
                unit.write(put);
                Box::pin(ready(Ok(())))
            }
            None => Box::pin(self.write(move |batch| put(batch.transaction()))),
        }
    }

    fn swap(&self, before: &Delivery, after: Delivery) -> BoxFuture<'_, Result<bool, StoreError>> {
        let before = before.clone();
        let is_so = move |transaction: &WriteTransaction| {
            let kept = transaction.open_table(DELIVERIES)?;
            let text = kept.get((&*before.message.org, &*before.id))?;
            let now = text.map(|text| read(text.value())).transpose()?;
            Ok(now.as_ref() == Some(&before))
        };
        match Unit::current_of(self) {
            Some(unit) => {
                unit.check(is_so);
                unit.write(move |transaction| put(transaction, &after));
                Box::pin(ready(Ok(true)))
            }
            None => Box::pin(self.write(move |batch| {
                let same = is_so(batch.transaction())?;
                if same {
                    put(batch.transaction(), &after)?;
                }
                Ok(same)
            })),
        }
    }

    fn get<'a>(
        &'a self,
        org: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Delivery>, StoreError>> {
        let (org, id) = (org.to_owned(), id.to_owned());
        Box::pin(self.read(move |transaction| {
            let Some(deliveries) = table(transaction.open_table(DELIVERIES))? else {
                return Ok(None);
            };
            let text = deliveries.get((&*org, &*id))?;
            text.map(|text| read(text.value())).transpose()
        }))
    }

    fn list<'a>(&'a self, org: &'a str) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>> {
        let org = org.to_owned();
        Box::pin(self.read(move |transaction| {
            let Some(deliveries) = table(transaction.open_table(DELIVERIES))? else {
                return Ok(Vec::new());
            };
            let mut found = Vec::new();
            for entry in deliveries.range((&*org, "")..)? {
                let (key, text) = entry?;
                if key.value().0 != org {
                    break;
                }
                found.push(read(text.value())?);
            }
            Ok(found)
        }))
    }

    fn due(&self) -> BoxFuture<'_, Result<Vec<Delivery>, StoreError>> {
        Box::pin(self.read(move |transaction| {
            let Some(due) = table(transaction.open_table(DUE))? else {
                return Ok(Vec::new());
            };
            let deliveries = transaction.open_table(DELIVERIES)?;
            let mut found = Vec::new();
            for entry in due.iter()? {
                if let Some(text) = deliveries.get(entry?.0.value())? {
                    found.push(read(text.value())?);
                }
            }
            Ok(found)
        }))
    }
}

fn put(transaction: &WriteTransaction, delivery: &Delivery) -> Result<(), redb::Error> {
    let key = (&*delivery.message.org, &*delivery.id);
    let text = serde_json::to_vec(delivery).map_err(corrupted)?;
    transaction.open_table(DELIVERIES)?.insert(key, &*text)?;
    let mut due = transaction.open_table(DUE)?;
    if delivery.next_attempt_at.is_some() {
        due.insert(key, ())?;
    } else {
        due.remove(key)?;
    }
    Ok(())
}

fn read(text: &[u8]) -> Result<Delivery, redb::Error> {
    serde_json::from_slice(text).map_err(corrupted)
}

fn corrupted(error: serde_json::Error) -> redb::Error {
    redb::Error::Corrupted(error.to_string())
}
