//! `cargo xtask bench`: what the project's promises about cost come to, as figures.
//!
//! Numbers never fail a run: machines differ. They are printed beside what they are held to.

mod cpu;
mod documents;
mod peers;
pub(crate) mod regen;
mod sdks;
mod synthetic;

/// Measure a regeneration with nothing to change, documents, the SDKs, or other generators.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    regen: regen::Args,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Each SDK against what its users would take instead, in one run
    Sdks(sdks::Args),
    /// The generator on documents of all sizes
    Documents(documents::Args),
    /// Generators of clients on one document, in one run
    Peers(peers::Args),
}

/// # Errors
/// A message, when something cannot be built or run.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    match &args.what {
        Some(What::Sdks(args)) => sdks::run(args),
        Some(What::Documents(args)) => documents::run(args),
        Some(What::Peers(args)) => peers::run(args),
        None => regen::run(&args.regen),
    }
}
