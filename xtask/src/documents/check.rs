//! The strictest checks of each language, over many packages with one set of tools: the compiler
//! and the type checker that the SDKs' tests install, one folder of what Rust has compiled.

mod contract;
mod crates;
mod python;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use exai_gen::target::Target;

use super::package::Package;
use crate::packages::root;

/// What checks found, by target and document.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdicts(BTreeMap<(Target, String), Vec<String>>);

impl Verdicts {
    /// What was found in a package.
    pub(super) fn of(&self, target: Target, document: &str) -> &[String] {
        let found = self.0.get(&(target, document.to_owned()));
        found.map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, package: &Package, found: impl IntoIterator<Item = String>) {
        let key = (package.target, package.document.clone());
        self.0.entry(key).or_default().extend(found);
    }
}

/// Holds packages of one target, which stand below `place`.
///
/// # Errors
/// When a tool is missing or cannot be run.
pub(super) fn run(
    target: Target,
    place: &Path,
    packages: &[&Package],
    verdicts: &mut Verdicts,
) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    match target {
        Target::Typescript => typescript(packages, verdicts),
        Target::Python => python::check(place, packages, verdicts),
        Target::Go => go(packages, verdicts),
        Target::Rust => crates::check(target, place, packages, verdicts),
        Target::Axum => {
            for package in packages {
                verdicts.add(package, contract::faults(package)?);
            }
            crates::check(target, place, packages, verdicts)
        }
    }
}

/// A tool that a language's tests install.
fn installed(group: &str, path: &str) -> Result<std::path::PathBuf, String> {
    let tool = root().join(path);
    match tool.exists() {
        true => Ok(tool),
        false => Err(format!(
            "{path} is missing: `cargo xtask test --only {group}` installs it"
        )),
    }
}

/// Runs a tool and gives what it printed when it was not content.
fn complaint(command: &mut Command) -> Result<Option<String>, String> {
    let output = command.output();
    let output = output.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(None);
    }
    let said = [output.stdout, output.stderr].concat();
    Ok(Some(String::from_utf8_lossy(&said).into_owned()))
}

/// The lines of a complaint that a test keeps; the first ones where it keeps none.
fn lines(said: &str, keep: impl Fn(&str) -> bool) -> Vec<String> {
    let kept: Vec<String> = said
        .lines()
        .filter(|l| keep(l))
        .map(str::to_owned)
        .collect();
    match kept.is_empty() {
        true => vec![said.lines().take(4).collect::<Vec<_>>().join(" ")],
        false => kept,
    }
}

fn typescript(packages: &[&Package], verdicts: &mut Verdicts) -> Result<(), String> {
    let compiler = "sdks/typescript/node_modules/typescript/bin/tsc";
    let compiler = installed("typescript", compiler)?;
    for package in packages {
        let command = &mut Command::new("node");
        command.arg(&compiler).args([
            "-p",
            "tsconfig.json",
            "--noEmit",
            "--noUnusedLocals",
            "--noFallthroughCasesInSwitch",
            "--noImplicitReturns",
        ]);
        if let Some(said) = complaint(command.current_dir(&package.folder))? {
            verdicts.add(package, lines(&said, |line| line.contains("error TS")));
        }
    }
    Ok(())
}

fn go(packages: &[&Package], verdicts: &mut Verdicts) -> Result<(), String> {
    for package in packages {
        let command = &mut Command::new("go");
        command.args(["vet", "./..."]).current_dir(&package.folder);
        if let Some(said) = complaint(command)? {
            verdicts.add(package, lines(&said, |line| line.contains(".go:")));
        }
    }
    Ok(())
}
