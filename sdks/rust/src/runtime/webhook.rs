//! Webhooks: proof that a request comes from the server, before it is read.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::{Error, Secret};

/// How an API signs: HMAC-SHA256 of `{id}.{timestamp}.{body}` in lower-case hex, after a prefix.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// The header with the delivery's id: `Webhook-Id`.
    pub id_header: &'static str,
    /// The header with Unix seconds: `Webhook-Timestamp`.
    pub timestamp_header: &'static str,
    /// The header with the signature: `Webhook-Signature`.
    pub signature_header: &'static str,
    /// What stands before the digits: `v1=`.
    pub prefix: &'static str,
    /// How far the timestamp may be from now, past or future.
    pub tolerance: Duration,
}

impl Scheme {
    /// `Webhook-Id`, `Webhook-Timestamp` and `Webhook-Signature: v1=...`, five minutes either way.
    pub const V1: Self = Self {
        id_header: "Webhook-Id",
        timestamp_header: "Webhook-Timestamp",
        signature_header: "Webhook-Signature",
        prefix: "v1=",
        tolerance: Duration::from_secs(300),
    };
}

/// Checks deliveries against one secret, or against several while one is being rotated.
#[derive(Debug, Clone)]
pub struct Verifier {
    scheme: Scheme,
    secrets: Vec<Secret>,
}

impl Verifier {
    /// A verifier; a delivery signed with any of the secrets passes.
    pub fn new(scheme: Scheme, secrets: impl IntoIterator<Item = impl Into<Secret>>) -> Self {
        Self {
            scheme,
            secrets: secrets.into_iter().map(Into::into).collect(),
        }
    }

    /// Checks a delivery and reads its body.
    ///
    /// `body` must be the bytes as they came: JSON that was parsed and written again has another
    /// signature.
    ///
    /// # Errors
    /// [`Error::is_signature`]: a header is missing, the signature is of none of the secrets, or
    /// the timestamp is too far off. [`Error::is_decode`]: the body is signed, but is not a `T`.
    pub fn unwrap<T: DeserializeOwned>(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<T, Error> {
        self.verify(headers, body)?;
        serde_json::from_slice(body).map_err(Error::decode)
    }

    /// Checks a delivery.
    ///
    /// # Errors
    /// [`Error::is_signature`], as for [`unwrap`](Self::unwrap).
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
        self.verify_at(headers, body, Timestamp::now())
    }

    /// Checks a delivery as of a given time.
    ///
    /// # Errors
    /// [`Error::is_signature`], as for [`unwrap`](Self::unwrap).
    pub fn verify_at(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Error> {
        let header = |name| match headers.get(name).and_then(|value| value.to_str().ok()) {
            Some(value) => Ok(value),
            None => Err(Error::signature(&format!("the header {name} is missing"))),
        };
        let id = header(self.scheme.id_header)?;
        let timestamp = header(self.scheme.timestamp_header)?;
        let given = header(self.scheme.signature_header)?;

        let given = given
            .strip_prefix(self.scheme.prefix)
            .and_then(bytes_of_hex);
        let given = given.ok_or_else(|| Error::signature("the signature has another form"))?;
        // The signature first: an unsigned timestamp says nothing.
        let signed = self.secrets.iter().filter(|secret| {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
                return false;
            };
            for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
                mac.update(part);
            }
            // In constant time.
            mac.verify_slice(&given).is_ok()
        });
        if signed.count() == 0 {
            return Err(Error::signature(
                "the signature is not of any of the secrets",
            ));
        }
        let off = timestamp
            .parse()
            .ok()
            .map(|then: i64| now.as_second().abs_diff(then));
        if off.is_none_or(|off| off > self.scheme.tolerance.as_secs()) {
            return Err(Error::signature("the timestamp is too far from now"));
        }
        Ok(())
    }
}

fn bytes_of_hex(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let pairs = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if rest.is_empty() {
        pairs.collect()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::{Scheme, Verifier};

    const SCHEME: Scheme = Scheme::V1;
    /// `printf %s 'whk_1.1700000000.{"type":"ping"}' | openssl dgst -sha256 -hmac whsec_1`
    const SIGNATURE: &str = "2fd8bcfa4bf5ae72d8a7196b054baf8ba98c8be5d0119bbd3e50a09f87da9de0";
    const BODY: &[u8] = br#"{"type":"ping"}"#;

    fn headers(timestamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("whk_1"));
        headers.insert(
            "webhook-timestamp",
            HeaderValue::from_str(timestamp).unwrap(),
        );
        headers.insert(
            "webhook-signature",
            HeaderValue::from_str(signature).unwrap(),
        );
        headers
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_delivery_passes_for_five_minutes_either_way() {
        let verifier = Verifier::new(SCHEME, ["whsec_1"]);
        let headers = headers("1700000000", &format!("v1={SIGNATURE}"));
        for (now, passes) in [
            (1_699_999_699, false),
            (1_699_999_700, true),
            (1_700_000_300, true),
            (1_700_000_301, false),
        ] {
            assert_eq!(
                verifier.verify_at(&headers, BODY, at(now)).is_ok(),
                passes,
                "{now}"
            );
        }
    }

    #[test]
    fn either_secret_of_a_rotation_passes_and_another_does_not() {
        let headers = headers("1700000000", &format!("v1={SIGNATURE}"));
        let check = |secrets: &[&str]| {
            Verifier::new(SCHEME, secrets.iter().copied()).verify_at(
                &headers,
                BODY,
                at(1_700_000_000),
            )
        };
        assert!(check(&["whsec_2", "whsec_1"]).is_ok());
        assert!(check(&["whsec_2"]).unwrap_err().is_signature());
        assert!(check(&[]).is_err());
    }

    #[test]
    fn any_change_is_refused() {
        let verifier = Verifier::new(SCHEME, ["whsec_1"]);
        let now = at(1_700_000_000);
        let good = format!("v1={SIGNATURE}");
        assert!(
            verifier
                .verify_at(&headers("1700000000", &good), b"{}", now)
                .is_err()
        );
        assert!(
            verifier
                .verify_at(&headers("1700000001", &good), BODY, now)
                .is_err()
        );
        for bad in [
            SIGNATURE,
            "v1=",
            "v1=0",
            &format!("v1={}", &SIGNATURE[2..]),
            &format!("v2={SIGNATURE}"),
        ] {
            assert!(
                verifier
                    .verify_at(&headers("1700000000", bad), BODY, now)
                    .is_err(),
                "{bad}"
            );
        }
        let mut missing = headers("1700000000", &good);
        missing.remove("webhook-id");
        assert!(verifier.verify_at(&missing, BODY, now).is_err());
    }
}
