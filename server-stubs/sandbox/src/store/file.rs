//! Rows in a file of redb's.

use std::ops::Bound::{Excluded, Unbounded};

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::pending::{Changes, digest, digest_of};
use super::{Found, Linked, Table};

/// `org/kind/id` to JSON.
pub(super) const RECORDS: TableDefinition<'_, &str, &[u8]> =
    TableDefinition::new("sandbox.records");
/// `org/kind/id` to bytes.
pub(super) const BYTES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sandbox.bytes");
/// Subject and number to an event's JSON.
pub(super) const EVENTS: TableDefinition<'_, (&str, u64), &[u8]> =
    TableDefinition::new("sandbox.events");

impl Table {
    pub(super) fn definition(self) -> TableDefinition<'static, &'static str, &'static [u8]> {
        match self {
            Self::Records => RECORDS,
            Self::Bytes => BYTES,
        }
    }
}

pub(super) fn get(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    key: &str,
) -> Result<Option<Vec<u8>>, redb::Error> {
    Ok(table.get(key)?.map(|value| value.value().to_vec()))
}

pub(super) fn scan(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    prefix: &str,
) -> Result<Found, redb::Error> {
    let mut found = Found::new();
    for entry in table.range(prefix..)? {
        let (key, value) = entry?;
        if !key.value().starts_with(prefix) {
            break;
        }
        found.insert(key.value().to_owned(), value.value().to_vec());
    }
    Ok(found)
}

pub(super) fn after(
    records: &impl ReadableTable<&'static str, &'static [u8]>,
    prefix: &str,
    key: &str,
    limit: usize,
) -> Result<Vec<Vec<u8>>, redb::Error> {
    let mut found = Vec::new();
    let range = records.range::<&str>((Excluded(key), Unbounded))?;
    for entry in range.take(limit) {
        let (key, value) = entry?;
        if !key.value().starts_with(prefix) {
            break;
        }
        found.push(value.value().to_vec());
    }
    Ok(found)
}

pub(super) fn events(
    events: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    subject: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, redb::Error> {
    let range = events.range((subject, after.saturating_add(1))..=(subject, u64::MAX))?;
    let event = |entry: Result<_, redb::StorageError>| {
        let (key, value): (
            redb::AccessGuard<'_, (&str, u64)>,
            redb::AccessGuard<'_, &[u8]>,
        ) = entry?;
        Ok((key.value().1, value.value().to_vec()))
    };
    range.take(limit).map(event).collect()
}

pub(super) fn last_event(
    events: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    subject: &str,
) -> Result<Option<(u64, Vec<u8>)>, redb::Error> {
    let mut range = events.range((subject, 0)..=(subject, u64::MAX))?;
    let last = range.next_back().transpose()?;
    Ok(last.map(|(key, value)| (key.value().1, value.value().to_vec())))
}

/// The number of a subject's last event; 0 where there is none.
pub(super) fn last(
    events: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    subject: &str,
) -> Result<u64, redb::Error> {
    let mut range = events.range((subject, 0)..=(subject, u64::MAX))?;
    let last = range.next_back().transpose()?;
    Ok(last.map_or(0, |(key, _)| key.value().1))
}

/// Whether everything is still as it was seen.
pub(super) fn hold(changes: &Changes, transaction: &WriteTransaction) -> Result<bool, redb::Error> {
    for ((table, key), seen) in &changes.seen {
        let table = transaction.open_table(table.definition())?;
        if table.get(key.as_str())?.map(|value| digest(value.value())) != *seen {
            return Ok(false);
        }
    }
    for ((table, prefix), seen) in &changes.scanned {
        let table = transaction.open_table(table.definition())?;
        if digest_of(&scan(&table, prefix)?) != *seen {
            return Ok(false);
        }
    }
    let events = transaction.open_table(EVENTS)?;
    for (subject, (kept, _)) in &changes.events {
        if last(&events, subject)? != *kept {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn write(changes: &Changes, transaction: &WriteTransaction) -> Result<(), redb::Error> {
    for ((table, key), row) in &changes.rows {
        let mut table = transaction.open_table(table.definition())?;
        match row {
            Some(row) => table.insert(key.as_str(), row.as_slice())?,
            None => table.remove(key.as_str())?,
        };
    }
    let mut events = transaction.open_table(EVENTS)?;
    for (subject, (kept, more)) in &changes.events {
        for (number, json) in (*kept + 1..).zip(more) {
            events.insert((subject.as_str(), number), json.as_slice())?;
        }
    }
    Ok(())
}

/// Writes what is made of a row as it is now, and the event of it.
pub(super) fn link<E>(
    transaction: &WriteTransaction,
    head: &str,
    subject: &str,
    make: impl FnOnce(Option<&[u8]>) -> Result<Linked, E>,
) -> Result<(), redb::Error>
where
    E: std::fmt::Display,
{
    let mut records = transaction.open_table(RECORDS)?;
    let found = get(&records, head)?;
    let made = make(found.as_deref());
    let Linked { rows, event } = made.map_err(|error| redb::Error::Corrupted(error.to_string()))?;
    for (key, row) in rows {
        records.insert(key.as_str(), row.as_slice())?;
    }
    let mut events = transaction.open_table(EVENTS)?;
    let number = last(&events, subject)? + 1;
    events.insert((subject, number), event.as_slice())?;
    Ok(())
}

/// Takes everything away, receipts and keys included, but one record.
pub(super) fn clear(transaction: &WriteTransaction, but: &str) -> Result<(), redb::Error> {
    let records = transaction.open_table(RECORDS)?;
    let kept = get(&records, but)?;
    drop(records);
    for table in transaction.list_tables()?.collect::<Vec<_>>() {
        transaction.delete_table(table)?;
    }
    let mut records = transaction.open_table(RECORDS)?;
    if let Some(kept) = kept {
        records.insert(but, kept.as_slice())?;
    }
    drop(records);
    transaction.open_table(BYTES)?;
    transaction.open_table(EVENTS)?;
    Ok(())
}
