//! What is compiled before the programs run, and what the compiler says of the instances.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use exai_gen::target::Target;
use serde_json::Value;

use super::{Case, Driver};
use crate::packages::root;

/// Compiles the programs of one target, all of them below `place`.
///
/// # Errors
/// When a tool is missing. A program that does not compile says so when it is run.
pub(in crate::roundtrip) fn build(
    target: Target,
    place: &Path,
    drivers: &[&Driver],
) -> Result<(), String> {
    match target {
        Target::Rust => crates(place, drivers),
        Target::Go => {
            for driver in drivers.iter().filter(|driver| !driver.models.is_empty()) {
                let command = &mut Command::new("go");
                command
                    .args(["build", "-o", "driver", "."])
                    .current_dir(&driver.folder);
                tell(driver, command)?;
            }
            Ok(())
        }
        Target::Typescript => runtimes(drivers),
        Target::Python | Target::Axum => Ok(()),
    }
}

/// Runs a compiler and prints what it is not content with.
fn tell(driver: &Driver, command: &mut Command) -> Result<(), String> {
    let output = command.output();
    let output = output.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().take(8).collect();
        println!("{}: {}", driver.folder.display(), lines.join("\n"));
    }
    Ok(())
}

fn crates(place: &Path, drivers: &[&Driver]) -> Result<(), String> {
    let Some(first) = drivers.first() else {
        return Ok(());
    };
    let name = |path: &Path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        format!("\"{name}\"")
    };
    let members: Vec<String> = drivers
        .iter()
        .filter(|driver| !driver.models.is_empty())
        .flat_map(|driver| [name(&driver.package), name(&driver.folder)])
        .collect();
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[profile.dev]\ndebug = false\nincremental = false\n",
        members.join(", ")
    );
    fs::write(place.join("Cargo.toml"), workspace)
        .and_then(|()| fs::copy(root().join("Cargo.lock"), place.join("Cargo.lock")))
        .map_err(|error| format!("{}: {error}", place.display()))?;
    let command = &mut Command::new(env!("CARGO"));
    command
        .args(["build", "--workspace", "--bins", "--quiet", "--keep-going"])
        .env("CARGO_TARGET_DIR", super::super::crates_target())
        .current_dir(place);
    tell(first, command)
}

/// The one part of the TypeScript runtime that reads and writes JSON, as JavaScript: compiled once
/// for all packages that have the same.
fn runtimes(drivers: &[&Driver]) -> Result<(), String> {
    let mut compiled: BTreeMap<String, &Driver> = BTreeMap::new();
    for driver in drivers.iter().filter(|driver| !driver.models.is_empty()) {
        let said = |error: std::io::Error| format!("{}: {error}", driver.folder.display());
        let source = driver.package.join("src/runtime/lossless-json.ts");
        let text = fs::read_to_string(&source).map_err(said)?;
        match compiled.get(&text) {
            Some(same) => {
                copy(&same.folder.join("runtime"), &driver.folder.join("runtime")).map_err(said)?
            }
            None => runtime(driver, &source)?,
        }
        compiled.entry(text).or_insert(driver);
        fs::write(
            driver.folder.join("package.json"),
            "{ \"type\": \"module\" }\n",
        )
        .map_err(said)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn runtime(driver: &Driver, source: &Path) -> Result<(), String> {
    let command = &mut Command::new("node");
    command
        .arg(compiler())
        .args([
            "--module",
            "NodeNext",
            "--target",
            "ES2022",
            "--skipLibCheck",
        ])
        .args([
            "--lib",
            "ES2023,DOM,DOM.Iterable,DOM.AsyncIterable",
            "--types",
            "",
        ])
        .arg("--outDir")
        .arg(driver.folder.join("runtime"))
        .arg(source);
    tell(driver, command)
}

fn compiler() -> std::path::PathBuf {
    root().join("sdks/typescript/node_modules/typescript/bin/tsc")
}

/// The cases whose instances the compiler of TypeScript does not take for values of their type,
/// and why. Instances that hold what the type does not know are left out: an object literal is
/// refused for them, which says nothing of an object that comes from elsewhere. So is a tag that
/// no variant has: its type is one that no literal is of, to tell it from those that are known.
///
/// # Errors
/// When the compiler cannot be run, or says something of another file.
pub(in crate::roundtrip) fn check(
    driver: &Driver,
    cases: &[Case],
) -> Result<Vec<(usize, String)>, String> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let name = driver
        .package
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let mut text = format!("import type * as T from \"../{name}/src/index.js\";\n");
    let mut lines = vec![None];
    let mut skipped = BTreeSet::new();
    for (index, case) in cases.iter().enumerate() {
        let Some(ty) = case.written.outside.as_ref().filter(|_| case.known) else {
            skipped.insert(index);
            continue;
        };
        text.push_str(&format!(
            "export const v{index}: {ty} = {};\n",
            literal(&case.value)
        ));
        lines.push(Some(index));
    }
    let path = driver.folder.join("check.ts");
    let config = driver.folder.join("tsconfig.json");
    let own = format!(
        "{{ \"extends\": \"../{name}/tsconfig.json\", \"compilerOptions\": {{ \"noEmit\": true, \
        \"isolatedDeclarations\": false, \"declaration\": false, \"rootDir\": \"..\" }}, \"include\": [\"check.ts\"] }}\n"
    );
    fs::write(&path, text)
        .and_then(|()| fs::write(&config, own))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let command = &mut Command::new("node");
    command
        .arg(compiler())
        .args(["-p", "tsconfig.json", "--pretty", "false"])
        .current_dir(&driver.folder);
    let output = command.output();
    let output = output.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut found = Vec::new();
    for line in said.lines().filter(|line| line.contains("error TS")) {
        let place = line
            .strip_prefix("check.ts(")
            .and_then(|rest| rest.split_once(','));
        let number = place.and_then(|(number, _)| number.parse::<usize>().ok());
        let index = number.and_then(|number| *lines.get(number - 1)?);
        let message = line
            .split_once("error ")
            .map_or(line, |(_, message)| message);
        match index {
            Some(_) if message.ends_with("Tag'.") => {}
            Some(index) => found.push((index, message.chars().take(160).collect())),
            None => return Err(line.to_owned()),
        }
    }
    Ok(found)
}

/// A value as an expression: integers that a double cannot hold are of another type.
fn literal(value: &Value) -> String {
    match value {
        Value::Number(number) => {
            let long = number.as_i64().is_some_and(|n| n.unsigned_abs() >= 1 << 53)
                || number.as_u64().is_some_and(|n| n >= 1 << 53);
            if long {
                format!("{number}n")
            } else {
                number.to_string()
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(object) => {
            let members: Vec<String> = object
                .iter()
                .map(|(key, value)| format!("[{}]: {}", Value::from(key.as_str()), literal(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        // JSON is JavaScript, save for two characters that older editions end a line with.
        other => other
            .to_string()
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029"),
    }
}
