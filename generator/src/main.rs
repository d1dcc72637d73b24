//! The `exai-gen` command.

use std::process::ExitCode;

/// A run allocates a million small pieces: with glibc's allocator that is a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bytes of stack: room for what nests as deep as a document may, on every system. Only what is
/// used of it is ever memory.
const STACK: usize = 256 * 1024 * 1024;

fn main() -> ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK);
    match worker.spawn(exai_gen::cli::run) {
        Ok(run) => run.join().unwrap_or(ExitCode::from(101)),
        Err(_) => exai_gen::cli::run(),
    }
}
