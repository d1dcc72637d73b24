//! Whether the suite sees an SDK that is broken: each runtime is broken on purpose, in one place at
//! a time, and the scenarios are played until one of them fails.

mod copy;
mod report;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::column::{Played, column};
use crate::judge::{Suite, run};
use crate::load::read;
use crate::scenario::Scenario;
use crate::table::{Cell, Table};
use crate::{Driver, LOG};

pub use report::report;

/// Each language, its package's folder, and the columns of its drivers.
pub const LANGUAGES: [(&str, &str, &[&str]); 4] = [
    ("typescript", "sdks/typescript", &["typescript"]),
    ("python", "sdks/python", &["python-sync", "python-async"]),
    ("go", "sdks/go", &["go"]),
    ("rust", "sdks/rust", &["rust"]),
];

/// A way to break a runtime.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// What is wrong then, as a sentence.
    pub breaks: String,
    /// Below the package's folder.
    pub file: String,
    /// A text that stands in the file once.
    pub find: String,
    /// What stands there instead.
    pub put: String,
    /// A part of the names of the scenarios that are played first.
    #[serde(default)]
    pub near: String,
}

/// What came of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// By this scenario, in this column.
    Caught(String, String),
    /// By none.
    Survived,
    /// It cannot be built, and says nothing of the suite.
    Unbuilt,
    /// The run was ended before.
    NotRun,
}

/// The mutants of a language, each with a file that it fits.
///
/// # Errors
/// The file is not by its form, or a text does not stand in its file exactly once.
pub fn mutants(root: &Path, language: &str) -> Result<Vec<Mutant>, String> {
    let folder = folder_of(language)?;
    let path = root
        .join("tests/conformance/mutants")
        .join(format!("{language}.yaml"));
    let mutants: Vec<Mutant> = serde_json::from_value(read(&path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    for mutant in &mutants {
        let file = root.join(folder).join(&mutant.file);
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let count = text.matches(&mutant.find).count();
        if count != 1 {
            let what = format!("{:?} stands {count} times in {}", mutant.find, mutant.file);
            return Err(format!("{language}: {}: {what}", mutant.breaks));
        }
    }
    Ok(mutants)
}

fn folder_of(language: &str) -> Result<&'static str, String> {
    let found = LANGUAGES.iter().find(|(name, ..)| *name == language);
    found
        .map(|(_, folder, _)| *folder)
        .ok_or(format!("no language is called {language}"))
}

/// Plays the scenarios that a language keeps with each of its mutants. `each` hears, whenever one is
/// known, what came of it and of all others.
///
/// # Errors
/// The package cannot be copied, or not be built as it is.
pub async fn play(
    suite: &Arc<Suite>,
    root: &Path,
    language: &str,
    mutants: Vec<Mutant>,
    mut each: impl FnMut(usize, &[(Mutant, Outcome)]) -> Result<(), String>,
) -> Result<Vec<(Mutant, Outcome)>, String> {
    let (_, folder, columns) = LANGUAGES
        .iter()
        .find(|(name, ..)| *name == language)
        .ok_or(format!("no language is called {language}"))?;
    let table = fs::read_to_string(root.join("tests/conformance/TABLE.md")).unwrap_or_default();
    let copy = copy::of(root, language, folder)?;
    let mut trials = Vec::new();
    for sdk in *columns {
        trials.push(Trial {
            suite,
            table: Table::read(&table),
            root: &copy,
            sdk,
            whole: Driver::start(root, sdk).await?,
        });
    }
    let unknown = mutants.into_iter().map(|mutant| (mutant, Outcome::NotRun));
    let mut outcomes: Vec<(Mutant, Outcome)> = unknown.collect();
    for index in 0..outcomes.len() {
        let mutant = outcomes[index].0.clone();
        let file = copy.join(folder).join(&mutant.file);
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let broken = text.replacen(&mutant.find, &mutant.put, 1);
        fs::write(&file, broken).map_err(|error| error.to_string())?;
        for trial in &trials {
            outcomes[index].1 = trial.of(&mutant.near).await;
            if outcomes[index].1 != Outcome::Survived {
                break;
            }
        }
        fs::write(&file, text).map_err(|error| error.to_string())?;
        each(index, &outcomes)?;
    }
    Ok(outcomes)
}

/// One column, in which mutants are tried.
struct Trial<'a> {
    suite: &'a Arc<Suite>,
    table: Table,
    root: &'a Path,
    sdk: &'a str,
    /// The driver of the package as it is: not the copy, of which a file may be read late.
    whole: Driver,
}

impl Trial<'_> {
    /// Builds a driver with the broken package, and plays until a scenario fails that does not fail
    /// with the whole one.
    async fn of(&self, near: &str) -> Outcome {
        let Ok(driver) = Driver::start(self.root, self.sdk).await else {
            return Outcome::Unbuilt;
        };
        let driver = Arc::new(driver);
        let kept = |row: &str| self.table.get(row, self.sdk) == Cell::Kept;
        let all = self.suite.scenarios.iter();
        let mut chosen: Vec<Scenario> = all.filter(|it| kept(it.row())).cloned().collect();
        chosen.sort_by_key(|scenario| near.is_empty() || !scenario.name.contains(near));
        while !chosen.is_empty() {
            let mut seen = Vec::new();
            let mut failed = None;
            let played = chosen.clone();
            column(self.suite, played, self.sdk, &driver, |played: Played| {
                let is_broken = played.cell == Cell::Broken;
                failed = is_broken.then(|| played.name.clone());
                seen.push(played.name);
                !is_broken
            })
            .await;
            let again = chosen.iter().find(|it| Some(&it.name) == failed.as_ref());
            let Some(again) = again else { break };
            // What failed beside others, on a machine that is busy, may have failed by chance.
            let fails = run(again, &driver, self.suite).await.is_err();
            if fails && run(again, &self.whole, self.suite).await.is_ok() {
                return Outcome::Caught(again.name.clone(), self.sdk.to_owned());
            }
            chosen.retain(|scenario| !seen.contains(&scenario.name));
        }
        logged(self.suite, &driver, self.sdk)
    }
}

/// What the log of all scenarios tells.
fn logged(suite: &Suite, driver: &Driver, sdk: &str) -> Outcome {
    let logged = driver.logged().unwrap_or_default();
    match suite.secrets.shown_in(&logged) {
        Some(_) => Outcome::Caught(LOG.to_owned(), sdk.to_owned()),
        None => Outcome::Survived,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LANGUAGES, mutants};

    #[test]
    fn every_mutant_fits_the_runtime_that_it_breaks() -> Result<(), String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (language, ..) in LANGUAGES {
            assert!(
                mutants(&root, language)?.len() >= 20,
                "{language} has too few"
            );
        }
        Ok(())
    }
}
