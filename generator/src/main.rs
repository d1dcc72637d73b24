//! The `exai-gen` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    exai_gen::cli::run()
}
