//! `exai-gen` as one file: templates and runtimes inside, and no library of the system's.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;
use std::process::Command;

use exai_gen::tree::digest_bytes;

use super::check::said;
use crate::packages::root;
use crate::step::Step;

/// Builds it from what is committed in `stage` into `out`, and has it make a package in an empty
/// folder, with nothing in its environment.
///
/// # Errors
/// What the compiler says, or that the file asks the system for a loader.
pub(super) fn build(stage: &Path, out: &Path) -> Result<String, String> {
    if OS != "linux" {
        return Ok(format!("built on Linux alone, and this is {OS}"));
    }
    let target = format!("{ARCH}-unknown-linux-gnu");
    let folder = root().join("target/static").display().to_string();
    let args = [
        "build",
        "--release",
        "--quiet",
        "--locked",
        "--package",
        "exai-gen",
        "--target",
        &target,
        "--target-dir",
        &folder,
    ];
    Step::new("static binary", "cargo", &args)
        .at(&stage.display().to_string())
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .run()?;
    let built = Path::new(&folder).join(&target).join("release/exai-gen");
    let headers = said(Command::new("readelf").arg("--program-headers").arg(&built))?;
    if headers.contains("INTERP") {
        return Err("it asks for a dynamic loader".to_owned());
    }
    let file = out.join(format!("exai-gen-{target}"));
    fs::create_dir_all(out)
        .and_then(|()| fs::copy(&built, &file))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let empty = tempfile::tempdir().map_err(|error| error.to_string())?;
    let spec = stage.join("spec/bundled/openapi.yaml");
    let mut made = Command::new(&file);
    made.args(["generate", "--target", "go", "--out", "sdk", "--spec"]);
    let made = said(made.arg(spec).current_dir(empty.path()).env_clear())?;
    // What is signed is what this file lists.
    let sums = out.with_file_name("SHA256SUMS");
    let bytes = fs::read(&file).map_err(|error| error.to_string())?;
    let listed = fs::read_to_string(&sums).unwrap_or_default();
    let line = format!("{}  exai-gen-{target}\n", digest_bytes(&bytes));
    super::write(&sums, &(listed + &line))?;
    Ok(made)
}
