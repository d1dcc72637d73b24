//! The token of a wait: base64url without padding (RFC 4648, section 5) of compact JSON.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The members of a token, in the order in which every SDK writes them.
const MEMBERS: [&str; 6] = ["v", "op", "poll", "stream", "last_event_id", "key"];

/// The token of these members. A text is one already, and stays.
pub(crate) fn written(token: &Value) -> Value {
    match token {
        Value::Object(_) => BASE64_URL_SAFE_NO_PAD.encode(token.to_string()).into(),
        token => token.clone(),
    }
}

/// The members of a token that is written as all SDKs write it; another text as it is.
pub(crate) fn read(token: &Value) -> Value {
    let members = || {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.as_str()?).ok()?;
        let members: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
        let mut names = MEMBERS.iter().filter(|name| members.contains_key(**name));
        let ordered = members
            .keys()
            .all(|name| names.next() == Some(&name.as_str()));
        let members = Value::Object(members);
        (ordered && members.to_string().as_bytes() == bytes).then_some(members)
    };
    members().unwrap_or_else(|| token.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{read, written};

    #[test]
    fn only_what_is_written_alike_is_read() {
        let token = json!({"v": 1, "op": "startRun", "poll": ["run_1"], "key": "k"});
        assert_eq!(read(&written(&token)), token);
        let other = json!({"op": "startRun", "v": 1});
        assert_eq!(read(&written(&other)), written(&other));
        let more = json!({"v": 1, "token": "t"});
        assert_eq!(read(&written(&more)), written(&more));
    }
}
