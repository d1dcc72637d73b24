//! `cargo xtask roundtrip`: instances of every component schema of some documents, read and
//! written again by the models that each language's package has of it, and compared.
//!
//! An instance is made of the document's text and chance, the same every time; a validator of JSON
//! Schema that the generator has no part in says that it is one. A component is kept in a language
//! when every instance of it comes back as the same JSON.

mod chance;
mod driver;
mod instance;
mod instances;
mod merge;
mod same;
mod schema;
mod table;
mod text;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use exai_gen::target::{Target, Written};

pub(crate) use self::chance::Chance;
pub(crate) use self::instance::{Amount, Maker, UNNAMED};
pub(crate) use self::merge::percent_decoded;
pub(crate) use self::same::difference;
pub(crate) use self::schema::{Schemas, Side};

use self::driver::{Answer, Case, Driver};
use self::instances::Instances;
use self::table::{Kept, Outcome, SILENT};
use crate::documents::figures::{ALL, Found};
use crate::documents::languages::sum;
use crate::documents::selection::{Section, Selection};
use crate::documents::{find, package};
use crate::packages::root;

/// Read and write instances of every component schema by each language's models.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask roundtrip ../corpus                                # compared with tests/documents/ROUNDTRIP.md
  cargo xtask roundtrip ../corpus --only museum --language go,rust
  cargo xtask roundtrip ../corpus --write                        # the figures are kept")]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
}

/// How many documents of a folder are listed; of more, there is a row of all.
const LONG: usize = 50;

/// Where the crates of all runs are compiled.
fn crates_target() -> PathBuf {
    root().join("target/generated-crates/target")
}

/// A document whose packages are to be tried.
struct Trial {
    name: String,
    instances: Instances,
    drivers: Vec<Driver>,
    /// The cases of each driver.
    cases: Vec<Vec<Case>>,
}

/// Runs the documents, says what is lost, and compares or keeps the table.
///
/// # Errors
/// When the table says something else, or something cannot be run.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let languages = args.selection.languages();
    let mut found = Found::default();
    let mut lost = 0;
    for section in args.selection.sections()? {
        lost += run_section(&section, &languages, &mut found)?;
    }
    let wrong = (lost > 0).then(|| format!("{lost} components are not kept"));
    args.selection.settle(found, &table::page(), wrong)
}

fn run_section(
    section: &Section,
    languages: &[Target],
    found: &mut Found,
) -> Result<usize, String> {
    let place = root().join("target/roundtrip").join(&section.name);
    let _claim = package::claim(&place, languages)?;
    let mut trials = Vec::new();
    for document in &section.documents {
        trials.extend(prepare(document, languages, &place)?);
    }
    for target in languages {
        let drivers = trials.iter().flat_map(|trial| &trial.drivers);
        let drivers: Vec<&Driver> = drivers.filter(|d| d.target == *target).collect();
        driver::build(*target, &place.join(target.name()), &drivers)?;
    }
    let run: BTreeSet<&'static str> = languages.iter().map(|target| target.name()).collect();
    let mut lost = 0;
    let mut rows = Vec::new();
    for trial in &trials {
        let outcome = try_document(trial)?;
        lost += outcome
            .kept
            .values()
            .map(|kept| kept.lost.len())
            .sum::<usize>();
        println!("{}: {}", trial.name, outcome.summary());
        rows.push(outcome.row());
        found.add(&section.name, &trial.name, outcome.row(), &run);
    }
    if section.documents.len() > LONG {
        found.add(&section.name, ALL, sum(&rows), &run);
    }
    Ok(lost)
}

/// Runs the programs of a document, and says what is lost.
fn try_document(trial: &Trial) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        components: trial.instances.components.len(),
        instances: trial.instances.count(),
        without: trial.instances.without(),
        ..Outcome::default()
    };
    for (driver, cases) in trial.drivers.iter().zip(&trial.cases) {
        let kept = try_language(trial, driver, cases)?;
        let target = driver.target.name();
        for (component, why) in &kept.lost {
            println!("LOST {}, {target}: {component}: {why}", trial.name);
        }
        if !kept.absent.is_empty() {
            println!(
                "ABSENT {}, {target}: {}",
                trial.name,
                kept.absent.join(", ")
            );
        }
        outcome.kept.insert(driver.target, kept);
    }
    Ok(outcome)
}

/// Makes the packages of a document, its instances, and the programs that try them.
fn prepare(
    document: &find::Document,
    languages: &[Target],
    place: &Path,
) -> Result<Option<Trial>, String> {
    let made = package::make(document, languages, place)?;
    let run = package::read(document);
    let (Some(api), Some(_)) = (&run.api, &run.document) else {
        println!("{}: refused", document.name);
        return Ok(None);
    };
    let instances = Instances::new(&run, api)?;
    let types: Vec<_> = instances.components.iter().map(|c| c.ty.clone()).collect();
    let mut drivers = Vec::new();
    let mut all_cases = Vec::new();
    for package in &made.packages {
        let written = package::written(package.target, &run, api, &types);
        let cases = cases(&instances, &written);
        let there = written.iter().filter(|written| written.outside.is_some());
        let there: Vec<Written> = there.cloned().collect();
        drivers.push(Driver::write(package.target, &package.folder, there)?);
        all_cases.push(cases);
    }
    Ok(Some(Trial {
        name: document.name.clone(),
        instances,
        drivers,
        cases: all_cases,
    }))
}

fn cases(instances: &Instances, written: &[Written]) -> Vec<Case> {
    let components = instances.components.iter().zip(written).enumerate();
    components
        .filter(|(_, (_, written))| written.outside.is_some())
        .flat_map(|(component, (of, written))| {
            of.values.iter().map(move |value| Case {
                component,
                written: written.clone(),
                value: value.value.clone(),
                known: value.known,
            })
        })
        .collect()
}

/// Runs a program over the instances of all components that its package has.
fn try_language(trial: &Trial, driver: &Driver, cases: &[Case]) -> Result<Kept, String> {
    let numbers = |case: &Case| {
        let model = driver
            .models
            .iter()
            .position(|model| *model == case.written);
        (model.unwrap_or_default(), case.value.to_string())
    };
    let lines: Vec<(usize, String)> = cases.iter().map(numbers).collect();
    let answers = if lines.is_empty() {
        Vec::new()
    } else {
        match driver.run(&mut command(driver), &lines) {
            Ok(answers) => answers,
            Err(why) => {
                println!("FAIL {}, {}: {why}", trial.name, driver.target.name());
                vec![Err(SILENT.to_owned()); lines.len()]
            }
        }
    };
    let refused = match driver.target {
        Target::Typescript => driver::check(driver, cases)?,
        _ => Vec::new(),
    };
    let mut kept = Kept::default();
    for (index, component) in trial.instances.components.iter().enumerate() {
        let own = || {
            cases
                .iter()
                .zip(&answers)
                .enumerate()
                .filter(|(_, (case, _))| case.component == index)
        };
        if component.values.is_empty() {
            continue;
        }
        if own().next().is_none() {
            kept.absent.push(component.name.clone());
            continue;
        }
        let fault = own().find_map(|(_, (case, answer))| fault(case, answer));
        let refusal = || {
            let found = refused
                .iter()
                .find(|(case, _)| cases[*case].component == index);
            found.map(|(_, why)| why.clone())
        };
        match fault.or_else(refusal) {
            Some(why) => kept.lost.push((component.name.clone(), why)),
            None => kept.number += 1,
        }
    }
    Ok(kept)
}

fn fault(case: &Case, answer: &Answer) -> Option<String> {
    match answer {
        Ok(after) => same::difference(&case.value, after),
        Err(why) => Some(why.chars().take(200).collect()),
    }
}

fn command(driver: &Driver) -> Command {
    let folder = &driver.folder;
    match driver.target {
        Target::Python => {
            let mut command = Command::new(root().join("sdks/python/.venv/bin/python"));
            command
                .arg(folder.join("driver.py"))
                .env("PYTHONPATH", driver.package.join("src"))
                .env("PYTHONDONTWRITEBYTECODE", "1");
            command
        }
        Target::Typescript => {
            let mut command = Command::new("node");
            command.arg(folder.join("driver.mjs"));
            command
        }
        Target::Rust => {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
            let name = manifest
                .lines()
                .find_map(|line| line.strip_prefix("name = "));
            let name = name.unwrap_or_default().trim_matches('"').to_owned();
            Command::new(crates_target().join("debug").join(name))
        }
        Target::Go | Target::Axum => Command::new(folder.join("driver")),
    }
}
