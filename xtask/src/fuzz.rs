//! `cargo xtask fuzz`: requests that nobody thought of, to the sandbox, by schemathesis.

use std::fs;

use serde_json::{Value, json};

use crate::packages::root;
use crate::step::Step;

/// The document as schemathesis reads streams, made by [`write_document`].
const DOCUMENT: &str = ".tools/schemathesis/openapi.json";

/// What schemathesis is told of media types that it does not know: an archive is bytes.
const HOOKS: (&str, &str) = (
    ".tools/schemathesis/hooks.py",
    "import schemathesis

@schemathesis.serializer('application/gzip')
def archive(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode(errors='ignore')
",
);

/// The version of schemathesis that is run.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// What is not asked of the API. A body that is valid by its schema may be refused for what it
/// means, with a 422; and of its ten errors none is a 405: a method that a path has not is a 404.
const NOT_ASKED: &str = "positive_data_acceptance,unsupported_method";

/// Send requests that nobody thought of to a sandbox, and hold its answers against the document.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long to go on
    #[arg(long, default_value_t = 900, value_name = "SECONDS")]
    seconds: u32,

    /// Where a run begins that is to be repeated
    #[arg(long, default_value_t = 0)]
    seed: u32,
}

/// Runs it.
///
/// # Errors
/// What was found, each with a command that sends it again.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    write_document()?;
    write(HOOKS.0, HOOKS.1)?;
    for step in steps(args.seconds, args.seed) {
        let seconds = step.run()?;
        println!("ok   {seconds:6.1} s  {}", step.name);
    }
    Ok(())
}

/// Writes the document with each stream described as schemathesis holds it against: by the fields of
/// one event, of which `data` is JSON of the stream's item (JSON Schema 2020-12 Validation, section
/// 8.5). OpenAPI 3.1 has no word for it, and describes a stream as one text.
///
/// # Errors
/// A document that cannot be read, or a copy that cannot be written.
fn write_document() -> Result<(), String> {
    let text = fs::read(root().join("spec/bundled/openapi.json"));
    let text = text.map_err(|error| format!("spec/bundled/openapi.json: {error}"))?;
    let mut document: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    describe_events(&mut document);
    write(DOCUMENT, &document.to_string())
}

fn write(name: &str, text: &str) -> Result<(), String> {
    let path = root().join(name);
    let written =
        fs::create_dir_all(path.parent().unwrap_or(&path)).and_then(|()| fs::write(&path, text));
    written.map_err(|error| format!("{name}: {error}"))
}

fn describe_events(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(stream) = members.get_mut("text/event-stream") {
                let item = stream["x-exai-stream"]["item"].take();
                let data = json!({"contentMediaType": "application/json", "contentSchema": item});
                stream["schema"] = json!({"type": "object", "properties": {"data": data}});
            }
            members.values_mut().for_each(describe_events);
        }
        Value::Array(items) => items.iter_mut().for_each(describe_events),
        _ => {}
    }
}

/// Installs it, and runs it for so long against a sandbox that takes requests at any rate.
fn steps(seconds: u32, seed: u32) -> Vec<Step> {
    let install = format!(
        "python3 -m venv .tools/schemathesis && \
         .tools/schemathesis/bin/pip install --quiet --disable-pip-version-check {SCHEMATHESIS}"
    );
    // Its examples are the document's own, which other tests send.
    let run = format!(
        "SCHEMATHESIS_HOOKS={} \
         .tools/schemathesis/bin/schemathesis run {DOCUMENT} \
         --url \"$EXAI_BASE_URL\" --header \"Authorization: Bearer $EXAI_USER_TOKEN\" \
         --phases coverage,fuzzing,stateful --exclude-checks {NOT_ASKED} \
         --max-time {seconds} --seed {seed} --max-examples 10 --request-timeout 30 \
         --suppress-health-check all --warnings off --continue-on-failure --no-color",
        HOOKS.0
    );
    vec![
        Step::new("server: schemathesis install", "bash", &["-c", &install])
            .once("schemathesis", "xtask/src/fuzz.rs"),
        Step::new("server: schemathesis", "bash", &["-c", &run]).served_with(&["--unlimited"]),
    ]
}
