//! Buckets in Redis: for many nodes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};

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
    link: Arc<Link>,
    script: Script,
    prefix: String,
}

/// A connection that comes back by itself when it ends, and is made anew when it falls silent.
struct Link {
    client: Client,
    kept: Mutex<(u64, ConnectionManager)>,
}

impl Link {
    /// The connection, and which it is.
    fn connection(&self) -> (u64, ConnectionManager) {
        self.kept().clone()
    }

    /// Lets go of a connection: the next who needs one has a new one.
    fn forget(&self, which: u64) {
        let mut kept = self.kept();
        if kept.0 == which
            && let Ok(next) = ConnectionManager::new_lazy_with_config(self.client.clone(), config())
        {
            *kept = (which + 1, next);
        }
    }

    fn kept(&self) -> MutexGuard<'_, (u64, ConnectionManager)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn config() -> ConnectionManagerConfig {
    ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_number_of_retries(1)
        .set_max_delay(PATIENCE / 10)
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
        let connection = ConnectionManager::new_with_config(client.clone(), config()).await;
        let kept = Mutex::new((0, connection.map_err(StoreError::new)?));
        Ok(Self {
            link: Arc::new(Link { client, kept }),
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
            let (which, mut connection) = self.link.connection();
            let drawn = tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection)).await;
            let late = match &drawn {
                Ok(drawn) => drawn.as_ref().is_err_and(RedisError::is_timeout),
                Err(_) => true,
            };
            if late {
                self.link.forget(which);
            }
            let drawn: [u64; 5] = drawn.map_err(StoreError::new)?.map_err(StoreError::new)?;
            let [org_missing, org_at, token_missing, token_at, wait] = drawn;
            let level = |missing, at| Level { missing, at };
            let (org, token) = (level(org_missing, org_at), level(token_missing, token_at));
            Ok(limits.drawn(org, token, now, wait))
        })
    }
}
