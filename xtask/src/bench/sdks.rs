//! `cargo xtask bench sdks`: each SDK against what its users would take instead, in one run.
//!
//! `benches/LANGUAGE/run` installs the peers from their registry and prints a line of JSON a
//! figure; `benches/server` answers them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::packages::root;
use crate::step::Step;

const LANGUAGES: &[&str] = &["typescript", "python", "go", "rust"];

/// Measure the SDKs against what their users would take instead.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One language, or several: typescript, python, go, rust
    #[arg(long, value_delimiter = ',', value_parser = LANGUAGES.to_vec())]
    only: Vec<String>,
}

/// A figure, as a language's program prints it.
#[derive(Debug, serde::Deserialize)]
struct Figure {
    /// `small GET, CPU over raw fetch`
    what: String,
    /// `fetch`; none for a figure that stands alone.
    #[serde(default)]
    peer: Option<String>,
    /// Ours through the peer's: the median of rounds in which both ran.
    #[serde(default)]
    ratio: Option<f64>,
    /// What the ratio should be at most.
    #[serde(default)]
    at_most: Option<f64>,
    /// Microseconds of CPU, where there are such.
    #[serde(default)]
    ours_us: Option<f64>,
    #[serde(default)]
    peer_us: Option<f64>,
    /// A figure of another kind: `38 ms of 60`.
    #[serde(default)]
    said: Option<String>,
}

/// The server of the answers; it is ended when this is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing of it is left.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Prints a table, in Markdown.
///
/// # Errors
/// A server or a program that cannot be built or run, or prints something else.
pub(super) fn run(args: &Args) -> Result<(), String> {
    let build = [
        "build",
        "--release",
        "--quiet",
        "--package",
        "exai-bench-server",
    ];
    Step::new("release build of the server", "cargo", &build).run()?;
    let program = root().join("target/release/exai-bench-server");
    let mut child = Command::new(&program)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    let said = child.stdout.take();
    let _server = Server(child);
    let mut line = String::new();
    let read = said.map(|said| BufReader::new(said).read_line(&mut line));
    let Some((Some(Ok(_)), url)) = line
        .trim()
        .strip_prefix("EXAI_BENCH_URL=")
        .map(|url| (read, url))
    else {
        return Err("the server of the benchmarks said no address".to_owned());
    };
    println!("| SDK | what | ours | peer | ratio | at most |");
    println!("|---|---|---|---|---|---|");
    for language in LANGUAGES {
        if args.only.is_empty() || args.only.iter().any(|only| only == language) {
            measure(language, url)?;
        }
    }
    Ok(())
}

/// Runs a language's program, and prints a row a figure.
fn measure(language: &str, url: &str) -> Result<(), String> {
    let folder = root().join("benches").join(language);
    let output = Command::new(folder.join("run"))
        .current_dir(&folder)
        .env("EXAI_BENCH_URL", url)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run benches/{language}/run: {error}"))?;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let figure: Figure = serde_json::from_str(line)
            .map_err(|error| format!("benches/{language}/run printed {line:?}: {error}"))?;
        println!("{}", row(language, &figure));
    }
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "benches/{language}/run ended with {}",
            output.status
        )),
    }
}

fn row(language: &str, figure: &Figure) -> String {
    let micros = |us: Option<f64>| us.map(|us| format!("{us:.1} us")).unwrap_or_default();
    let ours = figure
        .said
        .clone()
        .unwrap_or_else(|| micros(figure.ours_us));
    let peer = match (&figure.peer, figure.peer_us) {
        (Some(name), Some(_)) => format!("{name}: {}", micros(figure.peer_us)),
        (Some(name), None) => name.clone(),
        (None, _) => String::new(),
    };
    let ratio = figure
        .ratio
        .map(|ratio| format!("{ratio:.2}"))
        .unwrap_or_default();
    let bound = figure
        .at_most
        .map(|bound| bound.to_string())
        .unwrap_or_default();
    format!(
        "| {language} | {} | {ours} | {peer} | {ratio} | {bound} |",
        figure.what
    )
}
