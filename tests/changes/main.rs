//! What `exai-gen diff` says of two documents.
//!
//! `rules` holds, for each rule, a document as it was, as it is, and what is said of them.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

mod others;
mod pairs;
mod surface;
mod values;

use std::path::{Path, PathBuf};

use exai_gen::changes::{
    self, Change, Comparison, Format, Made, Rule, compare, compare_keeping, show,
};
use exai_gen::config::Config;
use exai_gen::diagnostic::{self, Diagnostics};
use exai_gen::document::{self, Document};
use exai_gen::pipeline;
use exai_gen::shipped::Shipped;
use exai_gen::source::Sources;

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("changes/rules")
}

/// A document, or what is wrong with it.
fn try_read(path: &Path) -> Result<(Sources, Document), String> {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(path, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    let format = diagnostic::Format::Human { color: false };
    match document {
        Some(document) if !diagnostics.has_errors() => Ok((sources, document)),
        _ => Err(diagnostic::render(&diagnostics, &sources, format)),
    }
}

/// A document that must be without errors.
fn read(path: &Path) -> (Sources, Document) {
    try_read(path).unwrap_or_else(|said| panic!("{}\n{said}", path.display()))
}

/// The names that shipped, beside the documents of a rule that is about them.
fn shipped(folder: &Path) -> Shipped {
    let path = folder.join("names.lock");
    if !path.is_file() {
        return Shipped::default();
    }
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::open(&path, &mut diagnostics);
    let file = sources.root().map(|file| sources.file(file));
    let node = file.and_then(|file| file.node.clone()).expect("a tree");
    Shipped::read(&node, &mut diagnostics)
}

/// Both documents of a rule, compared.
fn changes_of(rule: Rule) -> (Sources, Sources, Vec<Change>) {
    let folder = rules().join(rule.id());
    let (old_sources, old) = read(&folder.join("old.yaml"));
    let (new_sources, new) = read(&folder.join("new.yaml"));
    let shipped = shipped(&folder);
    let found = compare_keeping(&old, &new, &shipped);
    let found = with_names(&old, &new, &shipped, found.clone()).unwrap_or(found);
    (old_sources, new_sources, found)
}

/// With what is found in what is generated of both; `None` where one of them cannot be.
fn with_names(
    old: &Document,
    new: &Document,
    shipped: &Shipped,
    found: Vec<Change>,
) -> Option<Vec<Change>> {
    let before = Config::default();
    let mut after = Config::default();
    after.shipped = shipped.clone();
    let (was, is) = (pipeline::api(old, &before)?, pipeline::api(new, &after)?);
    let old = Made {
        api: &was,
        config: &before,
    };
    let new = Made {
        api: &is,
        config: &after,
    };
    Some(changes::with_names(old, new, found))
}

#[test]
fn every_rule_is_found_where_its_documents_break_it_and_its_class_is_what_is_said() {
    for rule in Rule::ALL {
        let (old, new, found) = changes_of(*rule);
        assert!(
            found.iter().any(|change| change.rule == *rule),
            "{}: {found:#?}",
            rule.id()
        );
        let comparison = Comparison {
            changes: &found,
            accepted: &[],
            stale: &[],
            packages: &[],
            old: &old,
            new: &new,
        };
        let text = show(&comparison, Format::Text);
        let settings = {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(rules().join(rule.id()));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings
        };
        settings.bind(|| insta::assert_snapshot!("changes", text));
    }
}

#[test]
fn a_document_and_itself_are_without_changes() {
    for rule in Rule::ALL {
        for name in ["old.yaml", "new.yaml"] {
            let path = rules().join(rule.id()).join(name);
            let ((_, one), (_, other)) = (read(&path), read(&path));
            let found = compare(&one, &other);
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }
}

#[test]
fn the_page_of_the_rules_says_what_the_rules_say() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/changes.md");
    let text = std::fs::read_to_string(page).expect("the page");
    let mend = "exai-gen diff --list-rules --format markdown > docs/changes.md";
    assert!(text == exai_gen::changes::pages(), "to mend it: {mend}");
}

#[test]
fn no_folder_is_of_a_rule_that_is_not() {
    let entries = std::fs::read_dir(rules()).expect("the rules' documents");
    for entry in entries {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        assert!(Rule::of(&name).is_some(), "{name} is no rule");
    }
}
