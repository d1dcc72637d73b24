//! Rate limits: two buckets, and what a response says of them.

mod bucket;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(test)]
mod tests;

use std::num::NonZeroU64;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use futures::future::BoxFuture;
use jiff::Timestamp;

pub use self::bucket::{Bucket, Draw, Level};
pub use self::memory::MemoryRateLimits;
#[cfg(feature = "redis")]
pub use self::redis::RedisRateLimits;

use crate::clock::millis;
use crate::{Fault, StoreError};

const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Keeps the level of every bucket that is not full.
pub trait RateLimitStore: Send + Sync + 'static {
    /// Draws from the buckets of an organisation and of a token, from both or from none, as
    /// [`Limits::draw`] says. Two draws at once must see each other.
    fn draw<'a>(
        &'a self,
        limits: &'a Limits,
        org: &'a str,
        token: &'a str,
        now: Timestamp,
        cost: u32,
    ) -> BoxFuture<'a, Result<Verdict, StoreError>>;
}

/// The two buckets that each request draws from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What an organisation may do over a long time.
    pub org: Bucket,
    /// What one token may do at once.
    pub token: Bucket,
}

impl Default for Limits {
    /// 1,000 a minute for an organisation with room for 2,000, and 5,000 a minute for a token with
    /// room for 250: from full, 5,000 a minute last 30 seconds.
    fn default() -> Self {
        Self {
            org: Bucket {
                per_minute: 1000,
                room: 2000,
            },
            token: Bucket {
                per_minute: 5000,
                room: 250,
            },
        }
    }
}

/// What a caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Whole requests in the lower of the two buckets.
    pub remaining: u64,
    /// When that bucket is full again, in Unix seconds, rounded up.
    pub reset: u64,
}

/// What a draw from both buckets leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Seconds to wait, rounded up; `None`: go on.
    pub retry_after: Option<NonZeroU64>,
    /// What is left.
    pub quota: Quota,
}

impl Limits {
    /// Draws from both buckets or from none: the one decision of the rate limit, for every store.
    /// `now` is in milliseconds since 1970. Gives back both buckets afterwards.
    pub fn draw(&self, org: Level, token: Level, now: u64, cost: u32) -> (Level, Level, Verdict) {
        let draw = |cost| {
            (
                self.org.draw(org, now, cost),
                self.token.draw(token, now, cost),
            )
        };
        let (mut org, mut token) = draw(cost);
        let wait = org.wait.max(token.wait);
        if wait.is_some() {
            (org, token) = draw(0);
        }
        let seconds = |wait: u64| NonZeroU64::new(wait.div_ceil(1000));
        let verdict = Verdict {
            retry_after: wait.and_then(seconds),
            quota: Quota::of(&org, &token),
        };
        (org.level, token.level, verdict)
    }

    /// What a draw has led to that has left these levels; `wait` is 0, or in milliseconds.
    #[cfg(feature = "redis")]
    fn drawn(&self, org: Level, token: Level, now: u64, wait: u64) -> Verdict {
        let (_, _, verdict) = self.draw(org, token, now, 0);
        Verdict {
            retry_after: NonZeroU64::new(wait.div_ceil(1000)),
            ..verdict
        }
    }

    /// What a caller has who has not drawn yet. Answers to nobody, to a refused token say, tell
    /// this: no bucket was drawn from.
    pub(crate) fn full(&self, now: Timestamp) -> Quota {
        let (_, _, verdict) = self.draw(Level::default(), Level::default(), millis(now), 0);
        verdict.quota
    }
}

impl Quota {
    fn of(org: &Draw, token: &Draw) -> Self {
        let lower = match org.remaining.cmp(&token.remaining) {
            std::cmp::Ordering::Less => org.full_at,
            std::cmp::Ordering::Equal => org.full_at.max(token.full_at),
            std::cmp::Ordering::Greater => token.full_at,
        };
        Self {
            remaining: org.remaining.min(token.remaining),
            reset: lower.div_ceil(1000),
        }
    }

    pub(crate) fn write(self, headers: &mut HeaderMap) {
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
    }
}

impl Verdict {
    pub(crate) fn permit(&self) -> Result<(), Fault> {
        match self.retry_after {
            None => Ok(()),
            Some(retry_after) => Err(Fault::RateLimited {
                message: format!("the rate limit is used up; wait {retry_after} s"),
                retry_after,
            }),
        }
    }
}
