//! Answers in the embedded file.

use bytes::Bytes;
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use super::{Claim, Fingerprint, IdempotencyStore, KeptAnswer, Lease, Saved, Slot};
use crate::clock::millis;
use crate::store::table;
use crate::{Embedded, StoreError, Unit};

/// Until when in milliseconds, fingerprint, and of the answer its status, receipt, headers and
/// body.
type Row<'a> = (u64, &'a [u8; 32], Option<Answer<'a>>);
type Answer<'a> = (u16, &'a str, &'a [u8], &'a [u8]);

/// What is kept by organisation and key.
const KEPT: TableDefinition<(&str, &str), Row<'static>> = TableDefinition::new("exai.kept");
/// Organisations and keys by the time until which they are kept.
const UNTIL: TableDefinition<(u64, &str, &str), ()> = TableDefinition::new("exai.kept_until");

/// Rows past their time that are removed by each write: more than it adds, and few enough that no
/// write is slow.
const SWEEP: usize = 16;

impl IdempotencyStore for Embedded {
    fn claim(
        &self,
        slot: Slot,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Claim, StoreError>> {
        Box::pin(async move {
            let find = |_| {
                let saved = self.saved(&slot);
                ready(saved.map(|saved| saved.and_then(|saved| saved.claimed(fingerprint, now))))
            };
            self.claims().claim(&slot, fingerprint, find).await
        })
    }

    fn unit(&self) -> Option<Unit> {
        Some(Embedded::unit(self))
    }

    fn keep<'a>(
        &'a self,
        lease: &'a Lease,
        saved: Saved,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let slot = lease.slot.clone();
        let write = move |transaction: &WriteTransaction| {
            let mut times = transaction.open_table(UNTIL)?;
            let mut kept = transaction.open_table(KEPT)?;
            sweep(&mut times, &mut kept, millis(now))?;
            let answer = saved.answer.as_ref();
            let lines = answer.map(KeptAnswer::header_lines).unwrap_or_default();
            let answer = answer.map(|a| (a.status, &*a.receipt, &*lines, &*a.body));
            let until = millis(saved.until);
            let row = (until, &saved.fingerprint.0, answer);
            let (org, key) = (&*slot.org, &*slot.key);
            if let Some(before) = kept.insert((org, key), row)? {
                times.remove((before.value().0, org, key))?;
            }
            times.insert((until, org, key), ())?;
            Ok(())
        };
        Box::pin(async move {
            let unit = Unit::current_of(self).unwrap_or_else(|| Embedded::unit(self));
            unit.write(write);
            unit.commit().await?;
            self.claims().release(lease);
            Ok(())
        })
    }

    fn release(&self, lease: &Lease) {
        self.claims().release(lease);
    }
}

impl Embedded {
    /// One row, read where it is asked for: sooner than another thread could take it over.
    fn saved(&self, slot: &Slot) -> Result<Option<Saved>, StoreError> {
        self.look(|transaction| {
            let Some(kept) = table(transaction.open_table(KEPT))? else {
                return Ok(None);
            };
            let row = kept.get((&*slot.org, &*slot.key))?;
            row.map(|row| read(row.value())).transpose()
        })
    }
}

/// Removes what is past its time, the oldest first, by the index of times.
fn sweep(
    times: &mut Table<'_, (u64, &'static str, &'static str), ()>,
    kept: &mut Table<'_, (&'static str, &'static str), Row<'static>>,
    now: u64,
) -> Result<(), redb::Error> {
    for _ in 0..SWEEP {
        let Some((first, _)) = times.first()? else {
            break;
        };
        let (until, org, key) = first.value();
        if until > now {
            break;
        }
        let (org, key) = (org.to_owned(), key.to_owned());
        drop(first);
        times.remove((until, &*org, &*key))?;
        kept.remove((&*org, &*key))?;
    }
    Ok(())
}

fn read(row: Row<'_>) -> Result<Saved, redb::Error> {
    let (until, fingerprint, answer) = row;
    let broken = || redb::Error::Corrupted("a kept answer cannot be read".to_owned());
    let until = i64::try_from(until).map_err(|_| broken())?;
    let kept = |(status, receipt, lines, body): Answer<'_>| {
        let headers = KeptAnswer::read_headers(lines).ok_or_else(broken);
        headers.map(|headers| KeptAnswer {
            status,
            headers,
            body: Bytes::copy_from_slice(body),
            receipt: receipt.to_owned(),
        })
    };
    Ok(Saved {
        fingerprint: Fingerprint(*fingerprint),
        until: Timestamp::from_millisecond(until).map_err(|_| broken())?,
        answer: answer.map(kept).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::ReadableTableMetadata;
    use std::time::Duration;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    async fn keep(file: &Embedded, key: String, now: Timestamp) {
        let org = "org_1".to_owned();
        let fingerprint = Fingerprint([7; 32]);
        let claim = file.claim(Slot { org, key }, fingerprint, now).await;
        let Claim::Run(lease) = claim.unwrap() else {
            panic!("it is kept")
        };
        let saved = Saved {
            fingerprint,
            until: now + DAY,
            answer: None,
        };
        file.keep(&lease, saved, now).await.unwrap();
    }

    async fn rows(file: &Embedded) -> (u64, u64) {
        let count = |transaction: &redb::ReadTransaction| {
            let kept = transaction.open_table(KEPT)?.len()?;
            Ok((kept, transaction.open_table(UNTIL)?.len()?))
        };
        file.read(count).await.unwrap()
    }

    #[tokio::test]
    async fn the_file_does_not_grow_with_what_is_past() {
        let folder = tempfile::tempdir().unwrap();
        let file = Embedded::open(folder.path().join("state.redb")).unwrap();
        let start: Timestamp = "2026-01-02T09:30:00Z".parse().unwrap();
        for key in 0..40 {
            keep(&file, format!("k{key}"), start).await;
        }
        assert_eq!(rows(&file).await, (40, 40));
        // Each write removes sixteen that are past; one of them is its own key, kept anew.
        keep(&file, "k39".to_owned(), start + DAY).await;
        keep(&file, "new".to_owned(), start + DAY).await;
        assert_eq!(rows(&file).await, (9, 9));
        keep(&file, "newer".to_owned(), start + DAY).await;
        assert_eq!(rows(&file).await, (3, 3));
    }
}
