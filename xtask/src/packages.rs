//! Where each target's package is, and the front half of the road for this repository.

use std::path::{Path, PathBuf};

use exai_gen::diagnostic::{Format, render};
use exai_gen::ir::Api;
use exai_gen::pipeline::{self, Adjustments, Request, Run};
use exai_gen::target::Target;

/// The command that generated files name.
pub(crate) const COMMAND: &str = "cargo xtask regen";

/// The names that shipped, beside the document.
pub(crate) const NAMES: &str = "names.lock";

/// Each target and its package's folder.
pub(crate) const PACKAGES: [(Target, &str); 5] = [
    (Target::Typescript, "sdks/typescript"),
    (Target::Python, "sdks/python"),
    (Target::Go, "sdks/go"),
    (Target::Rust, "sdks/rust"),
    (Target::Axum, "server-stubs/api"),
];

/// The folder of the scenarios that are made of the document.
pub(crate) const SCENARIOS: &str = "tests/conformance/generated";

/// The targets whose conformance driver is made in part, and the driver's folder.
pub(crate) const DRIVERS: [(Target, &str); 2] = [
    (Target::Go, "tests/conformance/drivers/go"),
    (Target::Rust, "tests/conformance/drivers/rust"),
];

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Reads `spec/`, or another document, and gives the run and its API.
///
/// # Errors
/// The rendered diagnostics, when the document has errors.
pub(crate) fn read(spec: &Path) -> Result<(Run, Api), String> {
    // A document of another place is read with what is said of this one.
    let config = [
        spec.with_file_name("overrides.yaml"),
        root().join("spec/overrides.yaml"),
    ];
    let [beside, ours] = config;
    let config = if beside.is_file() { beside } else { ours };
    let request = Request {
        spec,
        config: Some(&config),
        command: COMMAND,
    };
    // The names that shipped before the document are those beside it.
    let names = Some(spec.with_file_name(NAMES)).filter(|path| path.is_file());
    let adjustments = Adjustments {
        names,
        ..Adjustments::default()
    };
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    run.diagnostics.sort();
    let said = render(
        &run.diagnostics,
        &run.sources,
        Format::Human { color: false },
    );
    match run.api.take() {
        Some(api) => {
            eprint!("{said}");
            Ok((run, api))
        }
        None => Err(format!("{said}mend spec/ and run `{COMMAND}` again")),
    }
}
