//! `exai-gen bundle`

use std::io::Write;

use super::args::{BundleArgs, BundleFormat};
use super::{Channel, Outcome, misused, report};
use crate::bundle::{bundle, to_json, to_yaml};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::source::Sources;

pub(super) fn run(args: &BundleArgs) -> Outcome {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(&args.spec, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    let outcome = report(&diagnostics, &sources, args.message_format, Channel::Error);
    let Some(document) = document.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    let tree = bundle(&document, &sources);
    let text = match format(args) {
        BundleFormat::Yaml => to_yaml(&tree),
        BundleFormat::Json => to_json(&tree),
    };
    let written = match &args.output {
        Some(path) => crate::write::write_file(path, &text)
            .map_err(|error| format!("cannot write `{}`: {error}", path.display())),
        None => std::io::stdout()
            .write_all(text.as_bytes())
            .map_err(|error| format!("cannot write: {error}")),
    };
    match written {
        Ok(()) => Outcome::Fine,
        Err(message) => misused(&message),
    }
}

/// The format asked for, else the one that the output's name ends with, else YAML.
fn format(args: &BundleArgs) -> BundleFormat {
    let ending = args.output.as_deref().and_then(|path| path.extension());
    let by_name = if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        BundleFormat::Json
    } else {
        BundleFormat::Yaml
    };
    args.format.unwrap_or(by_name)
}
