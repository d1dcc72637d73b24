//! Answers in Postgres, and who runs now over all nodes.

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::{Claim, Fingerprint, IdempotencyStore, KeptAnswer, Lease, Saved, Slot};
use crate::clock::millis;
use crate::postgres::Release;
use crate::{Postgres, StoreError, Transaction, Unit};

/// How long to wait at first, and at most, before looking whether another node is done.
const LOOKS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(160));

/// A claim of this node, unless a living one has the key. A claim of its own that is still there is
/// an old one: a process lets one in at a time.
const CLAIM: &str = "INSERT INTO exai_claims AS claim (org, key, fingerprint, node, number) \
    VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (org, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
        node = excluded.node, number = excluded.number \
    WHERE claim.node = excluded.node \
        OR NOT EXISTS (SELECT FROM exai_nodes WHERE id = claim.node AND until > now()) \
    RETURNING true";

const RUNS: &str = "SELECT fingerprint FROM exai_claims WHERE org = $1 AND key = $2";

const KEPT: &str = "SELECT fingerprint, until, status, receipt, headers, body FROM exai_kept \
    WHERE org = $1 AND key = $2 AND until > $3";

const KEEP: &str = "INSERT INTO exai_kept \
    (org, key, fingerprint, until, status, receipt, headers, body) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (org, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
        until = excluded.until, status = excluded.status, receipt = excluded.receipt, \
        headers = excluded.headers, body = excluded.body";

/// Rows past their time, the oldest first: more than a write adds, and few enough that none is slow.
const SWEEP: &str = "DELETE FROM exai_kept WHERE (org, key) IN \
    (SELECT org, key FROM exai_kept WHERE until <= $1 ORDER BY until LIMIT 16)";

const GIVE_BACK: &str = "DELETE FROM exai_claims WHERE org = $1 AND key = $2 AND node = $3";

impl IdempotencyStore for Postgres {
    /// Of the requests of this node one asks the others; the rest wait for it.
    fn claim(
        &self,
        slot: Slot,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Claim, StoreError>> {
        Box::pin(async move {
            let find = |number| self.find(&slot, fingerprint, number, now);
            self.shared()
                .held
                .claims
                .claim(&slot, fingerprint, find)
                .await
        })
    }

    fn unit(&self) -> Option<Unit> {
        Some(Postgres::unit(self))
    }

    /// A node that was taken for dead while it worked may find that another has answered: then it
    /// fails, and nothing of what it did is written.
    fn keep<'a>(
        &'a self,
        lease: &'a Lease,
        saved: Saved,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let (slot, node) = (lease.slot.clone(), self.shared().node.clone());
        Box::pin(async move {
            let unit = Unit::current_of_postgres(self).unwrap_or_else(|| Postgres::unit(self));
            unit.write_sql(move |transaction| {
                Box::pin(async move { keep(transaction, &slot, &saved, &node, now).await })
            });
            unit.commit().await?;
            self.shared().held.claims.release(lease);
            Ok(())
        })
    }

    fn release(&self, lease: &Lease) {
        if self.shared().held.claims.release(lease) {
            let Slot { org, key } = lease.slot.clone();
            let number = whole(lease.number);
            self.shared().release(Release::Claim { org, key, number });
        }
    }
}

impl Postgres {
    /// What there is for a key: an answer, another request, or nothing. With nothing the key is
    /// this node's.
    async fn find(
        &self,
        slot: &Slot,
        fingerprint: Fingerprint,
        lease: u64,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let (org, key, own) = (&slot.org, &slot.key, &fingerprint.0.as_slice());
        let (node, number) = (&self.shared().node, whole(lease));
        let at = whole(millis(now));
        let mut wait = LOOKS.0;
        loop {
            // One after the other: whoever has the claim sees what was kept before.
            let claimed = self.query(CLAIM, &[org, key, own, node, &number]).await?;
            let claimed = !claimed.is_empty();
            let kept = self.query(KEPT, &[org, key, &at]).await?;
            if let Some(row) = kept.first() {
                if claimed {
                    let (org, key) = (org.clone(), key.clone());
                    self.shared().release(Release::Claim { org, key, number });
                }
                return Ok(read(row)?.claimed(fingerprint, now));
            }
            if claimed {
                return Ok(None);
            }
            let runs = self.query(RUNS, &[org, key]).await?;
            if let Some(row) = runs.first()
                && row.get::<_, &[u8]>(0) != *own
            {
                return Ok(Some(Claim::Taken));
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LOOKS.1);
        }
    }
}

async fn keep(
    transaction: &Transaction,
    slot: &Slot,
    saved: &Saved,
    node: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (org, key, at) = (&slot.org, &slot.key, whole(millis(now)));
    let answer = saved.answer.as_ref();
    let fingerprint = saved.fingerprint.0.as_slice();
    let until = whole(millis(saved.until));
    let status = answer.map(|answer| i32::from(answer.status));
    let receipt = answer.map(|answer| answer.receipt.as_str());
    let lines = answer.map(KeptAnswer::header_lines);
    let body = answer.map(|answer| &answer.body[..]);
    transaction.query(SWEEP, &[&at]).await?;
    let kept = transaction.query(KEPT, &[org, key, &at]).await?;
    if !kept.is_empty() {
        return Err(StoreError::new("another node has answered this request"));
    }
    transaction
        .query(
            KEEP,
            &[
                org,
                key,
                &fingerprint,
                &until,
                &status,
                &receipt,
                &lines,
                &body,
            ],
        )
        .await?;
    transaction.query(GIVE_BACK, &[org, key, &node]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Saved, StoreError> {
    let broken = || StoreError::new("a kept answer cannot be read");
    let fingerprint = row.get::<_, &[u8]>(0).try_into().map_err(|_| broken())?;
    let status: Option<i32> = row.get(2);
    let answer = |status: i32| {
        let headers = row.get::<_, Option<&[u8]>>(4).unwrap_or_default();
        Ok(KeptAnswer {
            status: u16::try_from(status).map_err(|_| broken())?,
            headers: KeptAnswer::read_headers(headers).ok_or_else(broken)?,
            body: Bytes::copy_from_slice(row.get::<_, Option<&[u8]>>(5).unwrap_or_default()),
            receipt: row.get::<_, Option<String>>(3).ok_or_else(broken)?,
        })
    };
    Ok(Saved {
        fingerprint: Fingerprint(fingerprint),
        until: Timestamp::from_millisecond(row.get(1)).map_err(|_| broken())?,
        answer: status.map(answer).transpose()?,
    })
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
