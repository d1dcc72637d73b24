//! `cargo xtask test`: installs what each language needs inside ignored folders, then runs every
//! check. One failure does not hide the others.

use crate::packages::root;
use crate::step::Step;
use crate::{tidy, toolchain};

/// Install what each language needs, and test everything.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One group alone
    #[arg(long, value_name = "GROUP", value_parser = GROUPS)]
    only: Option<String>,
}

const GROUPS: [&str; 7] = [
    "generator",
    "typescript",
    "python",
    "go",
    "rust",
    "server",
    "conformance",
];

/// Runs every group, or one.
///
/// # Errors
/// How many steps failed; each said why as it did.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let mut passed = 0;
    let mut failed = Vec::new();
    for group in GROUPS
        .into_iter()
        .filter(|g| args.only.as_deref().is_none_or(|only| only == *g))
    {
        if let Err(message) = toolchain::require(group) {
            println!("{group}: {message}");
            failed.push(format!("{group}: toolchain"));
            continue;
        }
        if group == "generator" {
            match tidy::run() {
                Ok(()) => passed += 1,
                Err(message) => {
                    println!("FAIL generator: tidy\n{message}");
                    failed.push("generator: tidy".to_owned());
                }
            }
        }
        for step in steps(group) {
            match step.run() {
                Ok(seconds) => {
                    println!("ok   {seconds:6.1} s  {}", step.name);
                    passed += 1;
                }
                Err(message) => {
                    println!("FAIL {message}\n");
                    failed.push(step.name.clone());
                    if step.name.ends_with("install") {
                        break;
                    }
                }
            }
        }
    }
    for name in &failed {
        println!("failed: {name}");
    }
    println!("{passed} passed, {} failed", failed.len());
    if failed.is_empty() {
        Ok(())
    } else {
        Err("see above".to_owned())
    }
}

fn steps(group: &str) -> Vec<Step> {
    match group {
        // Its own tests hold generated code against each language's tools.
        "generator" => [vec![install_typescript(), install_python()], generator()].concat(),
        "typescript" => [vec![install_typescript()], typescript()].concat(),
        "python" => [vec![install_python()], python()].concat(),
        "go" => go(),
        "rust" => {
            let steps = crate_steps("rust", "exai-sdk", "sdks/rust");
            [steps, vec![consumer("rust")]].concat()
        }
        "conformance" => conformance(),
        _ => [
            crate_steps("server", "exai-server", "server-stubs/api"),
            vec![begun_server()],
            vec![small_runtime()],
            stored(crate_steps(
                "server",
                "exai-runtime",
                "server-stubs/runtime",
            )),
            stored(crate_steps(
                "server",
                "exai-sandbox",
                "server-stubs/sandbox",
            )),
            vec![
                Step::new(
                    "server: requests that nobody thought of",
                    "cargo",
                    &["xtask", "fuzz", "--seconds", "40"],
                )
                .mended_by("mend the server; what it says after `Reproduce with` sends one again"),
            ],
        ]
        .concat(),
    }
}

/// The package as it is published, installed into an empty project, against the sandbox.
pub(crate) fn consumer(group: &str) -> Step {
    let folder = format!("sdks/{group}/integration");
    let name = format!("{group}: built package against the sandbox");
    Step::new(&name, "bash", &["run"]).at(&folder).served()
}

/// The packed crates of the server in an empty project, called by the packed client.
pub(crate) fn served() -> Step {
    let name = "server: built crates, called by the Rust SDK";
    Step::new(name, "bash", &["run"]).at("server-stubs/integration")
}

/// Clippy, rustdoc and tests of a crate, warnings denied.
fn cargo_steps(group: &str, package: &str) -> Vec<Step> {
    let named = |what: &str| format!("{group}: {package} {what}");
    // Of what is no library for others, people read the private parts too.
    let private = group == "generator";
    let doc: &[&str] = if private {
        &["--document-private-items"]
    } else {
        &[]
    };
    let flags = if private {
        "-D warnings -A rustdoc::private_intra_doc_links"
    } else {
        "-D warnings"
    };
    // What is off by default is tested on; off, the consumer and the suite's driver build it. The
    // SDK's other features choose between libraries; those of the runtime add to each other.
    let on: &[&str] = match package {
        "exai-runtime" => &["--all-features"],
        "exai-sdk" => &["--features", "testing,tracing"],
        _ => &[],
    };
    let of = ["--quiet", "--package", package];
    let clippy: [&[&str]; 5] = [
        &["clippy"],
        &of,
        &["--all-targets"],
        on,
        &["--", "-D", "warnings"],
    ];
    vec![
        Step::new(&named("clippy"), "cargo", &clippy.concat()),
        Step::new(
            &named("documentation"),
            "cargo",
            &[&["doc"], &of[..], &["--no-deps"], doc, on].concat(),
        )
        .env("RUSTDOCFLAGS", flags),
        Step::new(&named("tests"), "cargo", &[&["test"], &of[..], on].concat()),
    ]
}

/// Every SDK against a server that misbehaves, and the table of what came of it.
fn conformance() -> Vec<Step> {
    let run = ["run", "--quiet", "--package", "exai-conformance"];
    [
        vec![install_typescript(), install_python()],
        crate_steps("conformance", "exai-conformance", "tests/conformance"),
        crate_steps("conformance", "exai-conformance-rust", "tests/conformance"),
        vec![
            Step::new("conformance: scenarios", "cargo", &run)
                .mended_by("mend the SDK; where the table is old, run it again with --write"),
            Step::new(
                "conformance: today's part of the documents",
                "cargo",
                &["xtask", "documents", "--part", "today/100"],
            )
            .mended_by("mend the generator; where the table is old, run it again with --write"),
        ],
    ]
    .concat()
}

/// The server as someone who begins builds it: with a body for every method.
fn begun_server() -> Step {
    let args = "test --quiet --package exai-server --features unimplemented";
    let args: Vec<&str> = args.split(' ').collect();
    Step::new("server: exai-server tests, unimplemented", "cargo", &args)
}

/// The runtime for one node: without what several need.
fn small_runtime() -> Step {
    let args = "clippy --quiet --package exai-runtime -- -D warnings";
    let args: Vec<&str> = args.split(' ').collect();
    Step::new("server: exai-runtime clippy, no features", "cargo", &args)
}

/// Their tests have Postgres and Redis.
fn stored(steps: Vec<Step>) -> Vec<Step> {
    let with = |step: Step| match step.name.ends_with(" tests") {
        true => step.stored(),
        false => step,
    };
    steps.into_iter().map(with).collect()
}

fn crate_steps(group: &str, package: &str, folder: &str) -> Vec<Step> {
    let format = Step::new(
        &format!("{group}: {package} format"),
        "cargo",
        &["fmt", "--package", package, "--check"],
    )
    .mended_by("cargo fmt; if the file is generated, its template is not in rustfmt's layout");
    let mut steps = vec![format];
    steps.extend(cargo_steps(group, package));
    if group == "rust" {
        let args = ["package", "--quiet", "--allow-dirty", "--no-verify"];
        steps.push(Step::new(&format!("{group}: {package} package"), "cargo", &args).at(folder));
    }
    steps
}

fn generator() -> Vec<Step> {
    let mut steps = vec![
        Step::new(
            "generator: regen --check",
            "cargo",
            &["xtask", "regen", "--check"],
        )
        .mended_by("cargo xtask regen"),
        Step::new("generator: budgets", "cargo", &["xtask", "budgets"])
            .mended_by("make it smaller, or change budgets.json on purpose"),
    ];
    let args = ["xtask", "roundtrip", "tests/roundtrip", "--strict"];
    let values = Step::new("generator: values come back as they were", "cargo", &args);
    steps.push(values);
    let args = ["xtask", "wire", "tests/wire", "--strict"];
    let requests = Step::new(
        "generator: requests are those of the document",
        "cargo",
        &args,
    );
    steps.push(requests);
    for package in ["exai-gen", "xtask", "exai-tests", "exai-bench-server"] {
        steps.push(
            Step::new(
                &format!("generator: {package} format"),
                "cargo",
                &["fmt", "--package", package, "--check"],
            )
            .mended_by("cargo fmt"),
        );
        steps.extend(cargo_steps("generator", package));
    }
    steps
}

fn typescript() -> Vec<Step> {
    let folder = "sdks/typescript";
    let npm = |name: &str, args: &[&str]| {
        Step::new(&format!("typescript: {name}"), "npm", args).at(folder)
    };
    vec![
        npm("format and lint", &["exec", "--", "biome", "ci", "."])
            .mended_by("cd sdks/typescript && npm run format"),
        npm("types, by tsc 7 and 5.9", &["run", "--silent", "typecheck"]),
        npm("tests", &["test", "--silent"]),
        npm(
            "package, by publint and attw",
            &["run", "--silent", "lint:package"],
        ),
        npm("pack", &["pack", "--dry-run", "--silent"]),
        consumer("typescript"),
        Step::new(
            "typescript: every runtime against the sandbox",
            "bash",
            &["run"],
        )
        .at("sdks/typescript/integration/runtimes")
        .served(),
    ]
}

/// The tools of the TypeScript SDK, exactly those of the lock file.
pub(crate) fn install_typescript() -> Step {
    let args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    Step::new("typescript: install", "npm", &args)
        .at("sdks/typescript")
        .once("typescript", "sdks/typescript/package-lock.json")
}

/// The tools of the Python SDK. Dependency groups are known to pip from 25.1 on.
pub(crate) fn install_python() -> Step {
    let python = "python3 -m venv .venv && \
        .venv/bin/python -m pip install --quiet --disable-pip-version-check pip==26.1.1 && \
        .venv/bin/python -m pip install --quiet --group dev";
    Step::new("python: install", "bash", &["-c", python])
        .at("sdks/python")
        .once("python", "sdks/python/pyproject.toml")
}

fn python() -> Vec<Step> {
    let folder = "sdks/python";
    let step = |name: &str, args: &[&str]| {
        let program = root().join(folder).join(".venv/bin").join(args[0]);
        Step::new(
            &format!("python: {name}"),
            &program.to_string_lossy(),
            &args[1..],
        )
        .at(folder)
    };
    let package = "rm -rf dist && .venv/bin/python -m build --no-isolation && \
        .venv/bin/python -m twine check --strict dist/*";
    vec![
        step("format", &["ruff", "format", "--check", "."]).mended_by(
            "ruff format; if the file is generated, its template is not in ruff's layout",
        ),
        step("lint", &["ruff", "check", "."]),
        step(
            "types, by pyright",
            &["pyright", "--pythonpath", ".venv/bin/python"],
        ),
        step("types, by mypy", &["mypy"]),
        step("tests", &["pytest"]),
        Step::new(
            "python: wheel and sdist, by twine",
            "bash",
            &["-c", package],
        )
        .at(folder),
        consumer("python"),
    ]
}

fn go() -> Vec<Step> {
    let step = |name: &str, args: &[&str]| {
        Step::new(&format!("go: {name}"), "go", args)
            .at("sdks/go")
            .env("GOFLAGS", "-mod=mod")
    };
    vec![
        Step::new("go: format", "gofmt", &["-l", "."])
            .at("sdks/go")
            .silent()
            .mended_by("gofmt -w; if the file is generated, its template is not in gofmt's layout"),
        step("vet", &["vet", "./..."]),
        step(
            "staticcheck",
            &["tool", "-modfile=tools/go.mod", "staticcheck", "./..."],
        ),
        step("tests, by the race detector", &["test", "-race", "./..."]).served(),
        step("tests with other modules", &["test", "./..."]).at("sdks/go/tools/outside"),
        step("vet of the conformance driver", &["vet", "."]).at("tests/conformance/drivers/go"),
        step("vet of the benchmarks", &["vet", "."]).at("benches/go"),
        consumer("go"),
    ]
}
