//! What no log may ever show: the tokens, keys and secrets of all scenarios.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::scenario::Scenario;

/// What clients are given where a scenario names no token.
const TOKEN: &str = "test-token";
/// Shorter ones stand in a log by chance.
const SHORTEST: usize = 6;

/// Secrets: those that scenarios name, and those that were seen on the way.
#[derive(Debug, Default)]
pub struct Secrets(Mutex<BTreeSet<String>>);

impl Secrets {
    /// Those of all scenarios.
    ///
    /// # Errors
    /// One is so short that a log may have it by chance.
    pub fn of(scenarios: &[Scenario]) -> Result<Self, String> {
        let mut found = BTreeSet::from([TOKEN.to_owned()]);
        for scenario in scenarios {
            let mut add = |value: &Value| found.extend(value.as_str().map(str::to_owned));
            let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
            scenario
                .client
                .get("api_key")
                .into_iter()
                .for_each(&mut add);
            let tokens = list(scenario.client.get("tokens"));
            tokens.iter().flatten().for_each(&mut add);
            for call in &scenario.calls {
                call.options
                    .get("idempotency_key")
                    .into_iter()
                    .for_each(&mut add);
                let secrets = list(call.args.get("secrets"));
                secrets.iter().flatten().for_each(&mut add);
                let sign = call.args.get("sign");
                sign.and_then(|sign| sign.get("secret"))
                    .into_iter()
                    .for_each(&mut add);
            }
        }
        match found.iter().find(|secret| secret.len() < SHORTEST) {
            Some(short) => Err(format!(
                "the secret {short:?} has less than {SHORTEST} letters"
            )),
            None => Ok(Self(Mutex::new(found))),
        }
    }

    /// Adds one that was seen.
    pub(crate) fn add(&self, secret: &str) {
        self.lock().insert(secret.to_owned());
    }

    /// The first line of a text that shows one.
    #[must_use]
    pub fn shown_in(&self, text: &str) -> Option<String> {
        let secrets = self.lock();
        let shows = |line: &&str| secrets.iter().any(|secret| line.contains(secret.as_str()));
        text.lines().find(shows).map(str::to_owned)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
