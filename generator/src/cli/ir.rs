//! `exai-gen ir`

use std::io::Write;

use super::args::IrArgs;
use super::{Outcome, understood};
use crate::pipeline::{Adjustments, Request};

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
    let (run, outcome) = understood(&request, &adjustments, args.message_format);
    let Some(api) = run.api.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    match writeln!(std::io::stdout(), "{api:#?}") {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}
