//! Plays a scenario and compares what was seen with what must be.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::driver::Driver;
use crate::matches::difference;
use crate::play::{Origin, Seen};
use crate::scenario::{Expect, Scenario};
use crate::text::Names;
use crate::webhook;

/// Milliseconds by which a clock of a language's own may be off.
const SLACK: u64 = 5;

/// Runs a scenario with one SDK.
///
/// # Errors
/// Everything that is not as the scenario says.
pub async fn run(
    scenario: &Scenario,
    driver: &Driver,
    fixtures: &Arc<Map<String, Value>>,
) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let here = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
    let there = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
    let names = Names {
        origin: format!("http://{}", here.local_addr().map_err(text)?),
        elsewhere: format!("http://{}", there.local_addr().map_err(text)?),
        fixtures: Arc::clone(fixtures),
    };
    let mut origin = Origin::new(&scenario.server, fixtures);
    let mut elsewhere = Origin::new(&scenario.elsewhere, fixtures);
    origin.play(here, names.clone());
    elsewhere.play(there, names.clone());

    let calls: Vec<Value> = scenario
        .calls
        .iter()
        .map(|call| {
            let args = match call.op.as_str() {
                "webhooks.unwrap" => webhook::signed(&call.args),
                _ => call.args.clone(),
            };
            json!({"op": call.op, "args": args, "options": call.options})
        })
        .collect();
    let request = json!({
        "base_url": format!("{}/v1", names.origin),
        "client": scenario.client,
        "calls": calls,
    });
    let request = names.fill(&request.to_string());
    let request = serde_json::from_str(&request).map_err(|error| error.to_string())?;
    let results = driver.perform(&scenario.name, request).await?;

    let mut wrong = Vec::new();
    for (index, call) in scenario.calls.iter().enumerate() {
        let nothing = Value::Null;
        let found = results.get(index).unwrap_or(&nothing);
        wrong.extend(results_differ(index, &call.expect, found, &names));
    }
    wrong.extend(wire_differs(
        scenario,
        &origin.seen(),
        &elsewhere.seen(),
        &names,
    ));
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

fn filled(value: &Value, names: &Names) -> Value {
    let text = names.fill(&value.to_string());
    serde_json::from_str(&text).unwrap_or_else(|_| value.clone())
}

fn results_differ(index: usize, expect: &Expect, found: &Value, names: &Names) -> Vec<String> {
    let place = |what: &str| format!("call {}: {what}", index + 1);
    let mut wrong = Vec::new();
    let items = expect.items.clone().map(Value::Array);
    let parts = [
        ("value", &expect.value),
        ("items", &items),
        ("error", &expect.error),
        ("meta", &expect.meta),
    ];
    for (name, wanted) in parts {
        match wanted {
            Some(wanted) => {
                let wanted = filled(wanted, names);
                wrong.extend(difference(&place(name), &wanted, found.get(name)));
            }
            None if name == "error" => {
                let error = found.get(name).filter(|error| !error.is_null());
                wrong.extend(error.map(|error| format!("{}: {error}", place("an error"))));
            }
            None => {}
        }
    }
    if let Some([least, most]) = expect.ms {
        let ms = found["ms"].as_u64().unwrap_or_default();
        if ms + SLACK < least || ms > most {
            wrong.push(place(&format!("took {ms} ms, not {least} to {most}")));
        }
    }
    wrong
}

fn wire_differs(
    scenario: &Scenario,
    origin: &Seen,
    elsewhere: &Seen,
    names: &Names,
) -> Vec<String> {
    let wire = &scenario.wire;
    let mut wrong: Vec<String> = [&origin.faults[..], &elsewhere.faults[..]].concat();
    let mut compare = |name: &str, wanted: Option<&Vec<Value>>, seen: &Seen| {
        let Some(wanted) = wanted else { return };
        let wanted = filled(&Value::Array(wanted.clone()), names);
        let found: Vec<Value> = seen
            .requests
            .iter()
            .map(|request| request.value())
            .collect();
        wrong.extend(difference(name, &wanted, Some(&Value::Array(found))));
    };
    compare("requests", wire.requests.as_ref(), origin);
    // Nothing goes to another origin unless the scenario says so.
    let none = Vec::new();
    let elsewhere_wanted = wire.elsewhere.as_ref().unwrap_or(&none);
    if wire.elsewhere_without_token {
        let told = elsewhere.requests.iter().filter(|request| {
            let header = request.header("authorization").is_some();
            header || request.value().to_string().contains("test-token")
        });
        wrong.extend(told.map(|request| format!("elsewhere: {}", request.value())));
    } else {
        compare("elsewhere", Some(elsewhere_wanted), elsewhere);
    }
    let count = wire.count.unwrap_or(scenario.server.len());
    if wire.requests.is_none() && origin.count != count {
        wrong.push(format!("{} requests, not {count}", origin.count));
    }
    for name in &wire.same {
        let values: Vec<Option<&str>> = origin
            .requests
            .iter()
            .map(|request| request.header(name))
            .collect();
        if values.contains(&None) || values.windows(2).any(|pair| pair[0] != pair[1]) {
            wrong.push(format!("{name} is not the same: {values:?}"));
        }
    }
    for (index, [least, most]) in wire.gaps_ms.iter().enumerate() {
        let over = origin.over.get(index).copied().flatten();
        let ms = match (over, origin.began.get(index + 1)) {
            (Some(over), Some(next)) => next.saturating_duration_since(over).as_millis(),
            _ => {
                wrong.push(format!("there is no wait {}", index + 1));
                continue;
            }
        };
        if ms + u128::from(SLACK) < u128::from(*least) || ms > u128::from(*most) {
            wrong.push(format!(
                "wait {} took {ms} ms, not {least} to {most}",
                index + 1
            ));
        }
    }
    wrong
}
