//! Deliveries in Postgres, each with the node that sends it.

use futures::future::{BoxFuture, ready};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::DeliveryStore;
use crate::webhooks::Delivery;
use crate::{Postgres, StoreError, Transaction, Unit};

const PUT: &str = "INSERT INTO exai_deliveries (org, id, endpoint, due, node, delivery) \
    VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (org, id) DO UPDATE SET due = excluded.due, node = excluded.node, \
        delivery = excluded.delivery";

const SWAP: &str = "UPDATE exai_deliveries SET due = $3, node = $4, delivery = $5 \
    WHERE org = $1 AND id = $2 AND delivery = $6 RETURNING true";

const IS_SO: &str = "SELECT true FROM exai_deliveries WHERE org = $1 AND id = $2 AND delivery = $3";

/// What nobody living sends is this node's.
const DUE: &str = "WITH own AS (UPDATE exai_deliveries AS one SET node = $1 \
        WHERE due AND (node = $1 \
            OR NOT EXISTS (SELECT FROM exai_nodes WHERE id = one.node AND until > now())) \
        RETURNING id, delivery) \
    SELECT delivery FROM own ORDER BY id";

const DUE_OF: &str = "WITH own AS (UPDATE exai_deliveries SET node = $1 \
        WHERE due AND org = $2 AND endpoint = $3 RETURNING id, delivery) \
    SELECT delivery FROM own ORDER BY id";

impl DeliveryStore for Postgres {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<(), StoreError>> {
        let node = self.shared().node.clone();
        match Unit::current_of_postgres(self) {
            Some(unit) => {
                unit.write_sql(move |transaction| {
                    Box::pin(async move { put(transaction, &delivery, &node).await })
                });
                Box::pin(ready(Ok(())))
            }
            None => Box::pin(async move {
                let row = row_of(&delivery)?;
                let message = &delivery.message;
                let (org, endpoint, id) = (&message.org, &message.endpoint, &delivery.id);
                self.query(PUT, &[org, id, endpoint, &row.0, &node, &row.1])
                    .await
                    .map(drop)
            }),
        }
    }

    fn swap(&self, before: &Delivery, after: Delivery) -> BoxFuture<'_, Result<bool, StoreError>> {
        let (before, node) = (before.clone(), self.shared().node.clone());
        Box::pin(async move {
            let (_, old) = row_of(&before)?;
            let (org, id) = (before.message.org, before.id);
            match Unit::current_of_postgres(self) {
                Some(unit) => {
                    unit.check_sql(move |transaction| {
                        Box::pin(async move {
                            let rows = transaction.query(IS_SO, &[&org, &id, &old]).await?;
                            Ok(!rows.is_empty())
                        })
                    });
                    unit.write_sql(move |transaction| {
                        Box::pin(async move { put(transaction, &after, &node).await })
                    });
                    Ok(true)
                }
                None => {
                    let (due, new) = row_of(&after)?;
                    let rows = self
                        .query(SWAP, &[&org, &id, &due, &node, &new, &old])
                        .await?;
                    Ok(!rows.is_empty())
                }
            }
        })
    }

    fn owns<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let owns = "SELECT true FROM exai_deliveries WHERE org = $1 AND id = $2 AND node = $3";
            let (org, id) = (&delivery.message.org, &delivery.id);
            let rows = self.query(owns, &[org, id, &self.shared().node]).await?;
            Ok(!rows.is_empty())
        })
    }

    fn get<'a>(
        &'a self,
        org: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Delivery>, StoreError>> {
        Box::pin(async move {
            let get = "SELECT delivery FROM exai_deliveries WHERE org = $1 AND id = $2";
            let rows = self.query(get, &[&org, &id]).await?;
            rows.first().map(read).transpose()
        })
    }

    fn list<'a>(&'a self, org: &'a str) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>> {
        Box::pin(async move {
            let list = "SELECT delivery FROM exai_deliveries WHERE org = $1 ORDER BY id";
            self.query(list, &[&org]).await?.iter().map(read).collect()
        })
    }

    fn due(&self) -> BoxFuture<'_, Result<Vec<Delivery>, StoreError>> {
        Box::pin(async move {
            let rows = self.query(DUE, &[&self.shared().node]).await?;
            rows.iter().map(read).collect()
        })
    }

    fn due_of<'a>(
        &'a self,
        org: &'a str,
        endpoint: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Delivery>, StoreError>> {
        Box::pin(async move {
            let node = &self.shared().node;
            let rows = self.query(DUE_OF, &[node, &org, &endpoint]).await?;
            rows.iter().map(read).collect()
        })
    }
}

async fn put(transaction: &Transaction, delivery: &Delivery, node: &str) -> Result<(), StoreError> {
    let (due, text) = row_of(delivery)?;
    let (org, endpoint) = (&delivery.message.org, &delivery.message.endpoint);
    let row: &[&(dyn ToSql + Sync)] = &[org, &delivery.id, endpoint, &due, &node, &text];
    transaction.query(PUT, row).await.map(drop)
}

/// Whether it is tried again, and its JSON.
fn row_of(delivery: &Delivery) -> Result<(bool, String), StoreError> {
    let text = serde_json::to_string(delivery).map_err(StoreError::new)?;
    Ok((delivery.next_attempt_at.is_some(), text))
}

fn read(row: &Row) -> Result<Delivery, StoreError> {
    serde_json::from_str(row.get(0)).map_err(StoreError::new)
}
