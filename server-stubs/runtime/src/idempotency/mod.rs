//! Keys that make a write safe to repeat.
//!
//! A key belongs to an organisation and to the first request that it came with. What makes two
//! requests the same is a [`Fingerprint`]: method, path and query, content type and body.

mod answer;
mod claims;
mod embedded;
mod fingerprint;
mod key;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod run;
mod spool;

use futures::future::BoxFuture;
use jiff::Timestamp;

pub use self::answer::KeptAnswer;
pub use self::fingerprint::Fingerprint;
pub use self::key::IdempotencyKey;
pub use self::memory::MemoryIdempotency;

pub(crate) use self::claims::Claims;
pub(crate) use self::embedded::Answers;
pub(crate) use self::run::{Settled, run};

use crate::{StoreError, Unit};

/// Keeps which request a key belongs to, and its answer.
pub trait IdempotencyStore: Send + Sync + 'static {
    /// Asks for a key, and waits while the same request runs elsewhere. What was kept until before
    /// `now` is not there any more.
    fn claim(
        &self,
        slot: Slot,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Claim, StoreError>>;

    /// A unit of work for a request to run in, where what its handler writes can be committed with
    /// its answer; `None` where this store has no such thing.
    fn unit(&self) -> Option<Unit> {
        None
    }

    /// Keeps what came of a lease, for good when this is done, and lets those that wait have it. It
    /// is called in the [`Unit`] that the request ran in, and commits it.
    fn keep<'a>(
        &'a self,
        lease: &'a Lease,
        saved: Saved,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Gives a lease back; one that was kept or given back already is nothing to do for. It is
    /// called from `Drop`, so it must not block.
    fn release(&self, lease: &Lease);
}

/// A key of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The organisation.
    pub org: String,
    /// The key, as the client sent it.
    pub key: String,
}

/// The answer to a claim.
#[derive(Debug)]
pub enum Claim {
    /// The key is this request's, which now runs.
    Run(Lease),
    /// This request was answered before.
    Kept(Saved),
    /// The key belongs to another request.
    Taken,
}

/// The right to run, until it is kept or released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What was claimed.
    pub slot: Slot,
    /// For which request.
    pub fingerprint: Fingerprint,
    /// Which of the leases of this slot it is: a late release must not end a later lease.
    pub number: u64,
}

/// What is kept of a request that was answered with 2xx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Which request it was.
    pub fingerprint: Fingerprint,
    /// Until when it is kept.
    pub until: Timestamp,
    /// The answer; `None` for a stream, which the handler itself goes on with.
    pub answer: Option<KeptAnswer>,
}

impl Saved {
    /// What a claim finds here; `None` when it is past its time.
    pub(crate) fn claimed(self, fingerprint: Fingerprint, now: Timestamp) -> Option<Claim> {
        if self.until <= now {
            return None;
        }
        Some(if self.fingerprint == fingerprint {
            Claim::Kept(self)
        } else {
            Claim::Taken
        })
    }
}
