//! The names that a file takes from elsewhere, as `use` lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::rustfmt;

/// Names by the path they are taken from.
#[derive(Debug, Default)]
pub struct Imports(BTreeMap<String, BTreeSet<String>>);

impl Imports {
    /// Mentions a name of the runtime.
    pub fn runtime(&mut self, name: &str) {
        self.take("crate::runtime", name);
    }

    /// Mentions a name of any path.
    pub fn take(&mut self, path: &str, name: &str) {
        self.0
            .entry(path.to_owned())
            .or_default()
            .insert(name.to_owned());
    }

    /// Mentions what a type expression names.
    pub fn expression(&mut self, expression: &str) {
        if expression.contains("types::") {
            self.take("crate::generated", "types");
        }
        if expression.contains("BTreeMap<") {
            self.take("std::collections", "BTreeMap");
        }
    }

    /// The lines, sorted as rustfmt sorts them, and nothing left.
    pub fn drain(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = std::mem::take(&mut self.0)
            .into_iter()
            .map(|(path, names)| {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                rustfmt::import(&path, &names)
            })
            .collect();
        // By path, a list after the names beside it: `{` is behind all letters.
        lines.sort();
        lines
    }
}
