//! Documents that are small and ask for much, or for what is none of theirs: each is generated or
//! refused, in bounds of time and of memory that the system keeps, and never with a panic.
//!
//! The bounds are of a build without optimizations on a busy machine: some ten times what a release
//! takes alone.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Seconds of CPU.
const CPU: u32 = 30;
/// KiB of addresses: the stack, what the allocator sets aside, and 500 MiB.
const ADDRESSES: u32 = 2_500_000;

/// What a bomb must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Made,
    Refused(&'static str),
}

use End::{Made, Refused};

/// A document whose one operation answers with the schema `S0`.
fn document(rest: &str) -> String {
    format!(
        "openapi: 3.1.0\n\
         info: {{ title: Bomb, version: \"1\" }}\n\
         paths:\n  /a:\n    get:\n      operationId: getA\n      responses:\n        \"200\":\n          \
         description: A.\n          content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/S0' }} }} }}\n\
         {rest}"
    )
}

fn schemas(schemas: &str) -> String {
    document(&format!("components:\n  schemas:\n{schemas}"))
}

/// `S0` to `S{number}`, each made of the next, and a last one.
fn chain(number: usize, each: impl Fn(&str, usize) -> String, last: &str) -> String {
    let mut out = String::new();
    for index in 0..number {
        let next = format!("{{ $ref: '#/components/schemas/S{}' }}", index + 1);
        let _ = writeln!(out, "    S{index}: {}", each(&next, index));
    }
    let _ = writeln!(out, "    S{number}: {last}");
    schemas(&out)
}

fn list(number: usize, each: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..number).map(each).collect();
    items.join(", ")
}

/// What refers to what, twice a level.
fn doublings() -> Vec<(&'static str, String, End)> {
    let object = "{ type: object, properties: { a: { type: string } } }";
    let aliases = (0..20).fold("x-0: &a0 [1, 1, 1, 1, 1]\n".to_owned(), |text, index| {
        let again = list(9, |_| format!("*a{index}"));
        format!("{text}x-{n}: &a{n} [{again}]\n", n = index + 1)
    });
    let merged = (1..200).fold("x-0: &m0 { a: 1 }\n".to_owned(), |text, index| {
        let n = index - 1;
        format!("{text}x-{index}: &m{index} {{ <<: [*m{n}, *m{n}], k{index}: 1 }}\n")
    });
    let pair =
        |next: &str, _| format!("{{ type: object, properties: {{ a: {next}, b: {next} }} }}");
    let both = |next: &str, _| format!("{{ allOf: [{next}, {next}] }}");
    let either = |next: &str, _| format!("{{ oneOf: [{next}, {next}] }}");
    let told = |next: &str, _| {
        format!("{{ oneOf: [{next}, {next}], discriminator: {{ propertyName: kind }} }}")
    };
    let kind = "{ type: object, required: [kind], properties: { kind: { type: string } } }";
    let many = list(30, |i| {
        let branch =
            |j| format!("{{ type: object, properties: {{ p{i}x{j}: {{ type: string }} }} }}");
        format!("{{ oneOf: [{}] }}", list(10, branch))
    });
    vec![
        ("aliases", document(&aliases), Refused("E0009")),
        ("merge keys", document(&merged), Refused("E0009")),
        ("properties", chain(60, pair, "{ type: string }"), Made),
        ("allOf", chain(60, both, object), Made),
        ("oneOf", chain(60, either, object), Made),
        ("discriminators", chain(60, told, kind), Made),
        (
            "unions in allOf",
            schemas(&format!("    S0: {{ allOf: [{many}] }}\n")),
            Made,
        ),
    ]
}

/// What goes on for long before it ends.
fn depths() -> Vec<(&'static str, String, End)> {
    let next = |next: &str, _| next.to_owned();
    let grown = |next: &str, index| {
        format!("{{ allOf: [{next}, {{ properties: {{ p{index}: {{ type: string }} }} }}] }}")
    };
    let object = "{ type: object, properties: { a: { type: string } } }";
    let property = |next: &str, _| format!("{{ type: object, properties: {{ next: {next} }} }}");
    let inside = |next: &str, _| {
        format!("{{ type: object, properties: {{ all: {{ type: array, items: {next} }} }} }}")
    };
    let items = |next: &str, _| format!("{{ type: array, items: {next} }}");
    let json = format!("{{\"openapi\": {}", "[".repeat(200_000));
    let inline = format!("{}{{}}{}", "{ items: ".repeat(100), " }".repeat(100));
    vec![
        ("collections.json", json, Refused("E0008")),
        (
            "collections",
            document(&format!("x-a: {}", "[".repeat(100_000))),
            Refused("E0008"),
        ),
        (
            "schemas",
            schemas(&format!("    S0: {inline}\n")),
            Refused("E0008"),
        ),
        ("references", chain(1_000, next, object), Made),
        ("lists", chain(1_000, items, "{ type: string }"), Made),
        ("records", chain(1_000, property, "{ type: string }"), Made),
        (
            "lists of records",
            chain(1_000, inside, "{ type: string }"),
            Made,
        ),
        (
            "allOf of allOf",
            chain(500, grown, object),
            Refused("E0008"),
        ),
        (
            "allOf of itself",
            schemas("    S0: { allOf: [{ $ref: '#/components/schemas/S0' }] }\n"),
            Refused("E0122"),
        ),
        (
            "items of itself",
            schemas("    S0: { type: array, items: { $ref: '#/components/schemas/S0' } }\n"),
            Made,
        ),
    ]
}

/// What there is much of.
fn breadths() -> Vec<(&'static str, String, End)> {
    let one = |text: String| schemas(&format!("    S0: {text}\n"));
    let alike = |index: usize| {
        let letters = "abcdefghij"
            .chars()
            .enumerate()
            .map(|(at, letter)| match index >> at & 1 {
                0 => letter,
                _ => letter.to_ascii_uppercase(),
            });
        format!("{}: {{ type: string }}", letters.collect::<String>())
    };
    let branch =
        |i| format!("{{ type: object, required: [k], properties: {{ k: {{ const: a{i} }} }} }}");
    let parameter = |i| format!("{{ name: p{i}, in: query, schema: {{ type: string }} }}");
    let parameters = format!("parameters: [{}]\n      responses:", list(500, parameter));
    let number = "9".repeat(100_000);
    vec![
        (
            "values",
            one(format!(
                "{{ type: string, enum: [{}] }}",
                list(5_000, |i| format!("v{i}"))
            )),
            Made,
        ),
        (
            "fields",
            one(format!(
                "{{ type: object, properties: {{ {} }} }}",
                list(2_000, |i| format!("p{i}: {{ type: string }}"))
            )),
            Made,
        ),
        (
            "names alike",
            one(format!(
                "{{ type: object, properties: {{ {} }} }}",
                list(1_024, alike)
            )),
            Made,
        ),
        (
            "variants",
            one(format!("{{ oneOf: [{}] }}", list(300, branch))),
            Made,
        ),
        (
            "parameters",
            one("{ type: string }".to_owned()).replacen("responses:", &parameters, 1),
            Made,
        ),
        (
            "text",
            one(format!(
                "{{ type: string, description: '{}' }}",
                "*`_[<a ".repeat(50_000)
            )),
            Made,
        ),
        (
            "a word",
            one(format!(
                "{{ type: string, description: '{}' }}",
                "a".repeat(1_000_000)
            )),
            Made,
        ),
        (
            "a number",
            one(format!(
                "{{ type: number, maximum: {number}, default: 1e400 }}"
            )),
            Made,
        ),
        // No pattern is run when code is generated, and none is compiled.
        (
            "patterns",
            one(format!(
                "{{ type: string, pattern: '^(a+)+$', default: '{}!' }}",
                "a".repeat(60)
            )),
            Made,
        ),
        (
            "repeats",
            one("{ type: string, pattern: '((x{1,1000}){1,1000}){1,1000}' }".to_owned()),
            Made,
        ),
    ]
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

/// Generates all targets, with the bounds; gives the exit code and what was said.
fn generate(folder: &Path, spec: &str) -> (Option<i32>, String) {
    let bounded = format!("ulimit -t {CPU} && ulimit -v {ADDRESSES} && exec \"$@\"");
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
    hold(doublings());
}

#[test]
fn what_is_deep_is_bounded() {
    hold(depths());
}

#[test]
fn what_is_broad_is_bounded() {
    hold(breadths());
}

#[test]
fn nothing_outside_of_the_documents_folder_is_opened() {
    hold(elsewhere());
}
