//! Records by kind, organisation and id, and bytes, in one file.

mod rows;

use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;

use exai_runtime::Unit;
use exai_server::ApiError;
use redb::backends::InMemoryBackend;
use redb::{Database, ReadableTable, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::rows::{BYTES, Rows, Table};
pub(crate) use self::rows::{EVENTS, Pending, RECORDS, last};

/// Where state is kept.
#[derive(Clone, Debug)]
pub enum Keep {
    /// Until the process ends.
    Memory,
    /// In a file of redb's.
    File(PathBuf),
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
pub(crate) struct Store(Arc<Database>);

impl Store {
    pub(crate) fn open(keep: &Keep) -> Result<Self, redb::Error> {
        let database = match keep {
            Keep::Memory => Database::builder().create_with_backend(InMemoryBackend::new())?,
            Keep::File(path) => Database::create(path)?,
        };
        let transaction = database.begin_write()?;
        transaction.open_table(RECORDS)?;
        transaction.open_table(BYTES)?;
        transaction.open_table(EVENTS)?;
        transaction.commit()?;
        Ok(Self(Arc::new(database)))
    }

    pub(crate) fn database(&self) -> Arc<Database> {
        self.0.clone()
    }

    /// A record, if it is there.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<Option<T>, ApiError> {
        let found = rows::get(&self.0, Table::Records, &kind.key(org, id)).map_err(failed)?;
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
        let found = rows::peek(&self.0, &kind.key(org, id)).map_err(failed)?;
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
        let found = rows::list(&self.0, Table::Records, &prefix).map_err(failed)?;
        found.values().map(|json| read(json)).collect()
    }

    /// Every record with its id, oldest first.
    pub(crate) fn entries<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
    ) -> Result<Vec<(String, T)>, ApiError> {
        let prefix = kind.key(org, "");
        let found = rows::list(&self.0, Table::Records, &prefix).map_err(failed)?;
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
        let found = rows::after(&self.0, &prefix, &from, limit).map_err(failed)?;
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
        rows::get(&self.0, Table::Bytes, &kind.key(org, id)).map_err(failed)
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

    /// Takes everything away, receipts and keys included, but one record.
    pub(crate) fn clear<T>(&self, kind: &Kind<T>, org: &str, id: &str) -> Result<(), ApiError> {
        let key = kind.key(org, id);
        let clear = || {
            let transaction = self.0.begin_write()?;
            let records = transaction.open_table(RECORDS)?;
            let kept = records.get(key.as_str())?;
            let kept = kept.map(|value| value.value().to_vec());
            drop(records);
            for table in transaction.list_tables()?.collect::<Vec<_>>() {
                transaction.delete_table(table)?;
            }
            let mut records = transaction.open_table(RECORDS)?;
            if let Some(kept) = kept {
                records.insert(key.as_str(), kept.as_slice())?;
            }
            drop(records);
            transaction.open_table(BYTES)?;
            transaction.open_table(EVENTS)?;
            Ok::<_, redb::Error>(transaction.commit()?)
        };
        clear().map_err(failed)
    }

    /// Writes what depends on what is there at the moment of the commit, whichever came before.
    pub(crate) fn write(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error> + Send + 'static,
    ) -> Result<(), ApiError> {
        if let Some(unit) = Unit::current() {
            unit.write(write);
            return Ok(());
        }
        let own = || {
            let transaction = self.0.begin_write()?;
            write(&transaction)?;
            Ok::<_, redb::Error>(transaction.commit()?)
        };
        own().map_err(failed)
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
