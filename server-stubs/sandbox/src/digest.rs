//! Digests and bytes as lower-case hexadecimal digits.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// Two digits a byte.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 in 64 digits.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(Sha256::digest(bytes))
}

/// The value of a `Repr-Digest` header (RFC 9530 section 3).
pub(crate) fn repr_digest(bytes: impl AsRef<[u8]>) -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(bytes));
    format!("sha-256=:{digest}:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_example_of_fips_180_2() {
        assert_eq!(hex([0, 15, 255]), "000fff");
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256("abc"), digest);
    }

    #[test]
    fn an_example_of_rfc_9530() {
        // Appendix B.1: the same representation that B.2's headers digest.
        let digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
        assert_eq!(repr_digest("{\"hello\": \"world\"}"), digest);
    }
}
