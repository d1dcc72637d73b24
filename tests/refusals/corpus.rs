//! Documents that other generators refuse, where a folder of them is given: each is refused here
//! too, or warned of, with a place, unless the standard has nothing against it.

use std::path::{Path, PathBuf};

use exai_gen::diagnostic::Severity;
use exai_gen::pipeline::{self, Request};

/// Parts of paths below the folder, and why nothing is wrong with what is there.
const FINE: &[(&str, &str)] = &[
    (
        "convenient_errors/",
        "errors of several shapes are of several types",
    ),
    ("field_naming/", "extensions of another generator"),
    (
        "oneOf/same_json_type",
        "variants of one type are told apart by trying",
    ),
    ("allOf/string_patterns", "a string can match two patterns"),
];

#[test]
fn what_is_wrong_elsewhere_is_wrong_here() {
    let Some(folders) = std::env::var_os("EXAI_DOCUMENTS") else {
        println!("skipped: EXAI_DOCUMENTS names no folder of documents");
        return;
    };
    let mut documents = Vec::new();
    for folder in std::env::split_paths(&folders) {
        collect(&folder, false, &mut documents);
    }
    documents.sort();
    if documents.is_empty() {
        println!(
            "skipped: there is no `negative` and no `invalid` in {}",
            folders.display()
        );
        return;
    }
    let mut unsaid = Vec::new();
    for path in &documents {
        let name = path.display().to_string();
        let run = pipeline::read(&Request {
            spec: path,
            config: None,
            command: "the tests",
        });
        let refused = run.api.is_none();
        let said = run.diagnostics.iter().find(|found| {
            found.span().is_some() && (!refused || found.severity == Severity::Error)
        });
        match said {
            Some(found) => println!(
                "{}: {} {name}: {}",
                if refused { "refused" } else { "warned of" },
                found.code.id(),
                found.message
            ),
            None if FINE.iter().any(|(part, _)| name.contains(part)) => {}
            None => unsaid.push(name),
        }
    }
    assert!(unsaid.is_empty(), "nothing is said of {unsaid:#?}");
}

/// Documents below folders that are called after being wrong.
fn collect(folder: &Path, wrong: bool, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            let wrong = wrong
                || ["negative", "invalid", "location"]
                    .iter()
                    .any(|n| name == *n);
            collect(&path, wrong, out);
        } else if wrong {
            out.push(path);
        }
    }
}
