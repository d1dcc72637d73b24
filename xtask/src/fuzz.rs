//! `cargo xtask fuzz`: requests that nobody thought of, to the sandbox, by schemathesis.

use crate::step::Step;

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
    for step in steps(args.seconds, args.seed) {
        let seconds = step.run()?;
        println!("ok   {seconds:6.1} s  {}", step.name);
    }
    Ok(())
}

/// Installs it, and runs it for so long against a sandbox that takes requests at any rate.
fn steps(seconds: u32, seed: u32) -> Vec<Step> {
    let install = format!(
        "python3 -m venv .tools/schemathesis && \
         .tools/schemathesis/bin/pip install --quiet --disable-pip-version-check {SCHEMATHESIS}"
    );
    // Its examples are the document's own, which other tests send.
    let run = format!(
        ".tools/schemathesis/bin/schemathesis run spec/bundled/openapi.yaml \
         --url \"$EXAI_BASE_URL\" --header \"Authorization: Bearer $EXAI_USER_TOKEN\" \
         --phases coverage,fuzzing,stateful --exclude-checks {NOT_ASKED} \
         --max-time {seconds} --seed {seed} --max-examples 10 --request-timeout 30 \
         --suppress-health-check all --warnings off --continue-on-failure --no-color"
    );
    vec![
        Step::new("server: schemathesis install", "bash", &["-c", &install])
            .once("schemathesis", "xtask/src/fuzz.rs"),
        Step::new("server: schemathesis", "bash", &["-c", &run]).served_with(&["--unlimited"]),
    ]
}
