//! `exai-gen init`

use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::MessageFormat;
use super::{Channel, Outcome, misused, report};
use crate::document::{Document, Method, RefOr};
use crate::ir::{Api, Name};
use crate::lower::name::words;
use crate::pipeline::{self, Adjustments, Request, Run};
use crate::target::Target;

const CONFIG: &str = "exai-gen.yaml";
const OVERLAY: &str = "overlay.yaml";

/// Write a configuration and an overlay to begin with.
///
/// `exai-gen.yaml` names the client and the package of each target, `overlay.yaml` the method of
/// each operation, all as they are generated without them: nothing changes until a line does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen init openapi.yaml
  exai-gen init openapi.yaml --out sdk/")]
pub(super) struct InitArgs {
    /// The root document
    pub(super) spec: PathBuf,

    /// The folder of the two files; one that is there is not written over
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub(super) out: PathBuf,

    /// How to write what was found, on standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) message_format: MessageFormat,
}

pub(super) fn run(args: &InitArgs) -> Outcome {
    let request = Request {
        spec: &args.spec,
        config: None,
        command: "exai-gen init",
    };
    let adjustments = Adjustments {
        keep_going: true,
        ..Adjustments::default()
    };
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    run.diagnostics.sort();
    let channel = Channel::Error;
    let outcome = report(&run.diagnostics, &run.sources, args.message_format, channel);
    let (Some(api), Some(document)) = (&run.api, &run.document) else {
        return outcome;
    };
    let files = [
        (args.out.join(CONFIG), config(&run, api)),
        (args.out.join(OVERLAY), overlay(api, document)),
    ];
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return misused(&format!("`{}` is there already", path.display()));
    }
    for (path, text) in &files {
        if let Err(error) = crate::write::write_file(path, text) {
            return misused(&format!("cannot write `{}`: {error}", path.display()));
        }
    }
    say_what_is_next(args, &files.map(|(path, _)| path), run.left_out.is_empty());
    Outcome::Fine
}

fn say_what_is_next(args: &InitArgs, files: &[PathBuf; 2], whole: bool) {
    let shown = |path: &Path| path.display().to_string();
    let [config, overlay] = files.each_ref().map(|path| shown(path));
    let spec = shown(&args.spec);
    let keep_going = if whole { "" } else { " --keep-going" };
    let text = format!(
        "wrote {config} and {overlay}; now\n  exai-gen generate --spec {spec} --config {config} \
         --overlay {overlay} --target typescript,python,go,rust,axum --out sdks/{keep_going}\n"
    );
    // A reader that went away wants no more.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The names that a run without a configuration gives.
fn config(run: &Run, api: &Api) -> String {
    let title = api.info.title.raw();
    let product = run.config.product(title);
    let mut text = format!(
        "# What is not said by the document: `exai-gen generate --config {CONFIG}`.\n\n\
         client: {}\n\
         # The prefix of environment variables.\n\
         environment: {}\n\
         packages:\n",
        product.client, product.environment
    );
    for target in Target::ALL {
        let package = pipeline::package(target, api, &run.config);
        let module = package.module.map(|module| format!(", module: {module:?}"));
        text.push_str(&format!(
            "  {}: {{ name: {:?}{}, version: {:?} }}\n",
            target.name(),
            package.name,
            module.unwrap_or_default(),
            package.version
        ));
    }
    text.push_str(
        "\n# Schemas by another name, and codes of errors that are none here; each with its reason.\n\
         # names:\n\
         #   - { at: \"/components/schemas/Foo\", name: Bar, reason: \"Foo says nothing\" }\n\
         # allow:\n\
         #   - { code: E0201, reason: \"XML is offered beside JSON\" }\n",
    );
    text
}

/// The method of each operation that stands in the root document, by its path.
fn overlay(api: &Api, document: &Document) -> String {
    let mut text = format!(
        "# Changes to a document of somebody else's: `exai-gen generate --overlay {OVERLAY}`.\n\
         # https://spec.openapis.org/overlay/v1.0.0.html\n\n\
         overlay: 1.0.0\n\
         info: {{ title: {}, version: 1.0.0 }}\n\
         actions:\n",
        quoted(&format!("Names of {}", api.info.title.raw()))
    );
    let mut any = false;
    for (path, item) in &document.paths {
        let RefOr::Item(item) = item else { continue };
        for (method, operation) in &item.operations {
            let known = api
                .operations
                .iter()
                .find(|(_, o)| o.span == operation.span);
            let Some((_, operation)) = known else {
                continue;
            };
            let field = match &method.value {
                Method::Other(name) => format!(".additionalOperations[{}]", quoted(name.as_ref())),
                method => format!(".{}", method.as_str().to_lowercase()),
            };
            let target = quoted(&format!("$.paths[{}]{field}", quoted(path)));
            text.push_str(&format!(
                "  - target: {target}\n    update: {{ x-exai-method: {} }}\n",
                quoted(&dotted(&operation.sdk_path))
            ));
            any = true;
        }
    }
    if !any {
        let empty = text.trim_end_matches('\n').len();
        text.truncate(empty);
        text.push_str(" []\n");
    }
    text
}

/// `runs.start`, each name as the document has it where it has no dot.
fn dotted(path: &[Name]) -> String {
    let names = path.iter().map(|name| {
        let wire = name.wire().raw();
        match !wire.contains('.') && words(wire) == name.words() {
            true => wire.to_owned(),
            false => name.words().join("_"),
        }
    });
    names.collect::<Vec<_>>().join(".")
}

/// A text in double quotes, as JSON, YAML and JSONPath read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
