//! `exai-gen bundle`

use std::path::Path;

use super::args::{BundleArgs, BundleFormat};
use super::{Channel, Outcome, report};
use crate::bundle::{bundle, to_json, to_yaml};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::source::{Node, Sources};

pub(super) fn run(args: &BundleArgs) -> Outcome {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(&args.spec, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    let outcome = report(&diagnostics, &sources, args.message_format, Channel::Error);
    let Some(document) = document.filter(|_| outcome == Outcome::Fine) else {
        return outcome;
    };
    write(
        &bundle(&document, &sources),
        args.format,
        args.output.as_deref(),
    )
}

/// Writes a document to a file, or to standard output.
pub(super) fn write(tree: &Node, wanted: Option<BundleFormat>, output: Option<&Path>) -> Outcome {
    let text = match format(wanted, output) {
        BundleFormat::Yaml => to_yaml(tree),
        BundleFormat::Json => to_json(tree),
    };
    super::write(output, &text)
}

/// The format asked for, else the one that the output's name ends with, else YAML.
fn format(wanted: Option<BundleFormat>, output: Option<&Path>) -> BundleFormat {
    let ending = output.and_then(|path| path.extension());
    let by_name = if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        BundleFormat::Json
    } else {
        BundleFormat::Yaml
    };
    wanted.unwrap_or(by_name)
}
