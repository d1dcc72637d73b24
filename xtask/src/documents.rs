//! `cargo xtask documents`: every document of some folders as a package of every target, held by
//! that language's own checks, and the table of what came of it.
//!
//! A document passes in a target when its package is generated whole, holds every operation, and
//! the language's strictest checks are content. Documents that are refused have a row too: what
//! refuses them is a figure like any other.

mod check;
pub(crate) mod find;
pub(crate) mod package;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use exai_gen::target::Target;

use self::check::Verdicts;
use self::package::Package;
use self::table::{Row, Table};
use crate::packages::root;

/// Where the figures are kept.
const TABLE: &str = "tests/documents/TABLE.md";

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
    let kept = root().join(TABLE);
    let before = Table::read(&fs::read_to_string(&kept).unwrap_or_default());
    let mut table = before.clone();
    let given = std::env::var_os("EXAI_DOCUMENTS").unwrap_or_default();
    let folders = match args.folders.is_empty() {
        true => std::env::split_paths(&given).collect(),
        false => args.folders.clone(),
    };
    if folders.iter().all(|folder| folder.as_os_str().is_empty()) {
        println!("skipped: EXAI_DOCUMENTS names no folder of documents");
        return Ok(());
    }
    for folder in &folders {
        if !folder.is_dir() {
            println!("skipped: there is no folder {}", folder.display());
            continue;
        }
        run_folder(folder, args, &targets, &mut table)?;
    }
    if args.write {
        let folder = kept.parent().unwrap_or(&kept);
        return fs::create_dir_all(folder)
            .and_then(|()| fs::write(&kept, table.write()))
            .map_err(|error| format!("cannot write {TABLE}: {error}"));
    }
    let differences = table.differences(&before);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\n{TABLE} says something else; where the new figures are right, run it again with --write",
        differences.join("\n")
    ))
}

fn run_folder(
    folder: &Path,
    args: &Args,
    targets: &[Target],
    table: &mut Table,
) -> Result<(), String> {
    let section = folder
        .canonicalize()
        .ok()
        .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .ok_or_else(|| format!("{} has no name", folder.display()))?;
    let documents = find::documents(folder)?
        .into_iter()
        .enumerate()
        .filter(|(index, _)| args.part.is_none_or(|(part, of)| index % of == part - 1))
        .map(|(_, document)| document)
        .filter(|document| {
            let only = args.only.as_deref();
            only.is_none_or(|part| document.name.contains(part))
        });
    let place = root().join("target/documents").join(&section);
    let mut rows = Vec::new();
    let mut packages: Vec<Package> = Vec::new();
    for document in documents {
        let made = package::make(&document, targets, &place)?;
        for line in &made.said {
            println!("{}: {line}", document.name);
        }
        packages.extend(made.packages);
        rows.push((document.name, made.row));
    }
    let mut verdicts = Verdicts::default();
    for target in targets {
        let of_target: Vec<&Package> = packages.iter().filter(|p| p.target == *target).collect();
        check::run(*target, &place, &of_target, &mut verdicts)?;
    }
    for (name, mut row) in rows {
        settle(&name, &mut row, &packages, &verdicts);
        table.set(&section, &name, row, targets);
    }
    Ok(())
}

/// Fills the cells of a document from what its checks said, and says what fails.
fn settle(name: &str, row: &mut Row, packages: &[Package], verdicts: &Verdicts) {
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
        row.cells.insert(package.target, cell);
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
