//! Records by kind, organisation and id, and bytes, in one file.

use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;

use exai_server::ApiError;
use redb::backends::InMemoryBackend;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// `org/kind/id` to JSON.
const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sandbox.records");
/// `org/kind/id` to bytes.
const BYTES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sandbox.bytes");

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

    fn key(&self, org: &str, id: &str) -> String {
        format!("{org}/{}/{id}", self.0)
    }
}

/// Where every area keeps its records. Ids sort by time, and so do lists.
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
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let table = self.0.begin_read()?.open_table(RECORDS)?;
            let found = table.get(kind.key(org, id).as_str())?;
            Ok(found.map(|value| value.value().to_vec()))
        };
        let found = read().map_err(failed)?;
        found
            .map(|json| serde_json::from_slice(&json).map_err(failed))
            .transpose()
    }

    /// A record; 404 where there is none.
    pub(crate) fn find<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<T, ApiError> {
        self.get(kind, org, id)?
            .ok_or_else(|| ApiError::not_found(format!("there is no {} {id}", kind.0)))
    }

    /// Every record whose id begins so, oldest first.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        kind: &Kind<T>,
        org: &str,
        prefix: &str,
    ) -> Result<Vec<T>, ApiError> {
        let prefix = kind.key(org, prefix);
        let read = || -> Result<Vec<Vec<u8>>, redb::Error> {
            let table = self.0.begin_read()?.open_table(RECORDS)?;
            let mut found = Vec::new();
            for entry in table.range(prefix.as_str()..)? {
                let (key, value) = entry?;
                if !key.value().starts_with(&prefix) {
                    break;
                }
                found.push(value.value().to_vec());
            }
            Ok(found)
        };
        read()
            .map_err(failed)?
            .iter()
            .map(|json| serde_json::from_slice(json).map_err(failed))
            .collect()
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
        let transaction = self.0.begin_write().map_err(failed)?;
        {
            let mut table = transaction.open_table(RECORDS).map_err(failed)?;
            for (id, record) in records {
                let json = serde_json::to_vec(record).map_err(failed)?;
                let key = kind.key(org, id.as_ref());
                table
                    .insert(key.as_str(), json.as_slice())
                    .map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
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
        let transaction = self.0.begin_write().map_err(failed)?;
        let record = {
            let mut table = transaction.open_table(RECORDS).map_err(failed)?;
            let found = table.get(key.as_str()).map_err(failed)?;
            let Some(found) = found.map(|value| value.value().to_vec()) else {
                return Err(ApiError::not_found(format!("there is no {} {id}", kind.0)));
            };
            let mut record: T = serde_json::from_slice(&found).map_err(failed)?;
            change(&mut record)?;
            let json = serde_json::to_vec(&record).map_err(failed)?;
            table
                .insert(key.as_str(), json.as_slice())
                .map_err(failed)?;
            record
        };
        transaction.commit().map_err(failed)?;
        Ok(record)
    }

    /// Takes a record away; whether it was there.
    pub(crate) fn remove<T>(&self, kind: &Kind<T>, org: &str, id: &str) -> Result<bool, ApiError> {
        let write = || -> Result<bool, redb::Error> {
            let transaction = self.0.begin_write()?;
            let there = transaction
                .open_table(RECORDS)?
                .remove(kind.key(org, id).as_str())?
                .is_some();
            transaction.commit()?;
            Ok(there)
        };
        write().map_err(failed)
    }

    /// Takes every record whose id begins so away, and their bytes.
    pub(crate) fn remove_all<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        prefix: &str,
    ) -> Result<(), ApiError> {
        let prefix = kind.key(org, prefix);
        let write = || -> Result<(), redb::Error> {
            let transaction = self.0.begin_write()?;
            for table in [RECORDS, BYTES] {
                let mut table = transaction.open_table(table)?;
                let mut keys = Vec::new();
                for entry in table.range(prefix.as_str()..)? {
                    let key = entry?.0.value().to_owned();
                    if !key.starts_with(&prefix) {
                        break;
                    }
                    keys.push(key);
                }
                for key in keys {
                    table.remove(key.as_str())?;
                }
            }
            Ok(transaction.commit()?)
        };
        write().map_err(failed)
    }

    /// Bytes, if they are there.
    pub(crate) fn bytes<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, ApiError> {
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let table = self.0.begin_read()?.open_table(BYTES)?;
            let found = table.get(kind.key(org, id).as_str())?;
            Ok(found.map(|value| value.value().to_vec()))
        };
        read().map_err(failed)
    }

    /// Takes bytes away.
    pub(crate) fn remove_bytes<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
    ) -> Result<(), ApiError> {
        let write = || -> Result<(), redb::Error> {
            let transaction = self.0.begin_write()?;
            transaction
                .open_table(BYTES)?
                .remove(kind.key(org, id).as_str())?;
            Ok(transaction.commit()?)
        };
        write().map_err(failed)
    }

    /// Puts bytes in their place.
    pub(crate) fn put_bytes<T>(
        &self,
        kind: &Kind<T>,
        org: &str,
        id: &str,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        let write = || -> Result<(), redb::Error> {
            let transaction = self.0.begin_write()?;
            transaction
                .open_table(BYTES)?
                .insert(kind.key(org, id).as_str(), bytes)?;
            Ok(transaction.commit()?)
        };
        write().map_err(failed)
    }
}

/// What the store says is for the one who runs the sandbox, not for its clients.
pub(crate) fn failed(error: impl std::fmt::Display) -> ApiError {
    eprintln!("exai-sandbox: the store failed: {error}");
    ApiError::internal_error()
}
