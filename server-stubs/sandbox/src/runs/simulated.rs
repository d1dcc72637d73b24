//! What an agent of the sandbox does: what its input tells it to, or nothing much.

use std::time::Duration;

use exai_server::types::{RunFault, RunFaultReason};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::walk::fault;
use crate::world::duration;

/// How long an agent works where its input does not say, in milliseconds.
const USUAL: i64 = 100;

/// The member `simulate` of an agent's input. Members that are not as they should be are left out.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Simulated {
    /// What it gives.
    output: Option<Value>,
    /// The reason for which it fails.
    fault: Option<RunFaultReason>,
    /// How many attempts fail; all where that is left out.
    attempts: Option<i32>,
    /// How long it works (ISO 8601).
    delay: Option<String>,
}

impl Simulated {
    pub(crate) fn of(input: &Value) -> Self {
        let told = input.get("simulate").cloned().unwrap_or_default();
        serde_json::from_value(told).unwrap_or_default()
    }

    /// How long an attempt takes where a second of work takes so long.
    pub(crate) fn work(&self, second: Duration) -> SignedDuration {
        let told = self.delay.as_deref().and_then(duration);
        let usual = told.unwrap_or(SignedDuration::from_millis(USUAL));
        SignedDuration::try_from_secs_f64(usual.as_secs_f64() * second.as_secs_f64())
            .unwrap_or(SignedDuration::MAX)
    }

    /// Why an attempt fails; none where it succeeds.
    pub(crate) fn fault(&self, attempt: i32) -> Option<RunFault> {
        let reason = self.fault.clone()?;
        let fails = self.attempts.is_none_or(|fail| attempt <= fail);
        fails.then(|| fault(reason, "the agent was told to fail", true))
    }

    /// The output that the input asks for, if it does.
    pub(crate) fn told(&self) -> Option<Value> {
        self.output.clone()
    }

    /// What an attempt gives. Nothing of its input is in it, or it would grow from node to node.
    pub(crate) fn output(self, title: &str, key: &str) -> Value {
        let usual = || json!({ "summary": format!("{title} has done what {key} asks for.") });
        self.output.unwrap_or_else(usual)
    }
}
