//! Receipts in Postgres.

use futures::future::BoxFuture;

use super::{Draft, ReceiptStore, Record};
use crate::{Postgres, StoreError, Unit};

impl ReceiptStore for Postgres {
    /// The record is read back: others were appended with it.
    fn append(&self, draft: Draft) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(Postgres::append(self, draft))
    }

    fn join(&self, draft: Draft, unit: &Unit) -> Option<Draft> {
        if !unit.is_of_postgres(self) {
            return Some(draft);
        }
        unit.append(draft);
        None
    }

    fn get<'a>(
        &'a self,
        org: Option<&'a str>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        let org = org.unwrap_or_default();
        Box::pin(async move {
            let get = "SELECT record FROM exai_receipts WHERE org = $1 AND id = $2";
            let rows = self.query(get, &[&org, &id]).await?;
            rows.first().map(|row| read(row.get(0))).transpose()
        })
    }

    fn page<'a>(
        &'a self,
        org: Option<&'a str>,
        from: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>> {
        let org = org.unwrap_or_default();
        Box::pin(async move {
            let page = "SELECT record FROM exai_receipts \
                WHERE org = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
            let from = i64::try_from(from).unwrap_or(i64::MAX);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = self.query(page, &[&org, &from, &limit]).await?;
            rows.iter().map(|row| read(row.get(0))).collect()
        })
    }
}

fn read(text: &str) -> Result<Record, StoreError> {
    serde_json::from_str(text).map_err(StoreError::new)
}
