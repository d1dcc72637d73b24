//! The fuzzer's targets over the corpus that is kept, and over pieces of it: what was found once is
//! not found again.

#[expect(
    clippy::expect_used,
    unreachable_pub,
    reason = "a target panics where a promise is broken, and is the fuzzer's too"
)]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Runs a target over its corpus, and over each file with its end cut off at a few places.
fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new("../fuzz/corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files = 0;
    for entry in entries.flatten() {
        let bytes = fs::read(entry.path()).unwrap_or_else(|error| panic!("{error}"));
        target(&bytes);
        for part in 1..8 {
            target(&bytes[..bytes.len() * part / 8]);
        }
        files += 1;
    }
    assert!(files > 0, "{folder:?} is empty");
}

#[test]
fn source() {
    run("source", targets::source);
}

#[test]
fn document() {
    run("document", targets::document);
}

#[test]
fn lower() {
    run("lower", targets::lower);
}

#[test]
fn literals() {
    run("literals", targets::literals);
}
