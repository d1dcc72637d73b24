//! Documents that are small and ask for much, or for what is none of theirs: each is generated or
//! refused, in bounds of time and of memory that the system keeps, and never with a panic.
//!
//! Two seconds in a release: `cargo test --release -p exai-gen --test bombs -- --nocapture` lists the
//! time of each, and the night holds them to it. A build without optimizations gets more time and
//! smaller bombs, of what is to take as long as it is large; what would double is as large there,
//! for no machine is fast enough for it.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

mod breadths;
mod depths;
mod doublings;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Seconds of CPU.
const CPU: u32 = if cfg!(debug_assertions) { 30 } else { 2 };
/// KiB of addresses: the stack, what the allocator sets aside, and 500 MiB.
const ADDRESSES: u32 = 2_500_000;

/// What a bomb must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Made,
    Refused(&'static str),
}

use End::{Made, Refused};

/// A document whose one operation answers with the schema `S0`.
pub(crate) fn document(rest: &str) -> String {
    format!(
        "openapi: 3.1.0\n\
         info: {{ title: Bomb, version: \"1\" }}\n\
         paths:\n  /a:\n    get:\n      operationId: getA\n      responses:\n        \"200\":\n          \
         description: A.\n          content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/S0' }} }} }}\n\
         {rest}"
    )
}

pub(crate) fn schemas(schemas: &str) -> String {
    document(&format!("components:\n  schemas:\n{schemas}"))
}

/// `S0` to `S{number}`, each made of the next, and a last one.
pub(crate) fn chain(number: usize, each: impl Fn(&str, usize) -> String, last: &str) -> String {
    let mut out = String::new();
    for index in 0..number {
        let next = format!("{{ $ref: '#/components/schemas/S{}' }}", index + 1);
        let _ = writeln!(out, "    S{index}: {}", each(&next, index));
    }
    let _ = writeln!(out, "    S{number}: {last}");
    schemas(&out)
}

pub(crate) fn list(number: usize, each: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..number).map(each).collect();
    items.join(", ")
}

/// What the document has no business with.
fn elsewhere() -> Vec<(&'static str, String, End)> {
    let refer = |to: &str| schemas(&format!("    S0: {{ $ref: '{to}' }}\n"));
    vec![
        ("a device", refer("/dev/zero"), Refused("E0124")),
        (
            "a device by URL",
            refer("file:///dev/zero"),
            Refused("E0125"),
        ),
        ("a device by a link", refer("zero.yaml"), Refused("E0124")),
        ("a pipe", refer("pipe.yaml"), Refused("E0001")),
        ("a folder", refer("./"), Refused("E0001")),
        (
            "outside",
            refer("../../../../../etc/hostname"),
            Refused("E0124"),
        ),
        (
            "outside, encoded",
            refer("%2e%2e/%2e%2e/etc/hostname"),
            Refused("E0124"),
        ),
        (
            "outside, half encoded",
            refer("..%2fetc/hostname"),
            Refused("E0124"),
        ),
        (
            "the network",
            refer("https://example.com/a.yaml"),
            Refused("E0123"),
        ),
        (
            "the network without a scheme",
            refer("//example.com/a.yaml"),
            Refused("E0123"),
        ),
    ]
}

/// As many as a release is to bear, or what shows the same danger to a build without optimizations.
pub(crate) const fn many(release: usize, debug: usize) -> usize {
    if cfg!(debug_assertions) {
        debug
    } else {
        release
    }
}

/// Generates all targets, with the bounds; gives the exit code and what was said, and at its end
/// what it took: user and system, of the shell and then of what it ran.
fn generate(folder: &Path, spec: &str) -> (Option<i32>, String) {
    let bounded = format!(
        "ulimit -t {CPU} && ulimit -v {ADDRESSES} && \"$@\"; code=$?; times >&2; exit $code"
    );
    let output = Command::new("sh")
        .args([
            "-c",
            &bounded,
            "sh",
            env!("CARGO_BIN_EXE_exai-gen"),
            "generate",
        ])
        .args([
            "--spec",
            spec,
            "--target",
            "typescript,python,go,rust,axum",
            "--out",
            "out",
        ])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

fn hold(bombs: Vec<(&'static str, String, End)>) {
    let mut wrong = Vec::new();
    for (name, text, end) in bombs {
        let folder = tempfile::tempdir().expect("a folder");
        let spec = match name.ends_with(".json") {
            true => "bomb.json",
            false => "bomb.yaml",
        };
        std::fs::write(folder.path().join(spec), text).expect("a new file");
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.yaml")).expect("a link");
        let pipe = Command::new("mkfifo")
            .arg(folder.path().join("pipe.yaml"))
            .status();
        assert!(pipe.is_ok_and(|status| status.success()));
        let (code, said) = generate(folder.path(), spec);
        println!("{name}: {}", said.lines().last().unwrap_or_default());
        let fine = match end {
            Made => code == Some(0),
            Refused(expected) => {
                code == Some(1)
                    && said.contains(&format!("error[{expected}]"))
                    && !folder.path().join("out").exists()
            }
        };
        if !fine || said.contains("panicked") {
            let said: String = said.chars().take(300).collect();
            wrong.push(format!("{name}: {code:?}, expected {end:?}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_doubles_at_each_level_is_bounded() {
    hold(doublings::all());
}

#[test]
fn what_is_deep_is_bounded() {
    hold(depths::all());
}

#[test]
fn what_is_broad_is_bounded() {
    hold(breadths::all());
}

#[test]
fn nothing_outside_of_the_documents_folder_is_opened() {
    hold(elsewhere());
}
