//! `exai-gen convert`

use std::path::PathBuf;

use clap::ValueEnum;

use super::args::{BundleFormat, MessageFormat};
use super::bundle::write;
use super::{Channel, Outcome, report};
use crate::bundle::bundle;
use crate::convert::to_3_0;
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::source::Sources;

/// Say a document in the words of an older version of the standard.
///
/// Other files come in as with `bundle`. What the older version has no words for is left out;
/// each such place is a warning.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen convert openapi.yaml --to 3.0 -o openapi-3.0.yaml")]
pub(super) struct ConvertArgs {
    /// The root document
    pub(super) spec: PathBuf,

    /// The version
    #[arg(long, value_enum, value_name = "VERSION")]
    pub(super) to: Version,

    /// Where to write it; standard output when left out
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// The format; by the ending of --output when left out, else yaml
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<BundleFormat>,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

/// A version of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Version {
    /// OpenAPI 3.0.4
    #[value(name = "3.0")]
    V3_0,
}

pub(super) fn run(args: &ConvertArgs) -> Outcome {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(&args.spec, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    let tree = document
        .filter(|_| !diagnostics.has_errors())
        .map(|document| bundle(&document, &sources));
    let tree = tree.map(|tree| match args.to {
        Version::V3_0 => to_3_0(&tree, &mut diagnostics),
    });
    diagnostics.sort();
    let outcome = report(&diagnostics, &sources, args.message_format, Channel::Error);
    match tree {
        Some(tree) => write(&tree, args.format, args.output.as_deref()),
        None => outcome,
    }
}
