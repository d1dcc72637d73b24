//! `exai-gen explain`

use clap::ValueEnum;
use serde_json::Value;

use super::args::{DocumentArgs, TargetName};
use super::{Outcome, misused, print};
use crate::explain::explain;
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
    #[command(flatten)]
    pub(super) document: DocumentArgs,

    /// A JSON Pointer, FILE#POINTER, FILE:LINE, the name of a schema, an operationId, or METHOD /path
    pub(super) place: String,

    /// Some targets alone, with commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "TARGET")]
    pub(super) target: Vec<TargetName>,

    /// How to write the answer, on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: ExplainFormat,
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
    let (run, outcome) = args.document.understood("exai-gen explain");
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
