//! Packages, built from what is committed in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use exai_gen::provenance::{PROVENANCE, Provenance};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};

use super::check::PYTHON;
use crate::packages::{COMMAND, PACKAGES, read, root};
use crate::regen;
use crate::revision::git;
use crate::step::Step;

/// Builds every package from a commit, unpacked into `stage`, and puts them into `out`.
pub(super) fn all(commit: &str, stage: &Path, out: &Path) -> Result<String, String> {
    unpack(commit, stage)?;
    provenance(stage)?;
    let modules = root().join("sdks/typescript/node_modules");
    std::os::unix::fs::symlink(&modules, stage.join("sdks/typescript/node_modules"))
        .map_err(|error| format!("cannot reach {}: {error}", modules.display()))?;
    fs::create_dir_all(out).map_err(|error| error.to_string())?;
    let at = |folder: &str| stage.join(folder).display().to_string();
    let to = out.display().to_string();
    let time = git(&["log", "-1", "--format=%ct", commit])?;
    let (run, _) = read(&root().join("spec/openapi.yaml"))?;
    let version = format!("v{}", run.config.package(Target::Go, "").version);
    let go = format!("{to}/go");
    let crates = stage.join("target").display().to_string();
    let steps = [
        Step::new(
            "npm pack",
            "npm",
            &["pack", "--silent", "--pack-destination", &to],
        )
        .at(&at("sdks/typescript")),
        Step::new(
            "sdist and wheel",
            PYTHON,
            &["-m", "build", "--no-isolation", "--outdir", &to, "."],
        )
        .at(&at("sdks/python"))
        .env("SOURCE_DATE_EPOCH", &time),
        Step::new(
            "module zip",
            "go",
            &[
                "run",
                "./modproxy",
                "-module",
                "..",
                "-version",
                &version,
                "-out",
                &go,
            ],
        )
        .at(&at("sdks/go/tools")),
        Step::new(
            "crates",
            "cargo",
            &[
                "package",
                "--quiet",
                "--no-verify",
                "--allow-dirty",
                "--target-dir",
                &crates,
                "--package",
                "exai-sdk",
                "--package",
                "exai-server",
                "--package",
                "exai-runtime",
            ],
        )
        .at(&stage.display().to_string()),
    ];
    for step in &steps {
        step.run()?;
    }
    for file in files(&stage.join("target/package"))? {
        if file.extension().is_some_and(|ending| ending == "crate")
            && file.components().count() == 1
        {
            fs::copy(stage.join("target/package").join(&file), out.join(&file))
                .map_err(|error| error.to_string())?;
        }
    }
    // What stays is what the packages were made of, and nothing that was only needed for it.
    fs::remove_file(stage.join("sdks/typescript/node_modules"))
        .and_then(|()| fs::remove_dir_all(stage.join("target")))
        .map_err(|error| error.to_string())?;
    let said: Vec<String> = digests(out)?
        .into_iter()
        .map(|(path, digest)| format!("{digest}  {path}"))
        .collect();
    super::write(&out.with_file_name("SHA256SUMS"), &(said.join("\n") + "\n"))?;
    Ok(said.join("\n"))
}

/// Compares two folders of packages.
pub(super) fn same(one: &Path, other: &Path) -> Result<String, String> {
    let (one, other) = (digests(one)?, digests(other)?);
    let differ: Vec<&str> = one
        .keys()
        .chain(other.keys())
        .filter(|path| one.get(*path) != other.get(*path))
        .map(String::as_str)
        .collect();
    match differ.is_empty() && !one.is_empty() {
        true => Ok(format!("{} files are the same", one.len())),
        false => Err(format!(
            "not the same when built again: {}",
            differ.join(", ")
        )),
    }
}

/// The files below a folder, by their paths in it.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    fn walk(folder: &Path, home: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                walk(&path, home, out)?;
            } else if let Ok(path) = path.strip_prefix(home) {
                out.push(path.to_owned());
            }
        }
        Ok(())
    }
    let mut out = Vec::new();
    walk(folder, folder, &mut out).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(out)
}

fn digests(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let one = |file: PathBuf| {
        let bytes = fs::read(folder.join(&file)).map_err(|error| error.to_string())?;
        Ok((
            file.display().to_string(),
            exai_gen::tree::digest_bytes(&bytes),
        ))
    };
    files(folder)?.into_iter().map(one).collect()
}

fn unpack(commit: &str, stage: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    fs::create_dir_all(stage).map_err(said)?;
    let mut archive = Command::new("git")
        .args(["archive", "--format=tar", commit])
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(said)?;
    let tar = archive.stdout.take().map_or(Stdio::null(), Stdio::from);
    let unpacked = Command::new("tar")
        .args(["-x", "-C"])
        .arg(stage)
        .stdin(tar)
        .status();
    let archived = archive.wait().map_err(said)?.success();
    match archived && unpacked.map_err(said)?.success() {
        true => Ok(()),
        false => Err("cannot unpack what is committed".to_owned()),
    }
}

/// Writes into each package what it is made of.
fn provenance(stage: &Path) -> Result<(), String> {
    let (run, api) = read(&stage.join("spec/openapi.yaml"))?;
    let document = run.document.as_ref().ok_or("there is no document")?;
    let renderer = Renderer::embedded();
    for (target, folder) in PACKAGES {
        let tree = regen::generate(target, &run, &api, &renderer, Owner::Generated)?;
        let package = exai_gen::pipeline::package(target, &api, &run.config);
        let from = (document, &run.sources);
        let text = Provenance::new(target, package, COMMAND, from, &api, &tree).to_json();
        super::write(&stage.join(folder).join(PROVENANCE), &text)?;
        if target == Target::Python {
            // A wheel holds the import package alone.
            super::write(&stage.join(folder).join("src/exai").join(PROVENANCE), &text)?;
        }
    }
    Ok(())
}
