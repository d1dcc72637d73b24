//! Chance that is the same every time.

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Numbers and texts from a seed.
pub(crate) struct Chance(TestRunner);

impl Chance {
    /// Begins anew: by what it is for, and a number.
    pub(crate) fn new(of: &str, number: u32) -> Self {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_le_bytes());
        for (index, byte) in of.bytes().enumerate() {
            let at = &mut seed[4 + index % 28];
            *at = at.rotate_left(3) ^ byte;
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    /// A number below `end`, or 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end < 2 {
            return 0;
        }
        self.of(&(0..end)).unwrap_or_default()
    }

    /// A number from the lowest to the highest, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.of(&(low..=high.max(low))).unwrap_or(low)
    }

    /// Yes or no.
    pub(crate) fn half(&mut self) -> bool {
        self.below(2) == 1
    }

    /// One of some.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// A text that an expression of ECMA-262 matches; `None` where it cannot be told.
    pub(crate) fn matching(&mut self, pattern: &str) -> Option<String> {
        let inner = pattern.strip_prefix('^').unwrap_or(pattern);
        let inner = match inner.strip_suffix('$') {
            Some(inner) if !inner.ends_with('\\') => inner,
            _ => inner,
        };
        let inner = inner
            .replace("\\d", "[0-9]")
            .replace("\\w", "[A-Za-z0-9_]")
            .replace("\\s", "[ ]")
            .replace("\\/", "/")
            .replace("\\_", "_")
            .replace("\\@", "@")
            .replace("(?:^", "(?:")
            .replace("$)", ")");
        let strategy = string_regex(&inner).ok()?;
        self.of(&strategy)
    }

    fn of<S: Strategy>(&mut self, strategy: &S) -> Option<S::Value> {
        Some(strategy.new_tree(&mut self.0).ok()?.current())
    }
}
