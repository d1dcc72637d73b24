//! `cargo xtask bench peers DOCUMENT`: what generators of clients take for one document, in one run.
//!
//! Each peer is installed from its registry into `.tools/peers`, at the version that stands here.
//! A peer that cannot be installed, or that refuses the document, says so in its row.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cpu;
use crate::packages::root;
use crate::step::Step;

/// Where the table is kept.
const TABLE: &str = "benches/peers.md";

/// Measure generators on one document.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document
    document: PathBuf,

    /// Generators whose names hold this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,

    /// Keep the table in benches/peers.md
    #[arg(long)]
    write: bool,
}

/// A generator.
struct Peer {
    name: &'static str,
    makes: &'static str,
    /// How it is installed, by bash in the folder of peers.
    install: &'static str,
    /// How it is run; `$DOCUMENT`, `$OUT` and `$EXAI_GEN` are what they say.
    run: &'static str,
}

const PEERS: &[Peer] = &[
    Peer {
        name: "exai-gen",
        makes: "TypeScript, Python, Go, Rust, axum",
        install: "true",
        run: "\"$EXAI_GEN\" generate --keep-going --spec \"$DOCUMENT\" --target typescript,python,go,rust,axum --out \"$OUT\"",
    },
    Peer {
        name: "exai-gen, one target",
        makes: "TypeScript",
        install: "true",
        run: "\"$EXAI_GEN\" generate --keep-going --spec \"$DOCUMENT\" --target typescript --out \"$OUT\"",
    },
    Peer {
        name: "@hey-api/openapi-ts 0.99.0",
        makes: "TypeScript",
        install: "npm install --silent --no-audit --no-fund --prefix hey-api @hey-api/openapi-ts@0.99.0 typescript@5.9.3",
        run: "hey-api/node_modules/.bin/openapi-ts -i \"$DOCUMENT\" -o \"$OUT\"",
    },
    Peer {
        name: "openapi-typescript 7.13.0",
        makes: "TypeScript types",
        install: "npm install --silent --no-audit --no-fund --prefix openapi-typescript openapi-typescript@7.13.0 typescript@5.9.3",
        run: "openapi-typescript/node_modules/.bin/openapi-typescript \"$DOCUMENT\" -o \"$OUT/api.ts\"",
    },
    Peer {
        name: "orval 8.38.0",
        makes: "TypeScript",
        install: "npm install --silent --no-audit --no-fund --prefix orval orval@8.38.0 typescript@5.9.3",
        run: "orval/node_modules/.bin/orval --input \"$DOCUMENT\" --output \"$OUT/api.ts\"",
    },
    Peer {
        name: "openapi-python-client 0.29.1",
        makes: "Python",
        install: "python3 -m venv python && python/bin/python -m pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1",
        run: "PATH=\"$PWD/python/bin:$PATH\" python/bin/openapi-python-client generate --path \"$DOCUMENT\" --output-path \"$OUT/client\" --overwrite",
    },
    Peer {
        name: "openapi-generator 7.25.0",
        makes: "TypeScript, Python, Go, Rust, Rust's axum: five runs",
        install: "mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=\"$PWD/java\"",
        run: "for language in typescript-fetch python go rust rust-axum; do java -jar java/openapi-generator-cli-7.25.0.jar generate --skip-validate-spec -g $language -i \"$DOCUMENT\" -o \"$OUT/$language\" || exit 1; done",
    },
    Peer {
        name: "oapi-codegen 2.8.2",
        makes: "Go",
        install: "GOBIN=\"$PWD/go\" go install github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2",
        run: "go/oapi-codegen -generate types,client -package api -o \"$OUT/api.go\" \"$DOCUMENT\"",
    },
    Peer {
        name: "ogen 1.25.0",
        makes: "Go",
        install: "GOBIN=\"$PWD/go\" go install github.com/ogen-go/ogen/cmd/ogen@v1.25.0",
        run: "go/ogen --target \"$OUT\" --package api --clean \"$DOCUMENT\"",
    },
    Peer {
        name: "progenitor 0.15.1",
        makes: "Rust",
        install: "cargo install --quiet --root rust --target-dir rust/target cargo-progenitor@0.15.1",
        run: "rust/bin/cargo-progenitor progenitor -i \"$DOCUMENT\" -o \"$OUT/client\" -n client -v 0.1.0",
    },
];

/// Prints a table, in Markdown.
///
/// # Errors
/// When our own generator cannot be built, or a folder cannot be made.
pub(super) fn run(args: &Args) -> Result<(), String> {
    let build = ["build", "--release", "--quiet", "--package", "exai-gen"];
    Step::new("release build", "cargo", &build).run()?;
    let document = args.document.canonicalize();
    let document = document.map_err(|error| format!("{}: {error}", args.document.display()))?;
    let folder = root().join(".tools/peers");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    let mut table = format!(
        "# Generators beside each other\n\n\
         One run of `cargo xtask bench peers`, on `{name}` ({:.1} MB): seconds of CPU from start to \
         end of one process, the better of two.\n\n\
         | generator | makes | CPU | what came of it |\n|---|---|---|---|\n",
        fs::metadata(&document).map_or(0.0, |file| file.len() as f64 / 1e6),
    );
    let wanted = |peer: &&Peer| {
        args.only
            .as_ref()
            .is_none_or(|only| peer.name.contains(only))
    };
    for peer in PEERS.iter().filter(wanted) {
        println!("{}", peer.name);
        let (cpu, said) = measure(peer, &folder, &document);
        let cpu = cpu.map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.2} s"));
        let said = said.replace('|', "\\|");
        table.push_str(&format!(
            "| {} | {} | {cpu} | {said} |\n",
            peer.name, peer.makes
        ));
    }
    print!("{table}");
    match args.write {
        true => fs::write(root().join(TABLE), table).map_err(|error| format!("{TABLE}: {error}")),
        false => Ok(()),
    }
}

/// Seconds of CPU, and what came of it.
fn measure(peer: &Peer, folder: &Path, document: &Path) -> (Option<f64>, String) {
    let out = folder.join("out");
    let prepared = |mut command: Command| {
        command
            .current_dir(folder)
            .env("DOCUMENT", document)
            .env("OUT", &out)
            .env("EXAI_GEN", root().join("target/release/exai-gen"))
            .stdin(Stdio::null());
        command
    };
    match prepared(cpu::timed(peer.install)).output() {
        Ok(done) if done.status.success() => {}
        _ => return (None, "could not be installed".to_owned()),
    }
    let mut best: Option<f64> = None;
    let mut said = String::new();
    for _ in 0..2 {
        // What an earlier run left would be read, or kept.
        let _ = fs::remove_dir_all(&out);
        let _ = fs::create_dir_all(&out);
        let ran = prepared(cpu::timed(peer.run)).output();
        let Ok(done) = ran else {
            return (None, "cannot be run".to_owned());
        };
        let Ok(cpu) = cpu::read(&done.stderr).map(|cpu| cpu.total()) else {
            return (None, "cannot be measured".to_owned());
        };
        best = Some(best.map_or(cpu, |best| best.min(cpu)));
        said = match done.status.code() {
            Some(0) => format!("{} lines", lines(&out)),
            code => format!("ended with {}", code.unwrap_or(-1)),
        };
    }
    (best, said)
}

/// How many lines of code a folder holds.
fn lines(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |path: PathBuf| match path.is_dir() {
        true => lines(&path),
        false => fs::read(&path).map_or(0, |text| text.iter().filter(|b| **b == b'\n').count()),
    };
    entries.map(|entry| of(entry.path())).sum()
}
