//! Where rows are: in a file of one node, or in a database that several share.

use std::sync::Arc;

use exai_runtime::{Postgres, StoreError};
use redb::backends::InMemoryBackend;
use redb::{Database, ReadableDatabase};
use tokio::runtime::Handle;

use super::file::{self, BYTES, EVENTS, RECORDS};
use super::{Found, Keep, Table, sql};

/// A file, or a database.
#[derive(Clone)]
pub(crate) enum Home {
    File(Arc<Database>),
    Postgres(Postgres),
}

/// Bytes of the file that are held in memory at most.
const CACHE: usize = 64 << 20;

/// Waits for the database on a thread that serves requests, whose other work another thread takes
/// over meanwhile: what the sandbox does with a row is written for a file, which does not wait.
pub(super) fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| Handle::current().block_on(work))
}

impl Home {
    pub(super) fn open(keep: &Keep) -> Result<Self, StoreError> {
        let database = match keep {
            Keep::Memory => Database::builder()
                .create_with_backend(InMemoryBackend::new())
                .map_err(StoreError::new)?,
            Keep::File(path) => Database::builder()
                .set_cache_size(CACHE)
                .create(path)
                .map_err(StoreError::new)?,
            Keep::Nodes(postgres) => {
                wait(sql::prepare(postgres))?;
                return Ok(Self::Postgres(postgres.clone()));
            }
        };
        let prepare = || {
            let transaction = database.begin_write()?;
            transaction.open_table(RECORDS)?;
            transaction.open_table(BYTES)?;
            transaction.open_table(EVENTS)?;
            Ok::<_, redb::Error>(transaction.commit()?)
        };
        prepare().map_err(StoreError::new)?;
        Ok(Self::File(Arc::new(database)))
    }

    pub(super) fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::File(database) => {
                let read =
                    || file::get(&database.begin_read()?.open_table(table.definition())?, key);
                read().map_err(StoreError::new)
            }
            Self::Postgres(postgres) => wait(sql::get(postgres, table, key)),
        }
    }

    pub(super) fn scan(&self, table: Table, prefix: &str) -> Result<Found, StoreError> {
        match self {
            Self::File(database) => {
                let read = || {
                    file::scan(
                        &database.begin_read()?.open_table(table.definition())?,
                        prefix,
                    )
                };
                read().map_err(StoreError::new)
            }
            Self::Postgres(postgres) => wait(sql::scan(postgres, table, prefix)),
        }
    }

    /// So many records of a prefix behind a key, as they are kept.
    pub(super) fn after(
        &self,
        prefix: &str,
        key: &str,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        match self {
            Self::File(database) => {
                let read = || {
                    file::after(
                        &database.begin_read()?.open_table(RECORDS)?,
                        prefix,
                        key,
                        limit,
                    )
                };
                read().map_err(StoreError::new)
            }
            Self::Postgres(postgres) => wait(sql::after(postgres, prefix, key, limit)),
        }
    }

    /// So many events of a subject behind a number, as they are kept.
    pub(crate) fn events(
        &self,
        subject: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        match self {
            Self::File(database) => {
                let read = || {
                    file::events(
                        &database.begin_read()?.open_table(EVENTS)?,
                        subject,
                        after,
                        limit,
                    )
                };
                read().map_err(StoreError::new)
            }
            Self::Postgres(postgres) => wait(sql::events(postgres, subject, after, limit)),
        }
    }

    /// The last event of a subject, as it is kept.
    pub(crate) fn last_event(&self, subject: &str) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        match self {
            Self::File(database) => {
                let read =
                    || file::last_event(&database.begin_read()?.open_table(EVENTS)?, subject);
                read().map_err(StoreError::new)
            }
            Self::Postgres(postgres) => wait(sql::last_event(postgres, subject)),
        }
    }
}
