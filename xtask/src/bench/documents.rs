//! `cargo xtask bench documents`: what documents cost, from small to far too large, each in a
//! process of its own that makes all five packages into an empty folder.
//!
//! Reads Linux's `/proc` for memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{cpu, synthetic};
use crate::packages::root;
use crate::step::Step;

/// How many operations a synthetic document has; the third is the one with a bound, the first is
/// what most people begin with.
const OPERATIONS: [usize; 5] = [5, 300, 1_200, 3_600, 9_200];
const ROUNDS: usize = 3;

/// Measure documents of all sizes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Documents to measure beside the synthetic ones
    document: Vec<PathBuf>,
}

/// # Errors
/// When our own generator cannot be built, or does not run. Numbers alone never fail.
pub(super) fn run(args: &Args) -> Result<(), String> {
    let build = ["build", "--release", "--quiet", "--package", "exai-gen"];
    Step::new("release build", "cargo", &build).run()?;
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    println!(
        "| document | MB | CPU | of it in the kernel | peak | CPU a MB |\n|---|---|---|---|---|---|"
    );
    for document in &args.document {
        measure(document, scratch.path())?;
    }
    for operations in OPERATIONS {
        let path = scratch.path().join(format!("{operations}-operations.json"));
        fs::write(&path, synthetic::document(operations)).map_err(|error| error.to_string())?;
        measure(&path, scratch.path())?;
    }
    Ok(())
}

/// Prints a row.
fn measure(document: &Path, scratch: &Path) -> Result<(), String> {
    let size =
        fs::metadata(document).map_err(|error| format!("{}: {error}", document.display()))?;
    let size = size.len() as f64 / 1e6;
    let mut runs = Vec::new();
    let mut peak = 0;
    for round in 0..ROUNDS {
        // Each into a folder of its own: some file systems are slow where files just went.
        let name = document.file_stem().unwrap_or_default();
        let out = scratch.join(format!("{}-{round}", name.display()));
        let mut command = cpu::timed(
            "exec \"$EXAI_GEN\" generate --keep-going --spec \"$DOCUMENT\" \
             --target typescript,python,go,rust,axum --out \"$OUT\"",
        );
        command
            .env("EXAI_GEN", root().join("target/release/exai-gen"))
            .env("DOCUMENT", document)
            .env("OUT", &out)
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        peak = peak.max(watch(&mut child)?);
        let done = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        if !done.status.success() {
            return Err(format!("{} cannot be generated", document.display()));
        }
        runs.push(cpu::read(&done.stderr)?);
    }
    runs.sort_by(|a, b| a.total().total_cmp(&b.total()));
    let best = &runs[0];
    println!(
        "| `{}` | {size:.2} | {:.0} ms | {:.0} ms | {peak} MiB | {:.0} ms |",
        document.file_name().unwrap_or_default().display(),
        best.total() * 1e3,
        best.kernel * 1e3,
        best.total() * 1e3 / size,
    );
    Ok(())
}

/// The highest resident memory of a process's child while it runs, in MiB.
fn watch(shell: &mut Child) -> Result<u64, String> {
    let children = format!("/proc/{0}/task/{0}/children", shell.id());
    let mut peak = 0;
    while shell
        .try_wait()
        .map_err(|error| error.to_string())?
        .is_none()
    {
        let child = fs::read_to_string(&children).unwrap_or_default();
        let status = format!("/proc/{}/status", child.trim());
        // It may have ended since.
        let status = fs::read_to_string(status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) / 1024);
        sleep(Duration::from_millis(2));
    }
    Ok(peak)
}
