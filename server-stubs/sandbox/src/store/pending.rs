//! What a unit of work has read and will write.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exai_runtime::{StoreError, Unit};
use sha2::{Digest, Sha256};

use super::home::Home;
use super::{Found, Table, file, sql};

/// What a unit has read and will write.
#[derive(Default)]
pub(crate) struct Pending(Mutex<Changes>);

#[derive(Clone, Default)]
pub(super) struct Changes {
    pub(super) seen: BTreeMap<(Table, String), Option<[u8; 32]>>,
    pub(super) scanned: BTreeMap<(Table, String), [u8; 32]>,
    pub(super) rows: BTreeMap<(Table, String), Option<Vec<u8>>>,
    /// By subject: the number of the last event that is kept, and those to come.
    pub(super) events: BTreeMap<String, (u64, Vec<Vec<u8>>)>,
}

impl Pending {
    /// What the unit that this task works in has read and will write.
    pub(crate) fn current(home: &Home) -> Option<Arc<Self>> {
        Some(Unit::current()?.part(|unit, pending: &Arc<Self>| {
            let (seen, written) = (pending.clone(), pending.clone());
            match home {
                Home::File(_) => {
                    unit.check(move |transaction| file::hold(&seen.changes(), transaction));
                    unit.write(move |transaction| file::write(&written.changes(), transaction));
                }
                Home::Postgres(_) => {
                    unit.check_sql(move |transaction| {
                        let seen = seen.changes().clone();
                        Box::pin(async move { sql::hold(&seen, transaction).await })
                    });
                    unit.write_sql(move |transaction| {
                        let written = std::mem::take(&mut *written.changes());
                        Box::pin(async move { sql::write(&written, transaction).await })
                    });
                }
            }
        }))
    }

    pub(super) fn get(
        &self,
        home: &Home,
        table: Table,
        key: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let place = (table, key.to_owned());
        if let Some(row) = self.changes().rows.get(&place) {
            return Ok(row.clone());
        }
        let found = home.get(table, key)?;
        let seen = found.as_deref().map(digest);
        // What was seen first is what everything that follows stands on.
        self.changes().seen.entry(place).or_insert(seen);
        Ok(found)
    }

    pub(super) fn scan(
        &self,
        home: &Home,
        table: Table,
        prefix: &str,
    ) -> Result<Found, StoreError> {
        let mut found = home.scan(table, prefix)?;
        let mut changes = self.changes();
        let seen = digest_of(&found);
        let place = (table, prefix.to_owned());
        changes.scanned.entry(place.clone()).or_insert(seen);
        let ours = changes.rows.range(place..);
        for ((_, key), row) in
            ours.take_while(|((t, key), _)| *t == table && key.starts_with(prefix))
        {
            match row {
                Some(row) => found.insert(key.clone(), row.clone()),
                None => found.remove(key),
            };
        }
        Ok(found)
    }

    pub(super) fn put(&self, table: Table, key: &str, value: Option<Vec<u8>>) {
        self.changes().rows.insert((table, key.to_owned()), value);
    }

    /// The number of a subject's last event, those to come included; `last` gives that of the last
    /// that is kept.
    pub(crate) fn last_event<E>(
        &self,
        subject: &str,
        last: impl FnOnce() -> Result<u64, E>,
    ) -> Result<u64, E> {
        let known = |changes: &Changes| {
            let (kept, more) = changes.events.get(subject)?;
            Some(*kept + u64::try_from(more.len()).unwrap_or(u64::MAX))
        };
        if let Some(number) = known(&self.changes()) {
            return Ok(number);
        }
        let kept = last()?;
        let mut changes = self.changes();
        let events = changes.events.entry(subject.to_owned());
        events.or_insert((kept, Vec::new()));
        Ok(known(&changes).unwrap_or(kept))
    }

    /// Adds an event behind the last of [`Pending::last_event`].
    pub(crate) fn add_event(&self, subject: &str, json: Vec<u8>) {
        if let Some((_, more)) = self.changes().events.get_mut(subject) {
            more.push(json);
        }
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn digest(value: &[u8]) -> [u8; 32] {
    Sha256::digest(value).into()
}

pub(super) fn digest_of(found: &Found) -> [u8; 32] {
    let digests: Vec<[u8; 32]> = found.values().map(|value| digest(value)).collect();
    let keys = found.keys().map(String::as_bytes);
    digest_of_digests(keys.zip(digests.iter().map(|digest| &digest[..])))
}

/// One digest of keys and the digests of their values.
pub(super) fn digest_of_digests<'a>(found: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in found.flat_map(|(key, value)| [key, value]) {
        sha.update(part.len().to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}
