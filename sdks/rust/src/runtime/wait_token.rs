//! Where a wait stands, as a text that can be kept.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Error, LongRunning};

/// The version of the form below.
const VERSION: u64 = 1;

/// What a token says: base64url of compact JSON, in this order. All SDKs of an API write the same.
/// It holds neither a credential nor a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    v: u64,
    /// The operation that began the work: `startRun`.
    op: String,
    /// The path parameters of what reads the state, in the order of its facts.
    pub(super) poll: Vec<String>,
    /// Those of what streams events, where there is such a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stream: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_event_id: Option<String>,
    /// The idempotency key of the call that began the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
}

impl Place {
    pub(super) fn new(
        operation: &str,
        poll: Vec<String>,
        stream: Option<Vec<String>>,
        key: Option<String>,
    ) -> Self {
        Self {
            v: VERSION,
            op: operation.to_owned(),
            poll,
            stream,
            last_event_id: None,
            key,
        }
    }

    pub(super) fn token(&self) -> String {
        // A struct of texts has no way to fail.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a token of an operation.
    ///
    /// # Errors
    /// [`Error::is_config`]: it is of another form, version or operation.
    pub(super) fn read(token: &str, facts: &LongRunning) -> Result<Self, Error> {
        let other = || Error::config("the wait token has another form");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| other())?;
        // The version first: a later one may have other fields.
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| other())?;
        if let Some(version) = value["v"].as_u64()
            && version != VERSION
        {
            let message = format!("the wait token is of version {version}, not {VERSION}");
            return Err(Error::config(message));
        }
        let place: Self = serde_json::from_value(value).map_err(|_| other())?;
        if place.op != facts.operation.name {
            return Err(Error::config(format!(
                "the wait token is of {}, not of {}",
                place.op, facts.operation.name
            )));
        }
        let streamed = match (&place.stream, &facts.stream) {
            (None, _) => true,
            (Some(values), Some(link)) => values.len() == link.arguments.len(),
            (Some(_), None) => false,
        };
        if !streamed || place.poll.len() != facts.poll.arguments.len() {
            return Err(other());
        }
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::Place;
    use crate::runtime::{Link, LongRunning, Operation};

    static START: Operation = Operation {
        name: "startRun",
        ..Operation::DEFAULT
    };

    static FACTS: LongRunning = LongRunning {
        operation: &START,
        poll: Link {
            operation: &START,
            arguments: &[("run_id", "/id")],
        },
        stream: Some(Link {
            operation: &START,
            arguments: &[("run_id", "/id")],
        }),
        state: "/status",
        terminal: &["succeeded"],
    };

    fn encoded(json: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_token_is_what_every_sdk_writes() {
        let values = vec!["run_1".to_owned()];
        let key = Some("k".to_owned());
        let mut place = Place::new("startRun", values.clone(), Some(values), key);
        let text = r#"{"v":1,"op":"startRun","poll":["run_1"],"stream":["run_1"],"key":"k"}"#;
        assert_eq!(place.token(), encoded(text));
        place.last_event_id = Some("7".to_owned());
        let text = text.replace(r#","key""#, r#","last_event_id":"7","key""#);
        assert_eq!(place.token(), encoded(&text));
        assert_eq!(Place::read(&place.token(), &FACTS).unwrap(), place);
    }

    #[test]
    fn another_token_is_refused_with_a_reason() {
        let refused = |token: &str| Place::read(token, &FACTS).unwrap_err().to_string();
        assert!(refused("!").contains("another form"));
        assert!(refused(&encoded("[]")).contains("another form"));
        assert!(refused(&encoded(r#"{"v":2,"at":"x"}"#)).contains("version 2"));
        let other = r#"{"v":1,"op":"startBuild","poll":["b"]}"#;
        assert!(refused(&encoded(other)).contains("startBuild"));
        for form in [
            r#"{"v":1,"op":"startRun","poll":[]}"#,
            r#"{"v":1,"op":"startRun","poll":["a"],"stream":["a","b"]}"#,
            r#"{"v":1,"op":"startRun","poll":["a"],"more":1}"#,
            r#"{"v":"1","op":"startRun","poll":["a"]}"#,
        ] {
            assert!(refused(&encoded(form)).contains("another form"), "{form}");
        }
    }
}
