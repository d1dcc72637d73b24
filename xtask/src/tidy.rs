//! `cargo xtask tidy`: invariants that are absences, by reading the sources.

mod published;
mod workflows;

use std::fs;
use std::path::{Path, PathBuf};

use exai_gen::tree::{MANIFEST, digest, read_manifest};

use crate::packages::{COMMAND, DRIVERS, PACKAGES, SCENARIOS, root};
use crate::snapshots;

/// A text that must not stand in the code of some files.
struct Absence {
    /// Where it is looked for, below the root.
    folder: &'static str,
    texts: &'static [&'static str],
    /// Paths that may have it, by a part of the path.
    except: &'static [&'static str],
    why: &'static str,
}

const ABSENCES: &[Absence] = &[
    Absence {
        folder: "generator/src",
        texts: &["std::fs", "fs::read", "fs::write", "File::open"],
        except: &["/source/", "/write/", "/tests.rs", "/compiled.rs"],
        why: "only `source` reads the disk, only `write` writes it",
    },
    Absence {
        folder: "generator/src",
        texts: &["std::net", "TcpStream", "reqwest::"],
        except: &[],
        why: "the generator reaches no network",
    },
    Absence {
        folder: "generator/src",
        texts: &["minijinja"],
        except: &["/render/", "/tests.rs"],
        why: "only `render` names the template engine",
    },
    Absence {
        folder: "generator/src/ir",
        texts: &["serde::", "Serialize", "snake_case", "camelCase", "Pascal"],
        except: &[],
        why: "`ir` is pure data: no language, no casing, nothing a template could print",
    },
    Absence {
        folder: "generator/src/lower",
        texts: &["OpenAPI 3.0", ".openapi.value"],
        except: &[],
        why: "nothing after `document` asks for a version",
    },
    Absence {
        folder: "generator/src",
        texts: &[".unwrap()", "panic!(", "unreachable!(", "todo!("],
        except: &["/tests.rs", "/tests/", "/fixtures.rs"],
        why: "no panic on what a user wrote",
    },
];

/// Lines that a template may have.
const TEMPLATE_LINES: usize = 150;
/// Lines that a file of Rust may have, where people write it.
const RUST_LINES: usize = 400;

/// Checks every invariant.
///
/// # Errors
/// A line a finding: path, line number, what and why.
pub(crate) fn run() -> Result<(), String> {
    let root = root();
    let mut findings = Vec::new();
    for absence in ABSENCES {
        for (path, text) in sources(&root.join(absence.folder), "rs") {
            if !absence
                .except
                .iter()
                .any(|part| path.to_string_lossy().contains(part))
            {
                for_code_lines(&text, |number, line| {
                    if absence.texts.iter().any(|wanted| line.contains(wanted)) {
                        findings.push(finding(&root, &path, number, line.trim(), absence.why));
                    }
                });
            }
        }
    }
    raw_text(&root, &mut findings);
    templates(&root, &mut findings);
    lengths(&root, &mut findings);
    manifests(&root, &mut findings);
    runtimes(&root, &mut findings);
    twins(&root, &mut findings);
    published::versions(&root, &mut findings);
    published::places(&root, &mut findings);
    workflows::pinned(&root, &mut findings);
    for path in snapshots::pending(&root) {
        let why = "`cargo xtask snapshots --review` shows what it changes";
        findings.push(finding(&root, &path, 1, "a snapshot is pending", why));
    }
    if findings.is_empty() {
        println!("tidy: nothing to say");
        return Ok(());
    }
    Err(findings.join("\n"))
}

fn finding(root: &Path, path: &Path, number: usize, what: &str, why: &str) -> String {
    format!(
        "{}:{number}: {what}: {why}",
        path.strip_prefix(root).unwrap_or(path).display()
    )
}

/// Calls with each line that is code: no comment, and not in a `#[cfg(test)]` module, which stands
/// last in a file.
fn for_code_lines(text: &str, mut each: impl FnMut(usize, &str)) {
    for (index, line) in text.lines().enumerate() {
        if line.trim() == "#[cfg(test)]" {
            let next = text.lines().nth(index + 1).unwrap_or_default();
            if next.starts_with("mod ") && next.ends_with('{') {
                return;
            }
        }
        if !line.trim_start().starts_with("//") {
            each(index + 1, line);
        }
    }
}

/// Words of the document reach output through escapers alone.
fn raw_text(root: &Path, findings: &mut Vec<String>) {
    const MAY: &[&str] = &[
        "/escape",
        "/names.rs",
        "/lower/",
        "/passes/",
        "/pipeline.rs",
        "/ir/",
        "/cli/",
        "tests",
        "fixtures",
    ];
    for (path, text) in sources(&root.join("generator/src"), "rs") {
        if MAY.iter().any(|part| path.to_string_lossy().contains(part)) {
            continue;
        }
        for_code_lines(&text, |number, line| {
            if line.contains(".raw()") {
                let why = "a document's text is read in escape.rs only";
                findings.push(finding(root, &path, number, line.trim(), why));
            }
        });
    }
}

fn templates(root: &Path, findings: &mut Vec<String>) {
    for (path, text) in sources(&root.join("templates"), "jinja") {
        let lines = text.lines().count();
        if lines > TEMPLATE_LINES {
            let what = format!("{lines} lines");
            findings.push(finding(
                root,
                &path,
                lines,
                &what,
                "a template has at most 150 lines",
            ));
        }
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with("{#") {
            findings.push(finding(
                root,
                &path,
                1,
                first,
                "line 1 names the view it prints",
            ));
        }
        for (index, line) in text.lines().enumerate() {
            let decides =
                line.contains("{% if") || line.contains("{% elif") || line.contains("{%- if");
            let compares = [" == ", " != ", " in ", " is ", " > ", " < "]
                .iter()
                .any(|op| line.contains(op));
            if decides && compares {
                let why = "a template tests a bool; the view decides";
                findings.push(finding(root, &path, index + 1, line.trim(), why));
            }
        }
    }
}

/// Rust that people write is split by sense before it is long.
fn lengths(root: &Path, findings: &mut Vec<String>) {
    for folder in ["generator", "xtask", "tests", "server-stubs", "sdks/rust"] {
        let files = sources(&root.join(folder), "rs");
        let written = |path: &Path| path.iter().all(|part| part != "generated");
        for (path, text) in files.iter().filter(|(path, _)| written(path)) {
            let lines = text.lines().count();
            if lines > RUST_LINES {
                let why = "a file of Rust has at most 400 lines";
                findings.push(finding(root, path, lines, &format!("{lines} lines"), why));
            }
        }
    }
}

/// Every manifest tells the truth, and every generated file names its command.
fn manifests(root: &Path, findings: &mut Vec<String>) {
    let made = PACKAGES.into_iter().chain(DRIVERS);
    for folder in made.map(|(_, folder)| folder).chain([SCENARIOS]) {
        let folder = root.join(folder);
        let listed = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
        for (path, sum) in read_manifest(&listed) {
            let path = folder.join(path);
            let Ok(text) = fs::read_to_string(&path) else {
                findings.push(finding(root, &path, 0, "missing", "the manifest lists it"));
                continue;
            };
            if digest(&text) != sum {
                let why = "generated files are not edited: run `cargo xtask regen`";
                findings.push(finding(root, &path, 0, "edited", why));
            }
            let json = path.extension().is_some_and(|ending| ending == "json");
            let first = text.lines().next().unwrap_or_default();
            if !json && !first.contains(COMMAND) {
                findings.push(finding(
                    root,
                    &path,
                    1,
                    first,
                    "the first line names the command",
                ));
            }
        }
    }
}

/// A runtime holds no product name: it is copied beside other documents' code.
/// Sources that two packages hold, each being copied on its own, are one text.
fn twins(root: &Path, findings: &mut Vec<String>) {
    for name in ["fit.rs", "secret.rs", "serialize.rs", "union.rs"] {
        let [client, server] = ["sdks/rust/src/runtime", "server-stubs/api/src/runtime"]
            .map(|folder| root.join(folder).join(name));
        if fs::read(&client).ok() != fs::read(&server).ok() {
            let why = format!("copy it from {}", client.display());
            findings.push(finding(root, &server, 1, "differs from its twin", &why));
        }
    }
}

fn runtimes(root: &Path, findings: &mut Vec<String>) {
    let folders = [
        ("sdks/typescript/src/runtime", "ts"),
        ("sdks/python/src/exai/_runtime", "py"),
        ("sdks/go", "go"),
        ("sdks/rust/src/runtime", "rs"),
        ("server-stubs/api/src/runtime", "rs"),
    ];
    for (folder, ending) in folders {
        for (path, text) in sources(&root.join(folder), ending) {
            // Go has one folder for all: generated files, tests and examples may name the product.
            let name = path.to_string_lossy();
            let go = ending == "go";
            if go && (name.ends_with("_gen.go") || name.ends_with("_test.go")) {
                continue;
            }
            let own = [root.join(folder), root.join(folder).join("exaitest")];
            if go && !own.iter().any(|own| path.parent() == Some(own)) {
                continue;
            }
            for (index, line) in text.lines().enumerate() {
                let lower = line.to_lowercase();
                if go && line.starts_with("package ") {
                    continue;
                }
                if lower.contains("exai") {
                    let why = "a runtime holds no product name";
                    findings.push(finding(root, &path, index + 1, line.trim(), why));
                }
                if lower.contains("generated::") || lower.contains("/generated/") {
                    let why = "a runtime never imports generated code";
                    findings.push(finding(root, &path, index + 1, line.trim(), why));
                }
            }
        }
    }
}

/// Every file with an ending below a folder, with its text, by path.
fn sources(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                out.extend(fs::read_to_string(&path).ok().map(|text| (path, text)));
            }
        }
    }
    out.sort();
    out
}
