//! Signatures, and the secrets that make them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How long a former secret may be named valid beside the one that signs.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// `v1=` and the lower-case hexadecimal HMAC-SHA256 (RFC 2104) of `{id}.{timestamp}.{body}`,
/// `timestamp` in Unix seconds, under all bytes of the secret.
pub fn signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut text = "v1=".to_owned();
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return text;
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The headers of an attempt at a time, by names in lower case.
pub fn signed_headers(
    secret: &str,
    id: &str,
    at: Timestamp,
    body: &[u8],
) -> BTreeMap<String, String> {
    let timestamp = at.as_second();
    let header = |name: &str, value: String| (name.to_owned(), value);
    BTreeMap::from([
        header("content-type", "application/json".to_owned()),
        header("user-agent", "exai-webhooks/1".to_owned()),
        header("webhook-id", id.to_owned()),
        header("webhook-timestamp", timestamp.to_string()),
        header("webhook-signature", signature(secret, id, timestamp, body)),
    ])
}

/// The secret of an endpoint that signs, and the one before while receivers should take it too.
///
/// It is kept as it is, for signing needs the text. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecrets {
    current: String,
    previous: Option<(String, Timestamp)>,
}

impl SigningSecrets {
    /// A first secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self {
            current: secret.into(),
            previous: None,
        }
    }

    /// What signs.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// The secret before the last rotation and until when it is named valid, if that is to come.
    pub fn previous(&self, now: Timestamp) -> Option<(&str, Timestamp)> {
        let (secret, until) = self.previous.as_ref()?;
        (*until > now).then_some((secret, *until))
    }

    /// Signs with another secret from now on. The old one is named valid for `overlap`; a secret
    /// before that is no longer.
    ///
    /// # Errors
    /// The overlap is longer than [`LONGEST_OVERLAP`]; nothing has changed.
    pub fn rotate(
        &mut self,
        secret: impl Into<String>,
        overlap: Duration,
        now: Timestamp,
    ) -> Result<(), OverlapTooLong> {
        if overlap > LONGEST_OVERLAP {
            return Err(OverlapTooLong);
        }
        let until = now.saturating_add(overlap).unwrap_or(Timestamp::MAX);
        let before = std::mem::replace(&mut self.current, secret.into());
        self.previous = (!overlap.is_zero()).then_some((before, until));
        Ok(())
    }
}

impl std::fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecrets(...)")
    }
}

/// An overlap of more than seven days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverlapTooLong;

impl std::fmt::Display for OverlapTooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an old secret is valid for seven days at most")
    }
}

impl std::error::Error for OverlapTooLong {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_openssl_makes_of_it() {
        // printf %s 'whk_1.1700000000.{"type":"ping"}' | openssl dgst -sha256 -hmac whsec_1
        let expected = "v1=2fd8bcfa4bf5ae72d8a7196b054baf8ba98c8be5d0119bbd3e50a09f87da9de0";
        let body = br#"{"type":"ping"}"#;
        assert_eq!(signature("whsec_1", "whk_1", 1_700_000_000, body), expected);
    }

    #[test]
    fn an_old_secret_is_named_as_long_as_it_was_told_to_be_and_no_longer() {
        let now: Timestamp = "2026-01-14T00:00:00Z".parse().expect("a time");
        let day = Duration::from_secs(86_400);
        let mut secrets = SigningSecrets::new("one");
        secrets.rotate("two", day, now).expect("rotated");
        assert_eq!(
            (secrets.current(), secrets.previous(now).map(|p| p.0)),
            ("two", Some("one"))
        );
        assert_eq!(
            secrets.previous(now.saturating_add(day).expect("a time")),
            None
        );
        assert!(secrets.rotate("three", day * 8, now).is_err());
        assert_eq!(secrets.current(), "two");
        secrets
            .rotate("three", Duration::ZERO, now)
            .expect("rotated");
        assert_eq!((secrets.current(), secrets.previous(now)), ("three", None));
        assert!(!format!("{secrets:?}").contains("three"));
    }
}
