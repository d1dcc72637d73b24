//! The imports of a module, in the order that isort (ruff's rules `I`) gives them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::layout::ruff;

/// What a module imports. Mentioning a symbol is what adds its import.
#[derive(Clone, Debug, Default)]
pub(super) struct Imports {
    modules: BTreeSet<String>,
    names: BTreeMap<String, BTreeSet<String>>,
    checked: BTreeMap<String, BTreeSet<String>>,
}

impl Imports {
    /// `import msgspec`, `import datetime as dt`
    pub(super) fn module(&mut self, statement: &str) {
        self.modules.insert(statement.to_owned());
    }

    /// `from module import name`
    pub(super) fn name(&mut self, module: &str, name: &str) {
        self.names
            .entry(module.to_owned())
            .or_default()
            .insert(name.to_owned());
    }

    /// As [`Imports::name`], for type checkers alone.
    pub(super) fn checked(&mut self, module: &str, name: &str) {
        self.checked
            .entry(module.to_owned())
            .or_default()
            .insert(name.to_owned());
    }

    /// The import block: the statements, sections apart by an empty line.
    pub(super) fn render(&self) -> String {
        let mut names = self.names.clone();
        let mut checked = self.checked.clone();
        for (module, members) in &mut checked {
            if let Some(known) = names.get(module) {
                members.retain(|member| !known.contains(member));
            }
        }
        checked.retain(|_, members| !members.is_empty());
        if !checked.is_empty() {
            names
                .entry("typing".to_owned())
                .or_default()
                .insert("TYPE_CHECKING".to_owned());
        }
        let mut sections = vec!["from __future__ import annotations".to_owned()];
        for section in [Section::Standard, Section::Third, Section::Local] {
            let lines = self.section(section, &names);
            if !lines.is_empty() {
                sections.push(lines.join("\n"));
            }
        }
        if !checked.is_empty() {
            let blocks: Vec<String> = [Section::Standard, Section::Third, Section::Local]
                .into_iter()
                .map(|section| statements(section, &checked, 4).join("\n    "))
                .filter(|block| !block.is_empty())
                .collect();
            sections.push(format!(
                "if TYPE_CHECKING:\n    {}",
                blocks.join("\n\n    ")
            ));
        }
        sections.join("\n\n")
    }

    fn section(&self, section: Section, names: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
        let mut lines: Vec<String> = self
            .modules
            .iter()
            .filter(|module| section_of(module) == section)
            .map(|module| format!("import {module}"))
            .collect();
        lines.extend(statements(section, names, 0));
        lines
    }
}

fn statements(
    section: Section,
    names: &BTreeMap<String, BTreeSet<String>>,
    indent: usize,
) -> Vec<String> {
    let mut modules: Vec<&String> = names
        .keys()
        .filter(|module| section_of(module) == section)
        .collect();
    modules.sort_by(|a, b| dots(b).cmp(&dots(a)).then_with(|| a.cmp(b)));
    modules
        .into_iter()
        .map(|module| {
            let members = sorted(names[module].iter().cloned());
            ruff::import_from(indent, module, &members)
        })
        .collect()
}

/// Names as one statement lists them.
pub(super) fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_by(|a, b| {
        kind(a)
            .cmp(&kind(b))
            .then_with(|| natural(a, b))
            .then_with(|| a.cmp(b))
    });
    names
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Standard,
    Third,
    Local,
}

fn section_of(module: &str) -> Section {
    match module {
        local if local.starts_with('.') => Section::Local,
        "msgspec" => Section::Third,
        _ => Section::Standard,
    }
}

/// Relative imports come furthest first.
fn dots(module: &str) -> usize {
    module.chars().take_while(|c| *c == '.').count()
}

/// Constants, then classes, then the rest.
fn kind(name: &str) -> u8 {
    let upper = name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase);
    match name.chars().next() {
        Some(_) if upper && name.len() > 1 => 0,
        Some(first) if first.is_uppercase() => 1,
        _ => 2,
    }
}

/// Numbers inside names by their value, letters without case.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.to_lowercase(), b.to_lowercase());
    loop {
        match (take(&mut a), take(&mut b)) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => {
                let order = match (x.parse::<u128>(), y.parse::<u128>()) {
                    (Ok(x), Ok(y)) => x.cmp(&y),
                    _ => x.cmp(&y),
                };
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
    }
}

/// Takes a character, or a run of digits, off the front.
fn take(text: &mut String) -> Option<String> {
    let first = text.chars().next()?;
    let end = if first.is_ascii_digit() {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    } else {
        first.len_utf8()
    };
    let rest = text.split_off(end);
    Some(std::mem::replace(text, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_names_stand_in_isorts_order() {
        let mut imports = Imports::default();
        imports.module("msgspec");
        imports.module("datetime as dt");
        imports.name("typing", "Any");
        for name in ["tagged", "Unknown", "UNSET", "Run10", "Run2"] {
            imports.name(".shared", name);
        }
        imports.name("..._runtime.model", "Model");
        imports.checked(".runs", "Run");
        assert_eq!(
            imports.render(),
            "from __future__ import annotations\n\n\
             import datetime as dt\nfrom typing import TYPE_CHECKING, Any\n\n\
             import msgspec\n\n\
             from ..._runtime.model import Model\n\
             from .shared import UNSET, Run2, Run10, Unknown, tagged\n\n\
             if TYPE_CHECKING:\n    from .runs import Run",
        );
    }
}
