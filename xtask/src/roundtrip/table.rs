//! `ROUNDTRIP.md`: how many components of a document each language keeps, and which it does not.

use std::collections::BTreeMap;

use exai_gen::target::Target;

use super::LANGUAGES;

/// Why a component is lost whose program could not be compiled or ended early.
pub(super) const SILENT: &str = "the program did not run";

/// What a language keeps of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// How many components come back as they were.
    pub(super) number: usize,
    /// Those that do not, and the first difference.
    pub(super) lost: Vec<(String, String)>,
    /// Those that the package has no type for.
    pub(super) absent: Vec<String>,
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) components: usize,
    pub(super) instances: usize,
    /// Those of which no instance was found.
    pub(super) without: Vec<String>,
    pub(super) kept: BTreeMap<Target, Kept>,
}

impl Row {
    /// `museum: 20 components, 150 instances; typescript 20, python 20`
    pub(super) fn summary(&self) -> String {
        let kept: Vec<String> = self
            .kept
            .iter()
            .map(|(target, kept)| format!("{} {}", target.name(), kept.number))
            .collect();
        format!(
            "{} components, {} without an instance, {} instances; kept: {}",
            self.components,
            self.without.len(),
            self.instances,
            kept.join(", ")
        )
    }

    fn cells(&self) -> String {
        let mut text = format!(
            "| {} | {} | {} |",
            self.components,
            self.without.len(),
            self.instances
        );
        for target in LANGUAGES {
            match self.kept.get(&target) {
                Some(kept) => text.push_str(&format!(" {} |", kept.number)),
                None => text.push_str(" ? |"),
            }
        }
        text
    }
}

/// Rows by folder and document.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The lines of the table, as they are written.
    lines: BTreeMap<(String, String), String>,
    /// The lines below it: what is lost.
    lost: BTreeMap<(String, String), Vec<String>>,
    rows: BTreeMap<(String, String), Row>,
}

impl Table {
    /// Reads a table that was written.
    pub(super) fn read(text: &str) -> Self {
        let mut table = Self::default();
        let mut section = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                section = name.to_owned();
            } else if let Some(rest) = line.strip_prefix("| `")
                && let Some((name, cells)) = rest.split_once('`')
            {
                let key = (section.clone(), name.to_owned());
                table.lines.insert(key, cells.trim().to_owned());
            } else if let Some(rest) = line.strip_prefix("- `")
                && let Some((name, _)) = rest.split_once('`')
            {
                let key = (section.clone(), name.to_owned());
                table.lost.entry(key).or_default().push(line.to_owned());
            }
        }
        table
    }

    /// A row to be filled in.
    pub(super) fn row(&self, section: &str, name: &str) -> Row {
        let key = (section.to_owned(), name.to_owned());
        self.rows.get(&key).cloned().unwrap_or_default()
    }

    /// Sets a row.
    pub(super) fn set(&mut self, section: &str, name: &str, row: Row) {
        let key = (section.to_owned(), name.to_owned());
        let mut lost = Vec::new();
        if !row.without.is_empty() {
            lost.push(format!(
                "- `{name}`: no instance was found of {}",
                listed(&row.without)
            ));
        }
        for (target, kept) in &row.kept {
            let silent = kept.lost.iter().filter(|(_, why)| why == SILENT).count();
            if silent > 0 {
                let target = target.name();
                lost.push(format!(
                    "- `{name}`, {target}: {SILENT}, of {silent} components"
                ));
            }
            for (component, why) in kept.lost.iter().filter(|(_, why)| why != SILENT) {
                let why = why.replace(['\n', '|', '`'], " ");
                lost.push(format!(
                    "- `{name}`, {}: `{component}`: {why}",
                    target.name()
                ));
            }
            if !kept.absent.is_empty() {
                let absent = listed(&kept.absent);
                lost.push(format!(
                    "- `{name}`, {}: no type for {absent}",
                    target.name()
                ));
            }
        }
        self.lines.insert(key.clone(), row.cells());
        self.lost.insert(key.clone(), lost);
        self.rows.insert(key, row);
    }

    /// What this table says and `before` does not.
    pub(super) fn differences(&self, before: &Self) -> Vec<String> {
        let mut out = Vec::new();
        for ((section, name), line) in &self.lines {
            let key = (section.clone(), name.clone());
            let old = before.lines.get(&key).map_or("nothing", String::as_str);
            // A language that was not run is no difference.
            let same = line
                .split('|')
                .zip(old.split('|'))
                .all(|(new, old)| new.trim() == "?" || new.trim() == old.trim());
            if !same || old == "nothing" {
                out.push(format!("{section}/{name}: {line} (was: {old})"));
            }
        }
        out
    }

    /// The table as Markdown, a section a folder, a row a document.
    pub(super) fn write(&self) -> String {
        let mut text = "# What each language keeps of a document's values\n\n\
            Written by `cargo xtask roundtrip DIR --write`. Instances are made of each component \
            schema, held against it by a validator, and read and written again by the models of each \
            package; a component is kept where all come back as the same JSON. Instances are made by \
            chance from a fixed seed, and some hold properties that nothing speaks of. The documents \
            are not part of this repository.\n"
            .to_owned();
        let mut sections: Vec<&String> = self.lines.keys().map(|(section, _)| section).collect();
        sections.dedup();
        for section in sections {
            text.push_str(&format!(
                "\n## {section}\n\n| document | components | without an instance | instances |"
            ));
            for target in LANGUAGES {
                text.push_str(&format!(" {} |", target.name()));
            }
            text.push_str(&format!("\n|{}\n", "---|".repeat(4 + LANGUAGES.len())));
            let own = |key: &&(String, String)| key.0 == *section;
            for (key, line) in self.lines.iter().filter(|(key, _)| own(key)) {
                text.push_str(&format!("| `{}` {line}\n", key.1));
            }
            let lost = self.lost.iter().filter(|(key, _)| own(key));
            let lost: Vec<&String> = lost.flat_map(|(_, lines)| lines).collect();
            if !lost.is_empty() {
                text.push_str("\nNot kept:\n\n");
            }
            for line in lost {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
