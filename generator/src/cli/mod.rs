//! The command line: what was typed, and what is done about it.
//!
//! Exit codes: 0 when all is well, 1 when something is wrong with the document or with a change of it, 2 when the
//! command was used wrongly or its output could not be written.

mod args;
mod bundle;
mod check;
mod completions;
mod convert;
mod diff;
mod explain;
mod generate;
mod init;
mod ir;
mod man;
mod names;
mod progress;
mod verify;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use self::args::{Args, Command, MessageFormat};
use crate::diagnostic::{Diagnostics, Format, render};
use crate::fidelity;
use crate::pipeline::{self, Adjustments, Request, Run};
use crate::source::Sources;

/// Runs the command with the arguments of this process.
pub fn run() -> ExitCode {
    match Args::parse().command {
        Command::Bundle(args) => bundle::run(&args).into(),
        Command::Generate(args) => generate::run(&args).into(),
        Command::Names(args) => names::run(&args).into(),
        Command::Ir(args) => ir::run(&args).into(),
        Command::Check(args) => check::run(&args).into(),
        Command::Explain(args) => explain::run(&args).into(),
        Command::Verify(args) => verify::run(&args).into(),
        Command::Diff(args) => diff::run(&args).into(),
        Command::Init(args) => init::run(&args).into(),
        Command::Convert(args) => convert::run(&args).into(),
        Command::Completions(args) => completions::run(&args).into(),
        Command::Man(args) => man::run(&args).into(),
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Fine,
    /// The document has errors.
    Refused,
    /// The command cannot do what it was asked.
    Misused,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => ExitCode::SUCCESS,
            Outcome::Refused => ExitCode::from(1),
            Outcome::Misused => ExitCode::from(2),
        }
    }
}

/// Says why a command cannot do what it was asked.
fn misused(message: &str) -> Outcome {
    // Nothing is left to be done when standard error is closed too.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    Outcome::Misused
}

/// Writes what a command was asked for to standard output.
fn print(text: &str) -> Outcome {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}

/// Where diagnostics go when the command's own output has standard output for itself, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    /// People read standard error, programs standard output.
    ByReader,
    /// Standard error, whoever reads.
    Error,
}

/// Writes what was found, and says how that ends the command.
fn report(
    diagnostics: &Diagnostics,
    sources: &Sources,
    format: MessageFormat,
    channel: Channel,
) -> Outcome {
    let format = match format {
        MessageFormat::Human => Format::Human { color: color() },
        MessageFormat::Json => Format::Json,
        MessageFormat::Sarif => Format::Sarif,
    };
    let text = render(diagnostics, sources, format);
    let to_output = channel == Channel::ByReader && !matches!(format, Format::Human { .. });
    // A reader that went away wants no more; there is no one left to tell.
    let _ = if to_output {
        std::io::stdout().write_all(text.as_bytes())
    } else {
        std::io::stderr().write_all(text.as_bytes())
    };
    if diagnostics.has_errors() {
        Outcome::Refused
    } else {
        Outcome::Fine
    }
}

/// Reads a document, and says on standard error what there is to say of it.
fn understood(
    request: &Request<'_>,
    adjustments: &Adjustments,
    format: MessageFormat,
) -> (Run, Outcome) {
    let mut run = pipeline::read_adjusted(request, adjustments);
    run.diagnostics.sort();
    let outcome = report(&run.diagnostics, &run.sources, format, Channel::Error);
    (run, outcome)
}

/// Writes a fidelity report: JSON where the file's name asks for it, else text. `outcome` is what
/// the command ends with otherwise.
fn write_report(path: &Path, report: &fidelity::Report, outcome: Outcome) -> Outcome {
    let json = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let text = if json { report.json() } else { report.text() };
    match write(Some(path), &text) {
        Outcome::Fine => outcome,
        failed => failed,
    }
}

/// Writes a text to a file, or to standard output.
fn write(output: Option<&Path>, text: &str) -> Outcome {
    let written = match output {
        Some(path) => crate::write::write_file(path, text)
            .map_err(|error| format!("cannot write `{}`: {error}", path.display())),
        None => std::io::stdout()
            .write_all(text.as_bytes())
            .map_err(|error| format!("cannot write: {error}")),
    };
    match written {
        Ok(()) => Outcome::Fine,
        Err(message) => {
            // Nothing is left to be done when standard error is closed too.
            let _ = writeln!(std::io::stderr(), "error: {message}");
            Outcome::Misused
        }
    }
}

/// Whether standard error shows colours: a terminal that is not dumb, and no `NO_COLOR` (no-color.org).
fn color() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal()
        && !set("NO_COLOR")
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
