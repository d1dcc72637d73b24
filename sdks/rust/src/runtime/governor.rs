//! Slows a client down before the server does.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::RateLimit;

/// As many requests left, or more, and none waits.
const ENOUGH: u64 = 10;
/// The longest distance between two tries.
const LONGEST: Duration = Duration::from_secs(1);

/// Spaces the tries of all calls of a client, once few requests are left in the window.
#[derive(Debug, Default)]
pub(super) struct Governor(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The latest that an answer said.
    limit: Option<RateLimit>,
    /// Tries that were sent and are not answered.
    in_flight: u64,
    /// No try is sent before.
    blocked_until: Option<Instant>,
    /// The last slot that was given out.
    last_slot: Option<Instant>,
}

/// A try that is under way; dropped, it is so no more.
#[derive(Debug)]
pub(super) struct Admitted<'a>(&'a Governor);

/// The wait that a try would need does not fit into the time of its call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DoesNotFit(pub(super) Duration);

impl Governor {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of a try.
    pub(super) async fn admit(&self, deadline: Instant) -> Result<Admitted<'_>, DoesNotFit> {
        let mut turn = self.state().turn(Instant::now(), unix_now());
        loop {
            let now = Instant::now();
            if turn <= now {
                break;
            }
            if turn >= deadline {
                return Err(DoesNotFit(turn - now));
            }
            sleep_until(turn).await;
            // Another call may have been told meanwhile to wait for longer.
            turn = self.state().blocked_until.unwrap_or(turn);
        }
        self.state().in_flight += 1;
        Ok(Admitted(self))
    }

    /// What an answer said of the limit, and the wait that a 429 asked for.
    pub(super) fn answered(&self, limit: Option<RateLimit>, wait: Option<Duration>) {
        let mut state = self.state();
        state.limit = limit.or(state.limit);
        let until = wait.and_then(|wait| Instant::now().checked_add(wait));
        state.blocked_until = state.blocked_until.max(until);
    }
}

impl State {
    /// When the next try may be sent.
    fn turn(&mut self, now: Instant, unix_now: Duration) -> Instant {
        let slot = self.slot(now, unix_now).unwrap_or(now);
        self.blocked_until.map_or(slot, |until| until.max(slot))
    }

    /// The slot of the next try, where tries are spaced.
    fn slot(&mut self, now: Instant, unix_now: Duration) -> Option<Instant> {
        let limit = self.limit?;
        let until_reset = Duration::from_secs(limit.reset).checked_sub(unix_now)?;
        let left = limit.remaining.saturating_sub(self.in_flight);
        if until_reset.is_zero() || left >= ENOUGH {
            return None;
        }
        let parts = u32::try_from(left + 1).unwrap_or(u32::MAX);
        let spacing = (until_reset / parts).min(LONGEST);
        let queued = self.last_slot.filter(|slot| *slot > now);
        let slot = queued.unwrap_or(now) + spacing;
        self.last_slot = Some(slot);
        Some(slot)
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.in_flight = state.in_flight.saturating_sub(1);
    }
}

fn unix_now() -> Duration {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Governor, RateLimit, State};

    const UNIX: Duration = Duration::from_secs(1_700_000_000);

    fn state(remaining: u64, seconds_to_reset: u64, in_flight: u64) -> State {
        State {
            limit: Some(RateLimit {
                remaining,
                reset: UNIX.as_secs() + seconds_to_reset,
            }),
            in_flight,
            ..State::default()
        }
    }

    fn waits(mut state: State, tries: usize) -> Vec<u128> {
        let now = Instant::now();
        let turns = (0..tries).map(|_| state.turn(now, UNIX));
        turns.map(|turn| (turn - now).as_millis()).collect()
    }

    #[test]
    fn nothing_waits_while_enough_is_left_or_nothing_is_known() {
        assert_eq!(waits(State::default(), 3), [0, 0, 0]);
        assert_eq!(waits(state(10, 60, 0), 3), [0, 0, 0]);
        // The window is full again.
        assert_eq!(waits(state(0, 0, 0), 2), [0, 0]);
    }

    #[test]
    fn what_is_under_way_is_not_left() {
        assert_eq!(waits(state(11, 6, 1), 1), [0]);
        // 9 are left: 6 s in 10 parts.
        assert_eq!(waits(state(11, 6, 2), 3), [600, 1200, 1800]);
    }

    #[test]
    fn tries_are_never_a_second_apart() {
        assert_eq!(waits(state(0, 3600, 4), 3), [1000, 2000, 3000]);
    }

    #[test]
    fn a_block_holds_back_what_would_go_at_once() {
        let mut state = State::default();
        let now = Instant::now();
        state.blocked_until = Some(now + Duration::from_secs(2));
        assert_eq!(state.turn(now, UNIX), now + Duration::from_secs(2));
    }

    #[tokio::test]
    async fn a_wait_that_does_not_fit_is_not_begun() {
        let governor = Governor::default();
        governor.answered(None, Some(Duration::from_secs(30)));
        let deadline = Instant::now() + Duration::from_secs(1);
        let wait = governor.admit(deadline).await.unwrap_err().0;
        assert!(wait > Duration::from_secs(29), "{wait:?}");
        assert_eq!(governor.state().in_flight, 0);
    }

    #[tokio::test]
    async fn a_try_that_is_given_up_is_under_way_no_more() {
        let governor = Governor::default();
        let deadline = Instant::now() + Duration::from_secs(1);
        let admitted = governor.admit(deadline).await.unwrap();
        assert_eq!(governor.state().in_flight, 1);
        drop(admitted);
        assert_eq!(governor.state().in_flight, 0);
    }
}
