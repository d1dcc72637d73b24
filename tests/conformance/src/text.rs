//! Placeholders in the texts of a scenario.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// What placeholders stand for.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// `http://127.0.0.1:1234`
    pub(crate) origin: String,
    /// The same of the other origin.
    pub(crate) elsewhere: String,
    /// Bodies of answers by name.
    pub(crate) fixtures: Arc<Map<String, Value>>,
}

impl Names {
    /// Puts in `{{origin}}`, `{{elsewhere}}`, `{{date+3}}` (an HTTP date in three seconds),
    /// `{{unix+3}}` (the second since 1970 that is the third from now),
    /// `{{log 7}}` (a run's event of sequence 7), `{{done 8}}` (the event that ends it),
    /// `{{agent agt_1}}`, `{{run_named a}}` and `{{audit_event}}` (the fixtures).
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, behind)) = after.split_once("}}") else {
                break;
            };
            out.push_str(before);
            match self.value(name) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&format!("{{{{{name}}}}}")),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// The same in every text of a value.
    pub(crate) fn filled(&self, value: &Value) -> Value {
        let text = self.fill(&value.to_string());
        serde_json::from_str(&text).unwrap_or_else(|_| value.clone())
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(seconds) = name.strip_prefix("date") {
            return http_date(seconds.parse().ok()?);
        }
        if let Some(seconds) = name.strip_prefix("unix") {
            let seconds: i64 = seconds.parse().ok()?;
            return Some((Timestamp::now().as_second() + seconds).to_string());
        }
        match name.split_once(' ') {
            None if name == "origin" => Some(self.origin.clone()),
            None if name == "elsewhere" => Some(self.elsewhere.clone()),
            Some(("log", number)) => Some(log(number)),
            Some(("done", number)) => Some(done(number)),
            Some(("agent", id)) => {
                let mut agent = self.fixtures.get("agent")?.clone();
                agent["id"] = id.into();
                Some(agent.to_string())
            }
            Some(("run_named", name)) => {
                let mut run = self.fixtures.get("run")?.clone();
                run["name"] = name.into();
                Some(run.to_string())
            }
            None if name == "audit_event" => Some(self.fixtures.get(name)?.to_string()),
            _ => None,
        }
    }
}

/// RFC 9110, section 5.6.7. Whole seconds, rounded up, so that a date in `n` seconds is never less
/// than that away.
fn http_date(seconds: i64) -> Option<String> {
    let now = Timestamp::from_second(Timestamp::now().as_second() + 1).ok()?;
    let time = now.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    Some(time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

fn log(number: &str) -> String {
    format!(
        r#"{{"type":"log","sequence":{number},"run_id":"run_1","occurred_at":"2026-01-02T10:00:01Z","level":"info","message":"line {number}","node_id":null}}"#
    )
}

fn done(number: &str) -> String {
    format!(
        r#"{{"type":"run.completed","sequence":{number},"run_id":"run_1","occurred_at":"2026-01-02T10:00:02Z","receipt":"rcp_1","usage":{{"input_tokens":1,"output_tokens":1,"cost":{{"amount":"0.1","currency":"USD"}}}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Names;

    #[test]
    fn what_is_no_placeholder_stays() {
        let names = Names {
            origin: "http://here".to_owned(),
            elsewhere: "http://there".to_owned(),
            fixtures: Arc::default(),
        };
        assert_eq!(
            names.fill("{{origin}}/a {{elsewhere}} {{nothing}} {{open"),
            "http://here/a http://there {{nothing}} {{open"
        );
    }
}
