//! Python: pyright in its strict mode, the import of every module, and the package's own tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{Verdicts, complaint, installed, lines};
use crate::documents::package::Package;

/// How many packages one process of the type checker is given: it starts slowly, and forgets nothing.
const AT_ONCE: usize = 24;

/// Imports every module of the packages below the first argument, warnings being errors.
const IMPORT: &str = "\
import importlib, pathlib, pkgutil, sys
for package in pathlib.Path(sys.argv[1]).iterdir():
    importlib.import_module(package.name)
    for module in pkgutil.walk_packages([str(package)], package.name + '.'):
        importlib.import_module(module.name)
";

pub(super) fn check(
    place: &Path,
    packages: &[&Package],
    verdicts: &mut Verdicts,
) -> Result<(), String> {
    let python = installed("python", "sdks/python/.venv/bin/python")?;
    for some in packages.chunks(AT_ONCE) {
        types(place, some, verdicts)?;
    }
    for package in packages {
        let source = package.folder.join("src");
        let command = &mut Command::new(&python);
        command
            .args(["-W", "error", "-c", IMPORT])
            .arg(&source)
            .env("PYTHONPATH", &source)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(said) = complaint(command)? {
            let last = said.lines().last().unwrap_or_default();
            verdicts.add(package, [format!("import: {last}")]);
        }
        let command = &mut Command::new(&python);
        command
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(&package.folder);
        if let Some(said) = complaint(command)? {
            verdicts.add(package, lines(&said, |line| line.starts_with("FAILED")));
        }
    }
    Ok(())
}

/// Each package is a root of its own. The runtime is the same in all, and looked at in the first.
fn types(place: &Path, packages: &[&Package], verdicts: &mut Verdicts) -> Result<(), String> {
    let pyright = installed("python", "sdks/python/.venv/bin/pyright")?;
    let python = installed("python", "sdks/python/.venv/bin/python")?;
    let folder = place.join("python");
    let mut include = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        let files = files(&package.folder.join("src"), index == 0)?;
        let more = ["tests", "examples"].map(|name| package.folder.join(name));
        let all = files.into_iter().chain(more);
        include.extend(all.map(|path| relative(&folder, &path)));
    }
    // The first that holds a file is its own.
    let roots = packages.iter().flat_map(|package| {
        let source = relative(&folder, &package.folder.join("src"));
        let whole = json!({
            "root": relative(&folder, &package.folder),
            "extraPaths": [&source],
        });
        [json!({ "root": source }), whole]
    });
    let config = json!({
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": include,
        "executionEnvironments": roots.collect::<Vec<_>>(),
    });
    let path = folder.join("pyrightconfig.json");
    fs::write(&path, config.to_string()).map_err(|error| format!("{}: {error}", path.display()))?;
    let command = &mut Command::new(pyright);
    command.args(["--outputjson", "-p"]).arg(&path);
    command.arg("--pythonpath").arg(python);
    let Some(said) = complaint(command)? else {
        return Ok(());
    };
    let report: Value = serde_json::from_str(&said)
        .map_err(|_| format!("pyright: {}", lines(&said, |_| true).join("\n")))?;
    let mut found: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for one in report["generalDiagnostics"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let file = one["file"].as_str().unwrap_or_default();
        let line = one["range"]["start"]["line"].as_u64().unwrap_or_default() + 1;
        let message = one["message"].as_str().unwrap_or_default();
        let message = message.lines().collect::<Vec<_>>().join(" ");
        let said = format!("{}:{line}: {message}", relative(&folder, Path::new(file)));
        found.entry(file.into()).or_default().push(said);
    }
    for package in packages {
        let own = found
            .iter()
            .filter(|(file, _)| file.starts_with(&package.folder));
        verdicts.add(package, own.flat_map(|(_, said)| said.clone()));
    }
    Ok(())
}

/// What is checked of the packages below `source`.
fn files(source: &Path, runtime: bool) -> Result<Vec<PathBuf>, String> {
    let said = |error: std::io::Error| format!("{}: {error}", source.display());
    let mut out = Vec::new();
    for package in fs::read_dir(source).map_err(said)? {
        for entry in fs::read_dir(package.map_err(said)?.path()).map_err(said)? {
            let path = entry.map_err(said)?.path();
            if runtime || !path.ends_with("_runtime") {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

fn relative(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.to_string_lossy().into_owned()
}
