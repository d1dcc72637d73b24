//! `cargo xtask budgets`: what packages may cost, from `budgets.json`, against what they do.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use exai_gen::surface::surface;
use exai_gen::target::Target;
use exai_gen::tree::{MANIFEST, read_manifest};

use crate::packages::{PACKAGES, root};
use crate::release::FOLDER;
use crate::step::Step;

const FILE: &str = "budgets.json";

/// Hold what packages cost against budgets.json.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Sizes too, of the packages that `cargo xtask release` built
    #[arg(long)]
    packages: bool,
    /// Times too: the import in Python, the builds in Go and Rust; machines differ
    #[arg(long)]
    times: bool,
}

/// Runs the command.
///
/// # Errors
/// What costs more than it may, or cannot be measured.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    print!("{}", hold(args.packages, args.times)?);
    Ok(())
}

/// A line for each budget.
///
/// # Errors
/// The lines of those that are not kept.
pub(crate) fn hold(packages: bool, times: bool) -> Result<String, String> {
    let text = fs::read_to_string(root().join(FILE)).map_err(|error| error.to_string())?;
    let budgets: BTreeMap<String, BTreeMap<String, f64>> =
        serde_json::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
    let mut costs = BTreeMap::new();
    for (target, folder) in PACKAGES {
        let (lines, names) = read(target, &root().join(folder))?;
        costs.insert(format!("{}.generated_lines", target.name()), lines);
        costs.insert(format!("{}.public_names", target.name()), names);
    }
    if packages {
        sizes(&mut costs)?;
    }
    if times {
        durations(&mut costs)?;
    }
    let (mut out, mut over) = (String::new(), String::new());
    for (package, of) in &budgets {
        for (what, budget) in of {
            let Some(cost) = costs.remove(&format!("{package}.{what}")) else {
                continue;
            };
            let line = format!("{package:<11} {what:<16} {cost:>10.0} of {budget:.0}\n");
            if cost > *budget {
                over.push_str(&line);
            }
            out.push_str(&line);
        }
    }
    for name in costs.keys() {
        over.push_str(&format!("{name} has no budget in {FILE}\n"));
    }
    match over.is_empty() {
        true => Ok(out),
        false => Err(format!(
            "{over}what costs more is made smaller, or {FILE} is changed on purpose, with the reason in the commit"
        )),
    }
}

/// Lines that are generated, and names that users see.
fn read(target: Target, folder: &Path) -> Result<(f64, f64), String> {
    let manifest = fs::read_to_string(folder.join(MANIFEST)).map_err(|error| error.to_string())?;
    let mut lines = 0;
    for path in read_manifest(&manifest).into_keys() {
        let text = fs::read_to_string(folder.join(&path)).unwrap_or_default();
        lines += text.lines().count();
    }
    let mut files = Vec::new();
    let source = match target {
        Target::Go => folder.to_owned(),
        Target::Python => folder.join("src/exai"),
        _ => folder.join("src"),
    };
    texts(&source, target != Target::Go, &mut files);
    let files = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    Ok((lines as f64, surface(target, files).len() as f64))
}

/// Files that are not private by their names, which begin with an underscore.
fn texts(folder: &Path, deep: bool, out: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let private = name.to_string_lossy().starts_with('_');
        if path.is_dir() && deep && !private {
            texts(&path, deep, out);
        } else if let Ok(text) = fs::read_to_string(&path)
            && !private
        {
            out.push((path.display().to_string(), text));
        }
    }
}

/// Bytes of what is published, and of one call when it is bundled.
fn sizes(costs: &mut BTreeMap<String, f64>) -> Result<(), String> {
    let packages = root().join(FOLDER).join("packages");
    let mut all = Vec::new();
    for entry in
        fs::read_dir(&packages).map_err(|_| "no packages: cargo xtask release --dry-run")?
    {
        let path = entry.map_err(|error| error.to_string())?.path();
        all.push((path.display().to_string(), path));
    }
    let zip = crate::release::go_zip(&packages)?;
    all.push((zip.display().to_string(), zip));
    for (package, ending) in [
        ("go", ".zip"),
        ("typescript", ".tgz"),
        ("python", ".whl"),
        ("rust", ".crate"),
        ("axum", ".crate"),
    ] {
        let of = |name: &str| match package {
            "axum" => name.contains("exai-server") && name.ends_with(ending),
            "rust" => name.contains("/exai-sdk-") && name.ends_with(".crate"),
            _ => name.ends_with(ending),
        };
        let found = all.iter().find(|(name, _)| of(name));
        let (_, path) = found.ok_or_else(|| format!("no package of {package}"))?;
        let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
        costs.insert(format!("{package}.packed_bytes"), size as f64);
    }
    let stage = root().join(FOLDER).join("once/sdks/typescript");
    let call = "import { getPlan } from './dist/functions.js'; console.log(getPlan);";
    let bundle = stage.join("one-call.js");
    fs::write(stage.join("one-call.in.js"), call).map_err(|error| error.to_string())?;
    let out = format!("--outfile={}", bundle.display());
    let args = [
        "one-call.in.js",
        "--bundle",
        "--minify",
        "--format=esm",
        "--platform=node",
        &out,
    ];
    let esbuild = root().join("sdks/typescript/node_modules/.bin/esbuild");
    Step::new("bundle", &esbuild.to_string_lossy(), &args)
        .at(&stage.display().to_string())
        .run()?;
    let size = fs::metadata(&bundle)
        .map_err(|error| error.to_string())?
        .len();
    costs.insert("typescript.bundle_bytes".to_owned(), size as f64);
    Ok(())
}

/// Milliseconds of processor time, which a busy machine makes no longer: of one import, the least of
/// several; of a build of the Go module and all it stands on, the standard library too; of a check of
/// the crate alone, what it stands on being built.
fn durations(costs: &mut BTreeMap<String, f64>) -> Result<(), String> {
    let import = "import time; t = time.process_time(); import exai; \
                  print((time.process_time() - t) * 1000)";
    let mut best = f64::MAX;
    for _ in 0..7 {
        let output = Command::new(".venv/bin/python")
            .args(["-c", import])
            .env("PYTHONPATH", "src")
            .current_dir(root().join("sdks/python"))
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        best = best.min(
            text.trim()
                .parse()
                .map_err(|_| "the Python SDK cannot be imported")?,
        );
    }
    costs.insert("python.import_ms".to_owned(), best);

    let cache = root().join(".tools/go-cache");
    let _ = fs::remove_dir_all(&cache);
    let go = format!("GOCACHE='{}' go build ./...", cache.display());
    costs.insert("go.build_ms".to_owned(), processor("sdks/go", &go)?);

    let check = "cargo check --quiet --package exai-sdk";
    processor(".", check)?;
    // cargo goes by when a file was written.
    let library = root().join("sdks/rust/src/lib.rs");
    let text = fs::read_to_string(&library).map_err(|error| error.to_string())?;
    fs::write(&library, text).map_err(|error| error.to_string())?;
    costs.insert("rust.check_ms".to_owned(), processor(".", check)?);
    Ok(())
}

/// Milliseconds that a command and all that it starts take of processors.
fn processor(folder: &str, command: &str) -> Result<f64, String> {
    let timed = format!("TIMEFORMAT='%U %S'; time {{ {command}; }}");
    let output = Command::new("bash")
        .args(["-c", &timed])
        .current_dir(root().join(folder))
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("`{command}` failed\n{said}"));
    }
    let last = said.lines().last().unwrap_or_default();
    let seconds: Option<Vec<f64>> = last.split(' ').map(|word| word.parse().ok()).collect();
    let seconds = seconds.filter(|seconds| seconds.len() == 2);
    let seconds = seconds.ok_or_else(|| format!("`{command}` was not timed: {said}"))?;
    Ok(seconds.iter().sum::<f64>() * 1000.0)
}
