//! What is published: versions that agree, and files that speak of no machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use exai_gen::target::Target;

use super::finding;
use crate::packages::{PACKAGES, read};

/// The version that `spec/overrides.yaml` gives a package is the one its manifest has.
pub(super) fn versions(root: &Path, findings: &mut Vec<String>) {
    let run = match read(&root.join("spec/openapi.yaml")) {
        Ok((run, _)) => run,
        Err(message) => return findings.push(message),
    };
    for (target, folder) in PACKAGES {
        let version = run.config.package(target, "").version;
        let (manifest, line) = match target {
            Target::Typescript => ("package.json", format!("\"version\": \"{version}\",")),
            Target::Python => ("pyproject.toml", format!("version = \"{version}\"")),
            // A Go module's version is its tag.
            Target::Go => continue,
            Target::Rust => ("Cargo.toml", format!("version = \"{version}\"")),
            Target::Axum => ("../../Cargo.toml", format!("version = \"{version}\"")),
        };
        let path = root.join(folder).join(manifest);
        let text = fs::read_to_string(&path).unwrap_or_default();
        if !text.lines().any(|found| found.trim() == line) {
            let what = format!("no line `{line}`");
            let why = "spec/overrides.yaml says the version of each package";
            findings.push(finding(root, &path, 1, &what, why));
        }
    }
}

/// Folders that only one machine has, in pieces so that this file has none of them.
const PLACES: [[&str; 2]; 3] = [["/home", "/"], ["/ro", "ot/"], ["/Us", "ers/"]];

/// No tracked file names a folder of somebody's machine.
pub(super) fn places(root: &Path, findings: &mut Vec<String>) {
    let listed = Command::new("git")
        .arg("ls-files")
        .current_dir(root)
        .output();
    let listed = match listed {
        Ok(listed) if listed.status.success() => listed.stdout,
        // A source archive has no history to ask.
        _ => return,
    };
    let places = PLACES.map(|parts| parts.concat());
    for name in String::from_utf8_lossy(&listed).lines() {
        let path = root.join(name);
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            let machine = |place: &String| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    // A path of the machine begins there; a longer path or URL does not.
                    line[..at].ends_with([' ', '"', '\'', '`', '=', '(', ':']) || at == 0
                })
            };
            if places.iter().any(machine) {
                let why = "tracked files name no folder of one machine";
                findings.push(finding(root, &path, index + 1, line.trim(), why));
            }
        }
    }
}
