//! Answers in the embedded file.

use bytes::Bytes;
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;
use redb::{AccessGuard, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::{Claim, Fingerprint, IdempotencyStore, KeptAnswer, Lease, Saved, Slot};
use crate::clock::millis;
use crate::store::{Batch, table};
use crate::{Embedded, StoreError, Unit};

/// Until when in milliseconds, fingerprint, and of the answer its status, receipt, headers and
/// body.
type Row<'a> = (u64, &'a [u8; 32], Option<Answer<'a>>);
type Answer<'a> = (u16, &'a str, &'a [u8], &'a [u8]);

/// What is kept by organisation and key.
const KEPT: TableDefinition<(&str, &str), Row<'static>> = TableDefinition::new("exai.kept");
/// Organisations and keys, as JSON, by the time until which the last of them is kept and by the
/// first of them: a row for all that were kept together.
const UNTIL: TableDefinition<(u64, &str, &str), &[u8]> = TableDefinition::new("exai.kept_by_time");

/// Rows of [`UNTIL`] past their time that are removed by each batch of writes: more than it adds,
/// and few enough that none is slow.
const SWEEP: usize = 2;

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
        let write = move |batch: &mut Batch<'_>| batch.answers()?.keep(slot, &saved, millis(now));
        Box::pin(async move {
            let unit = Unit::current_of(self).unwrap_or_else(|| Embedded::unit(self));
            unit.write_own(write);
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

/// What a batch of work keeps.
pub(crate) struct Answers<'t> {
    kept: Table<'t, (&'static str, &'static str), Row<'static>>,
    times: Table<'t, (u64, &'static str, &'static str), &'static [u8]>,
    swept: bool,
    last_until: u64,
    added: Vec<(String, String)>,
}

impl<'t> Answers<'t> {
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            kept: transaction.open_table(KEPT)?,
            times: transaction.open_table(UNTIL)?,
            swept: false,
            last_until: 0,
            added: Vec::new(),
        })
    }

    fn keep(&mut self, slot: Slot, saved: &Saved, now: u64) -> Result<(), redb::Error> {
        if !self.swept {
            self.sweep(now)?;
            self.swept = true;
        }
        let answer = saved.answer.as_ref();
        let lines = answer.map(KeptAnswer::header_lines).unwrap_or_default();
        let answer = answer.map(|a| (a.status, &*a.receipt, &*lines, &*a.body));
        let until = millis(saved.until);
        let row = (until, &saved.fingerprint.0, answer);
        self.kept.insert((&*slot.org, &*slot.key), row)?;
        self.last_until = self.last_until.max(until);
        self.added.push((slot.org, slot.key));
        Ok(())
    }

    /// Removes what is past its time, the oldest first, by the index of times.
    fn sweep(&mut self, now: u64) -> Result<(), redb::Error> {
        for _ in 0..SWEEP {
            let Some((first, _)) = self.times.first()? else {
                break;
            };
            if first.value().0 > now {
                break;
            }
            drop(first);
            let Some((_, slots)) = self.times.pop_first()? else {
                break;
            };
            let slots: Vec<(String, String)> =
                serde_json::from_slice(slots.value()).map_err(corrupted)?;
            for (org, key) in slots {
                let slot = (&*org, &*key);
                // It may have been kept anew since.
                let past = |row: AccessGuard<'_, Row<'static>>| row.value().0 <= now;
                if self.kept.get(slot)?.is_some_and(past) {
                    self.kept.remove(slot)?;
                }
            }
        }
        Ok(())
    }

    /// Notes when what was kept is past its time.
    pub(crate) fn close(mut self) -> Result<(), redb::Error> {
        let Some((org, key)) = self.added.first() else {
            return Ok(());
        };
        let slots = serde_json::to_vec(&self.added).map_err(corrupted)?;
        self.times
            .insert((self.last_until, &**org, &**key), &*slots)?;
        Ok(())
    }
}

fn corrupted(error: serde_json::Error) -> redb::Error {
    redb::Error::Corrupted(error.to_string())
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
        // Each write removes two that are past. One that was kept anew stays when its turn comes.
        keep(&file, "k39".to_owned(), start + DAY).await;
        assert_eq!(rows(&file).await, (38, 39));
        for key in 0..20 {
            keep(&file, format!("new{key}"), start + DAY).await;
        }
        assert_eq!(rows(&file).await, (21, 21));
    }

    #[tokio::test]
    async fn what_is_kept_together_goes_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = Embedded::open(folder.path().join("state.redb")).unwrap();
        let start: Timestamp = "2026-01-02T09:30:00Z".parse().unwrap();
        let keeping = (0..100).map(|key| keep(&file, format!("k{key}"), start));
        futures::future::join_all(keeping).await;
        let (kept, times) = rows(&file).await;
        assert_eq!(kept, 100);
        assert!(times < 100, "{times}");
        for key in 0..times {
            keep(&file, format!("new{key}"), start + DAY).await;
        }
        assert_eq!(rows(&file).await, (times, times));
    }
}
