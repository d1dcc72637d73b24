//! `exai-gen check`

use std::path::Path;

use super::args::CheckArgs;
use super::{Channel, Outcome, print, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::document;
use crate::fidelity::Report;
use crate::overlay;
use crate::pipeline::{self, Adjustments, Request};
use crate::source::Sources;
use crate::target::Target;

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let Some(spec) = args.spec.as_ref().filter(|_| !args.list_codes) else {
        return list_codes();
    };
    if let Some(path) = &args.report {
        return with_report(args, spec, path);
    }
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(spec, &mut diagnostics);
    for path in &args.overlay {
        overlay::apply(path, &mut sources, &mut diagnostics);
    }
    document::read(&mut sources, &mut diagnostics);
    judged(args, &mut diagnostics, &sources)
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

/// Goes further than a check, as far as what the types of each target would be.
fn with_report(args: &CheckArgs, spec: &Path, path: &Path) -> Outcome {
    let request = Request {
        spec,
        config: None,
        command: "exai-gen check",
    };
    let adjustments = Adjustments {
        overlays: args.overlay.clone(),
        ..Adjustments::default()
    };
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    let outcome = judged(args, &mut run.diagnostics, &run.sources);
    super::write_report(path, &Report::new(&run, &Target::ALL), outcome)
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
