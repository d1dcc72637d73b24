//! `cargo xtask nightly`: regenerate, say what changed, test, build, measure; one report. A part
//! that fails hides no other, and a night that finds nothing new leaves everything as it was.

mod night;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use exai_gen::changes::Format;
use exai_gen::surface::{Surface, SurfaceChange, surface};
use exai_gen::target::Target;
use exai_gen::tree::{MANIFEST, read_manifest};
use serde_json::{Value, json};

use self::night::Night;
use crate::diff::Compared;
use crate::packages::{PACKAGES, root};
use crate::part::Parts;
use crate::release;
use crate::revision::{git, last_release};
use crate::step::Step;
use crate::{budgets, regen};

/// Where the report and the numbers are kept, below the root.
const FOLDER: &str = ".tools/nightly";

/// Regenerate, compare, test, build and measure; one report.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask nightly
  cargo xtask nightly --base v1.4.0 --skip test,packages,bench")]
pub(crate) struct Args {
    /// What the document is compared with; the last release when left out
    #[arg(long, value_name = "REV|FILE")]
    base: Option<String>,
    /// Parts to leave out
    #[arg(long, value_delimiter = ',', value_name = "PART", value_parser = SKIPPABLE)]
    skip: Vec<String>,
    /// The numbers of the night before; those of the last run here when left out
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,
}

/// What the names of parts begin with.
const SKIPPABLE: [&str; 8] = [
    "regen", "changes", "api", "test", "bombs", "packages", "budgets", "bench",
];

/// Runs the command.
///
/// # Errors
/// How many parts failed; the report says which and why.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let mut parts = Parts::skipping(&args.skip);
    let folder = root().join(FOLDER);
    let numbers = folder.join("numbers.json");
    parts.part("regen", || {
        regen::run(&regen::Args::all()).map(|()| String::new())
    });
    parts.part("changes of what is generated", changes);
    parts.part("api against the last release", || api(args.base.as_deref()));
    parts.part("test", test);
    parts.part("bombs", bombs);
    parts.part("packages", || packages(args.base.as_deref()));
    parts.part("budgets", || budgets::hold(packages_are_built(), true));
    let mut night = Night::new(args.before.as_ref().unwrap_or(&numbers));
    parts.part("bench of regen", || night.regen());
    parts.part("bench of SDKs", || night.sdks());
    release::write(
        &folder.join("report.json"),
        &format!("{:#}\n", json(&parts)),
    )?;
    release::write(&folder.join("report.md"), &markdown(&parts))?;
    println!("the report is {FOLDER}/report.md");
    night.keep(&numbers)?;
    parts.verdict()
}

/// What regeneration changed, small things first: names of each package, then files, then lines.
fn changes() -> Result<String, String> {
    let mut out = String::new();
    for (target, folder) in PACKAGES {
        let changed = git(&["diff", "--numstat", "HEAD", "--", folder])?;
        let untracked = git(&["ls-files", "--others", "--exclude-standard", "--", folder])?;
        if changed.is_empty() && untracked.is_empty() {
            continue;
        }
        let change = SurfaceChange::between(&committed(target, folder)?, &present(target, folder));
        let _ = writeln!(out, "{}", target.name());
        for line in change.lines() {
            let _ = writeln!(out, "  {line}");
        }
        for line in changed.lines() {
            let mut words = line.split('\t');
            let (more, less) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let _ = writeln!(out, "  {} (+{more} -{less})", words.next().unwrap_or(""));
        }
        for path in untracked.lines() {
            let _ = writeln!(out, "  {path} (new)");
        }
    }
    match out.is_empty() {
        true => Ok("nothing".to_owned()),
        false => Ok(out),
    }
}

/// The generated files of a package, as the last commit has them, by the names they show.
fn committed(target: Target, folder: &str) -> Result<Surface, String> {
    let manifest = git(&["show", &format!("HEAD:{folder}/{MANIFEST}")])?;
    let mut files = BTreeMap::new();
    for path in read_manifest(&manifest).into_keys() {
        let text = git(&["show", &format!("HEAD:{folder}/{path}")])?;
        files.insert(path, text);
    }
    Ok(surface(
        target,
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    ))
}

fn present(target: Target, folder: &str) -> Surface {
    let folder = root().join(folder);
    let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let files: Vec<(String, String)> = read_manifest(&manifest)
        .into_keys()
        .filter_map(|path| {
            let text = fs::read_to_string(folder.join(&path)).ok()?;
            Some((path, text))
        })
        .collect();
    surface(
        target,
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    )
}

/// The document against what was released.
fn api(base: Option<&str>) -> Result<String, String> {
    if base.is_none() && last_release().is_none() {
        return Ok("there is no release to compare with".to_owned());
    }
    Compared::of(base, None).map(|compared| compared.show(Format::Text))
}

fn test() -> Result<String, String> {
    Step::new("test", "cargo", &["xtask", "test"])
        .run()
        .map(|_| String::new())
}

/// Small documents that ask for much, at their full size: within `cargo xtask test` they are smaller.
fn bombs() -> Result<String, String> {
    let args = "test --release --package exai-gen --test bombs";
    let args: Vec<&str> = args.split(' ').collect();
    Step::new("bombs", "cargo", &args)
        .run()
        .map(|_| String::new())
}

fn packages(base: Option<&str>) -> Result<String, String> {
    // The tests have installed each package and called the sandbox with it already.
    let skip = ["install".to_owned(), "audit".to_owned()];
    let parts = release::parts(base, &skip)?;
    let said: Vec<String> = parts
        .done
        .iter()
        .map(|part| match &part.outcome {
            Ok(_) => format!("ok   {}", part.name),
            Err(message) => format!("FAIL {}\n{message}", part.name),
        })
        .collect();
    parts
        .verdict()
        .map_err(|error| format!("{}\n{error}", said.join("\n")))?;
    Ok(said.join("\n"))
}

fn packages_are_built() -> bool {
    root().join(release::FOLDER).join("packages").is_dir()
}

fn json(parts: &Parts) -> Value {
    json!({
        "commit": git(&["rev-parse", "HEAD"]).unwrap_or_default(),
        "passed": parts.verdict().is_ok(),
        "parts": parts.json(),
        "left_out": parts.left_out,
    })
}

fn markdown(parts: &Parts) -> String {
    let mut out = "# The night\n\n| part | | seconds |\n|---|---|---|\n".to_owned();
    for part in &parts.done {
        let mark = if part.outcome.is_ok() {
            "ok"
        } else {
            "**failed**"
        };
        let _ = writeln!(out, "| {} | {mark} | {:.0} |", part.name, part.seconds);
    }
    for name in &parts.left_out {
        let _ = writeln!(out, "| {name} | left out | |");
    }
    for part in parts.worst_first() {
        let (Ok(text) | Err(text)) = &part.outcome;
        if !text.is_empty() {
            // A fence that no line of the text ends.
            let _ = write!(
                out,
                "\n## {}\n\n````text\n{}\n````\n",
                part.name,
                text.trim_end().replace("````", "'```")
            );
        }
    }
    out
}
