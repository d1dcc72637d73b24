//! `exai-gen explain`

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::Value;

use super::args::{MessageFormat, TargetName};
use super::{Outcome, misused, print, understood};
use crate::explain::explain;
use crate::pipeline::{Adjustments, Request};
use crate::target::Target;

/// Say which symbol of each language a place of the document became, and why it is called so.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen explain openapi.yaml Run                                  # a schema of components, or an operationId
  exai-gen explain openapi.yaml 'POST /runs'
  exai-gen explain openapi.yaml /components/schemas/Run/properties/id
  exai-gen explain openapi.yaml schemas/run.yaml:12 --format json")]
pub(super) struct ExplainArgs {
    /// The root document
    pub(super) spec: PathBuf,

    /// A JSON Pointer, FILE#POINTER, FILE:LINE, the name of a schema, an operationId, or METHOD /path
    pub(super) place: String,

    /// Some targets alone, with commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "TARGET")]
    pub(super) target: Vec<TargetName>,

    /// Names of packages, pinned names and allowed codes
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Names that shipped, which clients keep
    #[arg(long, value_name = "FILE")]
    pub(super) names: Option<PathBuf>,

    /// Change the document by an Overlay 1.0 file before it is read; several are applied in order
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Vec<PathBuf>,

    /// How to write the answer, on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: ExplainFormat,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

/// How an explanation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For people
    #[default]
    Text,
    /// A list of objects: file, line, column, pointer, what, why, symbols
    Json,
}

pub(super) fn run(args: &ExplainArgs) -> Outcome {
    let request = Request {
        spec: &args.spec,
        config: args.config.as_deref(),
        command: "exai-gen explain",
    };
    let adjustments = Adjustments {
        overlays: args.overlay.clone(),
        names: args.names.clone(),
        ..Adjustments::default()
    };
    let (run, outcome) = understood(&request, &adjustments, args.message_format);
    if outcome != Outcome::Fine {
        return outcome;
    }
    let targets: Vec<Target> = match args.target.as_slice() {
        [] => Target::ALL.to_vec(),
        some => some.iter().map(|name| Target::from(*name)).collect(),
    };
    let found = match explain(&run, &targets, &args.place) {
        Ok(found) => found,
        Err(message) => return misused(&message),
    };
    match args.format {
        ExplainFormat::Text => {
            let texts: Vec<String> = found.iter().map(|one| one.text()).collect();
            print(&texts.join("\n"))
        }
        ExplainFormat::Json => {
            let all: Vec<Value> = found.iter().map(|one| one.json()).collect();
            print(&format!("{:#}\n", Value::from(all)))
        }
    }
}
