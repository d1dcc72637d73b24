//! `cargo xtask documents`: every document of some folders as a package of every target, held by
//! that language's own checks, and the table of what came of it.
//!
//! A document passes in a target when its package is generated whole, holds every operation, and
//! the language's strictest checks are content. Documents that are refused have a row too: what
//! refuses them is a figure like any other.

mod check;
pub(crate) mod figures;
pub(crate) mod find;
pub(crate) mod languages;
pub(crate) mod package;
pub(crate) mod selection;
mod table;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use exai_gen::target::Target;

use self::check::Verdicts;
use self::figures::Found;
use self::package::Package;
use self::selection::{Section, sections};
use self::table::Outcome;
use crate::packages::root;

/// Generate packages of every document of some folders, and check them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask documents ../corpus                                # compared with tests/documents/TABLE.md
  cargo xtask documents ../corpus --only museum --target go,rust
  cargo xtask documents --part today/100                         # a part of EXAI_DOCUMENTS, as in CI
  cargo xtask documents ../corpus --write                        # the figures are kept")]
pub(crate) struct Args {
    /// Folders of documents, those of EXAI_DOCUMENTS when left out; one that is not there is said,
    /// and left out
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,

    /// Documents whose names hold this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,

    /// One part of several of the documents, such as 3/20: every twentieth, from the third on;
    /// `today/20` is another one every day
    #[arg(long, value_name = "PART", value_parser = part)]
    part: Option<(usize, usize)>,

    /// Some targets alone, with commas
    #[arg(long, value_delimiter = ',', value_name = "TARGET", value_parser = target)]
    target: Vec<Target>,

    /// Keep the figures, rather than compare them
    #[arg(long)]
    write: bool,
}

fn part(text: &str) -> Result<(usize, usize), String> {
    let numbers = text.split_once('/');
    let numbers = numbers.and_then(|(part, of)| {
        let of = of.parse().ok()?;
        let part = match part {
            "today" => days().checked_rem(of)? + 1,
            part => part.parse().ok()?,
        };
        Some((part, of))
    });
    numbers
        .filter(|(part, of)| (1..=*of).contains(part))
        .ok_or_else(|| "a part is written as 3/20 or today/20".to_owned())
}

/// Days since 1970.
fn days() -> usize {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| (since.as_secs() / 86_400) as usize)
}

fn target(name: &str) -> Result<Target, String> {
    Target::from_name(name).ok_or_else(|| {
        let names = Target::ALL.map(Target::name).join(", ");
        format!("one of {names}")
    })
}

/// Runs the documents, says what fails, and compares or keeps the table.
///
/// # Errors
/// When the table says something else, or something cannot be run.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let targets = match args.target.as_slice() {
        [] => Target::ALL.to_vec(),
        some => some.to_vec(),
    };
    let given = std::env::var_os("EXAI_DOCUMENTS").unwrap_or_default();
    let folders = match args.folders.is_empty() {
        true => std::env::split_paths(&given).collect(),
        false => args.folders.clone(),
    };
    if folders.iter().all(|folder| folder.as_os_str().is_empty()) {
        println!("skipped: EXAI_DOCUMENTS names no folder of documents");
        return Ok(());
    }
    let mut found = Found::default();
    for section in sections(&folders, args.only.as_deref(), args.part)? {
        run_section(&section, &targets, &mut found)?;
    }
    found.settle(&table::page(), args.write)
}

fn run_section(section: &Section, targets: &[Target], found: &mut Found) -> Result<(), String> {
    let place = root().join("target/documents").join(&section.name);
    let _claim = package::claim(&place, targets)?;
    let mut outcomes = Vec::new();
    let mut packages: Vec<Package> = Vec::new();
    for document in &section.documents {
        let made = package::make(document, targets, &place)?;
        for line in &made.said {
            println!("{}: {line}", document.name);
        }
        packages.extend(made.packages);
        outcomes.push((&document.name, made.outcome));
    }
    let mut verdicts = Verdicts::default();
    for target in targets {
        let of_target: Vec<&Package> = packages.iter().filter(|p| p.target == *target).collect();
        check::run(*target, &place, &of_target, &mut verdicts)?;
    }
    let run: BTreeSet<&'static str> = targets.iter().map(|target| target.name()).collect();
    for (name, mut outcome) in outcomes {
        settle(name, &mut outcome, &packages, &verdicts);
        found.add(&section.name, name, outcome.row(), &run);
    }
    Ok(())
}

/// Fills the cells of a document from what its checks said, and says what fails.
fn settle(name: &str, outcome: &mut Outcome, packages: &[Package], verdicts: &Verdicts) {
    for package in packages.iter().filter(|package| package.document == name) {
        let mut faults = package.faults.clone();
        faults.extend(verdicts.of(package.target, name).iter().cloned());
        for fault in faults.iter().take(8) {
            println!("FAIL {name}, {}: {fault}", package.target.name());
        }
        let cell = match faults.len() {
            0 => "ok".to_owned(),
            number => format!("{number} wrong"),
        };
        outcome.cells.insert(package.target, cell);
    }
}

#[cfg(test)]
mod tests {
    use super::{days, part};

    #[test]
    fn every_document_has_its_day() {
        assert_eq!(part("3/20"), Ok((3, 20)));
        assert_eq!(part("today/100"), Ok((days() % 100 + 1, 100)));
        for wrong in ["0/20", "21/20", "3", "today/0", "never/3"] {
            assert!(part(wrong).is_err(), "{wrong}");
        }
    }
}
