//! Nothing that can be written into a file makes the reading panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use exai_gen::bundle::{bundle, to_json, to_yaml};
use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::document;
use exai_gen::source::Sources;

/// Reads `text` as the file `name`, renders what was found, and bundles what was read.
fn read(name: &str, text: &str) {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::from_text(name, text, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    for format in [Format::Human { color: false }, Format::Json, Format::Sarif] {
        render(&diagnostics, &sources, format);
    }
    if let Some(document) = document {
        let tree = bundle(&document, &sources);
        to_yaml(&tree);
        to_json(&tree);
    }
}

/// Marsaglia's xorshift64: enough to pick places and bytes, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// `text` with a few bytes changed, dropped, doubled or swapped for pieces that mean something.
fn mutate(text: &str, random: &mut Random) -> String {
    const PIECES: [&str; 28] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "\n",
        "  ",
        "\"",
        "'",
        "&a ",
        "*a",
        "<<",
        "null",
        "$ref",
        "#/",
        "%zz",
        "|\n",
        "? ",
        "!!str ",
        "\\u",
        "\u{85}",
        "é",
        "---\n",
        "#/components/schemas/Pet",
        "true",
        "-1",
        "x-",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes[at] = (random.next() & 0x7f) as u8,
            1 => {
                let end = (at + random.below(12)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let end = (at + random.below(40)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => {
                let end = (at + random.below(6)).min(bytes.len());
                bytes.splice(at..end, PIECES[random.below(PIECES.len())].bytes());
            }
            _ => bytes.truncate(at.max(1)),
        }
        if bytes.is_empty() {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn thousands_of_mutations_do_not_panic() {
    let seeds = [
        ("seed.yaml", include_str!("seed.yaml")),
        ("seed.json", include_str!("seed.json")),
    ];
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for (name, seed) in seeds {
        for round in 0..3_000 {
            let text = mutate(seed, &mut random);
            let outcome = catch_unwind(AssertUnwindSafe(|| read(name, &text)));
            assert!(outcome.is_ok(), "{name}, round {round} panics on:\n{text}");
        }
    }
}

/// Every document in the folder that `EXAI_CORPUS` names, real ones mostly.
#[test]
fn the_corpus_does_not_panic() {
    let Some(folder) = std::env::var_os("EXAI_CORPUS") else {
        println!("skipped: EXAI_CORPUS names no folder of documents");
        return;
    };
    let mut paths = Vec::new();
    collect(Path::new(&folder), &mut paths);
    assert!(!paths.is_empty(), "no documents in {}", folder.display());
    for path in paths {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut diagnostics = Diagnostics::new();
            let mut sources = Sources::open(&path, &mut diagnostics);
            let document = document::read(&mut sources, &mut diagnostics);
            render(&diagnostics, &sources, Format::Human { color: false });
            document.map(|document| to_json(&bundle(&document, &sources)))
        }));
        assert!(outcome.is_ok(), "{} panics", path.display());
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path
            .extension()
            .is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known))
        {
            paths.push(path);
        }
    }
}
