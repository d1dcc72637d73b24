//! Tokens in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use futures::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::{Authenticator, Refusal, Secret};
use crate::Caller;

/// The tokens of an API, in memory, as SHA-256 hashes.
///
/// A token is found by looking its hash up in a map. That takes a time that depends on the hash,
/// and is still safe: who could measure it would learn of the start of a stored hash, to which
/// they would have to find a token of 128 random bits or more; and the map's own hash is keyed.
/// For the same reason tokens need no salt and no slow hash, as passwords would.
#[derive(Default)]
pub struct Tokens(RwLock<HashMap<[u8; 32], Token>>);

struct Token {
    caller: Caller,
    expires_at: Option<Timestamp>,
    revoked: bool,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    /// No token: nobody can call what is not open.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a token for a caller from now on, until a time or for good.
    pub fn insert(&self, token: &Secret, caller: Caller, expires_at: Option<Timestamp>) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(
            token.sha256(),
            Token {
                caller,
                expires_at,
                revoked: false,
            },
        );
    }

    /// Takes back every token with this id, and says whether there was one.
    pub fn revoke(&self, token_id: &str) -> bool {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut found = false;
        for token in tokens.values_mut().filter(|t| t.caller.token == token_id) {
            token.revoked = true;
            found = true;
        }
        found
    }
}

impl Authenticator for Tokens {
    fn authenticate<'a>(
        &'a self,
        token: &'a Secret,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Caller, Refusal>> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = match tokens.get(&token.sha256()) {
            None => Err(Refusal::Unknown),
            Some(token) if token.revoked => Err(Refusal::Revoked),
            Some(token) if token.expires_at.is_some_and(|at| at <= now) => Err(Refusal::Expired),
            Some(token) => Ok(token.caller.clone()),
        };
        Box::pin(ready(found))
    }
}
