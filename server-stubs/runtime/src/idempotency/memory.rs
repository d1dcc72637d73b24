//! Answers in memory: for tests, and for servers that may forget.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::{Claim, Claims, Fingerprint, IdempotencyStore, Lease, Saved, Slot};
use crate::StoreError;

/// Answers in memory. They are gone with the process.
#[derive(Debug, Default)]
pub struct MemoryIdempotency {
    claims: Claims,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_slot: HashMap<Slot, Saved>,
    by_time: BTreeSet<(Timestamp, Slot)>,
}

impl MemoryIdempotency {
    /// Every key is free.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers that are in memory, those that are past their time and not yet forgotten included.
    pub fn len(&self) -> usize {
        self.kept().by_slot.len()
    }

    /// No answer is in memory.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdempotencyStore for MemoryIdempotency {
    fn claim(
        &self,
        slot: Slot,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Claim, StoreError>> {
        Box::pin(async move {
            let find = |_| {
                let saved = self.kept().by_slot.get(&slot).cloned();
                ready(Ok(saved.and_then(|saved| saved.claimed(fingerprint, now))))
            };
            self.claims.claim(&slot, fingerprint, find).await
        })
    }

    fn keep<'a>(
        &'a self,
        lease: &'a Lease,
        saved: Saved,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let mut kept = self.kept();
        while let Some((until, _)) = kept.by_time.first()
            && *until <= now
        {
            if let Some((_, slot)) = kept.by_time.pop_first() {
                kept.by_slot.remove(&slot);
            }
        }
        let until = saved.until;
        if let Some(before) = kept.by_slot.insert(lease.slot.clone(), saved) {
            kept.by_time.remove(&(before.until, lease.slot.clone()));
        }
        kept.by_time.insert((until, lease.slot.clone()));
        drop(kept);
        self.claims.release(lease);
        Box::pin(ready(Ok(())))
    }

    fn release(&self, lease: &Lease) {
        self.claims.release(lease);
    }
}
