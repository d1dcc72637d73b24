//! What makes two requests the same.

use axum::extract::OriginalUri;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

/// SHA-256 over method, path and query, content type and body of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint(...)")
    }
}

impl Fingerprint {
    /// `body` is the SHA-256 of the body. Each part is led by its length, so that no two requests
    /// run together.
    pub(crate) fn of(parts: &Parts, body: [u8; 32]) -> Self {
        let original = parts.extensions.get::<OriginalUri>();
        let uri = original.map_or(&parts.uri, |original| &original.0);
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        let content_type = parts.headers.get(CONTENT_TYPE);
        let content_type = content_type.map_or(&[][..], |value| value.as_bytes());
        let mut sha = Sha256::new();
        for part in [
            parts.method.as_str().as_bytes(),
            path.as_bytes(),
            content_type,
            &body,
        ] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part);
        }
        Self(sha.finalize().into())
    }
}
