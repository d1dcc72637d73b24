//! Dangers that no file in a repository can hold: huge, deep, not text, or outside.

use std::path::Path;
use std::time::{Duration, Instant};

use exai_gen::diagnostic::Code;

use crate::read;

/// The codes that only these tests show.
pub(crate) const CODES: [Code; 4] = [
    Code::FileUnreadable,
    Code::FileTooLarge,
    Code::NotUtf8,
    Code::TooDeep,
];

/// Writes `bytes` as `name` in a fresh folder, reads it, and gives the codes and the messages,
/// with the folder's name left out.
fn findings(name: &str, bytes: impl AsRef<[u8]>) -> (Vec<Code>, String) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("cannot write: {error}"));
    findings_at(&path, folder.path())
}

fn findings_at(path: &Path, folder: &Path) -> (Vec<Code>, String) {
    let (diagnostics, _) = read(path);
    let codes = diagnostics.iter().map(|found| found.code).collect();
    let messages: Vec<_> = diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    (
        codes,
        messages
            .join("; ")
            .replace(&format!("{}/", folder.display()), ""),
    )
}

#[test]
fn a_file_that_is_not_there() {
    let (codes, message) = findings_at(Path::new("refusals/none.yaml"), Path::new("/none"));
    assert_eq!(codes, [Code::FileUnreadable]);
    assert_eq!(
        message,
        "cannot open `refusals/none.yaml`: no such file or directory"
    );
}

#[test]
fn a_folder() {
    let (codes, message) = findings_at(Path::new("refusals"), Path::new("/none"));
    assert_eq!(codes, [Code::FileUnreadable]);
    assert_eq!(message, "cannot read `refusals`: it is not a regular file");
}

#[test]
fn a_sparse_gigabyte_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("huge.yaml");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(1 << 30).expect("a sparse file");
    let start = Instant::now();
    let (codes, message) = findings_at(&path, folder.path());
    assert_eq!(codes, [Code::FileTooLarge]);
    assert_eq!(
        message,
        "cannot read `huge.yaml`: it has 1024 MiB, and the limit is 128 MiB"
    );
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn ten_thousand_levels_are_refused() {
    const LEVELS: usize = 10_000;
    let block: String = (0..LEVELS)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    let texts = [
        ("flow.yaml", "[".repeat(LEVELS)),
        (
            "closed.yaml",
            format!("{}{}", "[".repeat(LEVELS), "]".repeat(LEVELS)),
        ),
        ("block.yaml", block),
        ("items.yaml", "- ".repeat(LEVELS)),
        ("mapping.json", "{\"a\":".repeat(LEVELS)),
        (
            "list.json",
            format!("{}{}", "[".repeat(LEVELS), "]".repeat(LEVELS)),
        ),
    ];
    for (name, text) in texts {
        let (codes, message) = findings(name, text);
        assert_eq!(codes, [Code::TooDeep], "{name}: {message}");
        assert_eq!(
            message, "collections are nested deeper than 128 levels",
            "{name}"
        );
    }
}

#[test]
fn aliases_count_as_levels() {
    let mut text = String::from("a0: &a0 [x]\n");
    for level in 1..200 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let (codes, _) = findings("aliases.yaml", text);
    assert_eq!(codes, [Code::TooDeep]);
}

#[test]
fn what_is_not_utf8_text() {
    let (codes, message) = findings("latin1.yaml", b"title: caf\xe9\n");
    assert_eq!(
        (codes.as_slice(), message.as_str()),
        (
            &[Code::NotUtf8][..],
            "cannot read `latin1.yaml`: it is not UTF-8 from byte 10 on"
        )
    );
    let (codes, message) = findings("utf16.yaml", b"\xff\xfea\0");
    assert_eq!(
        (codes.as_slice(), message.as_str()),
        (
            &[Code::NotUtf8][..],
            "cannot read `utf16.yaml`: it is UTF-16; save it as UTF-8"
        )
    );
    let (codes, message) = findings("nul.yaml", b"title: a\0b\n");
    assert_eq!(
        (codes.as_slice(), message.as_str()),
        (
            &[Code::NotUtf8][..],
            "cannot read `nul.yaml`: it holds a NUL at byte 8"
        )
    );
}

#[test]
fn a_byte_order_mark_is_no_harm() {
    let document = "\u{FEFF}{\"openapi\": \"3.1.1\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {}}";
    for name in ["bom.json", "bom.yaml"] {
        let (codes, message) = findings(name, document);
        assert!(codes.is_empty(), "{name}: {message}");
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_out_of_the_folder_is_refused() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(outside.path().join("secret.yaml"), "Pet: {type: object}\n").expect("a file");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::os::unix::fs::symlink(
        outside.path().join("secret.yaml"),
        folder.path().join("pets.yaml"),
    )
    .expect("a link");
    let root = folder.path().join("openapi.yaml");
    let text = "openapi: 3.1.1\ninfo: {title: a, version: '1'}\ncomponents:\n  schemas:\n    Pet: {$ref: 'pets.yaml#/Pet'}\n";
    std::fs::write(&root, text).expect("a file");
    let (codes, message) = findings_at(&root, folder.path());
    assert_eq!(codes, [Code::ReferenceOutside], "{message}");
}

#[test]
fn a_document_of_references_to_references_is_read_in_no_time() {
    let mut text = String::from(
        "openapi: 3.1.1\ninfo: {title: a, version: '1'}\ncomponents:\n  schemas:\n    S0: {type: object}\n",
    );
    for index in 1..5_000 {
        text.push_str(&format!(
            "    S{index}: {{$ref: '#/components/schemas/S{}'}}\n",
            index - 1
        ));
    }
    let start = Instant::now();
    let (codes, message) = findings("chain.yaml", text);
    assert!(codes.is_empty(), "{message}");
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "took {:?}",
        start.elapsed()
    );
}
