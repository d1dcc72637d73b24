//! What an agent did over a window, counted from the invocations that are kept.

use std::collections::BTreeMap;

use exai_server::{ApiError, GetAgentMetricsParams, RequestContext, types};
use jiff::{SignedDuration, Timestamp};
use types::{
    AgentCounters, AgentMetrics, AgentMetricsBucket, InvocationStatus, LatencySummary, MetricsStep,
};

use super::invocations::Invocation;
use crate::Sandbox;
use crate::money::free;
use crate::runs::add;
use crate::world::{now, refused};

/// How long a window is where its start is left out.
const USUAL: SignedDuration = SignedDuration::from_hours(24);

/// How long a window is at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Sandbox {
    pub(super) fn metrics(
        &self,
        cx: &RequestContext,
        agent_id: &str,
        params: GetAgentMetricsParams,
    ) -> Result<AgentMetrics, ApiError> {
        let mut found = self.invocations(cx, agent_id)?;
        // The end is exclusive: what begins this very moment counts.
        let ahead = SignedDuration::from_millis(1);
        let until = params.until.unwrap_or_else(|| now() + ahead);
        let since = match params.since {
            Some(since) => since,
            None => until.checked_sub(USUAL).unwrap_or(Timestamp::MIN),
        };
        let length = since.duration_until(until);
        if length.is_negative() || length > LONGEST {
            let message = "a window ends after it starts and is no longer than 90 days";
            return Err(refused("/until", "window", message));
        }
        found.retain(|one| (since..until).contains(&began(one)));
        let step = params.step.unwrap_or(MetricsStep::Hour);
        let seconds = if step == MetricsStep::Day {
            86_400
        } else {
            3_600
        };
        let (mut totals, mut by_version) = (nothing(), BTreeMap::new());
        let mut buckets = BTreeMap::new();
        for one in &found {
            count(&mut totals, one);
            let version = by_version.entry(one.shown.version.clone());
            count(version.or_insert_with(nothing), one);
            let second = began(one).as_second();
            let bucket = buckets.entry(second - second.rem_euclid(seconds));
            count(bucket.or_insert_with(nothing), one);
        }
        let bucket = |(second, counters)| {
            let start = Timestamp::from_second(second).unwrap_or(since);
            AgentMetricsBucket { start, counters }
        };
        Ok(AgentMetrics {
            agent_id: agent_id.to_owned(),
            buckets: buckets.into_iter().map(bucket).collect(),
            by_version,
            latency: latency(found.iter().filter_map(millis).collect()),
            since,
            step,
            totals,
            until,
        })
    }
}

fn began(one: &Invocation) -> Timestamp {
    one.shown.started_at.unwrap_or(one.shown.created_at)
}

/// From start to end; none while it works, and where it never began.
fn millis(one: &Invocation) -> Option<i64> {
    let (start, end) = (one.shown.started_at?, one.shown.finished_at?);
    Some(end.as_millisecond() - start.as_millisecond())
}

fn nothing() -> AgentCounters {
    AgentCounters {
        cancelled: 0,
        failed: 0,
        invocations: 0,
        succeeded: 0,
        tool_calls: 0,
        usage: free(),
    }
}

fn count(counters: &mut AgentCounters, one: &Invocation) {
    counters.invocations += 1;
    counters.tool_calls += one.tool_calls;
    add(&mut counters.usage, &one.shown.usage);
    match one.shown.status {
        InvocationStatus::Succeeded => counters.succeeded += 1,
        InvocationStatus::Failed => counters.failed += 1,
        InvocationStatus::Cancelled => counters.cancelled += 1,
        _ => {}
    }
}

/// Percentiles by the nearest rank: the least value that so many hundredths do not exceed.
fn latency(mut millis: Vec<i64>) -> Option<LatencySummary> {
    millis.sort_unstable();
    let longest = *millis.last()?;
    let at = |percent: usize| {
        let rank = (millis.len() * percent).div_ceil(100).max(1);
        double(millis.get(rank - 1).copied().unwrap_or(longest))
    };
    Some(LatencySummary {
        max_ms: double(longest),
        p50_ms: at(50),
        p90_ms: at(90),
        p99_ms: at(99),
    })
}

/// Exact for every number of milliseconds that an invocation can take: it ends in days.
fn double(millis: i64) -> f64 {
    i32::try_from(millis).map_or(f64::from(i32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_there() {
        assert!(latency(Vec::new()).is_none());
        let found = latency((1..=10).rev().collect()).expect("a summary");
        let found = [found.p50_ms, found.p90_ms, found.p99_ms, found.max_ms];
        assert_eq!(found, [5.0, 9.0, 10.0, 10.0]);
    }
}
