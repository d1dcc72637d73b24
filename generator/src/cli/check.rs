//! `exai-gen check`

use std::io::Write;
use std::path::Path;

use super::args::CheckArgs;
use super::{Channel, Outcome, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::document;
use crate::fidelity::Report;
use crate::pipeline::{self, Request};
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
    document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    report(
        &diagnostics,
        &sources,
        args.message_format,
        Channel::ByReader,
    )
}

/// Goes further than a check, as far as what the types of each target would be.
fn with_report(args: &CheckArgs, spec: &Path, path: &Path) -> Outcome {
    let request = Request {
        spec,
        config: None,
        command: "exai-gen check",
    };
    let mut run = pipeline::read(&request);
    run.diagnostics.sort();
    let outcome = report(
        &run.diagnostics,
        &run.sources,
        args.message_format,
        Channel::ByReader,
    );
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
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}
