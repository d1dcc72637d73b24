//! The CPU time of this process, and ratios of rounds.

use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::json;

/// User and system time of all threads, as Linux keeps it to the nanosecond.
pub fn spent() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanos = tasks.flatten().filter_map(|task| {
        let stat = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

/// How long one side of a round runs.
const ROUND: Duration = Duration::from_millis(250);
const ROUNDS: usize = 41;

/// Runs two sides by turns, and prints the median of the ratios of their CPU time a call.
pub async fn compare<A, B>(
    what: &str,
    at_most: f64,
    peer: &str,
    mut ours: impl FnMut() -> A,
    mut theirs: impl FnMut() -> B,
) where
    A: Future<Output = ()>,
    B: Future<Output = ()>,
{
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        // Who goes first changes, for the second finds caches warmer.
        let (mine, other) = if round % 2 == 0 {
            let mine = side(&mut ours).await;
            (mine, side(&mut theirs).await)
        } else {
            let other = side(&mut theirs).await;
            (side(&mut ours).await, other)
        };
        // The first rounds warm up.
        if round >= 5 {
            rounds.push((mine, other, mine / other));
        }
    }
    let median = |pick: fn(&(f64, f64, f64)) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let figure = json!({
        "what": what,
        "ours_us": rounded(median(|round| round.0)),
        "peer": peer,
        "peer_us": rounded(median(|round| round.1)),
        "ratio": rounded(median(|round| round.2)),
        "at_most": at_most,
    });
    println!("{figure}");
}

/// Microseconds of CPU a call.
async fn side<F: Future<Output = ()>>(call: &mut impl FnMut() -> F) -> f64 {
    let began = Instant::now();
    let before = spent();
    let mut calls = 0_u32;
    while began.elapsed() < ROUND {
        for _ in 0..20 {
            call().await;
        }
        calls += 20;
    }
    (spent() - before).as_secs_f64() * 1e6 / f64::from(calls)
}

pub fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
