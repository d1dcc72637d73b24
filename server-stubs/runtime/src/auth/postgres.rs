//! Tokens in Postgres.

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Authenticator, Refusal, Secret};
use crate::clock::millis;
use crate::{Actor, Caller, Postgres, StoreError};

/// A caller as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    org: String,
    scheme: String,
    role: Option<String>,
    actor: Actor,
}

impl Postgres {
    /// Takes a token for a caller from now on, on all nodes, until a time or for good. Its SHA-256
    /// is kept; see [`Tokens`](crate::Tokens) for why that is enough.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_token(
        &self,
        token: &Secret,
        caller: &Caller,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let kept = Kept {
            org: caller.org.clone(),
            scheme: caller.scheme.clone(),
            role: caller.role.clone(),
            actor: caller.actor.clone(),
        };
        let insert = "INSERT INTO exai_tokens (hash, id, caller, expires) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (hash) DO UPDATE SET id = excluded.id, caller = excluded.caller, \
                expires = excluded.expires, revoked = false";
        let text = serde_json::to_string(&kept).map_err(StoreError::new)?;
        let expires = expires_at.map(|at| i64::try_from(millis(at)).unwrap_or(i64::MAX));
        let (hash, id) = (token.sha256(), &caller.token);
        self.query(insert, &[&hash.as_slice(), id, &text, &expires])
            .await
            .map(drop)
    }

    /// Takes back every token with this id, on all nodes, and says whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_token(&self, token_id: &str) -> Result<bool, StoreError> {
        let revoke = "UPDATE exai_tokens SET revoked = true WHERE id = $1 RETURNING true";
        Ok(!self.query(revoke, &[&token_id]).await?.is_empty())
    }

    async fn caller_of(&self, token: &Secret, now: Timestamp) -> Result<Caller, Refusal> {
        let find = "SELECT id, caller, expires, revoked FROM exai_tokens WHERE hash = $1";
        let hash = token.sha256();
        let found = self.query(find, &[&hash.as_slice()]).await;
        let found = found.map_err(Refusal::Unavailable)?;
        let row = found.first().ok_or(Refusal::Unknown)?;
        if row.get(3) {
            return Err(Refusal::Revoked);
        }
        let expires: Option<i64> = row.get(2);
        let past = |at: i64| u64::try_from(at).is_ok_and(|at| at <= millis(now));
        if expires.is_some_and(past) {
            return Err(Refusal::Expired);
        }
        let broken = |error| Refusal::Unavailable(StoreError::new(error));
        let kept: Kept = serde_json::from_str(row.get(1)).map_err(broken)?;
        Ok(Caller {
            org: kept.org,
            token: row.get(0),
            scheme: kept.scheme,
            role: kept.role,
            actor: kept.actor,
        })
    }
}

impl Authenticator for Postgres {
    fn authenticate<'a>(
        &'a self,
        token: &'a Secret,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Caller, Refusal>> {
        Box::pin(self.caller_of(token, now))
    }
}
