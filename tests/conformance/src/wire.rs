//! What the servers have seen against what they must have seen.

use std::collections::HashSet;

use serde_json::Value;

use crate::SLACK;
use crate::matches::difference;
use crate::play::Seen;
use crate::scenario::Scenario;
use crate::text::Names;

/// Everything that is not as the scenario says of its two origins.
pub(crate) fn differences(
    scenario: &Scenario,
    origin: &Seen,
    elsewhere: &Seen,
    names: &Names,
) -> Vec<String> {
    let wire = &scenario.wire;
    let mut wrong: Vec<String> = [&origin.faults[..], &elsewhere.faults[..]].concat();
    if let Some(wanted) = &wire.requests {
        let wanted = names.filled(&Value::Array(wanted.clone()));
        let found = requests(origin);
        let found = if wire.any_order {
            sorted(&wanted, found)
        } else {
            found
        };
        wrong.extend(difference("requests", &wanted, Some(&Value::Array(found))));
    } else if let Some(most) = wire.at_most {
        if origin.count > most {
            wrong.push(format!("{} requests, not at most {most}", origin.count));
        }
    } else {
        let count = wire.count.unwrap_or(scenario.server.len());
        if origin.count != count {
            wrong.push(format!("{} requests, not {count}", origin.count));
        }
    }
    wrong.extend(elsewhere_differs(scenario, elsewhere, names));
    let values = |name: &str| -> Vec<Option<String>> {
        let headers = origin.requests.iter().map(|request| request.header(name));
        headers.map(|value| value.map(str::to_owned)).collect()
    };
    for name in &wire.same {
        let values = values(name);
        if values.contains(&None) || values.windows(2).any(|pair| pair[0] != pair[1]) {
            wrong.push(format!("{name} is not the same: {values:?}"));
        }
    }
    for name in &wire.differ {
        let values = values(name);
        let each: HashSet<_> = values.iter().collect();
        if values.contains(&None) || each.len() < values.len() {
            wrong.push(format!("{name} does not differ: {values:?}"));
        }
    }
    if let Some([least, most]) = wire.connections
        && !(least..=most).contains(&origin.connections)
    {
        let made = origin.connections;
        wrong.push(format!("{made} connections, not {least} to {most}"));
    }
    wrong.extend(times_differ(scenario, origin));
    wrong
}

fn requests(seen: &Seen) -> Vec<Value> {
    seen.requests
        .iter()
        .map(|request| request.value())
        .collect()
}

/// What was found, each beside the first that it fits; the rest behind.
fn sorted(wanted: &Value, mut found: Vec<Value>) -> Vec<Value> {
    let mut out = Vec::new();
    for wanted in wanted.as_array().into_iter().flatten() {
        let fits = |found: &Value| difference("", wanted, Some(found)).is_none();
        out.extend(found.iter().position(fits).map(|at| found.remove(at)));
    }
    out.extend(found);
    out
}

/// Nothing goes to another origin unless the scenario says so.
fn elsewhere_differs(scenario: &Scenario, seen: &Seen, names: &Names) -> Vec<String> {
    if scenario.wire.elsewhere_without_token {
        let told = seen.requests.iter().filter(|request| {
            let header = request.header("authorization").is_some();
            header || request.value().to_string().contains("test-token")
        });
        return told
            .map(|request| format!("elsewhere: {}", request.value()))
            .collect();
    }
    let wanted = scenario.wire.elsewhere.clone().unwrap_or_default();
    let wanted = names.filled(&Value::Array(wanted));
    let found = Value::Array(requests(seen));
    difference("elsewhere", &wanted, Some(&found))
        .into_iter()
        .collect()
}

fn times_differ(scenario: &Scenario, origin: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut hold = |what: String, ms: u128, [least, most]: [u64; 2]| {
        if ms + u128::from(SLACK) < u128::from(least) || ms > u128::from(most) {
            wrong.push(format!("{what} took {ms} ms, not {least} to {most}"));
        }
    };
    for (index, bounds) in scenario.wire.gaps_ms.iter().enumerate() {
        let over = origin.over.get(index).copied().flatten();
        // A wait that there was not is longer than any bound.
        let ms = over
            .zip(origin.began.get(index + 1))
            .map_or(u128::MAX / 2, |(over, next)| {
                next.saturating_duration_since(over).as_millis()
            });
        hold(format!("wait {}", index + 1), ms, *bounds);
    }
    if let (Some(bounds), [first, .., last]) = (scenario.wire.spread_ms, &origin.began[..]) {
        let ms = last.saturating_duration_since(*first).as_millis();
        hold(
            "from the first request to the last it".to_owned(),
            ms,
            bounds,
        );
    }
    if let Some(most) = scenario.wire.shortest_ms {
        let waits = origin
            .over
            .iter()
            .zip(origin.began.iter().skip(1))
            .step_by(2);
        let waits = waits.filter_map(|(over, next)| Some(next.saturating_duration_since((*over)?)));
        let shortest = waits.map(|wait| wait.as_millis()).min();
        if shortest.is_none_or(|shortest| shortest > most) {
            wrong.push(format!(
                "the shortest wait took {shortest:?} ms, not at most {most}"
            ));
        }
    }
    wrong
}
