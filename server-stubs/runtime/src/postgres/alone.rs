//! A transaction that reads what it goes on to write: outside of a unit, for work that cannot be
//! done again.

use std::sync::{Arc, Mutex, PoisonError};

use super::link::Session;
use super::settle::BEGIN;
use super::{Postgres, Transaction, link};
use crate::StoreError;

/// Connections that nobody uses at the moment.
#[derive(Default)]
pub(super) struct Idle(Mutex<Vec<Arc<Session>>>);

/// Connections that are kept at most.
const KEPT: usize = 8;

impl Idle {
    fn take(&self) -> Option<Arc<Session>> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|session| !session.is_closed());
        idle.pop()
    }

    fn put(&self, session: Arc<Session>) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(session);
        }
    }
}

/// A transaction on a connection of its own, while which no unit of any node is settled. It is
/// undone when it is dropped.
pub struct Alone {
    postgres: Postgres,
    session: Arc<Session>,
    transaction: Transaction,
}

impl std::fmt::Debug for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alone").finish_non_exhaustive()
    }
}

impl Postgres {
    /// Begins a transaction when its turn has come.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin(&self) -> Result<Alone, StoreError> {
        let session = match self.shared().idle.take() {
            Some(session) => session,
            None => Arc::new(link::connect(&self.shared().config).await?.0),
        };
        link::soon(session.batch(BEGIN)).await?;
        Ok(Alone {
            postgres: self.clone(),
            transaction: Transaction::new(session.clone()),
            session,
        })
    }
}

impl Alone {
    /// Where to read and write.
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Ends it: what was written is there.
    ///
    /// # Errors
    /// The database does not answer: it is there, or not.
    pub async fn commit(self) -> Result<(), StoreError> {
        link::soon(self.session.batch("COMMIT")).await?;
        let Self {
            postgres,
            session,
            transaction,
        } = self;
        drop(transaction);
        postgres.shared().idle.put(session);
        Ok(())
    }
}
