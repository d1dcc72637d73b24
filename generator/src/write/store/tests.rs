//! A run may end anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::target::{Owner, TargetFile};
use crate::tree::FileTree;
use crate::write::plan;

const FOLDER: &str = "package";

fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::default();
    for (path, text) in files {
        let file = TargetFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
            owner: Owner::Generated,
        };
        tree.insert(file).expect("a plain path");
    }
    tree
}

fn old() -> FileTree {
    tree(&[("a.txt", "a"), ("b/b.txt", "b"), ("gone/c.txt", "c")])
}

fn new() -> FileTree {
    tree(&[("a.txt", "A"), ("b/b.txt", "b"), ("d/e/d.txt", "d")])
}

/// Every file below a folder, with its text, and every folder.
fn found(root: &Path) -> BTreeMap<PathBuf, Option<String>> {
    let mut out = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = path
                .is_file()
                .then(|| fs::read_to_string(&path).expect("text"));
            if text.is_none() {
                pending.push(path.clone());
            }
            out.insert(path.strip_prefix(root).expect("below").to_owned(), text);
        }
    }
    out
}

fn open(root: &Path) -> (Store, Recovery) {
    Store::open(root, &root.join(".staged")).expect("a folder of ours")
}

fn write(root: &Path, tree: &FileTree) {
    let (store, _) = open(root);
    let plan = plan(&root.join(FOLDER), tree).expect("a plan");
    store.apply(&[(FOLDER, &plan)]).expect("room");
}

/// A folder that holds the old tree, and what it holds when the new one is written.
fn before_and_after() -> (tempfile::TempDir, BTreeMap<PathBuf, Option<String>>) {
    let other = tempfile::tempdir().expect("a folder");
    write(other.path(), &old());
    write(other.path(), &new());
    let root = tempfile::tempdir().expect("a folder");
    write(root.path(), &old());
    (root, found(other.path()))
}

#[test]
fn a_change_leaves_the_new_tree_and_nothing_else() {
    let (_root, after) = before_and_after();
    let paths: Vec<_> = after
        .keys()
        .map(|path| path.display().to_string())
        .collect();
    assert_eq!(
        paths,
        [
            "package",
            "package/a.txt",
            "package/b",
            "package/b/b.txt",
            "package/d",
            "package/d/e",
            "package/d/e/d.txt",
            "package/generated.manifest",
        ]
    );
    assert_eq!(after[Path::new("package/a.txt")].as_deref(), Some("A"));
}

#[test]
fn a_run_that_ended_while_it_staged_leaves_the_old_tree() {
    let (root, _) = before_and_after();
    let before = found(root.path());
    let (store, _) = open(root.path());
    let tree = new();
    let plan = plan(&root.path().join(FOLDER), &tree).expect("a plan");
    store.stage(&[(FOLDER, &plan)]).expect("room");
    fs::rename(store.place.join(JOURNAL), store.place.join("draft")).expect("a journal");
    drop(store);
    assert_eq!(open(root.path()).1, Recovery::Dropped);
    assert_eq!(found(root.path()), before);
    assert_eq!(open(root.path()).1, Recovery::Clean);
}

#[test]
fn a_run_that_ended_after_any_step_is_ended_by_the_next() {
    for steps in 0..=4 {
        let (root, after) = before_and_after();
        let (store, _) = open(root.path());
        let tree = new();
        let plan = plan(&root.path().join(FOLDER), &tree).expect("a plan");
        let journal = store.stage(&[(FOLDER, &plan)]).expect("room");
        assert_eq!((journal.put.len(), journal.remove.len()), (3, 1));
        assert_eq!(
            journal.put.last().map(String::as_str),
            Some("package/generated.manifest")
        );
        for index in 0..journal.put.len().min(steps) {
            store
                .put(&journal, index, &mut BTreeSet::new())
                .expect("room");
        }
        if steps > journal.put.len() {
            store.remove(&journal.remove[0]).expect("a file of ours");
        }
        drop(store);
        assert_eq!(open(root.path()).1, Recovery::Finished, "{steps} steps");
        assert_eq!(found(root.path()), after, "{steps} steps");
    }
}

#[test]
fn what_cannot_be_staged_changes_nothing() {
    let (root, _) = before_and_after();
    let manifest = root.path().join(FOLDER).join(crate::tree::MANIFEST);
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let outside = root.path().join("outside.txt");
    fs::write(&outside, "mine").expect("room");
    fs::write(
        &manifest,
        format!("{text}{}  ../outside.txt\n", "0".repeat(64)),
    )
    .expect("room");
    let before = found(root.path());
    let (store, _) = open(root.path());
    let tree = new();
    let plan = plan(&root.path().join(FOLDER), &tree).expect("a plan");
    assert!(store.apply(&[(FOLDER, &plan)]).is_err());
    assert_eq!(found(root.path()), before);
}
