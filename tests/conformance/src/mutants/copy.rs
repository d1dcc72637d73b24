//! A copy of a package and its driver that may be broken.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What is made, and not copied.
const MADE: [&str; 7] = [
    "node_modules",
    ".venv",
    "dist",
    "target",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
];
/// What is installed, and used where it stands.
const INSTALLED: [&str; 2] = ["node_modules", ".venv"];

/// Copies the package and the driver of a language, laid out as here.
///
/// # Errors
/// A file cannot be read or written.
pub(super) fn of(root: &Path, language: &str, folder: &str) -> Result<PathBuf, String> {
    let copy = root.join("target/conformance/mutants").join(language);
    made(root, &copy, language, folder).map_err(|error| format!("{}: {error}", copy.display()))?;
    Ok(copy)
}

fn made(root: &Path, copy: &Path, language: &str, folder: &str) -> io::Result<()> {
    for folder in [folder, &format!("tests/conformance/drivers/{language}")] {
        let to = copy.join(folder);
        if to.exists() {
            fs::remove_dir_all(&to)?;
        }
        tree(&root.join(folder), &to)?;
        for name in INSTALLED {
            let installed = root.join(folder).join(name);
            if installed.exists() {
                symlink(installed, to.join(name))?;
            }
        }
    }
    if !copy.join("spec").exists() {
        symlink(root.join("spec"), copy.join("spec"))?;
    }
    if language == "rust" {
        workspace(root, copy)?;
    }
    Ok(())
}

/// Cargo looks for a workspace above each crate: the copy has one of its own, of two members.
fn workspace(root: &Path, copy: &Path) -> io::Result<()> {
    let text = fs::read_to_string(root.join("Cargo.toml"))?;
    let lines = text
        .lines()
        .map(|line| match line.starts_with("members = ") {
            true => r#"members = ["sdks/rust", "tests/conformance/drivers/rust"]"#,
            false => line,
        });
    fs::write(
        copy.join("Cargo.toml"),
        lines.collect::<Vec<_>>().join("\n"),
    )?;
    fs::copy(root.join("Cargo.lock"), copy.join("Cargo.lock"))?;
    Ok(())
}

fn tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        let to = to.join(&name);
        if entry.file_type()?.is_dir() {
            tree(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}
