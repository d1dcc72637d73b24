//! Rust: crates of one workspace, so that what they stand on is compiled once.

use std::fs;
use std::path::Path;
use std::process::Command;

use exai_gen::target::Target;
use serde_json::Value;

use super::{Verdicts, lines};
use crate::documents::package::Package;
use crate::packages::root;

/// The lints of this repository, and every warning an error.
const FLAGS: &str = "-Wmissing_docs -Wunreachable_pub -Dwarnings";

pub(super) fn check(
    target: Target,
    place: &Path,
    packages: &[&Package],
    verdicts: &mut Verdicts,
) -> Result<(), String> {
    let folder = place.join(target.name());
    let members: Vec<String> = packages
        .iter()
        .map(|p| format!("\"{}\"", p.document))
        .collect();
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    fs::write(folder.join("Cargo.toml"), workspace)
        .and_then(|()| fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let features = match target {
        Target::Axum => "--all-features",
        _ => "--no-default-features",
    };
    let command = &mut Command::new(env!("CARGO"));
    command
        .args(["check", "--workspace", "--quiet", "--keep-going", features])
        .args(["--lib", "--examples", "--test", "calls"])
        .arg("--message-format=json")
        .current_dir(&folder)
        // The folder and the flags of the generator's own tests: what they have compiled is there.
        .env(
            "CARGO_TARGET_DIR",
            root().join("target/generated-crates/target"),
        )
        .env("RUSTFLAGS", FLAGS);
    let output = command.output();
    let output = output.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let mut any = false;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if message["message"]["level"] != "error" {
            continue;
        }
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let owner = packages.iter().find(|p| manifest.starts_with(&p.folder));
        if let Some(package) = owner {
            any = true;
            verdicts.add(package, [said(&message["message"])]);
        }
    }
    if output.status.success() || any {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{}: {}",
        target.name(),
        lines(&text, |_| true).join("\n")
    ))
}

/// `src/generated/types/pets.rs:12: mismatched types`
fn said(message: &Value) -> String {
    let text = message["message"].as_str().unwrap_or_default();
    let span = &message["spans"][0];
    match span["file_name"].as_str() {
        Some(file) => format!("{file}:{}: {text}", span["line_start"]),
        None => text.to_owned(),
    }
}
