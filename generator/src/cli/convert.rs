//! `exai-gen convert`

use clap::ValueEnum;

use super::Outcome;
use super::bundle::OneDocument;
use crate::convert::to_3_0;

/// Say a document in the words of an older version of the standard.
///
/// Other files come in as with `bundle`. What the older version has no words for is left out;
/// each such place is a warning.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen convert openapi.yaml --to 3.0 -o openapi-3.0.yaml")]
pub(super) struct ConvertArgs {
    #[command(flatten)]
    document: OneDocument,

    /// The version
    #[arg(long, value_enum, value_name = "VERSION")]
    to: Version,
}

/// A version of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Version {
    /// OpenAPI 3.0.4
    #[value(name = "3.0")]
    V3_0,
}

pub(super) fn run(args: &ConvertArgs) -> Outcome {
    args.document.write(|tree, diagnostics| match args.to {
        Version::V3_0 => to_3_0(&tree, diagnostics),
    })
}
