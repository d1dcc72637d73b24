//! The script in Redis is the function in Rust, and nodes that share a Redis share the limits.

use std::sync::Arc;
use std::time::Duration;

use exai_runtime::{Bucket, Level, Limits, RateLimitStore, RedisRateLimits};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::proxy::Way;
use crate::servers::server;

const START: i64 = 1_767_346_200_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(START + millis).unwrap()
}

async fn node(url: &str) -> RedisRateLimits {
    let prefix = exai_runtime::new_id("test", Timestamp::now());
    RedisRateLimits::connect(url).await.unwrap().prefix(prefix)
}

/// Limits, and draws: how much later (or earlier: nodes' clocks differ), of which token, at what
/// cost.
type Trace = (Limits, Vec<(i64, u8, u32)>);

fn traces() -> impl Strategy<Value = Trace> {
    let rate = prop_oneof![1_u32..100, 1_u32..100_000, Just(u32::MAX)];
    let bucket = (rate.clone(), rate).prop_map(|(per_minute, room)| Bucket { per_minute, room });
    let limits = (bucket.clone(), bucket).prop_map(|(org, token)| Limits { org, token });
    let later = prop_oneof![Just(0), 0_i64..100, -3_000_i64..100_000, Just(86_400_000)];
    let cost = prop_oneof![Just(1_u32), 0_u32..2_000, Just(u32::MAX)];
    (limits, prop::collection::vec((later, 0_u8..3, cost), 1..60))
}

#[tokio::test]
async fn the_script_says_what_the_function_says() {
    let Some(url) = server("EXAI_REDIS_URL") else {
        return;
    };
    let redis = node(&url).await;
    let mut runner = TestRunner::deterministic();
    let mut refused = 0;
    for turn in 0..150 {
        let (limits, draws) = traces().new_tree(&mut runner).unwrap().current();
        let (mut org, mut tokens, mut now) = (Level::default(), [Level::default(); 3], 0);
        for (step, (later, token, cost)) in draws.into_iter().enumerate() {
            now += later;
            let millis = u64::try_from(START + now).unwrap();
            let level = &mut tokens[usize::from(token)];
            let (org_after, token_after, expected) = limits.draw(org, *level, millis, cost);
            (org, *level) = (org_after, token_after);
            let (of, by) = (format!("org_{turn}"), format!("tok_{token}"));
            let drawn = redis.draw(&limits, &of, &by, at(now), cost).await.unwrap();
            assert_eq!(drawn, expected, "turn {turn}, step {step}: {limits:?}");
            refused += usize::from(drawn.retry_after.is_some());
        }
    }
    assert!(
        refused > 200,
        "{refused} draws were refused: too few to say much"
    );
}

/// 10,000 a minute for three minutes by two nodes and six tokens: 2,000 from full, and 1,000 a
/// minute that come back. Time is given, so that it does not take three minutes.
#[tokio::test]
async fn two_nodes_let_through_what_the_rule_says_within_one_percent() {
    let Some(url) = server("EXAI_REDIS_URL") else {
        return;
    };
    let one = node(&url).await;
    let nodes = [one.clone(), one.clone()];
    let limits = Limits::default();
    let mut admitted = 0_u32;
    for step in 0..3_000_i64 {
        // Ten at once, of both nodes, whose clocks are 40 ms apart.
        let draws = (0..10_usize).map(|index| {
            let (node, token) = (&nodes[index % 2], format!("tok_{}", index % 6));
            let skew = i64::from(index % 2 == 0) * 40;
            let now = at(step * 60 + skew);
            let limits = &limits;
            async move { node.draw(limits, "org_1", &token, now, 1).await.unwrap() }
        });
        for verdict in futures::future::join_all(draws).await {
            admitted += u32::from(verdict.retry_after.is_none());
        }
    }
    let rule = 2_000 + 3 * 1_000;
    assert!(
        admitted.abs_diff(rule) <= rule / 100,
        "{admitted} of {rule}"
    );
}

#[tokio::test]
async fn without_redis_nobody_is_let_through_and_with_it_again_they_are() {
    let Some(url) = server("EXAI_REDIS_URL") else {
        return;
    };
    let way = Way::to(&url).await;
    let redis = Arc::new(node(&way.url).await);
    let limits = Limits::default();
    let draw = async || {
        redis
            .draw(&limits, "org_1", "tok_1", Timestamp::now(), 1)
            .await
    };
    draw().await.unwrap();
    for (gone, how) in [(Way::cut as fn(&Way), "cut off"), (Way::silence, "silent")] {
        gone(&way);
        for _ in 0..3 {
            let begun = std::time::Instant::now();
            draw().await.unwrap_err();
            assert!(begun.elapsed() < Duration::from_secs(3), "{how}");
        }
        way.mend();
        let back = async {
            while draw().await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), back)
            .await
            .unwrap();
    }
}

/// A connection that will never say anything again is not asked again.
#[tokio::test]
async fn a_redis_that_was_silent_is_asked_on_another_connection() {
    let Some(url) = server("EXAI_REDIS_URL") else {
        return;
    };
    let way = Way::to(&url).await;
    let redis = node(&way.url).await;
    let limits = Limits::default();
    let draw = async || redis.draw(&limits, "org_1", "tok_1", at(0), 1).await;
    draw().await.unwrap();
    way.strand();
    draw().await.unwrap_err();
    let begun = std::time::Instant::now();
    while draw().await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
