//! Receipts in memory: for tests, and for servers that may forget.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, ready};

use super::{Draft, ReceiptStore, Record};
use crate::StoreError;

/// Receipts in memory. They are gone with the process.
#[derive(Debug, Default)]
pub struct MemoryReceipts(Mutex<HashMap<Option<String>, Chain>>);

#[derive(Debug, Default)]
struct Chain {
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
}

impl MemoryReceipts {
    /// No receipt yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn chains(&self) -> MutexGuard<'_, HashMap<Option<String>, Chain>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReceiptStore for MemoryReceipts {
    fn append(&self, draft: Draft) -> BoxFuture<'_, Result<(), StoreError>> {
        let mut chains = self.chains();
        let chain = chains.entry(draft.org.clone()).or_default();
        let record = draft.after(chain.records.last());
        chain.by_id.insert(record.id.clone(), chain.records.len());
        chain.records.push(record);
        Box::pin(ready(Ok(())))
    }

    fn get<'a>(
        &'a self,
        org: Option<&'a str>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        let chains = self.chains();
        let found = chains
            .get(&org.map(str::to_owned))
            .and_then(|chain| chain.records.get(*chain.by_id.get(id)?).cloned());
        Box::pin(ready(Ok(found)))
    }

    fn page<'a>(
        &'a self,
        org: Option<&'a str>,
        from: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>> {
        let chains = self.chains();
        let records = chains
            .get(&org.map(str::to_owned))
            .map_or(&[][..], |c| &c.records);
        let skip = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let page = records.iter().skip(skip).take(limit).cloned().collect();
        Box::pin(ready(Ok(page)))
    }
}
