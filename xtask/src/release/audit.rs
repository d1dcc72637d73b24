//! Known faults and licences of what packages stand on, by each language's own tool.
//!
//! Tools are fetched by their registries' clients, at versions that are written here, into an
//! ignored folder. Where a tool cannot reach its list of faults, its audit fails: nothing was seen.

use std::process::Command;

use crate::packages::root;
use crate::step::Step;

type Audit = fn() -> Result<String, String>;

const CARGO_DENY: &str = "0.20.2";
const PIP_AUDIT: &str = "pip-audit==2.10.1";
const GOVULNCHECK: &str = "golang.org/x/vuln/cmd/govulncheck@v1.9.0";

/// One an ecosystem; licences of crates apart, for they are seen without a network.
pub(super) const ALL: [(&str, Audit); 5] = [
    ("npm", || {
        let args = ["audit", "--omit=dev", "--audit-level=low"];
        done(Step::new("npm audit", "npm", &args).at("sdks/typescript"))
    }),
    ("python", || {
        let install = format!(
            "python3 -m venv .tools/pip-audit && \
             .tools/pip-audit/bin/pip install --quiet --disable-pip-version-check {PIP_AUDIT}"
        );
        let install = Step::new("pip-audit install", "bash", &["-c", &install]);
        install
            .once("pip-audit", "xtask/src/release/audit.rs")
            .run()?;
        let program = root().join(".tools/pip-audit/bin/pip-audit");
        // What could not be looked up was not looked at.
        let args = ["--strict", "--progress-spinner", "off", "."];
        done(Step::new("pip-audit", &program.to_string_lossy(), &args).at("sdks/python"))
    }),
    ("go", || {
        done(Step::new("govulncheck", "go", &["run", GOVULNCHECK, "./..."]).at("sdks/go"))
    }),
    ("rust, licences and sources", || {
        deny(&["--offline", "check", "licenses", "bans", "sources"])
    }),
    ("rust, advisories", || deny(&["check", "advisories"])),
];

/// `cargo deny`, built when it is not there.
fn deny(args: &[&str]) -> Result<String, String> {
    let program = root().join(".tools/cargo/bin/cargo-deny");
    let there = Command::new(&program).arg("--version").output();
    let wanted = format!("cargo-deny {CARGO_DENY}");
    let is_wanted = |text: &[u8]| String::from_utf8_lossy(text).trim() == wanted;
    if !there.is_ok_and(|output| is_wanted(&output.stdout)) {
        let version = ["--version", CARGO_DENY];
        let install = [
            "install",
            "cargo-deny",
            "--quiet",
            "--locked",
            "--root",
            ".tools/cargo",
        ];
        let args = [&install[..], &version].concat();
        Step::new("cargo-deny install", "cargo", &args).run()?;
    }
    done(Step::new("cargo deny", &program.to_string_lossy(), args))
}

fn done(step: Step) -> Result<String, String> {
    step.run().map(|_| String::new())
}
