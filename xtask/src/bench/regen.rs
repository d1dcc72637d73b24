//! What a regeneration with nothing to change costs, in a release build.
//!
//! Reads Linux's `/proc/self`: nanoseconds on a CPU and the peak of resident memory.

use std::fs;
use std::process::Command;

use crate::packages::root;
use crate::regen;
use crate::step::Step;

/// The bounds: milliseconds of CPU, mebibytes of memory.
const CPU_MS: f64 = 150.0;
const MEMORY_MIB: f64 = 100.0;
const ROUNDS: usize = 20;

/// Measure a regeneration with nothing to change.
#[derive(Debug, clap::Args)]
#[group(id = "regen")]
pub(crate) struct Args {
    /// One round in this process; prints milliseconds of CPU and mebibytes
    #[arg(long, hide = true)]
    once: bool,
}

/// Builds in release and measures runs of its own that find nothing to do, each a process.
///
/// # Errors
/// A message, when a build or a run fails. Numbers alone never fail: machines differ.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    if args.once {
        regen::run(&regen::Args::dry())?;
        println!("{} {}", cpu_ms()?, peak_mib()?);
        return Ok(());
    }
    Step::new(
        "release build",
        "cargo",
        &["build", "--release", "--quiet", "--package", "xtask"],
    )
    .run()?;
    let program = root().join("target/release/xtask");
    let mut cpu = Vec::new();
    let mut peak: f64 = 0.0;
    for _ in 0..ROUNDS {
        let output = Command::new(&program)
            .args(["bench", "--once"])
            .output()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text
            .lines()
            .last()
            .unwrap_or_default()
            .split(' ')
            .map(|n| n.parse::<f64>());
        let (Some(Ok(ms)), Some(Ok(mib))) = (numbers.next(), numbers.next()) else {
            return Err(format!(
                "the measured run failed:\n{}",
                String::from_utf8_lossy(&output.stderr)
            ));
        };
        cpu.push(ms);
        peak = peak.max(mib);
    }
    cpu.sort_by(f64::total_cmp);
    println!(
        "five targets, nothing to change: {:.0} ms of CPU (median of {ROUNDS}, best {:.0}; bound {CPU_MS:.0}), {peak:.0} MiB (bound {MEMORY_MIB:.0})",
        cpu[ROUNDS / 2],
        cpu[0],
    );
    println!("byte-equal from shuffled input: `cargo test -p exai-tests --test determinism`");
    Ok(())
}

/// Milliseconds that this thread of the process was on a CPU.
pub(crate) fn cpu_ms() -> Result<f64, String> {
    let text = read("/proc/self/schedstat")?;
    let nanos: f64 = text
        .split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0);
    Ok(nanos / 1e6)
}

fn peak_mib() -> Result<f64, String> {
    let text = read("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
    Ok(kib.unwrap_or(0.0) / 1024.0)
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path} tells costs on Linux alone: {error}"))
}
