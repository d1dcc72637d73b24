//! Buckets in Redis: for many nodes.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};

use super::{Level, Limits, RateLimitStore, Verdict};
use crate::StoreError;
use crate::clock::millis;

/// How long a draw may take, a new connection included.
const PATIENCE: Duration = Duration::from_secs(1);

/// Buckets in Redis, which all nodes draw from: one script, and so one round trip and one step, a
/// draw.
///
/// It fails closed: where Redis does not answer within a second, nobody is let through uncounted;
/// the request is answered with a 500 and nothing of it is done. It goes on by itself as soon as
/// Redis is back. A draw whose answer was lost may have happened, so that fewer are let through,
/// never more. A Redis that has lost its data begins with full buckets.
///
/// The time is the nodes' own. A node whose clock is ahead by some seconds refills a bucket by that
/// much once; what is behind gets nothing until it has caught up.
#[derive(Clone)]
pub struct RedisRateLimits {
    connection: ConnectionManager,
    script: Script,
    prefix: String,
}

impl std::fmt::Debug for RedisRateLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisRateLimits")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl RedisRateLimits {
    /// Connects to `redis://` or, with TLS, to `rediss://`. Keys begin with `exai:limit`.
    ///
    /// # Errors
    /// The URL is none, or nothing answers there.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let client = Client::open(url).map_err(StoreError::new)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(PATIENCE / 10);
        let connection = ConnectionManager::new_with_config(client, config).await;
        Ok(Self {
            connection: connection.map_err(StoreError::new)?,
            script: Script::new(include_str!("draw.lua")),
            prefix: "exai:limit".to_owned(),
        })
    }

    /// Begins keys with something else: for several APIs in one Redis.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self { prefix, ..self }
    }
}

impl RateLimitStore for RedisRateLimits {
    fn draw<'a>(
        &'a self,
        limits: &'a Limits,
        org: &'a str,
        token: &'a str,
        now: Timestamp,
        cost: u32,
    ) -> BoxFuture<'a, Result<Verdict, StoreError>> {
        Box::pin(async move {
            let now = millis(now);
            // The braces keep both keys on one node of a cluster.
            let both = format!("{}:{{{org}}}", self.prefix);
            let mut call = self.script.key(&both);
            call.key(format!("{both}:{token}")).arg(now).arg(cost);
            for bucket in [limits.org, limits.token] {
                call.arg(bucket.per_minute.max(1)).arg(bucket.room.max(1));
            }
            let mut connection = self.connection.clone();
            let drawn = tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection));
            let drawn: [u64; 5] = drawn
                .await
                .map_err(StoreError::new)?
                .map_err(StoreError::new)?;
            let [org_missing, org_at, token_missing, token_at, wait] = drawn;
            let level = |missing, at| Level { missing, at };
            let (org, token) = (level(org_missing, org_at), level(token_missing, token_at));
            Ok(limits.drawn(org, token, now, wait))
        })
    }
}
