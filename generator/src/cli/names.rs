//! `exai-gen names`

use super::args::NamesArgs;
use super::{Outcome, understood, write};
use crate::pipeline::{Adjustments, Request};

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
    let (run, outcome) = understood(&request, &adjustments, args.message_format);
    let Some(api) = run.api.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    let text = run.config.shipped.and(&api).to_yaml(COMMAND);
    write(args.output.as_deref(), &text)
}
