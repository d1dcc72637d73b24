//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::Outcome;
use super::bundle::BundleArgs;
use super::completions::CompletionsArgs;
use super::convert::ConvertArgs;
use super::explain::ExplainArgs;
use super::init::InitArgs;
use super::man::ManArgs;
use crate::pipeline::{Adjustments, Request, Run};
use crate::target::Target;

/// From an OpenAPI document to SDKs and a server.
///
/// Reads OpenAPI 3.0, 3.1 and 3.2, in YAML or JSON, in one file or several. Nothing is asked
/// of the network.
#[derive(Debug, Parser)]
#[command(name = "exai-gen", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  something is wrong with the document, or changed as `--fail-on` forbids
  2  the command was used wrongly, or its output cannot be written";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a configuration and an overlay to begin with
    Init(InitArgs),
    /// Write SDKs from a document
    Generate(GenerateArgs),
    /// Say what is wrong with a document
    Check(CheckArgs),
    /// Say which symbol of each language a place became, and why
    Explain(ExplainArgs),
    /// Say what changed between two documents, and whom it breaks
    Diff(DiffArgs),
    /// Make a package's generated files again, and compare them with what it holds
    Verify(VerifyArgs),
    /// Write down the names that ship, so that SDKs keep them
    Names(NamesArgs),
    /// Make one document out of one that refers to other files
    Bundle(BundleArgs),
    /// Say a document in the words of an older version of the standard
    Convert(ConvertArgs),
    /// Show what the generator understood: the intermediate representation
    Ir(IrArgs),
    /// Write what a shell completes this command's arguments by
    Completions(CompletionsArgs),
    /// Write this command's manual pages
    Man(ManArgs),
}

/// Write SDKs from a document.
///
/// Each target becomes a whole package: what is generated, the runtime it stands on, and the
/// package's manifest. Only files whose text changed are written; files of an earlier run that
/// this one does not make are taken away.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen generate --spec openapi.yaml --target python --out sdk/
  exai-gen generate --spec openapi.yaml --target typescript,go --out sdks/    # sdks/typescript, sdks/go
  exai-gen generate --spec openapi.yaml --target rust --out sdk/ --config overrides.yaml")]
pub(super) struct GenerateArgs {
    /// The root document
    #[arg(long, value_name = "FILE")]
    pub(super) spec: PathBuf,

    /// What to write; several, with commas, make a folder each below --out
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        required = true,
        value_name = "TARGET"
    )]
    pub(super) target: Vec<TargetName>,

    /// The package's folder
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: PathBuf,

    /// Names of packages, pinned names and allowed codes
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Names that shipped: what goes by another name now keeps the old one, deprecated
    #[arg(long, value_name = "FILE")]
    pub(super) names: Option<PathBuf>,

    /// Change the document by an Overlay 1.0 file before it is read; several are applied in order
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Vec<PathBuf>,

    /// Leave out an operation or a schema that is wrong, and list it, rather than refuse the document
    #[arg(long)]
    pub(super) keep_going: bool,

    /// Write how much of the document each target's types say, place by place: JSON where the name
    /// ends in .json, else text
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,

    /// Read templates from here instead of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

/// A target by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TargetName {
    /// An npm package
    Typescript,
    /// A wheel and an sdist
    Python,
    /// A Go module
    Go,
    /// A crate
    Rust,
    /// A crate for servers, on axum
    Axum,
}

impl From<TargetName> for Target {
    fn from(name: TargetName) -> Self {
        match name {
            TargetName::Typescript => Self::Typescript,
            TargetName::Python => Self::Python,
            TargetName::Go => Self::Go,
            TargetName::Rust => Self::Rust,
            TargetName::Axum => Self::Axum,
        }
    }
}

/// Show what the generator understood: the intermediate representation, for reading and for
/// comparing; its form is not stable.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen ir openapi.yaml | less")]
pub(super) struct IrArgs {
    #[command(flatten)]
    pub(super) document: DocumentArgs,
}

/// A document to be understood, and what is said beside it.
#[derive(Debug, clap::Args)]
pub(super) struct DocumentArgs {
    /// The root document
    pub(super) spec: PathBuf,

    /// Names of packages, pinned names and allowed codes
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Names that shipped, which clients keep
    #[arg(long, value_name = "FILE")]
    pub(super) names: Option<PathBuf>,

    /// Change the document by an Overlay 1.0 file before it is read; several are applied in order
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Vec<PathBuf>,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

impl DocumentArgs {
    /// Reads the document for a command, and says on standard error what there is to say of it.
    pub(super) fn understood(&self, command: &str) -> (Run, Outcome) {
        let request = Request {
            spec: &self.spec,
            config: self.config.as_deref(),
            command,
        };
        let adjustments = Adjustments {
            keep_going: false,
            overlays: self.overlay.clone(),
            names: self.names.clone(),
        };
        super::understood(&request, &adjustments, self.message_format)
    }
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    /// For people, with the lines in question; on standard error
    #[default]
    Human,
    /// One JSON object a line: code, name, severity, message, file, line, column, end, label, hint, related
    Json,
    /// A SARIF 2.1.0 log, for code scanning
    Sarif,
}

/// Say what is wrong with a document: every error at once, each with its place and what to do.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen check openapi.yaml
  exai-gen check openapi.yaml --overlay names.yaml --deny-warnings
  exai-gen check --message-format sarif openapi.yaml > exai-gen.sarif
  exai-gen check --list-codes")]
pub(super) struct CheckArgs {
    /// The root document
    #[arg(required_unless_present = "list_codes")]
    pub(super) spec: Option<PathBuf>,

    /// Change the document by an Overlay 1.0 file before it is read; several are applied in order
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Vec<PathBuf>,

    /// End with 1 where there is a warning, too
    #[arg(long)]
    pub(super) deny_warnings: bool,

    /// How to write what was found; json and sarif go to standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,

    /// Write how much of the document the types of every target would say, place by place: JSON
    /// where the name ends in .json, else text
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub(super) report: Option<PathBuf>,

    /// List every code and what it means
    #[arg(long)]
    pub(super) list_codes: bool,
}

/// Say what changed between two documents, and whom it breaks.
///
/// Each change falls under a rule, which has a class for the wire and one for code written
/// against the SDKs. What no rule understands is breaking.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen diff old.yaml new.yaml
  exai-gen diff old.yaml new.yaml --fail-on breaking --accept accepted.yaml
  exai-gen diff old.yaml new.yaml --format markdown > changes.md
  exai-gen diff --list-rules

A file of accepted changes maps fingerprints, as the text shows them, to reasons:
  3f9a1c0b7d52: nobody ever sent this value")]
pub(super) struct DiffArgs {
    /// The document as it was
    #[arg(required_unless_present = "list_rules")]
    pub(super) old: Option<PathBuf>,

    /// The document as it is
    #[arg(required_unless_present = "list_rules")]
    pub(super) new: Option<PathBuf>,

    /// How to write what changed, on standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: DiffFormat,

    /// End with 1 if a change is of this class or a worse one
    #[arg(long, value_enum, value_name = "CLASS")]
    pub(super) fail_on: Option<FailOn>,

    /// Names and versions of packages: then the next version of each is said
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Names that shipped, which packages keep: then another name of one breaks nobody
    #[arg(long, value_name = "FILE")]
    pub(super) names: Option<PathBuf>,

    /// Changes that were looked at and may be made, by fingerprint
    #[arg(long, value_name = "FILE")]
    pub(super) accept: Option<PathBuf>,

    /// How to write what is wrong with a document, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,

    /// List every rule with its class on the wire and the worst of its classes
    #[arg(long)]
    pub(super) list_rules: bool,
}

/// Write down the names that ship, so that SDKs keep them.
///
/// The file says what each operation and each type is called, and where it stands on the wire.
/// Given to `generate` as `--names`, it keeps each name in every SDK, as a deprecated one, when
/// the document calls the same thing otherwise. Names are added, and none is taken out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen names openapi.yaml -o names.lock                       # at the first release
  exai-gen names openapi.yaml --names names.lock -o names.lock    # at the next ones")]
pub(super) struct NamesArgs {
    #[command(flatten)]
    pub(super) document: DocumentArgs,

    /// Where to write; standard output when left out
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// Make a package's generated files again, and compare them with what it holds.
///
/// A package says in `provenance.json` what it was made of: digests of the document, of what the
/// generator understood, of the templates and of the files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tar -xzf exai-sdk-1.4.0.tgz && exai-gen verify package --spec openapi.yaml --config overrides.yaml")]
pub(super) struct VerifyArgs {
    /// The package's folder, unpacked
    pub(super) package: PathBuf,

    /// The root document
    #[arg(long, value_name = "FILE")]
    pub(super) spec: PathBuf,

    /// Names of packages, pinned names and allowed codes
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Names that shipped, as the package was made with
    #[arg(long, value_name = "FILE")]
    pub(super) names: Option<PathBuf>,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For a terminal
    #[default]
    Text,
    /// One JSON object: verdict, wire, packages, versions, changes, accepted, stale
    Json,
    /// For a pull request
    Markdown,
    /// Commands of a GitHub workflow, which annotate lines
    Github,
}

/// A class of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// What worked may not
    Breaking,
    /// Something new
    Feature,
    /// What comes is said more exactly
    Fix,
    /// Anything at all
    Docs,
}
