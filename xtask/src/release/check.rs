//! Packages, looked at as their registries look at them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::build::files;
use crate::packages::{PACKAGES, root};
use crate::step::Step;

/// The interpreter that has the tools of the Python SDK, seen from any folder.
pub(super) const PYTHON: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../sdks/python/.venv/bin/python"
);

type Check = fn(&Path, &Path) -> Result<String, String>;

/// Each registry's own rules.
pub(super) const ALL: [(&str, Check); 5] = [
    ("publint", |packages, _| {
        npm(packages, &["publint", "--strict"], &[])
    }),
    ("are the types wrong", |packages, _| {
        let rules = [
            "--profile",
            "node16",
            "--ignore-rules",
            "cjs-resolves-to-esm",
        ];
        npm(packages, &["attw"], &rules)
    }),
    ("twine", |packages, _| {
        let mut args = vec![
            "-m".to_owned(),
            "twine".into(),
            "check".into(),
            "--strict".into(),
        ];
        args.extend(ending(packages, ".whl")?);
        args.extend(ending(packages, ".tar.gz")?);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Step::new("twine check", PYTHON, &args)
            .run()
            .map(|_| String::new())
    }),
    ("go mod verify", module),
    ("crates hold what they need", |packages, _| {
        let crates = ending(packages, ".crate")?;
        for path in &crates {
            let listed = said(Command::new("tar").args(["-tzf", path]))?;
            for wanted in [
                "/Cargo.toml",
                "/src/lib.rs",
                "/README.md",
                "/provenance.json",
            ] {
                let own = wanted != "/provenance.json" || !path.contains("exai-runtime");
                if own && !listed.lines().any(|line| line.ends_with(wanted)) {
                    return Err(format!("{path} lacks {wanted}"));
                }
            }
        }
        Ok(format!("{} crates", crates.len()))
    }),
];

fn npm(packages: &Path, tool: &[&str], more: &[&str]) -> Result<String, String> {
    for path in ending(packages, ".tgz")? {
        let args = [&["exec", "--"], tool, &[path.as_str()], more].concat();
        Step::new(tool[0], "npm", &args)
            .at("sdks/typescript")
            .run()?;
    }
    Ok(String::new())
}

/// A project that fetches the module from its zip, and asks whether that is what was fetched.
fn module(packages: &Path, folder: &Path) -> Result<String, String> {
    let project = folder.join("go-project");
    fs::create_dir_all(&project).map_err(|error| error.to_string())?;
    let mods = files(&packages.join("go"))?;
    let version = mods
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "zip"))
        .find_map(|path| {
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        })
        .ok_or("there is no zip of the module")?;
    let module = fs::read_to_string(root().join("sdks/go/go.mod")).unwrap_or_default();
    let path = module
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("module "));
    let path = path.ok_or("go.mod names no module")?;
    let proxy = format!("file://{}", packages.join("go").display());
    let cache = folder.join("go-cache").display().to_string();
    let wanted = format!("{path}@{version}");
    for args in [
        &["mod", "init", "example.com/consumer"][..],
        &["get", &wanted],
        &["mod", "verify"],
    ] {
        Step::new("go mod verify", "go", args)
            .at(&project.display().to_string())
            .env("GOPROXY", &proxy)
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-mod=mod -modcacherw")
            .env("GOMODCACHE", &cache)
            .run()?;
    }
    Ok(wanted)
}

/// Unpacks each package, and has `exai-gen` make its generated files again.
pub(super) fn verify(packages: &Path, folder: &Path) -> Result<String, String> {
    let archives = [".tgz", ".tar.gz", ".crate", ".zip"];
    let mut out = String::new();
    let mut seen = 0;
    for file in files(packages)? {
        let name = file.display().to_string();
        if !archives.iter().any(|ending| name.ends_with(ending)) || name.contains("exai-runtime") {
            continue;
        }
        let home = folder.join("unpacked").join(name.replace('/', "_"));
        fs::create_dir_all(&home).map_err(|error| error.to_string())?;
        let archive = packages.join(&file);
        let (archive, home) = (archive.display().to_string(), home.display().to_string());
        if name.ends_with(".zip") {
            said(Command::new("unzip").args(["-q", "-o", &archive, "-d", &home]))?;
        } else {
            said(Command::new("tar").args(["-xzf", &archive, "-C", &home]))?;
        }
        let package = package(Path::new(&home))
            .ok_or_else(|| format!("{name} says not what it is made of"))?;
        out.push_str(&said(
            Command::new("cargo")
                .args(["run", "--quiet", "--package", "exai-gen", "--", "verify"])
                .arg(&package)
                .args([
                    "--spec",
                    "spec/openapi.yaml",
                    "--config",
                    "spec/overrides.yaml",
                    "--names",
                    "spec/names.lock",
                ])
                .current_dir(root()),
        )?);
        seen += 1;
    }
    match seen == PACKAGES.len() {
        true => Ok(out),
        false => Err(format!(
            "{seen} packages were looked at, {} are made",
            PACKAGES.len()
        )),
    }
}

/// The shallowest folder that says what it is made of, beside a list of what is generated.
fn package(home: &Path) -> Option<PathBuf> {
    let all = files(home).ok()?;
    let known = all
        .into_iter()
        .filter(|path| path.ends_with("provenance.json"));
    let shallow = known.min_by_key(|path| path.components().count())?;
    Some(home.join(shallow.parent()?))
}

fn ending(packages: &Path, ending: &str) -> Result<Vec<String>, String> {
    let all = files(packages)?.into_iter();
    let found: Vec<String> = all
        .map(|file| packages.join(file).display().to_string())
        .filter(|path| path.ends_with(ending))
        .collect();
    match found.is_empty() {
        true => Err(format!("there is no package that ends in {ending}")),
        false => Ok(found),
    }
}

/// What a command prints.
/// What a command prints.
///
/// # Errors
/// All that it says, where it fails.
pub(super) fn said(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    Err(format!(
        "{command:?}\n{text}{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}
