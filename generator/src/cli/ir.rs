//! `exai-gen ir`

use std::io::Write;

use super::args::IrArgs;
use super::{Channel, Outcome, report};
use crate::pipeline::{self, Adjustments, Request};

pub(super) fn run(args: &IrArgs) -> Outcome {
    let request = Request {
        spec: &args.spec,
        config: args.config.as_deref(),
        command: "exai-gen ir",
    };
    let adjustments = Adjustments {
        overlays: args.overlay.clone(),
        ..Adjustments::default()
    };
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    run.diagnostics.sort();
    let outcome = report(
        &run.diagnostics,
        &run.sources,
        args.message_format,
        Channel::Error,
    );
    let Some(api) = run.api.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    match writeln!(std::io::stdout(), "{api:#?}") {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}
