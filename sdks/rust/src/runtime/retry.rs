//! When a request is tried again, and after how long.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::HeaderMap;

/// How often and how patiently a request is tried again.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Tries after the first; 2 by default.
    pub max_retries: u32,
    /// The upper bound of the first wait, doubled for each further one; 500 ms by default.
    pub base: Duration,
    /// The upper bound of every wait that the server does not ask for; 8 s by default.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
        }
    }
}

impl RetryPolicy {
    /// The wait before a retry: full jitter, between nothing and the bound of exponential backoff.
    pub(super) fn backoff(&self, retries: u32) -> Duration {
        let bound = self
            .base
            .saturating_mul(2_u32.saturating_pow(retries))
            .min(self.cap);
        bound.mul_f64(random_fraction())
    }
}

/// A number in `0.0..1.0`. Each `RandomState` has keys of its own, and jitter needs no better.
fn random_fraction() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

/// Whether an answer of this status may be followed by another try. A 409 never is.
pub(super) fn is_retried(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// What `Retry-After` asks for: whole seconds or an HTTP date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, name: &str, now: Timestamp) -> Option<Duration> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are still a wait that fits nowhere.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// A client's allowance of retries, so that a server in trouble isn't sent three times the load.
///
/// Full, it allows 20 retries; a retry takes 5 of its 100 tokens, and a success gives 1 back.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Budget {
    const FULL: u32 = 100;
    const RETRY: u32 = 5;

    pub(super) fn new() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }

    pub(super) fn take(&self) -> bool {
        let less = |tokens: u32| tokens.checked_sub(Self::RETRY);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok()
    }

    pub(super) fn refund(&self) {
        let more = |tokens: u32| (tokens < Self::FULL).then_some(tokens + 1);
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderValue};

    use super::{Budget, RetryPolicy, retry_after};

    fn asked(value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static(value));
        let now = "1994-11-06T08:49:30Z".parse().unwrap();
        retry_after(&headers, "Retry-After", now)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            asked("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Duration::from_secs(7))
        );
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("1.5"), None);
        assert_eq!(
            asked("99999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
    }

    #[test]
    fn a_wait_stays_below_its_bound() {
        let policy = RetryPolicy::default();
        for retries in 0..40 {
            assert!(policy.backoff(retries) <= policy.cap);
        }
        assert!(policy.backoff(0) <= policy.base);
        assert_ne!(policy.backoff(5), policy.backoff(5));
    }

    #[test]
    fn a_client_that_only_fails_stops_retrying() {
        let budget = Budget::new();
        assert_eq!((0..100).filter(|_| budget.take()).count(), 20);
        for _ in 0..5 {
            budget.refund();
        }
        assert!(budget.take());
        assert!(!budget.take());
    }
}
