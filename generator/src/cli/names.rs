//! `exai-gen names`

use super::args::NamesArgs;
use super::{Channel, Outcome, report, write};
use crate::pipeline::{self, Adjustments, Request};

const COMMAND: &str = "exai-gen names";

pub(super) fn run(args: &NamesArgs) -> Outcome {
    let request = Request {
        spec: &args.spec,
        config: args.config.as_deref(),
        command: COMMAND,
    };
    let adjustments = Adjustments {
        names: args.names.clone(),
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
    let text = run.config.shipped.and(&api).to_yaml(COMMAND);
    write(args.output.as_deref(), &text)
}
