//! `exai-gen bundle`, and what every command takes that makes one document of another.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::args::MessageFormat;
use super::{Channel, Outcome, report};
use crate::bundle::{bundle, to_json, to_yaml};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::source::{Node, Sources};

/// Make one document out of one that refers to other files.
///
/// What other files hold goes into `components`, under the last part of the reference to it;
/// where two are called the same, the file's name goes before. References inside the root
/// document stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen bundle spec/openapi.yaml -o openapi.yaml
  exai-gen bundle spec/openapi.yaml --format json > openapi.json")]
pub(super) struct BundleArgs {
    #[command(flatten)]
    document: OneDocument,
}

/// A document that becomes another, in one file.
#[derive(Debug, clap::Args)]
pub(super) struct OneDocument {
    /// The root document
    spec: PathBuf,

    /// Where to write; standard output when left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The format; by the ending of --output when left out, else yaml
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<BundleFormat>,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    message_format: MessageFormat,
}

/// What a document is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BundleFormat {
    /// YAML 1.2, in block style
    Yaml,
    /// JSON, indented
    Json,
}

pub(super) fn run(args: &BundleArgs) -> Outcome {
    args.document.write(|tree, _| tree)
}

impl OneDocument {
    /// Reads the document, changes it, and writes what came of it; a document with errors is not
    /// written.
    pub(super) fn write(&self, change: impl FnOnce(Node, &mut Diagnostics) -> Node) -> Outcome {
        let mut diagnostics = Diagnostics::new();
        let mut sources = Sources::open(&self.spec, &mut diagnostics);
        let document = document::read(&mut sources, &mut diagnostics);
        let tree = document
            .filter(|_| !diagnostics.has_errors())
            .map(|document| bundle(&document, &sources));
        let tree = tree.map(|tree| change(tree, &mut diagnostics));
        diagnostics.sort();
        let outcome = report(&diagnostics, &sources, self.message_format, Channel::Error);
        let Some(tree) = tree.filter(|_| outcome == Outcome::Fine) else {
            return outcome;
        };
        let output = self.output.as_deref();
        let text = match self.format.unwrap_or_else(|| by_name(output)) {
            BundleFormat::Yaml => to_yaml(&tree),
            BundleFormat::Json => to_json(&tree),
        };
        super::write(output, &text)
    }
}

/// The format that a file's name ends with, else YAML.
fn by_name(output: Option<&Path>) -> BundleFormat {
    let ending = output.and_then(|path| path.extension());
    match ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        true => BundleFormat::Json,
        false => BundleFormat::Yaml,
    }
}
