//! `exai-conformance`: runs the scenarios with the SDKs, and keeps the table of what came of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use exai_conformance::mutants::{LANGUAGES, Outcome, mutants, play, report};
use exai_conformance::table::{Cell, Row, Table};
use exai_conformance::{BROWSER, Driver, LOG, Played, SDKS, Suite, column, has_browser, suite};

/// What a log must have for its row to say anything.
const LOGGED: &str = "/v1/runs";

/// Runs the scenarios with the SDKs.
#[derive(Debug, Parser)]
struct Args {
    /// One SDK alone; may be repeated
    #[arg(long)]
    sdk: Vec<String>,
    /// Only scenarios whose name contains this
    #[arg(long, default_value = "")]
    only: String,
    /// Write the table instead of comparing with it
    #[arg(long)]
    write: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Break each runtime on purpose, and see which scenario tells
    Mutants {
        /// One language alone; may be repeated
        #[arg(long)]
        language: Vec<String>,
        /// Only mutants whose words contain this; nothing is written then
        #[arg(long, default_value = "")]
        only: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.command {
        None => whole(&args).await,
        Some(Command::Mutants { language, only }) => mutated(language, only).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the suite, and the repository's root.
fn places() -> (PathBuf, PathBuf) {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().and_then(Path::parent).unwrap_or(&here);
    (here.clone(), root.to_owned())
}

/// Whether every mutant was seen.
async fn mutated(languages: &[String], only: &str) -> Result<bool, String> {
    let (here, root) = places();
    let suite = Arc::new(suite(&here)?);
    let path = here.join("MUTANTS.md");
    let mut good = true;
    for (language, ..) in LANGUAGES {
        if !languages.is_empty() && !languages.iter().any(|chosen| chosen == language) {
            continue;
        }
        let mut chosen = mutants(&root, language)?;
        chosen.retain(|mutant| mutant.breaks.contains(only));
        let outcomes = play(&suite, &root, language, chosen, |index, outcomes| {
            let (mutant, outcome) = &outcomes[index];
            println!("{language}: {}: {outcome:?}", mutant.breaks);
            if !only.is_empty() {
                return Ok(());
            }
            let old = fs::read_to_string(&path).unwrap_or_default();
            fs::write(&path, report(&old, language, outcomes)).map_err(|e| e.to_string())
        })
        .await?;
        good &= outcomes
            .iter()
            .all(|(_, outcome)| matches!(outcome, Outcome::Caught(..)));
    }
    Ok(good)
}

async fn whole(args: &Args) -> Result<bool, String> {
    let (here, root) = places();
    let suite = Arc::new(suite(&here)?);
    let path = here.join("TABLE.md");
    let old = Table::read(&fs::read_to_string(&path).unwrap_or_default());
    let mut table = old.clone();
    let mut good = true;
    let chosen: Vec<&str> = SDKS
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| match args.sdk.as_slice() {
            // What is not asked for by name is run where it can be.
            [] => *name != BROWSER || has_browser(),
            asked => asked.iter().any(|sdk| sdk == name),
        })
        .collect();
    if args.sdk.is_empty() && !chosen.contains(&BROWSER) {
        println!("{BROWSER}: there is no chromium; its column stays as it is");
    }
    for sdk in chosen {
        for (row, (cell, said)) in rows(&suite, sdk, &root, &args.only).await? {
            table.set(&row, sdk, cell);
            let before = old.get(&row, sdk);
            if cell == Cell::Broken {
                let known = if before == cell { " (known)" } else { "" };
                println!("{sdk} {row}{known}:{said}");
            }
            if before != cell && !args.write {
                good = false;
                println!("{sdk} {row}: the table says {before:?}, and it is {cell:?}");
            }
        }
    }
    let (rules, operations) = all_rows(&suite);
    let text = table.write(&rules, &operations);
    if args.write {
        fs::write(&path, &text).map_err(|error| error.to_string())?;
    } else if args.sdk.is_empty() && args.only.is_empty() && good {
        good = fs::read_to_string(&path).is_ok_and(|kept| kept == text);
        if !good {
            println!("TABLE.md is not what this run gives");
        }
    }
    for total in text.lines().filter(|line| line.starts_with("| kept")) {
        println!("{total}");
    }
    Ok(good)
}

/// Every row of the tables: the rules, and the operations.
fn all_rows(suite: &Suite) -> (Vec<Row>, Vec<Row>) {
    let mut rows: Vec<Row> = Vec::new();
    for scenario in &suite.scenarios {
        if rows.last().is_none_or(|row| row.name != scenario.row()) {
            rows.push(Row {
                name: scenario.row().to_owned(),
                title: scenario.title.clone(),
            });
        }
    }
    let made = |row: &Row| row.name.starts_with("operations/");
    let (operations, mut rules): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(made);
    rules.push(Row {
        name: LOG.to_owned(),
        title: "No token, key or secret of any scenario is ever logged".to_owned(),
    });
    (rules, operations)
}

/// What an SDK made of each row, and what was not as it must be.
async fn rows(
    suite: &Arc<Suite>,
    sdk: &str,
    root: &Path,
    only: &str,
) -> Result<BTreeMap<String, (Cell, String)>, String> {
    let driver = Arc::new(Driver::start(root, sdk).await?);
    let chosen = suite
        .scenarios
        .iter()
        .filter(|scenario| scenario.name.contains(only));
    let mut rows: BTreeMap<String, (Cell, String)> = BTreeMap::new();
    let mut add = |played: Played| {
        let (cell, said) = rows
            .entry(played.row.clone())
            .or_insert((Cell::NotFor, String::new()));
        *cell = cell.and(played.cell);
        if played.cell == Cell::Broken {
            let (_, part) = played.name.split_at(played.row.len());
            said.push_str(&format!(
                "\n    {}",
                format!("{part} {}", played.said)
                    .trim()
                    .replace('\n', "\n    ")
            ));
        }
        true
    };
    column(suite, chosen.cloned().collect(), sdk, &driver, &mut add).await;
    if LOG.contains(only) {
        let logged = driver.logged()?;
        let said = match suite.secrets.shown_in(&logged) {
            Some(line) => Some(format!("\n    the log shows a secret: {line}")),
            None if !logged.contains(LOGGED) => {
                Some("\n    the log says nothing of any call".to_owned())
            }
            None => None,
        };
        let cell = if said.is_some() {
            Cell::Broken
        } else {
            Cell::Kept
        };
        rows.insert(LOG.to_owned(), (cell, said.unwrap_or_default()));
    }
    Ok(rows)
}
