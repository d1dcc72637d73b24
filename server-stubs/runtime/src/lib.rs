#![doc = include_str!("../README.md")]

mod auth;
mod caller;
mod clock;
mod envelope;
mod exchange;
mod fault;
mod health;
mod id;
mod idempotency;
mod limit;
mod observe;
mod operation;
#[cfg(feature = "postgres")]
mod postgres;
mod promises;
mod receipt;
mod road;
mod serve;
mod store;
mod tls;
mod unit;
pub mod webhooks;

pub use self::auth::{Authenticator, Refusal, Secret, Tokens};
pub use self::caller::{Actor, Caller};
pub use self::clock::{Clock, ManualClock, SystemClock};
pub use self::fault::{Detail, Fault, Location};
pub use self::health::Health;
pub use self::id::new_id;
pub use self::idempotency::{
    Claim, Fingerprint, IdempotencyKey, IdempotencyStore, KeptAnswer, Lease, MemoryIdempotency,
    Saved, Slot,
};
#[cfg(feature = "redis")]
pub use self::limit::RedisRateLimits;
pub use self::limit::{
    Bucket, Draw, Level, Limits, MemoryRateLimits, Quota, RateLimitStore, Verdict,
};
pub use self::operation::{Operation, Operations};
#[cfg(feature = "postgres")]
pub use self::postgres::{Alone, Job, News, Postgres, Transaction};
pub use self::promises::{Incident, Kept, Promises};
pub use self::receipt::{
    ChainMismatch, ChainSegment, Draft, MemoryReceipts, Money, Outcome, Receipt, ReceiptStore,
    Record, Resource, Subject, Verification,
};
pub use self::serve::{Bounds, serve};
pub use self::store::{Embedded, StoreError};
pub use self::unit::Unit;
#[cfg(feature = "postgres")]
pub use tokio_postgres::Row;
