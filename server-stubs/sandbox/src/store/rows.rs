//! Rows that are changed: in a transaction of their own, or in the unit that the request runs in.

use std::sync::Arc;

use exai_runtime::{Alone, StoreError};
use redb::WriteTransaction;

use super::home::{Home, wait};
use super::pending::{Changes, Pending};
use super::{Found, Table, file, sql};

/// Where rows are changed.
pub(super) enum Rows {
    File(Box<WriteTransaction>),
    Postgres(Alone),
    Unit(Home, Arc<Pending>),
}

impl Rows {
    pub(super) fn begin(home: &Home) -> Result<Self, StoreError> {
        if let Some(pending) = Pending::current(home) {
            return Ok(Self::Unit(home.clone(), pending));
        }
        Ok(match home {
            Home::File(database) => {
                let transaction = database.begin_write().map_err(StoreError::new)?;
                Self::File(Box::new(transaction))
            }
            Home::Postgres(postgres) => Self::Postgres(wait(postgres.begin())?),
        })
    }

    pub(super) fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::File(transaction) => {
                let read = || file::get(&transaction.open_table(table.definition())?, key);
                read().map_err(StoreError::new)
            }
            Self::Postgres(alone) => wait(sql::get_in(alone.transaction(), table, key)),
            Self::Unit(home, pending) => pending.get(home, table, key),
        }
    }

    pub(super) fn scan(&self, table: Table, prefix: &str) -> Result<Found, StoreError> {
        match self {
            Self::File(transaction) => {
                let read = || file::scan(&transaction.open_table(table.definition())?, prefix);
                read().map_err(StoreError::new)
            }
            Self::Postgres(alone) => wait(sql::scan_in(alone.transaction(), table, prefix)),
            Self::Unit(home, pending) => pending.scan(home, table, prefix),
        }
    }

    pub(super) fn put(&self, table: Table, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.set(table, key, Some(value.to_vec()))
    }

    pub(super) fn remove(&self, table: Table, key: &str) -> Result<(), StoreError> {
        self.set(table, key, None)
    }

    fn set(&self, table: Table, key: &str, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let place = (table, key.to_owned());
        match self {
            Self::Unit(_, pending) => {
                pending.put(table, key, value);
                Ok(())
            }
            _ => self.write(&Changes {
                rows: [(place, value)].into(),
                ..Changes::default()
            }),
        }
    }

    /// Adds events behind a subject's last, each made of its number, outside of a unit. Gives the
    /// number of the last.
    pub(super) fn extend(
        &self,
        subject: &str,
        events: impl IntoIterator<Item = impl FnOnce(u64) -> Result<Vec<u8>, StoreError>>,
    ) -> Result<u64, StoreError> {
        let kept = match self {
            Self::File(transaction) => {
                let read = || file::last(&transaction.open_table(file::EVENTS)?, subject);
                read().map_err(StoreError::new)?
            }
            Self::Postgres(alone) => wait(sql::last_in(alone.transaction(), subject))?,
            Self::Unit(..) => return Err(StoreError::new("a unit adds its events itself")),
        };
        let more = (kept + 1..).zip(events).map(|(number, make)| make(number));
        let more = more.collect::<Result<Vec<_>, _>>()?;
        let last = kept + u64::try_from(more.len()).unwrap_or(u64::MAX);
        self.write(&Changes {
            events: [(subject.to_owned(), (kept, more))].into(),
            ..Changes::default()
        })?;
        Ok(last)
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        match self {
            Self::File(transaction) => file::write(changes, transaction).map_err(StoreError::new),
            Self::Postgres(alone) => wait(sql::write(changes, alone.transaction())),
            Self::Unit(..) => Err(StoreError::new("a unit writes when it is committed")),
        }
    }

    /// Ends a transaction of its own; a unit ends with its request.
    pub(super) fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::File(transaction) => transaction.commit().map_err(StoreError::new),
            Self::Postgres(alone) => wait(alone.commit()),
            Self::Unit(..) => Ok(()),
        }
    }
}
