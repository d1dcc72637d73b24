//! `exai-gen check`

use super::args::CheckArgs;
use super::{Channel, Outcome, print, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::document;
use crate::overlay;
use crate::source::Sources;

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let Some(spec) = args.spec.as_ref().filter(|_| !args.list_codes) else {
        return list_codes();
    };
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(spec, &mut diagnostics);
    for path in &args.overlay {
        overlay::apply(path, &mut sources, &mut diagnostics);
    }
    document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    let outcome = report(
        &diagnostics,
        &sources,
        args.message_format,
        Channel::ByReader,
    );
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
