//! The project's commands: `cargo xtask regen`, `test`, `tidy`, `dump`, `bench`, `documents`,
//! `fuzz`, `with-servers`. A module a command; each failure prints the command that mends it.

mod bench;
mod documents;
mod dump;
mod fuzz;
mod packages;
mod regen;
mod sandbox;
mod servers;
mod step;
mod test;
mod tidy;
mod toolchain;

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
    /// Measure a regeneration with nothing to change, or the SDKs
    Bench(bench::Args),
    /// Send requests that nobody thought of to a sandbox, by schemathesis
    Fuzz(fuzz::Args),
    /// Run a command while Postgres and Redis run for it
    WithServers(servers::Args),
    /// Generate packages of every document of some folders, and check them
    Documents(documents::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Regen(args) => regen::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Tidy => tidy::run(),
        Command::Dump(args) => dump::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::WithServers(args) => servers::run(&args),
        Command::Documents(args) => documents::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
