//! `cargo xtask nightly`: regenerate, say what changed, test, build, measure; one report. A part
//! that fails hides no other, and a night that finds nothing new leaves everything as it was.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use exai_gen::changes::Format;
use exai_gen::surface::{Surface, SurfaceChange, surface};
use exai_gen::target::Target;
use exai_gen::tree::{MANIFEST, read_manifest};
use serde_json::{Value, json};

use crate::diff::Compared;
use crate::packages::{PACKAGES, root};
use crate::part::Parts;
use crate::release;
use crate::revision::{git, last_release};
use crate::step::Step;
use crate::{budgets, regen};

/// Where the report and the numbers are kept, below the root.
const FOLDER: &str = ".tools/nightly";
/// How much worse than the last night a ratio may be.
const THRESHOLD: f64 = 1.25;

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
    /// Parts to leave out: regen, changes, api, test, packages, budgets, bench
    #[arg(long, value_delimiter = ',', value_name = "PART")]
    skip: Vec<String>,
    /// The numbers of the night before; those of the last run here when left out
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,
}

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
    parts.part("packages", || packages(args.base.as_deref()));
    parts.part("budgets", || budgets::hold(packages_are_built(), true));
    parts.part("bench", || {
        bench(args.before.as_ref().unwrap_or(&numbers), &numbers)
    });
    release::write(
        &folder.join("report.json"),
        &format!("{:#}\n", json(&parts)),
    )?;
    release::write(&folder.join("report.md"), &markdown(&parts))?;
    println!("the report is {FOLDER}/report.md");
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
        for (sign, names) in [
            ("+", &change.added),
            ("-", &change.removed),
            ("~", &change.changed),
        ] {
            for name in names {
                let _ = writeln!(out, "  {sign} {name}");
            }
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

/// Measures a regeneration in units of a piece of work of this machine's own, hashing a fixed
/// number of bytes: machines differ, and one machine from hour to hour.
fn bench(before: &Path, numbers: &Path) -> Result<String, String> {
    let output = Command::new("cargo")
        .args(["xtask", "bench"])
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    }
    let milliseconds = first_number(&text).ok_or_else(|| format!("no number in:\n{text}"))?;
    let now = milliseconds / yardstick();
    let was = fs::read_to_string(before)
        .ok()
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .and_then(|value| value["regen"].as_f64());
    if let Some(was) = was.filter(|was| now > was * THRESHOLD) {
        return Err(format!(
            "a regeneration costs {now:.2} yardsticks, {was:.2} the night before; {THRESHOLD} times as much is too much"
        ));
    }
    release::write(numbers, &format!("{:#}\n", json!({ "regen": now })))?;
    Ok(format!(
        "{now:.2} yardsticks, before {}\n{text}",
        was.map_or("none".to_owned(), |was| format!("{was:.2}"))
    ))
}

/// Milliseconds that a fixed piece of work takes here and now, the best of several.
fn yardstick() -> f64 {
    let bytes = vec![7; 16 << 20];
    let one = |_| {
        let start = std::time::Instant::now();
        let digest = exai_gen::tree::digest_bytes(&bytes);
        std::hint::black_box(digest);
        start.elapsed().as_secs_f64() * 1000.0
    };
    (0..9).map(one).fold(f64::MAX, f64::min)
}

/// The first number that has milliseconds behind it.
fn first_number(text: &str) -> Option<f64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(2)
        .find(|pair| pair[1].starts_with("ms"))
        .and_then(|pair| pair[0].parse().ok())
}

fn json(parts: &Parts) -> Value {
    json!({
        "commit": git(&["rev-parse", "HEAD"]).unwrap_or_default(),
        "passed": parts.verdict().is_ok(),
        "parts": parts.json(),
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
    for part in &parts.done {
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

#[cfg(test)]
mod tests {
    use super::first_number;

    #[test]
    fn the_number_of_milliseconds_is_found() {
        assert_eq!(first_number("regen: CPU 154.2 ms (bound 150)"), Some(154.2));
        assert_eq!(first_number("nothing"), None);
    }
}
