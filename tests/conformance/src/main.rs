//! `exai-conformance`: runs the scenarios with the SDKs, and keeps the table of what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use exai_conformance::table::{Cell, Table};
use exai_conformance::{Driver, SDKS, Scenario, read, run, scenarios};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many scenarios are played at a time: enough to sleep side by side, few enough for their
/// times to be measured.
const AT_A_TIME: u32 = 6;

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
}

#[tokio::main]
async fn main() -> ExitCode {
    match whole(&Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn whole(args: &Args) -> Result<bool, String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().and_then(Path::parent).unwrap_or(&here);
    let all = scenarios(&here.join("scenarios"))?;
    let Value::Object(fixtures) = read(&here.join("fixtures.yaml"))? else {
        return Err("fixtures.yaml is no mapping".to_owned());
    };
    let fixtures = Arc::new(fixtures);
    let path = here.join("TABLE.md");
    let old = Table::read(&fs::read_to_string(&path).unwrap_or_default());
    let mut table = old.clone();
    let mut good = true;
    let chosen: Vec<&str> = SDKS
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| args.sdk.is_empty() || args.sdk.iter().any(|sdk| sdk == name))
        .collect();
    for sdk in chosen {
        let driver = Arc::new(Driver::start(root, sdk).await?);
        let played: Vec<Scenario> = all
            .iter()
            .filter(|scenario| scenario.name.contains(&args.only))
            .cloned()
            .collect();
        for (name, cell, said) in column(&played, sdk, &driver, &fixtures).await {
            table.set(&name, sdk, cell);
            let before = old.get(&name, sdk);
            if cell == Cell::Broken {
                let known = if before == cell { " (known)" } else { "" };
                println!("{sdk} {name}{known}:\n    {}", said.replace('\n', "\n    "));
            }
            if before != cell && !args.write {
                good = false;
                println!("{sdk} {name}: the table says {before:?}, and it is {cell:?}");
            }
        }
    }
    let text = table.write(&all);
    if args.write {
        fs::write(&path, &text).map_err(|error| error.to_string())?;
    } else if args.sdk.is_empty() && args.only.is_empty() && good {
        good = fs::read_to_string(&path).is_ok_and(|kept| kept == text);
        if !good {
            println!("TABLE.md is not what this run gives");
        }
    }
    let total = text.lines().last().unwrap_or_default();
    println!("{total}");
    Ok(good)
}

async fn column(
    scenarios: &[Scenario],
    sdk: &str,
    driver: &Arc<Driver>,
    fixtures: &Arc<Map<String, Value>>,
) -> Vec<(String, Cell, String)> {
    let places = Arc::new(Semaphore::new(AT_A_TIME as usize));
    let mut tasks = JoinSet::new();
    for scenario in scenarios.iter().cloned() {
        let language = sdk.split('-').next().unwrap_or(sdk);
        let left_out = [sdk, language]
            .iter()
            .any(|name| scenario.not_for.contains_key(*name));
        let (places, driver) = (Arc::clone(&places), Arc::clone(driver));
        let fixtures = Arc::clone(fixtures);
        tasks.spawn(async move {
            if left_out {
                return (scenario.name, Cell::NotFor, String::new());
            }
            let weight = if scenario.is_heavy() { AT_A_TIME } else { 1 };
            let _place = places.acquire_many(weight).await;
            match run(&scenario, &driver, &fixtures).await {
                Ok(()) => (scenario.name, Cell::Kept, String::new()),
                Err(said) => (scenario.name, Cell::Broken, said),
            }
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_by(|a, b| a.0.cmp(&b.0));
    results
}
