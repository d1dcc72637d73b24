//! Files by path, before any of them is on the disk.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::target::{Owner, TargetFile};

/// The manifest's name, in the package's folder.
pub const MANIFEST: &str = "generated.manifest";

/// The files of one package, ordered by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileTree {
    files: BTreeMap<String, TargetFile>,
}

/// A file that cannot stand where a target wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeError {
    /// Two files have the same path, letter case aside.
    Twice(String),
    /// The path leads out of the package's folder, or is not one that every system has.
    Outside(String),
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice(path) => write!(f, "two files would be written to `{path}`"),
            Self::Outside(path) => write!(f, "`{path}` is no path inside a package"),
        }
    }
}

impl std::error::Error for TreeError {}

impl FileTree {
    /// Adds a file.
    ///
    /// # Errors
    /// When its path is taken, or is not a plain relative one.
    pub fn insert(&mut self, file: TargetFile) -> Result<(), TreeError> {
        let plain = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c))
        };
        if !file.path.split('/').all(plain) {
            return Err(TreeError::Outside(file.path));
        }
        let folded = file.path.to_lowercase();
        if self.files.contains_key(&folded) {
            return Err(TreeError::Twice(file.path));
        }
        self.files.insert(folded, file);
        Ok(())
    }

    /// The files by path.
    pub fn iter(&self) -> impl Iterator<Item = &TargetFile> {
        self.files.values()
    }

    /// The files of one owner.
    pub fn only(self, owner: Owner) -> Self {
        let files = self.files.into_iter();
        Self {
            files: files.filter(|(_, file)| file.owner == owner).collect(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True when there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The manifest: a line a file that a document gives, its SHA-256 and its path, as `sha256sum`
    /// writes it.
    pub fn manifest(&self) -> String {
        let mut out = String::new();
        let listed = |file: &&TargetFile| file.owner != Owner::Runtime;
        for file in self.iter().filter(listed) {
            out.push_str(&digest(&file.text));
            out.push_str("  ");
            out.push_str(&file.path);
            out.push('\n');
        }
        out
    }
}

/// SHA-256 of a text in lower-case hex.
pub fn digest(text: &str) -> String {
    digest_bytes(text.as_bytes())
}

/// SHA-256 in lower-case hex.
pub fn digest_bytes(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// What a manifest lists: path and digest.
pub fn read_manifest(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, path)| (path.to_owned(), digest.to_owned()))
        .collect()
}
