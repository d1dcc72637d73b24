//! Many files changed as one.
//!
//! Everything new is staged in a folder apart. Then a journal is written that lists what goes
//! where, and what goes; with the rename that puts it there the change is decided. A run that ends
//! before leaves the old tree; one that ends later leaves the rest of the work to the next
//! [`Store::open`], whatever the command, before it looks at the tree.
//!
//! Only what the next run must be able to trust is flushed to the disk: the journal, and manifests,
//! by which it knows what an earlier run wrote. Where the power fails, other files may come back
//! empty, as those of a compiler may; the next run compares every byte and writes them again. To
//! flush each of a few hundred files costs ten times as much as to make them.
//!
//! What this does not promise: someone who reads the tree while files are put in place, or after
//! a run was killed there and before the next, sees old files beside new ones, each of them whole.
//! No file system renames many files at once.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Change, Plan};

const JOURNAL: &str = "journal";

/// A folder whose files change together.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    place: PathBuf,
    /// Held for as long as this is: one run at a time.
    _lock: Option<File>,
}

/// What an earlier run had left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing.
    Clean,
    /// A change that was decided; it has been ended.
    Finished,
    /// Files of a change that was not decided; they are gone.
    Dropped,
}

/// What a decided change does, by paths below the root.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Journal {
    /// Staged files, each named by its index, and where they go. Manifests stand last: until then
    /// a manifest lists what the tree was.
    put: Vec<String>,
    /// Files that go.
    remove: Vec<String>,
}

impl Store {
    /// Opens `root`, which is made if need be, and ends what an interrupted run has left. `place`
    /// is for staged files: a folder below `root` that nobody else uses; it is there only while it
    /// is needed. Waits for another run of the same root, where the system can lock folders.
    ///
    /// # Errors
    /// When a file of an interrupted run cannot be put where it belongs.
    pub fn open(root: &Path, place: &Path) -> io::Result<(Self, Recovery)> {
        fs::create_dir_all(root)?;
        let lock = File::open(root).and_then(|folder| folder.lock().map(|()| folder));
        let store = Self {
            root: root.to_owned(),
            place: place.to_owned(),
            _lock: lock.ok(),
        };
        let recovery = store.recover()?;
        Ok((store, recovery))
    }

    /// Does what several plans say, each for a folder below the root: all of it, or nothing.
    ///
    /// # Errors
    /// When something cannot be staged: then nothing has changed. When a staged file cannot be put
    /// in its place: then the next run tries again.
    pub fn apply(&self, plans: &[(&str, &Plan<'_>)]) -> io::Result<()> {
        if plans.iter().all(|(_, plan)| plan.is_empty()) {
            return Ok(());
        }
        match self.stage(plans) {
            Ok(journal) => self.finish(&journal),
            Err(error) => {
                // The first error is the one to tell.
                let _ = fs::remove_dir_all(&self.place);
                Err(error)
            }
        }
    }

    fn recover(&self) -> io::Result<Recovery> {
        match fs::read_to_string(self.place.join(JOURNAL)) {
            Ok(text) => {
                let journal: Journal = serde_json::from_str(&text)?;
                self.finish(&journal)?;
                Ok(Recovery::Finished)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !self.place.exists() {
                    return Ok(Recovery::Clean);
                }
                fs::remove_dir_all(&self.place)?;
                Ok(Recovery::Dropped)
            }
            Err(error) => Err(error),
        }
    }

    /// Stages every new text and decides the change.
    fn stage(&self, plans: &[(&str, &Plan<'_>)]) -> io::Result<Journal> {
        let mut files: Vec<(String, &str)> = Vec::new();
        let mut journal = Journal::default();
        for (folder, plan) in plans {
            for (path, (change, _, text)) in &plan.changes {
                let path = if folder.is_empty() {
                    path.clone()
                } else {
                    format!("{folder}/{path}")
                };
                self.inside(&path)?;
                match change {
                    Change::Removed => journal.remove.push(path),
                    Change::Added | Change::Changed => files.push((path, text)),
                }
            }
        }
        files.sort_by_key(|(path, _)| path.ends_with(crate::tree::MANIFEST));
        fs::create_dir_all(&self.place)?;
        for (index, (path, text)) in files.into_iter().enumerate() {
            match path.ends_with(crate::tree::MANIFEST) {
                true => write_synced(&self.staged(index), text)?,
                false => fs::write(self.staged(index), text)?,
            }
            journal.put.push(path);
        }
        let text = serde_json::to_string(&journal)?;
        let draft = self.place.join("draft");
        write_synced(&draft, &text)?;
        fs::rename(draft, self.place.join(JOURNAL))?;
        sync_folder(&self.place);
        Ok(journal)
    }

    /// Does what is left of a decided change, and forgets it.
    fn finish(&self, journal: &Journal) -> io::Result<()> {
        let mut made = BTreeSet::new();
        for index in 0..journal.put.len() {
            self.put(journal, index, &mut made)?;
        }
        for path in &journal.remove {
            self.remove(path)?;
        }
        fs::remove_file(self.place.join(JOURNAL))?;
        fs::remove_dir_all(&self.place)
    }

    /// Puts one staged file in its place; one that is no longer staged is there already. `made`
    /// holds the folders that are known to be there.
    fn put(&self, journal: &Journal, index: usize, made: &mut BTreeSet<PathBuf>) -> io::Result<()> {
        let to = self.inside(&journal.put[index])?;
        if let Some(parent) = to.parent()
            && !made.contains(parent)
        {
            fs::create_dir_all(parent)?;
            made.insert(parent.to_owned());
        }
        or_gone(fs::rename(self.staged(index), to))
    }

    /// Removes a file, and the folders that are empty then.
    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.inside(path)?;
        or_gone(fs::remove_file(&path))?;
        let folders = path.ancestors().skip(1);
        for folder in folders.take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn staged(&self, index: usize) -> PathBuf {
        self.place.join(index.to_string())
    }

    /// The place of a path below the root; a path that leads out of it is an error, for manifests
    /// and journals are files that anyone can edit.
    fn inside(&self, path: &str) -> io::Result<PathBuf> {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if Path::new(path).components().all(plain) {
            return Ok(self.root.join(path));
        }
        let message = format!("`{path}` leads out of `{}`", self.root.display());
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

fn or_gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()
}

/// Flushes the names in a folder. Not every system can; then they reach the disk when it likes.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests;
