//! Webhooks out: events signed, sent and sent again until their receivers have taken them.

mod address;
mod client;
mod delivery;
mod queue;
mod sender;
mod sign;
mod store;

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

pub use self::address::{Network, UrlRefusal};
pub use self::client::{Courier, Reply};
pub use self::delivery::{Answer, Attempt, AttemptOutcome, Delivery, DeliveryStatus, Message};
pub use self::sender::Sender;
pub use self::sign::{LONGEST_OVERLAP, OverlapTooLong, SigningSecrets, signature, signed_headers};
pub use self::store::{DeliveryStore, MemoryDeliveries};

use crate::{Secret, StoreError};

/// What the sender must know of the endpoints: they are the server's records.
pub trait Endpoints: Send + Sync + 'static {
    /// An endpoint as it is now; `None` when it is gone. Asked before every attempt.
    fn find<'a>(
        &'a self,
        org: &'a str,
        endpoint: &'a str,
    ) -> BoxFuture<'a, Result<Option<Endpoint>, StoreError>>;

    /// Told of every delivery whose state has changed by an attempt or by being given up, after it
    /// was kept. At least once: a process may end in between.
    fn changed<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// An endpoint as an attempt needs it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// What signs.
    pub secret: Secret,
    /// Whether it takes anything. What is due waits until [`Sender::resume_endpoint`] otherwise.
    pub enabled: bool,
}

/// How deliveries are tried.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Where they may go.
    pub network: Network,
    /// How long a receiver has to answer.
    pub timeout: Duration,
    /// How long after the first attempt the second is made; doubled from one to the next.
    pub first_delay: Duration,
    /// How long the doubled delay becomes at most.
    pub longest_delay: Duration,
    /// How long after its making a delivery is tried again.
    pub window: Duration,
}

impl Default for Policy {
    /// 15 s to answer; again after 30 s, 1 min, 2 min ... 4 h, for 24 h: 14 attempts.
    fn default() -> Self {
        Self {
            network: Network::Public,
            timeout: Duration::from_secs(15),
            first_delay: Duration::from_secs(30),
            longest_delay: Duration::from_secs(4 * 60 * 60),
            window: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl Policy {
    /// When a delivery is tried after its `attempts`-th attempt has ended; `None` when it is given
    /// up. There is no jitter: a queue sends one at a time, so that no herd can form.
    fn next(&self, attempts: usize, now: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let doubled = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let times = 2_u32.checked_pow(doubled).unwrap_or(u32::MAX);
        let delay = self
            .first_delay
            .saturating_mul(times)
            .min(self.longest_delay);
        let next = later(now, delay);
        (next <= until).then_some(next)
    }
}

/// A time so much later; not past the last time that can be said.
fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_thin_out_and_end_after_a_day() {
        let policy = Policy::default();
        let start: Timestamp = "2026-01-14T00:00:00Z".parse().expect("a time");
        let until = later(start, policy.window);
        let (mut now, mut delays) = (start, Vec::new());
        while let Some(next) = policy.next(delays.len() + 1, now, until) {
            delays.push(next.duration_since(now).as_secs());
            now = next;
        }
        assert_eq!(delays[..4], [30, 60, 120, 240]);
        assert!(delays.is_sorted() && delays.iter().all(|delay| *delay <= 14_400));
        assert_eq!(delays.len(), 13, "{delays:?}");
        assert!(now <= until && later(now, policy.longest_delay) > until);
        assert_eq!(
            policy.next(usize::MAX, start, until),
            Some(later(start, policy.longest_delay))
        );
    }
}
