//! Buckets in memory: for one process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::{Bucket, Level, Limits, RateLimitStore, Verdict};
use crate::StoreError;
use crate::clock::millis;

/// Buckets in memory. Those that are full again are forgotten, so that it holds those of the last
/// minutes only.
#[derive(Debug, Default)]
pub struct MemoryRateLimits(Mutex<Levels>);

#[derive(Debug, Default)]
struct Levels {
    orgs: Shelf,
    tokens: Shelf,
}

/// Levels by id. Sweeping when it has doubled makes a sweep cheap on average.
#[derive(Debug, Default)]
struct Shelf {
    levels: HashMap<String, Level>,
    sweep_at: usize,
}

impl MemoryRateLimits {
    /// Every bucket is full.
    pub fn new() -> Self {
        Self::default()
    }
}

impl RateLimitStore for MemoryRateLimits {
    fn draw<'a>(
        &'a self,
        limits: &'a Limits,
        org: &'a str,
        token: &'a str,
        now: Timestamp,
        cost: u32,
    ) -> BoxFuture<'a, Result<Verdict, StoreError>> {
        let now = millis(now);
        let mut levels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = (levels.orgs.get(org), levels.tokens.get(token));
        let (org_after, token_after, verdict) = limits.draw(before.0, before.1, now, cost);
        levels.orgs.put(org, org_after, limits.org, now);
        levels.tokens.put(token, token_after, limits.token, now);
        Box::pin(ready(Ok(verdict)))
    }
}

impl Shelf {
    fn get(&self, id: &str) -> Level {
        self.levels.get(id).copied().unwrap_or_default()
    }

    fn put(&mut self, id: &str, level: Level, bucket: Bucket, now: u64) {
        if let Some(kept) = self.levels.get_mut(id) {
            *kept = level;
            return;
        }
        if self.levels.len() >= self.sweep_at {
            let full = |level: &Level| bucket.draw(*level, now, 0).level.missing == 0;
            self.levels.retain(|_, level| !full(level));
            self.sweep_at = (self.levels.len() * 2).max(1024);
        }
        self.levels.insert(id.to_owned(), level);
    }
}
