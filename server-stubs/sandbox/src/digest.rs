//! Digests and bytes as lower-case hexadecimal digits.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_example_of_fips_180_2() {
        assert_eq!(hex([0, 15, 255]), "000fff");
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256("abc"), digest);
    }
}
