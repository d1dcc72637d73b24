//! Crates that the tests of targets make: written to disk, and held against Rust's own tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::target::{Owner, TargetFile};

/// In canonical layout, and without a warning of clippy and rustdoc, under these features.
pub(in crate::target) fn assert_clean(name: &str, files: &[TargetFile], features: &str) {
    // The conformance driver is no part of the crate, and has paths of its own.
    let files: Vec<TargetFile> = files
        .iter()
        .filter(|file| file.owner != Owner::Driver)
        .cloned()
        .collect();
    let root = write(name, &files);
    rustfmt(&root, &files);
    lint(&root, features);
}

/// Writes a crate to a folder that a second run finds compiled but for what changed.
fn write(name: &str, files: &[TargetFile]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/generated-crates")
        .join(name);
    let _ = fs::remove_dir_all(root.join("src"));
    for file in files {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        let text = match file.path.as_str() {
            // A crate of its own, not of this workspace.
            "Cargo.toml" => format!("{}\n[workspace]\n", file.text),
            _ => file.text.clone(),
        };
        fs::write(path, text).expect("a new file");
    }
    root
}

fn rustfmt(root: &Path, files: &[TargetFile]) {
    let sources = files
        .iter()
        .filter(|file| file.path.ends_with(".rs") && file.owner != Owner::Runtime);
    let output = Command::new("rustfmt")
        .args([
            "--edition",
            "2024",
            "--check",
            "--config",
            "skip_children=true",
        ])
        .args(sources.map(|file| root.join(&file.path)))
        .output()
        .expect("rustfmt is part of the toolchain");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Clippy and rustdoc with their warnings denied.
fn lint(root: &Path, features: &str) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
    for command in ["clippy", "doc"] {
        let arguments: &[&str] = if command == "doc" {
            &["--no-deps"]
        } else {
            &[]
        };
        let output = Command::new(env!("CARGO"))
            .args([command, features, "--quiet"])
            .args(arguments)
            .current_dir(root)
            .env(
                "CARGO_TARGET_DIR",
                workspace.join("target/generated-crates/target"),
            )
            .env("RUSTFLAGS", "-Wmissing_docs -Wunreachable_pub -Dwarnings")
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
