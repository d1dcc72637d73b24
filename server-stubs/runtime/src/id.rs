//! Ids: a prefix and a ULID (github.com/ulid/spec).

use jiff::Timestamp;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A new id of a server's own resources: `run_01JB8Z6Q4M2N7T5V9X1C3E5G7H` of the prefix `run_`.
/// Ids sort by the time at which they were made, to the millisecond.
pub fn new_id(prefix: &str, at: Timestamp) -> String {
    new(prefix, u64::try_from(at.as_millisecond()).unwrap_or(0))
}

/// Crockford's base 32: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `rcp_01JB8Z6Q4M2N7T5V9X1C3E5G7H`: 48 bits of time in milliseconds, 80 of chance.
///
/// Chance is `SipHash` of a counter under a key that std takes from the system: an id must be unique
/// and hard to guess, which a keyed pseudorandom function gives without a call to the system for
/// each. It is no secret; a token needs a better source.
pub(crate) fn new(prefix: &str, millis: u64) -> String {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let high = u128::from(KEY.hash_one((count, 0_u8)));
    let low = u128::from(KEY.hash_one((count, 1_u8)));
    let chance = (high << 64 | low) >> 48;
    let bits = u128::from(millis) << 80 | chance;
    let mut id = String::with_capacity(prefix.len() + 26);
    id.push_str(prefix);
    for digit in (0..26).rev() {
        let digit = usize::try_from(bits >> (digit * 5) & 31).unwrap_or(0);
        id.push(char::from(DIGITS[digit]));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_of_one_moment_differ_and_ids_sort_by_time() {
        let moment: HashSet<String> = (0..10_000)
            .map(|_| new("rcp_", 1_469_918_176_385))
            .collect();
        assert_eq!(moment.len(), 10_000);
        // The time of the specification's own example.
        assert!(moment.iter().all(|id| id.starts_with("rcp_01ARYZ6S41")));
        assert!(moment.iter().all(|id| id.len() == 30));
        assert!(new("", 1) < new("", 2));
        assert!(new("", (1 << 48) - 1).starts_with("7ZZZZZZZZZ"));
    }
}
