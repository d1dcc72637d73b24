//! Embeds what the generator writes out again: the templates, and each SDK's runtime.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Target, folder of its runtime below the repository's root, whether folders below it count.
const RUNTIMES: &[(&str, &str, bool)] = &[
    ("typescript", "sdks/typescript/src/runtime", true),
    ("python", "sdks/python/src/exai/_runtime", true),
    ("go", "sdks/go", false),
    ("go_fake", "sdks/go/exaitest", false),
    ("rust", "sdks/rust/src/runtime", true),
    ("axum", "server-stubs/api/src/runtime", true),
];

fn main() -> io::Result<()> {
    let root = PathBuf::from("..");
    let mut out = String::new();
    let mut templates = Vec::new();
    walk(&root.join("templates"), true, &mut templates)?;
    table(&mut out, "TEMPLATES", &root.join("templates"), &templates);
    for (target, folder, deep) in RUNTIMES {
        let mut files = Vec::new();
        walk(&root.join(folder), *deep, &mut files)?;
        files.retain(|path| is_runtime(&path.to_string_lossy()));
        table(
            &mut out,
            &format!("RUNTIME_{}", target.to_uppercase()),
            &root.join(folder),
            &files,
        );
    }
    let target = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    fs::write(target.join("embedded.rs"), out)
}

/// Sources only: no tests, no generated Go files beside them.
fn is_runtime(path: &str) -> bool {
    let source = [".ts", ".py", ".go", ".rs"]
        .iter()
        .any(|ending| path.ends_with(ending));
    let test = [".test.ts", "_test.go", "_gen.go"]
        .iter()
        .any(|ending| path.ends_with(ending));
    source && !test && !path.contains("/tests/")
}

fn walk(folder: &Path, deep: bool, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            if deep {
                walk(&path, deep, files)?;
            }
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn table(out: &mut String, name: &str, base: &Path, files: &[PathBuf]) {
    let here = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let _ = writeln!(out, "pub(crate) static {name}: &[(&str, &str)] = &[");
    for file in files {
        let inside = file
            .strip_prefix(base)
            .unwrap_or(file)
            .display()
            .to_string();
        let whole = Path::new(&here).join(file).display().to_string();
        let _ = writeln!(out, "    ({inside:?}, include_str!({whole:?})),");
    }
    out.push_str("];\n");
}
