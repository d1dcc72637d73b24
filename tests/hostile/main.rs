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
mod facts;
mod places;
mod scan;
mod twins;

use std::sync::LazyLock;

use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::pipeline::{self, Request};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target, TargetFile};
use serde_json::Value;

use document::Words;

/// What ends, opens or escapes something in one of the languages, and then calls.
const TEXTS: &[&str] = &[
    "\"; PWNED(4711); \"",
    "'; PWNED(4711); '",
    "`; PWNED(4711); `",
    "` + PWNED(4711) + `",
    "\\\"; PWNED(4711); //",
    "a\\",
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
    "../../PWNED/4711",
    "/PWNED/4711",
    "C:\\PWNED\\4711",
    "\");\nimport os; os.system('PWNED 4711')\nprint(\"",
    "\"\n}\nfunc init() { PWNED(4711) }\nvar _ = \"",
    "\"] } fn main() { PWNED(4711) } #[doc = \"",
    "'\\''; process.exit(4711); // PWNED",
];

/// Every file that is made of a document whose every text is of `words`, by target.
fn generate(words: &Words, targets: &[Target]) -> Vec<(Target, Vec<TargetFile>)> {
    let document = document::hostile(words);
    packages(&document, targets).unwrap_or_else(|said| panic!("{words:?}\n{said}"))
}

/// Every file that is made of a document, by target.
///
/// # Errors
/// What is said of a document that is refused.
fn packages(
    document: &Value,
    targets: &[Target],
) -> Result<Vec<(Target, Vec<TargetFile>)>, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spec = folder.path().join("openapi.json");
    std::fs::write(&spec, document.to_string()).expect("the folder is ours");
    let run = pipeline::read(&Request {
        spec: &spec,
        config: None,
        command: "the tests",
    });
    let said = |found: &Diagnostics| render(found, &run.sources, Format::Human { color: false });
    let api = run.api.as_ref().ok_or_else(|| said(&run.diagnostics))?;
    let renderer = Renderer::embedded();
    let files = |target| {
        let mut found = Diagnostics::new();
        let owners = [Owner::Generated, Owner::Scaffold];
        let (config, command) = (&run.config, "the tests");
        let tree = pipeline::files(target, api, config, command, &renderer, &owners, &mut found);
        match found.has_errors() {
            true => Err(said(&found)),
            false => Ok((target, tree.iter().cloned().collect())),
        }
    };
    targets.iter().copied().map(files).collect()
}

/// The files of every text, made once for all tests.
static FILES: LazyLock<Vec<(&str, Target, TargetFile)>> = LazyLock::new(|| {
    let mut out = Vec::new();
    for text in TEXTS {
        for (target, files) in generate(&Words::new(text), &Target::ALL) {
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
    for (target, files) in generate(&Words::new("PWNED(4711)"), &Target::ALL) {
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
