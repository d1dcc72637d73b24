//! The project's commands: `cargo xtask regen`, `test`, `tidy`, `diff`, `release`, `nightly` and more.
//! A module a command; each failure prints the command that mends it.

mod bench;
mod budgets;
mod diff;
mod documents;
mod dump;
mod fuzz;
mod nightly;
mod packages;
mod part;
mod regen;
mod release;
mod report;
mod revision;
mod roundtrip;
mod sandbox;
mod servers;
mod snapshots;
mod step;
mod test;
mod tidy;
mod toolchain;
mod wire;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A run allocates a million small pieces: with glibc's allocator that is a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The project's commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the SDKs, the server crate and the bundled document from spec/
    Regen(regen::Args),
    /// Install what each language needs, and test everything
    Test(test::Args),
    /// Check the project's invariants
    Tidy,
    /// Show what a stage makes of spec/
    Dump(dump::Args),
    /// Say what changed in the document since a revision, and whom it breaks
    Diff(diff::Args),
    /// Build and check every package as it is published
    Release(release::Args),
    /// Hold what packages cost against budgets.json
    Budgets(budgets::Args),
    /// List pending snapshots; fail when there are any
    Snapshots(snapshots::Args),
    /// Regenerate, compare, test, build and measure; one report
    Nightly(nightly::Args),
    /// Coverage at a glance, in Markdown and in HTML
    Report(report::Args),
    /// Measure a regeneration with nothing to change, or the SDKs
    Bench(bench::Args),
    /// Generate packages of every document of some folders, and check them
    Documents(documents::Args),
    /// Read and write instances of every component schema by each language's models
    Roundtrip(roundtrip::Args),
    /// Call operations by each language's package, and read what is sent by the document
    Wire(wire::Args),
    /// Run a command while Postgres and Redis run for it
    WithServers(servers::Args),
    /// Send requests that nobody thought of to a sandbox, by schemathesis
    Fuzz(fuzz::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Regen(args) => regen::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Tidy => tidy::run(),
        Command::Dump(args) => dump::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Release(args) => release::run(&args),
        Command::Budgets(args) => budgets::run(&args),
        Command::Snapshots(args) => snapshots::run(&args),
        Command::Nightly(args) => nightly::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Documents(args) => documents::run(&args),
        Command::Roundtrip(args) => roundtrip::run(&args),
        Command::Wire(args) => wire::run(&args),
        Command::WithServers(args) => servers::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    /// clap looks at a command's arguments when the command is used, and panics then.
    #[test]
    fn every_command_can_be_used() {
        super::Args::command().debug_assert();
    }
}
