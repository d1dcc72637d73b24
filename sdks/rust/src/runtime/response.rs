//! What an answer says beside its body.

use reqwest::header::HeaderMap;

use super::HeaderRoles;

/// An answer with what came beside its body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The body, read.
    pub data: T,
    /// Status, headers, receipt, rate limit.
    pub metadata: Metadata,
}

/// Status, headers and what the headers mean.
#[derive(Debug, Clone)]
pub struct Metadata {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) idempotency_key: Option<String>,
    pub(super) retries: u32,
    pub(super) roles: HeaderRoles,
}

impl Metadata {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The id under which the server knows this request.
    #[must_use]
    pub fn receipt(&self) -> Option<&str> {
        self.role(self.roles.receipt)
    }

    /// What is left of the rate limit, where the answer says it.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        let number = |name| self.role(name)?.trim().parse().ok();
        Some(RateLimit {
            remaining: number(self.roles.rate_limit_remaining)?,
            reset: number(self.roles.rate_limit_reset)?,
        })
    }

    /// The idempotency key that was sent, the same over all tries.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// Whether the server gave an earlier answer to the same key again.
    #[must_use]
    pub fn replayed(&self) -> bool {
        self.role(self.roles.replayed)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// How many tries came before the one that was answered.
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.retries
    }

    fn role(&self, name: Option<&str>) -> Option<&str> {
        self.headers.get(name?)?.to_str().ok()
    }
}

/// What is left of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests left.
    pub remaining: u64,
    /// Unix seconds at which the limit is full again.
    pub reset: u64,
}
