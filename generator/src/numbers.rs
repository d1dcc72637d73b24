//! Names that are told apart by a number, each number asked for once: thousands of names that want
//! to be one cost no more than as many that differ.

use std::collections::HashMap;
use std::hash::Hash;

/// The next number of each name of a scope whose names are never given back.
#[derive(Clone, Debug)]
pub(crate) struct Numbers<K> {
    next: HashMap<K, u32>,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self {
            next: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash> Numbers<K> {
    /// The first of the names that `make` makes of `of` and a number, from 2, which is not taken.
    pub(crate) fn free<T>(
        &mut self,
        of: K,
        make: impl Fn(&K, u32) -> T,
        is_taken: impl Fn(&T) -> bool,
    ) -> T {
        let mut number = self.next.get(&of).copied().unwrap_or(2);
        loop {
            let name = make(&of, number);
            number += 1;
            if !is_taken(&name) {
                self.next.insert(of, number);
                return name;
            }
        }
    }
}
