//! The imports of one file: mentioning a symbol records where it comes from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::layout::biome;

/// What a file imports, by module.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The file's own module: `generated/functions/runs`.
    file: String,
    /// Names by module, with whether only the type is meant.
    modules: BTreeMap<String, BTreeMap<String, bool>>,
}

impl Imports {
    /// No imports yet, for a file below `src`, named without its ending.
    pub(super) fn of(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            modules: BTreeMap::new(),
        }
    }

    /// Mentions a type.
    pub(super) fn ty(&mut self, module: &str, name: &str) {
        self.add(module, name, true);
    }

    /// Mentions a value, or a class that is used as one.
    pub(super) fn value(&mut self, module: &str, name: &str) {
        self.add(module, name, false);
    }

    fn add(&mut self, module: &str, name: &str, only_type: bool) {
        if module != self.file {
            let names = self.modules.entry(module.to_owned()).or_default();
            *names.entry(name.to_owned()).or_insert(true) &= only_type;
        }
    }

    /// The import statements, in the order that biome's `organizeImports` wants.
    pub(super) fn statements(&self) -> Vec<String> {
        let mut statements: Vec<(String, String)> = self
            .modules
            .iter()
            .map(|(module, names)| {
                let path = relative(&self.file, module);
                (path.clone(), statement(&path, names))
            })
            .collect();
        statements.sort_by_cached_key(|(path, _)| (Reverse(distance(path)), natural(path)));
        statements
            .into_iter()
            .map(|(_, statement)| statement)
            .collect()
    }
}

fn statement(path: &str, names: &BTreeMap<String, bool>) -> String {
    let only_types = names.values().all(|only_type| *only_type);
    let mut sorted: Vec<(&String, &bool)> = names.iter().collect();
    sorted.sort_by_cached_key(|(name, _)| natural(name));
    let items: Vec<String> = sorted
        .into_iter()
        .map(|(name, only_type)| match (only_types, only_type) {
            (false, true) => format!("type {name}"),
            _ => name.clone(),
        })
        .collect();
    let head = if only_types {
        "import type "
    } else {
        "import "
    };
    biome::specifiers(head, &items, &format!(" from \"{path}\";"))
}

/// The path from one module to another, as `import` wants it: `../types/runs.js`.
pub(super) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from[..from.len() - 1]
        .iter()
        .zip(&to)
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.len() - 1 - shared;
    let start = if up == 0 {
        "./".to_owned()
    } else {
        "../".repeat(up)
    };
    format!("{start}{}.js", to[shared..].join("/"))
}

/// How far away a module is: those further away come first.
fn distance(path: &str) -> usize {
    path.matches("../").count()
}

/// A piece of a text, as [`natural`] orders it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Dot,
    Mark(char),
    Number(u64),
    Letter(String, bool),
}

/// The order of biome's `organizeImports`: letter by letter, `A < a < B < b`, and numbers by their
/// value, `a2 < a10`. A file comes before another whose name only goes on.
pub(super) fn natural(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        keys.push(match c {
            '.' => Key::Dot,
            _ if c.is_ascii_digit() => {
                let mut digits = c.to_string();
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                Key::Number(digits.parse().unwrap_or(u64::MAX))
            }
            _ if c.is_alphabetic() => Key::Letter(c.to_lowercase().collect(), c.is_lowercase()),
            _ => Key::Mark(c),
        });
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_ordered_and_types_are_marked() {
        let mut imports = Imports::of("generated/functions/runs");
        imports.ty("generated/types/shared", "Plan");
        imports.value("runtime/send", "send");
        imports.ty("runtime/core", "Core");
        imports.ty("runtime/pages", "Pages");
        imports.value("runtime/pages", "list");
        imports.ty("generated/functions/runs", "Own");
        imports.value("generated/functions/plans", "getPlan");
        assert_eq!(
            imports.statements(),
            [
                "import type { Core } from \"../../runtime/core.js\";",
                "import { list, type Pages } from \"../../runtime/pages.js\";",
                "import { send } from \"../../runtime/send.js\";",
                "import type { Plan } from \"../types/shared.js\";",
                "import { getPlan } from \"./plans.js\";",
            ]
        );
    }

    #[test]
    fn names_are_in_natural_order() {
        let sorted = [
            "a",
            "B",
            "b",
            "Run",
            "Run2",
            "Run10",
            "RunError",
            "run",
            "Stream",
            "StreamOptions",
            "s.js",
            "s-a.js",
            "stream",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, sorted);
    }
}
