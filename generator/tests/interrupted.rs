//! A run that is killed leaves the old packages or the new ones, never a mixture of them.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use exai_gen::write::{Recovery, Store};

const ROUNDS: u32 = 30;
const RESOURCES: [&str; 8] = [
    "apples", "berries", "cherries", "dates", "figs", "grapes", "lemons", "melons",
];

/// A document of some resources, each with an operation and a type that holds `field`.
fn document(resources: &[&str], field: &str) -> String {
    let mut paths = String::new();
    let mut schemas = String::new();
    for name in resources {
        paths.push_str(&format!(
            "  /{name}:
    get:
      operationId: {name}
      x-exai-method: {name}.get
      responses:
        '200':
          description: One.
          content:
            application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}
"
        ));
        schemas.push_str(&format!(
            "    {name}: {{type: object, properties: {{{field}: {{type: string}}}}}}\n"
        ));
    }
    format!(
        "openapi: 3.1.1\ninfo: {{title: Fruit, version: '1'}}\npaths:\n{paths}components:\n  schemas:\n{schemas}"
    )
}

/// Starts a run that writes four packages below `out`.
fn start(folder: &Path, spec: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_exai-gen"))
        .args(["generate", "--spec", spec, "--out", "out"])
        .args(["--target", "typescript,python,go,rust"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .expect("the command is built")
}

fn write(folder: &Path, spec: &str) {
    assert!(start(folder, spec).wait().expect("a child").success());
}

/// Every file below a folder.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                out.insert(path.strip_prefix(root).expect("below").to_owned(), bytes);
            }
        }
    }
    out
}

/// Waits until the run has made a file or folder; `false` when it ended without having been seen to.
fn makes(child: &mut Child, place: &Path) -> bool {
    while child.try_wait().expect("a child").is_none() {
        if place.exists() {
            return true;
        }
    }
    false
}

#[test]
fn a_killed_run_leaves_the_old_packages_or_the_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let out = folder.join("out");
    let place = out.join(".exai-gen");
    for (name, resources, field) in [
        ("old.yaml", &RESOURCES[..6], "colour"),
        ("new.yaml", &RESOURCES[2..], "weight"),
    ] {
        std::fs::write(folder.join(name), document(resources, field)).expect("room");
    }
    write(folder, "old.yaml");
    let old = files(&out);
    let mut child = start(folder, "new.yaml");
    assert!(makes(&mut child, &place), "nothing was staged");
    let begun = Instant::now();
    assert!(child.wait().expect("a child").success());
    let whole = begun.elapsed();
    let new = files(&out);
    assert!(!old.keys().eq(new.keys()), "no file comes or goes");

    let mut ends = BTreeMap::new();
    for round in 0..ROUNDS {
        write(folder, "old.yaml");
        assert_eq!(files(&out), old, "round {round}: the way back");
        let mut child = start(folder, "new.yaml");
        // Every other run is killed after it has decided the change, while it puts files in place.
        if round % 2 == 0 {
            makes(&mut child, &place);
            sleep(whole * round / (2 * ROUNDS));
        } else {
            makes(&mut child, &place.join("journal"));
            sleep(Duration::from_micros(20 * u64::from(round)));
        }
        // It may have ended in time; then there is nothing to kill.
        let _ = child.kill();
        child.wait().expect("a child");
        let (store, recovery) = Store::open(&out, &place).expect("a folder of ours");
        drop(store);
        let found = files(&out);
        let is_new = match recovery {
            Recovery::Finished => true,
            Recovery::Dropped => false,
            Recovery::Clean => found == new,
        };
        let wanted = if is_new { &new } else { &old };
        let differs = |path: &&PathBuf| found.get(*path) != wanted.get(*path);
        let mixed: Vec<_> = found.keys().chain(wanted.keys()).filter(differs).collect();
        assert!(mixed.is_empty(), "round {round}, {recovery:?}: {mixed:?}");
        *ends.entry(format!("{recovery:?}")).or_insert(0) += 1;
    }
    println!("in {whole:?}: {ends:?}");
}
