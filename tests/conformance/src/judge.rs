//! Plays a scenario and compares what was seen with what must be.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::driver::Driver;
use crate::matches::difference;
use crate::play::Origin;
use crate::scenario::{Expect, Scenario};
use crate::secrets::Secrets;
use crate::text::Names;
use crate::{SLACK, token, webhook, wire};

/// What all scenarios have in common.
pub struct Suite {
    /// Every scenario, those made of the document behind those written by hand.
    pub scenarios: Vec<Scenario>,
    /// Bodies of answers by name.
    pub fixtures: Arc<Map<String, Value>>,
    /// What no log may show.
    pub secrets: Secrets,
}

/// Runs a scenario with one SDK.
///
/// # Errors
/// Everything that is not as the scenario says.
pub async fn run(scenario: &Scenario, driver: &Driver, suite: &Suite) -> Result<(), String> {
    let fixtures = &suite.fixtures;
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
                "runs.start_and_wait_from" => {
                    let token = call.args.get("token").map(token::written);
                    let args = token.map(|token| ("token".to_owned(), token));
                    args.into_iter().collect()
                }
                _ => call.args.clone(),
            };
            json!({"op": call.op, "args": args, "options": call.options})
        })
        .collect();
    let request = json!({
        "base_url": format!("{}/v1", names.origin),
        "client": scenario.client,
        "calls": calls,
        "parallel": scenario.parallel,
    });
    let request = names.fill(&request.to_string());
    let request = serde_json::from_str(&request).map_err(|error| error.to_string())?;
    let memory = scenario.memory_mb.and_then(|_| driver.memory());
    let results = driver.perform(&scenario.name, request).await?;

    for seen in [origin.seen(), elsewhere.seen()] {
        let keys = seen
            .requests
            .iter()
            .filter_map(|request| request.header("idempotency-key"));
        keys.for_each(|key| suite.secrets.add(key));
    }
    let mut wrong = Vec::new();
    if let (Some(most), Some(memory)) = (scenario.memory_mb, memory) {
        let grown = memory.grown_mb();
        if grown > most {
            wrong.push(format!("memory grew by {grown} MB, not at most {most}"));
        }
    }
    for (index, call) in scenario.calls.iter().enumerate() {
        let nothing = Value::Null;
        let found = results.get(index).unwrap_or(&nothing);
        wrong.extend(results_differ(index, &call.expect, found, &names));
    }
    wrong.extend(wire::differences(
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

fn results_differ(index: usize, expect: &Expect, found: &Value, names: &Names) -> Vec<String> {
    let place = |what: &str| format!("call {}: {what}", index + 1);
    let mut wrong = Vec::new();
    let items = expect.items.clone().map(Value::Array);
    let tokens = expect.tokens.clone().map(Value::Array);
    let mut found = found.clone();
    if let (Some(_), Value::Object(found)) = (&tokens, &mut found) {
        found.entry("tokens").or_insert_with(|| json!([]));
    }
    if let Some(Value::Array(tokens)) = found.get_mut("tokens") {
        tokens.iter_mut().for_each(|it| *it = token::read(it));
    }
    if let Some(token) = found.pointer_mut("/error/wait_token") {
        *token = token::read(token);
    }
    let parts = [
        ("value", &expect.value),
        ("items", &items),
        ("error", &expect.error),
        ("meta", &expect.meta),
        ("tokens", &tokens),
    ];
    for (name, wanted) in parts {
        match wanted {
            Some(wanted) => {
                let wanted = names.filled(wanted);
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
