//! Receipts in the embedded file.

use futures::future::BoxFuture;
use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::{Draft, ReceiptStore, Record};
use crate::store::table;
use crate::{Embedded, StoreError, Unit};

/// A record's JSON by organisation and sequence.
const RECORDS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("exai.receipts");
/// A record's sequence by organisation and id.
const IDS: TableDefinition<(&str, &str), u64> = TableDefinition::new("exai.receipt_ids");

impl ReceiptStore for Embedded {
    fn append(&self, draft: Draft) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.write(move |transaction| append(transaction, draft)))
    }

    fn join(&self, draft: Draft, unit: &Unit) -> Option<Draft> {
        if !unit.is_of(self) {
            return Some(draft);
        }
        unit.write(move |transaction| append(transaction, draft));
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

/// Puts a record at the head of its organisation's chain.
fn append(transaction: &WriteTransaction, draft: Draft) -> Result<(), redb::Error> {
    let mut records = transaction.open_table(RECORDS)?;
    let mut ids = transaction.open_table(IDS)?;
    let org = draft.org.clone().unwrap_or_default();
    let last = records.range((&*org, 0)..=(&*org, u64::MAX))?.next_back();
    let head = match last.transpose()? {
        Some((_, text)) => Some(serde_json::from_slice(text.value()).map_err(corrupted)?),
        None => None,
    };
    let record = draft.behind(head);
    let text = serde_json::to_vec(&record).map_err(corrupted)?;
    records.insert((&*org, record.sequence), &*text)?;
    ids.insert((&*org, &*record.id), record.sequence)?;
    Ok(())
}

fn read(text: &[u8]) -> Result<Record, redb::Error> {
    serde_json::from_slice(text).map_err(corrupted)
}

fn corrupted(error: serde_json::Error) -> redb::Error {
    redb::Error::Corrupted(error.to_string())
}
