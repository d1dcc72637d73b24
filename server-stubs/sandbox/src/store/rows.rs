//! Rows: in a transaction of their own, or in the unit that the request runs in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exai_runtime::Unit;
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};
use sha2::{Digest, Sha256};

/// `org/kind/id` to JSON.
pub(crate) const RECORDS: TableDefinition<'_, &str, &[u8]> =
    TableDefinition::new("sandbox.records");
/// `org/kind/id` to bytes.
pub(crate) const BYTES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sandbox.bytes");
/// Subject and number to an event's JSON.
pub(crate) const EVENTS: TableDefinition<'_, (&str, u64), &[u8]> =
    TableDefinition::new("sandbox.events");

/// One of the tables with text for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    Records,
    Bytes,
}

impl Table {
    fn definition(self) -> TableDefinition<'static, &'static str, &'static [u8]> {
        match self {
            Self::Records => RECORDS,
            Self::Bytes => BYTES,
        }
    }
}

/// A table's rows whose keys begin alike, in their order.
pub(super) type Found = BTreeMap<String, Vec<u8>>;

/// Where rows are changed.
pub(super) enum Rows {
    Own(Box<WriteTransaction>),
    Unit(Arc<Database>, Arc<Pending>),
}

impl Rows {
    pub(super) fn begin(database: &Arc<Database>) -> Result<Self, redb::Error> {
        Ok(match Pending::current() {
            Some(pending) => Self::Unit(database.clone(), pending),
            None => Self::Own(Box::new(database.begin_write()?)),
        })
    }

    pub(super) fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, redb::Error> {
        match self {
            Self::Own(transaction) => {
                let table = transaction.open_table(table.definition())?;
                let found = table.get(key)?;
                Ok(found.map(|value| value.value().to_vec()))
            }
            Self::Unit(database, pending) => pending.get(&database.begin_read()?, table, key),
        }
    }

    pub(super) fn scan(&self, table: Table, prefix: &str) -> Result<Found, redb::Error> {
        match self {
            Self::Own(transaction) => scan(&transaction.open_table(table.definition())?, prefix),
            Self::Unit(database, pending) => pending.scan(&database.begin_read()?, table, prefix),
        }
    }

    pub(super) fn put(&self, table: Table, key: &str, value: &[u8]) -> Result<(), redb::Error> {
        match self {
            Self::Own(transaction) => {
                let mut table = transaction.open_table(table.definition())?;
                table.insert(key, value)?;
            }
            Self::Unit(_, pending) => pending.put(table, key, Some(value.to_vec())),
        }
        Ok(())
    }

    pub(super) fn remove(&self, table: Table, key: &str) -> Result<(), redb::Error> {
        match self {
            Self::Own(transaction) => {
                transaction.open_table(table.definition())?.remove(key)?;
            }
            Self::Unit(_, pending) => pending.put(table, key, None),
        }
        Ok(())
    }

    /// Ends a transaction of its own; a unit ends with its request.
    pub(super) fn commit(self) -> Result<(), redb::Error> {
        match self {
            Self::Own(transaction) => Ok(transaction.commit()?),
            Self::Unit(..) => Ok(()),
        }
    }
}

/// A row, as the unit sees it or as it is.
pub(super) fn get(
    database: &Database,
    table: Table,
    key: &str,
) -> Result<Option<Vec<u8>>, redb::Error> {
    let transaction = database.begin_read()?;
    match Pending::current() {
        Some(pending) => pending.get(&transaction, table, key),
        None => stored(&transaction, table, key),
    }
}

/// A record as it is, which the unit does not note.
pub(super) fn peek(database: &Database, key: &str) -> Result<Option<Vec<u8>>, redb::Error> {
    stored(&database.begin_read()?, Table::Records, key)
}

/// Rows, as the unit sees them or as they are.
pub(super) fn list(database: &Database, table: Table, prefix: &str) -> Result<Found, redb::Error> {
    let transaction = database.begin_read()?;
    match Pending::current() {
        Some(pending) => pending.scan(&transaction, table, prefix),
        None => scan(&transaction.open_table(table.definition())?, prefix),
    }
}

/// So many records of a prefix behind a key, as they are kept.
pub(super) fn after(
    database: &Database,
    prefix: &str,
    key: &str,
    limit: usize,
) -> Result<Vec<Vec<u8>>, redb::Error> {
    use std::ops::Bound::{Excluded, Unbounded};
    let records = database.begin_read()?.open_table(RECORDS)?;
    let mut found = Vec::new();
    for entry in records
        .range::<&str>((Excluded(key), Unbounded))?
        .take(limit)
    {
        let (key, value) = entry?;
        if !key.value().starts_with(prefix) {
            break;
        }
        found.push(value.value().to_vec());
    }
    Ok(found)
}

/// What a unit has read and will write.
#[derive(Default)]
pub(crate) struct Pending(Mutex<Changes>);

#[derive(Default)]
struct Changes {
    seen: BTreeMap<(Table, String), Option<[u8; 32]>>,
    scanned: BTreeMap<(Table, String), [u8; 32]>,
    rows: BTreeMap<(Table, String), Option<Vec<u8>>>,
    /// By subject: the number of the last event that is kept, and those to come.
    events: BTreeMap<String, (u64, Vec<Vec<u8>>)>,
}

impl Pending {
    /// What the unit that this task works in has read and will write.
    pub(crate) fn current() -> Option<Arc<Self>> {
        Some(Unit::current()?.part(|unit, pending: &Arc<Self>| {
            let (seen, written) = (pending.clone(), pending.clone());
            unit.check(move |transaction| seen.changes().hold(transaction));
            unit.write(move |transaction| written.changes().write(transaction));
        }))
    }

    fn get(
        &self,
        transaction: &ReadTransaction,
        table: Table,
        key: &str,
    ) -> Result<Option<Vec<u8>>, redb::Error> {
        let (mut changes, place) = (self.changes(), (table, key.to_owned()));
        if let Some(row) = changes.rows.get(&place) {
            return Ok(row.clone());
        }
        let found = stored(transaction, table, key)?;
        let seen = found.as_deref().map(digest);
        // What was seen first is what everything that follows stands on.
        changes.seen.entry(place).or_insert(seen);
        Ok(found)
    }

    fn scan(
        &self,
        transaction: &ReadTransaction,
        table: Table,
        prefix: &str,
    ) -> Result<Found, redb::Error> {
        let mut found = scan(&transaction.open_table(table.definition())?, prefix)?;
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

    fn put(&self, table: Table, key: &str, value: Option<Vec<u8>>) {
        self.changes().rows.insert((table, key.to_owned()), value);
    }

    /// The number of a subject's last event, those to come included; `last` gives that of the last
    /// that is kept.
    pub(crate) fn last_event<E>(
        &self,
        subject: &str,
        last: impl FnOnce() -> Result<u64, E>,
    ) -> Result<u64, E> {
        let mut changes = self.changes();
        let (kept, more) = match changes.events.get(subject) {
            Some(found) => found,
            None => {
                let kept = last()?;
                changes
                    .events
                    .entry(subject.to_owned())
                    .or_insert((kept, Vec::new()))
            }
        };
        Ok(*kept + u64::try_from(more.len()).unwrap_or(u64::MAX))
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

impl Changes {
    /// Whether everything is still as it was seen.
    fn hold(&self, transaction: &WriteTransaction) -> Result<bool, redb::Error> {
        for ((table, key), seen) in &self.seen {
            let table = transaction.open_table(table.definition())?;
            if table.get(key.as_str())?.map(|value| digest(value.value())) != *seen {
                return Ok(false);
            }
        }
        for ((table, prefix), seen) in &self.scanned {
            let table = transaction.open_table(table.definition())?;
            if digest_of(&scan(&table, prefix)?) != *seen {
                return Ok(false);
            }
        }
        let events = transaction.open_table(EVENTS)?;
        for (subject, (kept, _)) in &self.events {
            if last(&events, subject)? != *kept {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn write(&self, transaction: &WriteTransaction) -> Result<(), redb::Error> {
        for ((table, key), row) in &self.rows {
            let mut table = transaction.open_table(table.definition())?;
            match row {
                Some(row) => table.insert(key.as_str(), row.as_slice())?,
                None => table.remove(key.as_str())?,
            };
        }
        let mut events = transaction.open_table(EVENTS)?;
        for (subject, (kept, more)) in &self.events {
            for (number, json) in (*kept + 1..).zip(more) {
                events.insert((subject.as_str(), number), json.as_slice())?;
            }
        }
        Ok(())
    }
}

/// The number of a subject's last event; 0 where there is none.
pub(crate) fn last(
    events: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    subject: &str,
) -> Result<u64, redb::Error> {
    let mut range = events.range((subject, 0)..=(subject, u64::MAX))?;
    let last = range.next_back().transpose()?;
    Ok(last.map_or(0, |(key, _)| key.value().1))
}

fn stored(
    transaction: &ReadTransaction,
    table: Table,
    key: &str,
) -> Result<Option<Vec<u8>>, redb::Error> {
    let table = transaction.open_table(table.definition())?;
    let found = table.get(key)?;
    Ok(found.map(|value| value.value().to_vec()))
}

fn scan(
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

fn digest(value: &[u8]) -> [u8; 32] {
    Sha256::digest(value).into()
}

fn digest_of(found: &Found) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in found
        .iter()
        .flat_map(|(key, value)| [key.as_bytes(), value])
    {
        sha.update(part.len().to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}
