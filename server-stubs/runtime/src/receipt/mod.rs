//! Receipts: every response has one, and they form a chain an organisation.

mod chain;
mod embedded;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod record;

use std::sync::Arc;

use futures::future::BoxFuture;

pub use self::chain::{ChainMismatch, ChainSegment, Verification};
pub use self::memory::MemoryReceipts;
pub use self::record::{Draft, Money, Outcome, Record, Resource, Subject};

pub(crate) use self::embedded::Chains;
pub(crate) use self::record::Head;

use crate::exchange::Exchange;
use crate::{StoreError, Unit};

/// Keeps receipts, each organisation's in a chain of its own.
pub trait ReceiptStore: Send + Sync + 'static {
    /// Puts a draft at the head of its chain with [`Draft::after`]. When this is done the record
    /// is kept for good.
    fn append(&self, draft: Draft) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Puts a draft at the head of its chain when the unit is committed, if the unit is one of
    /// this store's; else gives it back.
    fn join(&self, draft: Draft, unit: &Unit) -> Option<Draft> {
        let _ = unit;
        Some(draft)
    }

    /// The receipt of an organisation with this id.
    fn get<'a>(
        &'a self,
        org: Option<&'a str>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Record>, StoreError>>;

    /// At most `limit` receipts of a chain, in order, from a sequence number on.
    fn page<'a>(
        &'a self,
        org: Option<&'a str>,
        from: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>>;

    /// Computes the hash of a receipt as it is stored, and follows the chain from there to its
    /// head; `None` when there is no such receipt.
    fn verify<'a>(
        &'a self,
        org: Option<&'a str>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Verification>, StoreError>> {
        chain::verify(self, org, id)
    }
}

/// The receipt of the response that is being made. Handlers find it in the request's extensions.
#[derive(Clone)]
pub struct Receipt(pub(crate) Arc<Exchange>);

impl Receipt {
    /// `rcp_...`: what the response will carry.
    pub fn id(&self) -> &str {
        &self.0.receipt
    }

    /// Says which run the response belongs to. Where the path has a `run_id`, it is known already.
    pub fn set_run(&self, run_id: impl Into<String>) {
        self.0.facts().run_id = Some(run_id.into());
    }

    /// Says which audit event the request led to.
    pub fn set_event(&self, event_id: impl Into<String>) {
        self.0.facts().event_id = Some(event_id.into());
    }
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Receipt").field(&self.id()).finish()
    }
}
