//! Whether the suite sees an SDK that is broken: each runtime is broken on purpose, in one place at
//! a time, and the scenarios are played until one of them fails.

mod copy;
mod report;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Plays the scenarios that a language keeps with each of its mutants; `each` hears of one as soon as
/// it is known.
///
/// # Errors
/// The copy of the package cannot be made.
pub async fn play(
    suite: &Arc<Suite>,
    root: &Path,
    language: &str,
    mutants: Vec<Mutant>,
    mut each: impl FnMut(&Mutant, &Outcome),
) -> Result<Vec<(Mutant, Outcome)>, String> {
    let (_, folder, columns) = LANGUAGES
        .iter()
        .find(|(name, ..)| *name == language)
        .ok_or(format!("no language is called {language}"))?;
    let table = fs::read_to_string(root.join("tests/conformance/TABLE.md")).unwrap_or_default();
    let table = Table::read(&table);
    let copy = copy::of(root, language, folder)?;
    // What cannot be built whole says nothing of what is broken in it.
    for sdk in *columns {
        Driver::start(&copy, sdk).await?;
    }
    let mut outcomes = Vec::new();
    for mutant in mutants {
        let file = copy.join(folder).join(&mutant.file);
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let broken = text.replacen(&mutant.find, &mutant.put, 1);
        fs::write(&file, broken).map_err(|error| error.to_string())?;
        let mut outcome = Outcome::Survived;
        for sdk in *columns {
            outcome = one(suite, &table, &copy, sdk, &mutant.near).await;
            if outcome != Outcome::Survived {
                break;
            }
        }
        fs::write(&file, text).map_err(|error| error.to_string())?;
        each(&mutant, &outcome);
        outcomes.push((mutant, outcome));
    }
    Ok(outcomes)
}

/// Builds a driver with a broken package, and plays until a scenario fails twice.
async fn one(suite: &Arc<Suite>, table: &Table, root: &Path, sdk: &str, near: &str) -> Outcome {
    let Ok(driver) = Driver::start(root, sdk).await else {
        return Outcome::Unbuilt;
    };
    let driver = Arc::new(driver);
    let kept = |scenario: &&Scenario| table.get(scenario.row(), sdk) == Cell::Kept;
    let mut chosen: Vec<Scenario> = suite.scenarios.iter().filter(kept).cloned().collect();
    chosen.sort_by_key(|scenario| near.is_empty() || !scenario.name.contains(near));
    while !chosen.is_empty() {
        let failed = Mutex::new(None);
        let mut seen = Vec::new();
        column(suite, chosen.clone(), sdk, &driver, |played: Played| {
            seen.push(played.name.clone());
            let goes_on = played.cell != Cell::Broken;
            if !goes_on {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(played.name);
            }
            goes_on
        })
        .await;
        let name = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let again = chosen
            .iter()
            .find(|scenario| Some(&scenario.name) == name.as_ref());
        let Some(again) = again else {
            return logged(suite, &driver, sdk);
        };
        // What failed beside others may have failed by chance.
        if run(again, &driver, suite).await.is_err() {
            return Outcome::Caught(again.name.clone(), sdk.to_owned());
        }
        chosen.retain(|scenario| !seen.contains(&scenario.name));
    }
    logged(suite, &driver, sdk)
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
