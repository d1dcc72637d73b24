//! `spec/` as it was: a revision of git, or a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::packages::root;

/// The document that a name stands for, below the root where it can be: a file, or `spec/` of a
/// revision, which is put beside the build's files.
///
/// # Errors
/// There is no such file and no such revision, or the revision has no `spec/`.
pub(crate) fn document(name: &str) -> Result<PathBuf, String> {
    if Path::new(name).is_file() {
        return Ok(PathBuf::from(name));
    }
    let commit = git(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &format!("{name}^{{commit}}"),
    ])
    .map_err(|_| format!("`{name}` is no file and no revision; `git fetch --tags` may get it"))?;
    let folder = Path::new(".tools/revisions").join(&commit);
    let document = folder.join("spec/openapi.yaml");
    if !root().join(&document).is_file() {
        unpack(&commit, &root().join(&folder))
            .map_err(|error| format!("`{name}` has no spec/ to compare with: {error}"))?;
    }
    Ok(document)
}

/// The newest tag of a release, `v1.4.0`, that the work stands on; `None` before the first.
pub(crate) fn last_release() -> Option<String> {
    git(&["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]).ok()
}

/// What a command of git prints, without the line break at its end.
///
/// # Errors
/// What it says when it fails.
pub(crate) fn git(args: &[&str]) -> Result<String, String> {
    let output = Command::new("git").args(args).current_dir(root()).output();
    let output = output.map_err(|error| format!("cannot run git: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

fn unpack(commit: &str, folder: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(folder).map_err(said)?;
    let mut archive = Command::new("git")
        .args(["archive", "--format=tar", commit, "spec"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(said)?;
    let tar = archive.stdout.take().map_or(Stdio::null(), Stdio::from);
    let done = Command::new("tar")
        .args(["-x", "-f", "-", "-C"])
        .arg(folder)
        .stdin(tar)
        .status()
        .map_err(said)?;
    let archived = archive.wait().map_err(said)?;
    match archived.success() && done.success() {
        true => Ok(()),
        false => Err("git archive failed".to_owned()),
    }
}
