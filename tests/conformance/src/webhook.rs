//! Webhook deliveries, signed as the API signs them.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::Sha256;

/// Replaces `sign` in the arguments by the headers of a delivery.
///
/// `sign` has `secret`, `id` (`msg_1`), `age` (seconds that the timestamp is older than `now` of the
/// arguments, or than the clock), `body` (what is signed, where it is not what is delivered) and
/// `headers`, which replace what was made of the others; null takes one away.
pub(crate) fn signed(args: &Map<String, Value>) -> Map<String, Value> {
    let mut args = args.clone();
    let sign = args.shift_remove("sign").unwrap_or_default();
    let delivered = args.get("body").and_then(Value::as_str).unwrap_or_default();
    let body = sign["body"].as_str().unwrap_or(delivered);
    let id = sign["id"].as_str().unwrap_or("msg_1");
    let now = args.get("now").and_then(Value::as_i64);
    let now = now.unwrap_or_else(|| Timestamp::now().as_second());
    let time = now - sign["age"].as_i64().unwrap_or_default();
    let secret = sign["secret"].as_str().unwrap_or_default();
    let mut headers = Map::new();
    headers.insert("webhook-id".to_owned(), json!(id));
    headers.insert("webhook-timestamp".to_owned(), json!(time.to_string()));
    let message = format!("{id}.{time}.{body}");
    headers.insert(
        "webhook-signature".to_owned(),
        json!(signature(secret, &message)),
    );
    if let Some(others) = sign["headers"].as_object() {
        for (name, value) in others {
            match value {
                Value::Null => headers.shift_remove(name),
                value => headers.insert(name.clone(), value.clone()),
            };
        }
    }
    args.insert("headers".to_owned(), Value::Object(headers));
    args
}

/// `v1=` and the HMAC-SHA256 (RFC 2104) in lower-case hex.
fn signature(secret: &str, message: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(message.as_bytes());
    let digest = mac.finalize().into_bytes();
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={digits}")
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_test_case_of_rfc_4231() {
        let expected = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", "what do ya want for nothing?"), expected);
    }
}
