//! `MUTANTS.md`: which scenario sees which break.

use std::collections::BTreeMap;

use super::{LANGUAGES, Mutant, Outcome};

/// The page with the outcomes of one language put in; the others stay as they are.
#[must_use]
pub fn report(old: &str, language: &str, outcomes: &[(Mutant, Outcome)]) -> String {
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    for (name, ..) in LANGUAGES {
        let (_, behind) = old
            .split_once(&format!("\n## {name}\n"))
            .unwrap_or_default();
        let section = behind.split("\n## ").next().unwrap_or_default();
        sections.insert(name, section.trim().to_owned());
    }
    sections.insert(language, section(outcomes));
    let mut page = "# Which scenario sees a broken SDK\n\n\
        Written by `cargo run -p exai-conformance -- mutants`: each runtime is broken on purpose, in one \
        place at a time, as `mutants/` says, and the scenarios are played until one fails. What none of \
        them sees is a scenario to be written.\n"
        .to_owned();
    for (name, ..) in LANGUAGES {
        if let Some(section) = sections.get(name).filter(|section| !section.is_empty()) {
            page.push_str(&format!("\n## {name}\n\n{section}\n"));
        }
    }
    page
}

fn section(outcomes: &[(Mutant, Outcome)]) -> String {
    let mut text = "| what is broken | in | seen by |\n|---|---|---|\n".to_owned();
    for (mutant, outcome) in outcomes {
        let seen = match outcome {
            Outcome::Caught(scenario, _) => format!("`{scenario}`"),
            Outcome::Survived => "NONE".to_owned(),
            Outcome::Unbuilt => "does not build".to_owned(),
            Outcome::NotRun => "not run".to_owned(),
        };
        text.push_str(&format!(
            "| {} | `{}` | {seen} |\n",
            mutant.breaks, mutant.file
        ));
    }
    let caught = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Caught(..)));
    text.push_str(&format!("\n{} of {} seen.", caught.count(), outcomes.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::{Mutant, Outcome, report};

    #[test]
    fn the_other_languages_stay() {
        let mutant = Mutant {
            breaks: "Nothing works".to_owned(),
            file: "a".to_owned(),
            find: String::new(),
            put: String::new(),
            near: String::new(),
        };
        let caught = Outcome::Caught("wire/a".to_owned(), "go".to_owned());
        let first = report("", "go", &[(mutant.clone(), caught)]);
        let both = report(&first, "rust", &[(mutant, Outcome::Survived)]);
        assert!(both.contains("`wire/a`") && both.contains("| NONE |"));
        assert!(both.contains("1 of 1 seen") && both.contains("0 of 1 seen"));
    }
}
