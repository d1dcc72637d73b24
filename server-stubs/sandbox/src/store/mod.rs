//! Records by kind, organisation and id, bytes, and events: in one file, or in a database that
//! several nodes share.

mod file;
mod home;
mod pending;
mod rows;
mod shared;
mod sql;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::PathBuf;

use exai_runtime::{Postgres, StoreError};
use exai_server::ApiError;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use self::home::Home;
pub(crate) use self::pending::Pending;
use self::rows::Rows;

/// Where state is kept.
#[derive(Clone, Debug)]
pub enum Keep {
    /// Until the process ends.
    Memory,
    /// In a file of redb's.
    File(PathBuf),
    /// In a database that this node shares with others. The sandbox waits for it on the threads
    /// that serve requests, so that it must be opened in a runtime of several threads.
    Nodes(Postgres),
}

/// One of the tables with text for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Records,
    Bytes,
}

/// A table's rows whose keys begin alike, in their order.
type Found = BTreeMap<String, Vec<u8>>;

/// What is made of a row as it is at the commit: records, and the event of it.
pub(crate) struct Linked {
    pub(crate) rows: Vec<(String, Vec<u8>)>,
    pub(crate) event: Vec<u8>,
}

/// A kind of record: the part of its keys, and its type.
pub(crate) struct Kind<T>(&'static str, PhantomData<fn() -> T>);

impl<T> Kind<T> {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name, PhantomData)
    }

    pub(crate) fn key(&self, org: &str, id: &str) -> String {
        format!("{org}/{}/{id}", self.0)
    }
}

/// Where every area keeps its records. Ids sort by time, and so do lists.
///
/// What a keyed request does here, and what is done in [`crate::world::World::atomically`], is seen
/// by itself alone until it is committed as a whole. Everything else is committed at once.
#[derive(Clone)]
pub(crate) struct Store(Home);

impl Store {
    pub(crate) fn open(keep: &Keep) -> Result<Self, StoreError> {
        Home::open(keep).map(Self)
    }

    pub(crate) fn home(&self) -> &Home {
        &self.0
    }

    /// A record, if it is there.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<Option<T>, ApiError> {
        let found = self.row(Table::Records, &kind.key(org, id))?;
        found.as_deref().map(read).transpose()
    }

    /// As [`Store::find`], but what is committed does not depend on it: for work that talks to
    /// others, and must not be done again because the record has changed meanwhile.
    pub(crate) fn peek<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<T, ApiError> {
        let found = self.0.get(Table::Records, &kind.key(org, id));
        let found = found.map_err(failed)?;
        read(&found.ok_or_else(|| missing(kind, id))?)
    }

    /// A record; 404 where there is none.
    pub(crate) fn find<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<T, ApiError> {
        self.get(kind, org, id)?.ok_or_else(|| missing(kind, id))
    }

    /// Every record whose id begins so, oldest first.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        prefix: &str,
    ) -> Result<Vec<T>, ApiError> {
        let prefix = kind.key(org, prefix);
        let found = self.rows(&prefix)?;
        found.values().map(|json| read(json)).collect()
    }

    /// Every record with its id, oldest first.
    pub(crate) fn entries<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
    ) -> Result<Vec<(String, T)>, ApiError> {
        let prefix = kind.key(org, "");
        let found = self.rows(&prefix)?;
        let entry =
            |(key, json): (String, Vec<u8>)| Ok((key[prefix.len()..].to_owned(), read(&json)?));
        found.into_iter().map(entry).collect()
    }

    /// So many records behind an id, oldest first, as they are kept.
    pub(crate) fn after<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
        limit: usize,
    ) -> Result<Vec<T>, ApiError> {
        let (prefix, from) = (kind.key(org, ""), kind.key(org, id));
        let found = self.0.after(&prefix, &from, limit).map_err(failed)?;
        found.iter().map(|json| read(json)).collect()
    }

    /// Puts a record in its place.
    pub(crate) fn put<T: Serialize>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
        record: &T,
    ) -> Result<(), ApiError> {
        self.put_all(kind, org, [(id, record)])
    }

    /// Puts records in their places, all of them or none.
    pub(crate) fn put_all<'r, T: Serialize + 'r>(
        &self,
        kind: &Kind<T>,
        org: &str,
        records: impl IntoIterator<Item = (impl AsRef<str>, &'r T)>,
    ) -> Result<(), ApiError> {
        self.change(|rows| {
            for (id, record) in records {
                let json = serde_json::to_vec(record).map_err(failed)?;
                let key = kind.key(org, id.as_ref());
                rows.put(Table::Records, &key, &json).map_err(failed)?;
            }
            Ok(())
        })
    }

    /// Changes a record while nobody else does, and gives it as it is then; 404 where there is
    /// none. An error of `change` leaves it as it was.
    pub(crate) fn update<T: Serialize + DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
        change: impl FnOnce(&mut T) -> Result<(), ApiError>,
    ) -> Result<T, ApiError> {
        let key = kind.key(org, id);
        self.change(|rows| {
            let found = rows.get(Table::Records, &key).map_err(failed)?;
            let mut record: T = read(&found.ok_or_else(|| missing(kind, id))?)?;
            change(&mut record)?;
            let json = serde_json::to_vec(&record).map_err(failed)?;
            rows.put(Table::Records, &key, &json).map_err(failed)?;
            Ok(record)
        })
    }

    /// Takes a record away; whether it was there.
    pub(crate) fn remove<T>(&self, kind: &Kind<T>, org: &str, id: &str) -> Result<bool, ApiError> {
        let key = kind.key(org, id);
        self.change(|rows| {
            let there = rows.get(Table::Records, &key).map_err(failed)?.is_some();
            rows.remove(Table::Records, &key).map_err(failed)?;
            Ok(there)
        })
    }

    /// Takes every record whose id begins so away, and their bytes.
    pub(crate) fn remove_all<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        prefix: &str,
    ) -> Result<(), ApiError> {
        let prefix = kind.key(org, prefix);
        self.change(|rows| {
            for table in [Table::Records, Table::Bytes] {
                for key in rows.scan(table, &prefix).map_err(failed)?.keys() {
                    rows.remove(table, key).map_err(failed)?;
                }
            }
            Ok(())
        })
    }

    /// Bytes, if they are there.
    pub(crate) fn bytes<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, ApiError> {
        self.row(Table::Bytes, &kind.key(org, id))
    }

    /// Takes bytes away.
    pub(crate) fn remove_bytes<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<(), ApiError> {
        let key = kind.key(org, id);
        self.change(|rows| rows.remove(Table::Bytes, &key).map_err(failed))
    }

    /// Puts bytes in their place.
    pub(crate) fn put_bytes<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        let key = kind.key(org, id);
        self.change(|rows| rows.put(Table::Bytes, &key, bytes).map_err(failed))
    }

    /// A record, which is put there first if there is none: of nodes that begin at once one makes
    /// it.
    pub(crate) fn find_or_put<T: Serialize + DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
        make: impl FnOnce() -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let key = kind.key(org, id);
        self.change(|rows| {
            if let Some(found) = rows.get(Table::Records, &key).map_err(failed)? {
                return read(&found);
            }
            let record = make()?;
            let json = serde_json::to_vec(&record).map_err(failed)?;
            rows.put(Table::Records, &key, &json).map_err(failed)?;
            Ok(record)
        })
    }

    /// Adds events behind a subject's last, each made of its number, all of them or none. Gives the
    /// number of the last.
    pub(crate) fn extend(
        &self,
        subject: &str,
        events: impl IntoIterator<Item = impl FnOnce(u64) -> Result<Vec<u8>, StoreError>>,
    ) -> Result<u64, ApiError> {
        self.change(|rows| rows.extend(subject, events).map_err(failed))
    }

    /// A row, as the unit sees it or as it is.
    fn row(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, ApiError> {
        let found = match Pending::current(&self.0) {
            Some(pending) => pending.get(&self.0, table, key),
            None => self.0.get(table, key),
        };
        found.map_err(failed)
    }

    /// Records, as the unit sees them or as they are.
    fn rows(&self, prefix: &str) -> Result<Found, ApiError> {
        let found = match Pending::current(&self.0) {
            Some(pending) => pending.scan(&self.0, Table::Records, prefix),
            None => self.0.scan(Table::Records, prefix),
        };
        found.map_err(failed)
    }

    /// Changes rows, all of them or none.
    fn change<R>(&self, change: impl FnOnce(&Rows) -> Result<R, ApiError>) -> Result<R, ApiError> {
        let rows = Rows::begin(&self.0).map_err(failed)?;
        let changed = change(&rows)?;
        rows.commit().map_err(failed)?;
        Ok(changed)
    }
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(json).map_err(failed)
}

fn missing<T>(kind: &Kind<T>, id: &str) -> ApiError {
    ApiError::not_found(format!("there is no {} {id}", kind.0))
}

/// What the store says is for the one who runs the sandbox, not for its clients.
pub(crate) fn failed(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "the store failed");
    ApiError::internal_error()
}
