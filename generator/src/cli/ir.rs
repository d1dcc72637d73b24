//! `exai-gen ir`

use std::io::Write;

use super::Outcome;
use super::args::IrArgs;

pub(super) fn run(args: &IrArgs) -> Outcome {
    let (run, outcome) = args.document.understood("exai-gen ir");
    let Some(api) = run.api.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    match writeln!(std::io::stdout(), "{api:#?}") {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}
