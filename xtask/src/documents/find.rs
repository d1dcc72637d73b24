//! Which files of a folder are documents.

use std::fs;
use std::path::{Path, PathBuf};

/// A root document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its path below the folder, without what every document has: `museum`, `maps`.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// Every file below `folder` that says which version of the standard it is of, by name.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn documents(folder: &Path) -> Result<Vec<Document>, String> {
    let mut found = Vec::new();
    walk(folder, folder, &mut found)?;
    found.sort_by(|a: &Document, b: &Document| a.name.cmp(&b.name));
    Ok(found)
}

fn walk(top: &Path, folder: &Path, found: &mut Vec<Document>) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(said)? {
        let path = entry.map_err(said)?.path();
        if path.is_dir() {
            walk(top, &path, found)?;
        } else if is_root(&path) {
            let name = name(path.strip_prefix(top).unwrap_or(&path));
            found.push(Document { name, path });
        }
    }
    Ok(())
}

fn name(path: &Path) -> String {
    let stem = path.with_extension("");
    let parts: Vec<String> = stem
        .iter()
        .map(|part| part.to_string_lossy().replace(['.', '_', ' '], "-"))
        .collect();
    match parts.as_slice() {
        [before @ .., last] if last == "openapi" && !before.is_empty() => before.join("-"),
        parts => parts.join("-"),
    }
}

/// Whether a file has the key `openapi` or `swagger` at its top, by its text alone.
fn is_root(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    let Some(text) = extension
        .filter(|e| matches!(*e, "yaml" | "yml" | "json"))
        .and_then(|_| fs::read_to_string(path).ok())
    else {
        return false;
    };
    let keys = ["openapi", "swagger"];
    if text.trim_start().starts_with('{') {
        let compact: String = text.split_whitespace().take(400).collect();
        return keys
            .iter()
            .any(|key| compact.contains(&format!("\"{key}\":\"")))
            || text.contains("\"openapi\":");
    }
    text.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}');
        keys.iter().any(|key| {
            let bare = line.trim_start_matches(['"', '\'']);
            bare.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
        })
    })
}
