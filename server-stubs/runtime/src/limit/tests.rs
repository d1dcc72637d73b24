//! What the buckets promise, for any numbers.

use proptest::prelude::*;

use super::{Bucket, Level, Limits};

const START: u64 = 1_767_346_200_000;

fn bucket() -> impl Strategy<Value = Bucket> {
    let bucket = |(per_minute, room)| Bucket { per_minute, room };
    (1_u32..100_000, 1_u32..100_000).prop_map(bucket)
}

/// Waits of milliseconds and costs, one after the other.
fn draws() -> impl Strategy<Value = Vec<(u64, u32)>> {
    let wait = prop_oneof![Just(0), 0_u64..100, 0_u64..100_000];
    prop::collection::vec((wait, 0_u32..2000), 1..200)
}

proptest! {
    #[test]
    fn no_stretch_of_time_gets_more_than_room_and_refill(bucket in bucket(), draws in draws()) {
        let mut level = Level::default();
        let mut now = START;
        let mut given = Vec::new();
        for (wait, cost) in draws {
            now += wait;
            let draw = bucket.draw(level, now, cost);
            level = draw.level;
            given.push((now, if draw.wait.is_none() { cost.min(bucket.room) } else { 0 }));
        }
        for first in 0..given.len() {
            let mut sum = 0_u128;
            for (at, cost) in &given[first..] {
                sum += u128::from(*cost) * 60_000;
                let elapsed = u128::from(at - given[first].0);
                let most = u128::from(bucket.room) * 60_000 + elapsed * u128::from(bucket.per_minute);
                prop_assert!(sum <= most);
            }
        }
    }

    #[test]
    fn the_wait_is_long_enough_and_not_longer(bucket in bucket(), draws in draws()) {
        let mut level = Level::default();
        let mut now = START;
        for (wait, cost) in draws {
            now += wait;
            let draw = bucket.draw(level, now, cost);
            if let Some(wait) = draw.wait {
                prop_assert!(bucket.draw(draw.level, now + wait, cost).wait.is_none());
                prop_assert!(bucket.draw(draw.level, now + wait - 1, cost).wait.is_some());
            }
            level = draw.level;
        }
    }

    #[test]
    fn it_is_full_when_it_says_and_not_before(bucket in bucket(), draws in draws()) {
        let mut level = Level::default();
        let mut now = START;
        for (wait, cost) in draws {
            now += wait;
            let draw = bucket.draw(level, now, cost);
            level = draw.level;
            let at = |now| bucket.draw(level, now, 0);
            prop_assert_eq!(at(draw.full_at).remaining, u64::from(bucket.room));
            prop_assert_eq!(at(draw.full_at).level.missing, 0);
            prop_assert!(draw.full_at == now || at(draw.full_at - 1).level.missing > 0);
        }
    }

    #[test]
    fn a_refused_draw_takes_nothing(bucket in bucket(), draws in draws()) {
        let (mut level, mut now) = (Level::default(), START);
        for (wait, cost) in draws {
            now += wait;
            let draw = bucket.draw(level, now, cost);
            if draw.wait.is_some() {
                prop_assert_eq!(draw.level, bucket.draw(level, now, 0).level);
            }
            level = draw.level;
        }
    }

    #[test]
    fn what_is_said_to_remain_can_be_drawn_and_no_more(bucket in bucket(), draws in draws()) {
        let (mut level, mut now) = (Level::default(), START);
        for (wait, cost) in draws {
            now += wait;
            let draw = bucket.draw(level, now, cost);
            level = draw.level;
            let remaining = u32::try_from(draw.remaining).unwrap();
            prop_assert!(bucket.draw(level, now, remaining).wait.is_none());
            if remaining < bucket.room {
                prop_assert!(bucket.draw(level, now, remaining + 1).wait.is_some());
            }
        }
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing(
        bucket in bucket(),
        draws in draws(),
        back in 0_u64..1_000_000,
    ) {
        let (mut level, mut now) = (Level::default(), START);
        for (wait, cost) in draws {
            now += wait;
            level = bucket.draw(level, now, cost).level;
            let behind = bucket.draw(level, now - back, 0);
            prop_assert_eq!(behind.level, level);
            if let Some(wait) = bucket.draw(level, now - back, cost).wait {
                prop_assert!(bucket.draw(level, now - back + wait, cost).wait.is_none());
            }
        }
    }

    #[test]
    fn both_buckets_are_drawn_from_or_none_and_retry_after_is_enough(
        limits in (bucket(), bucket()).prop_map(|(org, token)| Limits { org, token }),
        draws in draws(),
    ) {
        let (mut org, mut token, mut now) = (Level::default(), Level::default(), START);
        for (wait, cost) in draws {
            now += wait;
            let unused = limits.draw(org, token, now, 0);
            let (after_org, after_token, verdict) = limits.draw(org, token, now, cost);
            if let Some(seconds) = verdict.retry_after {
                prop_assert_eq!((after_org, after_token), (unused.0, unused.1));
                let at = |seconds| limits.draw(after_org, after_token, now + seconds * 1000, cost);
                prop_assert_eq!(at(seconds.get()).2.retry_after, None);
                prop_assert!(at(seconds.get() - 1).2.retry_after.is_some());
            }
            (org, token) = (after_org, after_token);
            let lower = limits.org.draw(org, now, 0).remaining;
            let lower = lower.min(limits.token.draw(token, now, 0).remaining);
            prop_assert_eq!(verdict.quota.remaining, lower);
        }
    }
}

#[test]
fn five_thousand_a_minute_last_thirty_seconds_and_then_a_thousand() {
    let limits = Limits::default();
    let (mut org, mut token) = (Level::default(), Level::default());
    let mut given = [0_u32; 90];
    // One request each 12 ms is 5,000 a minute.
    for index in 0..7500_u64 {
        let now = START + index * 12;
        let (after_org, after_token, verdict) = limits.draw(org, token, now, 1);
        (org, token) = (after_org, after_token);
        let second = usize::try_from(index * 12 / 1000).unwrap();
        given[second] += u32::from(verdict.retry_after.is_none());
    }
    // The first one that is refused is the last of the thirty seconds, at 29.988 s.
    assert_eq!(given[..30].iter().sum::<u32>(), 2499);
    assert_eq!(given[30..].iter().sum::<u32>(), 1000);
}

#[test]
fn numbers_at_their_ends_do_no_harm() {
    let bucket = Bucket {
        per_minute: u32::MAX,
        room: u32::MAX,
    };
    let drawn = bucket.draw(Level::default(), u64::MAX / 2, u32::MAX);
    assert_eq!((drawn.wait, drawn.remaining), (None, 0));
    let none = Bucket {
        per_minute: 0,
        room: 0,
    };
    let first = none.draw(Level::default(), 1, 5);
    assert_eq!(first.wait, None);
    assert_eq!(none.draw(first.level, 1, 5).wait, Some(60_000));
}
