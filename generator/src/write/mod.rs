//! A tree to the disk: the only place that writes it.
//!
//! Three modes of one path: compare, then say it, or write it. Only what changed is written, and
//! all of it or nothing, as [`Store`] says.

mod store;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

pub use store::{Recovery, Store};

use crate::target::{Owner, TargetFile};
use crate::tree::{FileTree, MANIFEST, digest, read_manifest};

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was not there.
    Added,
    /// It had another text.
    Changed,
    /// The last run made it, this one does not.
    Removed,
}

/// The difference between a tree and the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan<'t> {
    /// By path, below the package's folder; the text on the disk and the one to be.
    pub changes: BTreeMap<String, (Change, String, Cow<'t, str>)>,
    /// Generated files whose text is not what the last run wrote: somebody edited them.
    pub edited: Vec<String>,
    /// Files of a package's own (its manifest, its README) whose text is not what the last run
    /// wrote: they are their owner's now, and stay as they are.
    pub kept: Vec<String>,
    /// Files in the way, in a folder that no run has written to before.
    pub foreign: Vec<String>,
    /// How many files are as they should be.
    pub unchanged: usize,
}

impl Plan<'_> {
    /// The same, apart from the tree that it was made of.
    pub fn into_owned(self) -> Plan<'static> {
        let owned = |(path, (change, before, text)): (String, (Change, String, Cow<'_, str>))| {
            (path, (change, before, Cow::Owned(text.into_owned())))
        };
        Plan {
            changes: self.changes.into_iter().map(owned).collect(),
            edited: self.edited,
            kept: self.kept,
            foreign: self.foreign,
            unchanged: self.unchanged,
        }
    }

    /// True when nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Compares a tree with what is below `folder`, manifest included.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn plan<'t>(folder: &Path, tree: &'t FileTree) -> io::Result<Plan<'t>> {
    let mut plan = Plan::default();
    let is_new = !folder.exists();
    let before = read_manifest(&read(&folder.join(MANIFEST))?.unwrap_or_default());
    let manifest = TargetFile {
        path: MANIFEST.to_owned(),
        text: tree.manifest(),
        owner: Owner::Generated,
    };
    let wanted = tree.iter().map(|file| (file, Cow::Borrowed(&*file.text)));
    let listed = (&manifest, Cow::Owned(manifest.text.clone()));
    for (file, text) in wanted.chain([listed]) {
        let path = file.path.as_str();
        let found = match is_new {
            true => None,
            false => read(&folder.join(path))?,
        };
        let Some(found) = found else {
            let entry = (Change::Added, String::new(), text);
            plan.changes.insert(path.to_owned(), entry);
            continue;
        };
        if found == text {
            plan.unchanged += 1;
            continue;
        }
        let written = before.get(path);
        let is_edited = written.is_some_and(|written| digest(&found) != *written);
        if before.is_empty() {
            plan.foreign.push(path.to_owned());
        } else if file.owner == Owner::Scaffold && (is_edited || written.is_none()) {
            plan.kept.push(path.to_owned());
            continue;
        } else if is_edited {
            plan.edited.push(path.to_owned());
        }
        plan.changes
            .insert(path.to_owned(), (Change::Changed, found, text));
    }
    let there: BTreeSet<&str> = tree.iter().map(|file| file.path.as_str()).collect();
    for path in before.keys().filter(|path| !there.contains(path.as_str())) {
        if let Some(found) = read(&folder.join(path))? {
            plan.changes
                .insert(path.clone(), (Change::Removed, found, Cow::Borrowed("")));
        }
    }
    Ok(plan)
}

/// Writes one file, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let from = path.with_file_name(format!(".{name}.new"));
    fs::write(&from, text)?;
    fs::rename(&from, path)
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
