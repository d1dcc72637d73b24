//! `exai-gen names`

use super::args::NamesArgs;
use super::{Outcome, write};

const COMMAND: &str = "exai-gen names";

pub(super) fn run(args: &NamesArgs) -> Outcome {
    let (run, outcome) = args.document.understood(COMMAND);
    let Some(api) = run.api.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    let text = run.config.shipped.and(&api).to_yaml(COMMAND);
    write(args.output.as_deref(), &text)
}
