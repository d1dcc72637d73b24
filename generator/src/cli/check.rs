//! `exai-gen check`

use super::args::CheckArgs;
use super::{Channel, Outcome, print, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::fidelity::Report;
use crate::pipeline::{self, Adjustments, Request};
use crate::source::Sources;
use crate::target::Target;

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let Some(spec) = args.spec.as_ref().filter(|_| !args.list_codes) else {
        return list_codes();
    };
    let request = Request {
        spec,
        config: None,
        command: "exai-gen check",
    };
    let adjustments = Adjustments {
        overlays: args.overlay.clone(),
        ..Adjustments::default()
    };
    // As far as what generating would find, or a document could pass that cannot be generated.
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    let outcome = judged(args, &mut run.diagnostics, &run.sources);
    match &args.report {
        Some(path) => super::write_report(path, &Report::new(&run, &Target::ALL), outcome),
        None => outcome,
    }
}

/// Prints what there is to say, and tells what the check ends with.
fn judged(args: &CheckArgs, diagnostics: &mut Diagnostics, sources: &Sources) -> Outcome {
    diagnostics.sort();
    let outcome = report(diagnostics, sources, args.message_format, Channel::ByReader);
    match args.deny_warnings && !diagnostics.is_empty() {
        true => Outcome::Refused,
        false => outcome,
    }
}

fn list_codes() -> Outcome {
    let mut text = String::new();
    for code in Code::ALL {
        text.push_str(&format!(
            "{}  {:<27}  {}\n",
            code.id(),
            code.slug(),
            code.explanation()
        ));
    }
    print(&text)
}
