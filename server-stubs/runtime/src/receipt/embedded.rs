//! Receipts in the embedded file.

use std::collections::HashMap;

use futures::future::BoxFuture;
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use super::{Draft, Head, ReceiptStore, Record};
use crate::store::table;
use crate::{Embedded, StoreError, Unit};

/// A record's JSON by organisation and sequence.
const RECORDS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("exai.receipts");
/// A record's sequence by organisation and id.
const IDS: TableDefinition<(&str, &str), u64> = TableDefinition::new("exai.receipt_ids");

impl ReceiptStore for Embedded {
    fn append(&self, draft: Draft) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.write(|batch| batch.chains()?.append(draft)))
    }

    fn join(&self, draft: Draft, unit: &Unit) -> Option<Draft> {
        if !unit.is_of(self) {
            return Some(draft);
        }
        unit.write_own(|batch| batch.chains()?.append(draft));
        None
    }

    fn get<'a>(
        &'a self,
        org: Option<&'a str>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        let (org, id) = (org.unwrap_or_default().to_owned(), id.to_owned());
        Box::pin(self.read(move |transaction| {
            let Some(ids) = table(transaction.open_table(IDS))? else {
                return Ok(None);
            };
            let Some(sequence) = ids.get((&*org, &*id))? else {
                return Ok(None);
            };
            let records = transaction.open_table(RECORDS)?;
            let text = records.get((&*org, sequence.value()))?;
            text.map(|text| read(text.value())).transpose()
        }))
    }

    fn page<'a>(
        &'a self,
        org: Option<&'a str>,
        from: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>> {
        let org = org.unwrap_or_default().to_owned();
        Box::pin(self.read(move |transaction| {
            let Some(records) = table(transaction.open_table(RECORDS))? else {
                return Ok(Vec::new());
            };
            records
                .range((&*org, from)..=(&*org, u64::MAX))?
                .take(limit)
                .map(|entry| read(entry?.1.value()))
                .collect()
        }))
    }
}

/// The chains, as a batch of work extends them: what it appends to is looked up once.
pub(crate) struct Chains<'t> {
    records: Table<'t, (&'static str, u64), &'static [u8]>,
    ids: Table<'t, (&'static str, &'static str), u64>,
    heads: HashMap<String, Head>,
}

impl<'t> Chains<'t> {
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            records: transaction.open_table(RECORDS)?,
            ids: transaction.open_table(IDS)?,
            heads: HashMap::new(),
        })
    }

    /// Puts a record at the head of its organisation's chain.
    pub(crate) fn append(&mut self, mut draft: Draft) -> Result<(), redb::Error> {
        let org = draft.org.take().unwrap_or_default();
        let head = match self.heads.remove(&org) {
            Some(head) => Some(head),
            None => self.head(&org)?,
        };
        let (record, text) = draft.sealed(head).map_err(corrupted)?;
        self.records.insert((&*org, record.sequence), &*text)?;
        self.ids.insert((&*org, &*record.id), record.sequence)?;
        self.heads.insert(org, record.into());
        Ok(())
    }

    fn head(&self, org: &str) -> Result<Option<Head>, redb::Error> {
        let last = self.records.range((org, 0)..=(org, u64::MAX))?.next_back();
        let text = last.transpose()?;
        let head = |text: &[u8]| serde_json::from_slice(text).map_err(corrupted);
        text.map(|(_, text)| head(text.value())).transpose()
    }
}

fn read(text: &[u8]) -> Result<Record, redb::Error> {
    serde_json::from_slice(text).map_err(corrupted)
}

fn corrupted(error: serde_json::Error) -> redb::Error {
    redb::Error::Corrupted(error.to_string())
}
