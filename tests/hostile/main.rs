//! Text of a document never becomes code: whatever stands in its descriptions, names and values,
//! each language sees it inside a string or a comment alone.
//!
//! `4711` is in every hostile text as the argument of a call. Outside strings and comments it may
//! stand inside an identifier (`pwned4711`, a property's name), and never as a token of its own.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

mod document;
mod scan;

use std::path::Path;
use std::sync::LazyLock;

use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::pipeline::{self, Request};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target, TargetFile};

/// What ends, opens or escapes something in one of the languages, and then calls.
const TEXTS: &[&str] = &[
    "\"; PWNED(4711); \"",
    "'; PWNED(4711); '",
    "`; PWNED(4711); `",
    "` + PWNED(4711) + `",
    "\\\"; PWNED(4711); //",
    "\\",
    "4711\\",
    "*/ PWNED(4711); /*",
    "/* PWNED(4711)",
    "\"\"\"\nPWNED(4711)\n\"\"\"",
    "'''\nPWNED(4711)\n'''",
    "ends with a quote: PWNED(4711)\"",
    "\nPWNED(4711)\n",
    "\r\nPWNED(4711)\r",
    "a\rPWNED(4711)",
    "a\u{2028}PWNED(4711)\u{2029}PWNED(4711)",
    "a\u{85}PWNED(4711)\u{b}PWNED(4711)\u{c}PWNED(4711)",
    "\u{202e}PWNED(4711)\u{2066}\u{feff}",
    "\u{0}PWNED(4711)\u{7f}\u{1b}[2J",
    "${PWNED(4711)} #{PWNED(4711)} {PWNED(4711)} %s %(x)s $(PWNED)",
    "{{ PWNED(4711) }} {% raw %} {# PWNED #}",
    "]]> <script>PWNED(4711)</script> <!-- -->",
    "\"#; PWNED(4711); r#\"",
    "\"##; PWNED(4711); r##\"",
    "//go:generate PWNED 4711",
    "go:build PWNED && 4711",
    "# type: ignore\n# PWNED(4711)",
    "#![PWNED(4711)]\n#[PWNED(4711)]",
    "text\n\n    PWNED(4711)\n\ntext",
    "text\n\n```\nPWNED(4711)\n```\n\ntext",
    "```\nPWNED(4711)",
    "~~~rust\nPWNED(4711)\n~~~",
    "@deprecated PWNED(4711) {@link PWNED(4711)} @ts-ignore",
    ">>> PWNED(4711)",
];

/// Every file that is made of a document whose every text is `text`, by target.
fn generate(text: &str) -> Vec<(Target, Vec<TargetFile>)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spec = folder.path().join("openapi.json");
    std::fs::write(&spec, document::hostile(text).to_string()).expect("the folder is ours");
    Target::ALL
        .into_iter()
        .map(|target| (target, files(target, &spec, text)))
        .collect()
}

fn files(target: Target, spec: &Path, text: &str) -> Vec<TargetFile> {
    let request = Request {
        spec,
        config: None,
        command: "the tests",
    };
    let run = pipeline::read(&request);
    let api = run.api.unwrap_or_else(|| {
        let format = Format::Human { color: false };
        panic!(
            "{text:?}\n{}",
            render(&run.diagnostics, &run.sources, format)
        )
    });
    let mut found = Diagnostics::new();
    let renderer = Renderer::embedded();
    let owners = [Owner::Generated, Owner::Scaffold];
    let tree = pipeline::files(
        target,
        &api,
        &run.config,
        "the tests",
        &renderer,
        &owners,
        &mut found,
    );
    assert!(!found.has_errors(), "{text:?}: {found:#?}");
    tree.iter().cloned().collect()
}

/// The files of every text, made once for all tests.
static FILES: LazyLock<Vec<(&str, Target, TargetFile)>> = LazyLock::new(|| {
    let mut out = Vec::new();
    for text in TEXTS {
        for (target, files) in generate(text) {
            out.extend(files.into_iter().map(|file| (*text, target, file)));
        }
    }
    out
});

/// What `check` says of each file, for every text.
fn complaints(check: impl Fn(&TargetFile) -> Vec<String>) -> Vec<String> {
    let said = FILES.iter().flat_map(|(text, target, file)| {
        let place = format!("{text:?} in {} {}", target.name(), file.path);
        check(file)
            .into_iter()
            .map(move |what| format!("{place}: {what}"))
    });
    said.collect()
}

fn assert_none(complaints: &[String]) {
    let shown = complaints.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(
        complaints.is_empty(),
        "{} places:\n{}",
        complaints.len(),
        shown.join("\n")
    );
}

#[test]
fn the_text_is_in_what_is_generated() {
    for (target, files) in generate("PWNED(4711)") {
        let holds = files.iter().any(|file| file.text.contains("PWNED(4711)"));
        assert!(holds || files.is_empty(), "{}", target.name());
    }
}

#[test]
fn no_text_becomes_code() {
    assert_none(&complaints(|file| {
        let Some(language) = scan::Language::of(&file.path) else {
            return Vec::new();
        };
        match scan::code(language, &file.text) {
            Ok(code) => code
                .lines()
                .enumerate()
                .filter(|(_, line)| scan::has_token(line, "4711"))
                .map(|(index, line)| format!("line {}: {}", index + 1, line.trim()))
                .collect(),
            Err(message) => vec![message],
        }
    }));
}

#[test]
fn no_invisible_character_is_left() {
    assert_none(&complaints(|file| {
        file.text
            .chars()
            .filter(|c| {
                (c.is_control() && !matches!(c, '\n' | '\t'))
                    || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            })
            .map(|c| format!("{c:?}"))
            .take(1)
            .collect()
    }));
}

#[test]
fn no_comment_becomes_a_directive() {
    const DIRECTIVES: [&str; 6] = [
        "//go:",
        "//line ",
        "// +build",
        "# type: ignore",
        "@ts-ignore",
        "# noqa",
    ];
    assert_none(&complaints(|file| {
        let lines = scan::Language::of(&file.path).map(|_| file.text.lines());
        lines
            .into_iter()
            .flatten()
            .map(str::trim_start)
            .filter(|line| DIRECTIVES.iter().any(|start| line.starts_with(start)))
            .map(str::to_owned)
            .collect()
    }));
}

#[test]
fn no_code_block_becomes_a_documentation_test() {
    assert_none(&complaints(|file| match file.path.ends_with(".rs") {
        true => scan::doctests(&file.text)
            .into_iter()
            .filter(|test| test.contains("4711"))
            .collect(),
        false => Vec::new(),
    }));
}

#[test]
fn manifests_of_packages_stay_readable() {
    assert_none(&complaints(|file| {
        let parsed = match file.path.rsplit('.').next() {
            Some("json") => serde_json::from_str::<serde_json::Value>(&file.text).err(),
            _ => None,
        };
        parsed.map(|error| error.to_string()).into_iter().collect()
    }));
}
