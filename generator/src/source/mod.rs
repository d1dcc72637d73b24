//! The only place that reads the disk: files, their text, and the tree in it.
//!
//! Knows YAML, JSON and limits; knows nothing of OpenAPI.

mod files;
mod json;
mod limits;
mod mapping;
mod node;
mod number;
mod span;
mod yaml;

pub use files::{NotLoaded, SourceFile, Sources};
pub use limits::{MAX_ALIASED_NODES, MAX_BYTES, MAX_DEPTH};
pub use node::{Entry, Node, Value, escape_token, unescape_token};
pub use span::{FileId, Span, Spanned};

/// A file of a package; `None` when it is not there or is no text.
pub(crate) fn read_text(path: &std::path::Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// A template under `--templates`; `None` when there is no such file.
///
/// # Errors
/// When the file is there and cannot be read.
pub(crate) fn read_template(path: &std::path::Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Every file below a folder, as paths below it with `/`.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn files_below(folder: &std::path::Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(here) = pending.pop() {
        for entry in std::fs::read_dir(&here)? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(below) = path.strip_prefix(folder) {
                let parts = below.iter().map(|part| part.to_string_lossy());
                found.push(parts.collect::<Vec<_>>().join("/"));
            }
        }
    }
    found.sort();
    Ok(found)
}
