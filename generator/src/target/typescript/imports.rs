//! The imports of one file: mentioning a symbol records where it comes from.

use std::cmp::Ordering;
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
        Self { file: file.to_owned(), modules: BTreeMap::new() }
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
        statements.sort_by(|(a, _), (b, _)| distance(b).cmp(&distance(a)).then_with(|| natural(a, b)));
        statements.into_iter().map(|(_, statement)| statement).collect()
    }
}

fn statement(path: &str, names: &BTreeMap<String, bool>) -> String {
    let only_types = names.values().all(|only_type| *only_type);
    let mut sorted: Vec<(&String, &bool)> = names.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| natural(a, b));
    let items: Vec<String> = sorted
        .into_iter()
        .map(|(name, only_type)| match (only_types, only_type) {
            (false, true) => format!("type {name}"),
            _ => name.clone(),
        })
        .collect();
    let head = if only_types { "import type " } else { "import " };
    biome::specifiers(head, &items, &format!(" from \"{path}\";"))
}

/// The path from one module to another, as `import` wants it: `../types/runs.js`.
pub(super) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from[..from.len() - 1].iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len() - 1 - shared;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}.js", to[shared..].join("/"))
}

/// How far away a module is: those further away come first.
fn distance(path: &str) -> usize {
    path.matches("../").count()
}

/// Case decides last, and numbers count as numbers: `A < a < B`, `a2 < a10`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let key = |text: &str| -> Vec<(u64, String)> {
        let mut parts: Vec<(u64, String)> = Vec::new();
        let mut digits = String::new();
        for c in text.chars() {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            if !digits.is_empty() {
                parts.push((digits.parse().unwrap_or(u64::MAX), String::new()));
                digits.clear();
            }
            parts.push((u64::from('0'), c.to_lowercase().collect()));
        }
        if !digits.is_empty() {
            parts.push((digits.parse().unwrap_or(u64::MAX), String::new()));
        }
        parts
    };
    compare(&key(a), &key(b)).then_with(|| a.cmp(b))
}

/// A run of digits sorts before a letter, and by its value among its like.
fn compare(a: &[(u64, String)], b: &[(u64, String)]) -> Ordering {
    for ((n, letter), (m, other)) in a.iter().zip(b) {
        let order = match (letter.is_empty(), other.is_empty()) {
            (true, true) => n.cmp(m),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => letter.cmp(other),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
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
        let mut names = vec!["b", "Run10", "B", "Run2", "a", "RunError", "Run"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["a", "B", "b", "Run", "Run2", "Run10", "RunError"]);
    }
}
