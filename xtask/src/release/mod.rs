//! `cargo xtask release`: every package built as it is published, twice, checked as its registry
//! would, and nothing sent anywhere unless `--publish` is said and then answered.

mod audit;
mod binary;
mod build;
mod changelog;
mod check;
mod inventory;
mod publish;

use std::fs;
use std::path::{Path, PathBuf};

use exai_gen::changes::next_version;

use crate::diff::Compared;
use crate::packages::{COMMAND, NAMES, read, root};
use crate::part::Parts;
use crate::regen;
use crate::revision::{git, last_release};
use crate::test;

/// Where everything of a release is put, below the root.
pub(crate) const FOLDER: &str = ".tools/release";

/// Build and check every package; publish them only when told to, and asked again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask release --dry-run
  cargo xtask release --dry-run --base v1.4.0 --skip audit,install")]
pub(crate) struct Args {
    /// Build and check, and send nothing anywhere
    #[arg(long, required_unless_present = "publish", conflicts_with = "publish")]
    dry_run: bool,
    /// Send the packages to their registries, when everything holds and the question is answered
    #[arg(long)]
    publish: bool,
    /// What the versions and the changelog are counted from; the last release when left out
    #[arg(long, value_name = "REV|FILE")]
    base: Option<String>,
    /// The tag that is released, which has to be that of the version
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Parts to leave out
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "PART",
        value_parser = SKIPPABLE,
        conflicts_with = "publish"
    )]
    skip: Vec<String>,
}

/// What the names of parts begin with.
const SKIPPABLE: [&str; 10] = [
    "versions",
    "names",
    "tools",
    "build",
    "reproduce",
    "check",
    "verify",
    "install",
    "inventory",
    "audit",
];

/// Runs the command.
///
/// # Errors
/// A tag of another version; how many parts failed, each of which said why as it did.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    if let Some(tag) = args.tag.as_deref().filter(|tag| *tag != version) {
        return Err(format!("{tag} is not the tag of what is here: {version}"));
    }
    let parts = parts(args.base.as_deref(), &args.skip)?;
    let report = format!("{:#}\n", parts.json());
    write(&root().join(FOLDER).join("report.json"), &report)?;
    parts.verdict()?;
    println!("the packages are in {FOLDER}/packages; nothing was published");
    if args.publish {
        let unclean = git(&["status", "--porcelain"])?;
        if !unclean.is_empty() {
            return Err(format!(
                "not published: what is not committed is not released\n{unclean}"
            ));
        }
        let mut answers = std::io::stdin().lock();
        publish::publish(&root().join(FOLDER), &mut answers, &mut |step| {
            step.run().map(|_| ())
        })?;
    }
    Ok(())
}

/// Everything but publishing.
///
/// # Errors
/// The folder cannot be made anew.
pub(crate) fn parts(base: Option<&str>, skip: &[String]) -> Result<Parts, String> {
    let folder = root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    let packages = folder.join("packages");
    fs::create_dir_all(&packages).map_err(|error| error.to_string())?;
    let mut parts = Parts::skipping(skip);
    parts.part("versions and changelog", || versions(base, &folder));
    parts.part("names: all that ship are in spec/names.lock", names);
    parts.part("tools of the SDKs", || {
        for step in [test::install_typescript(), test::install_python()] {
            step.run()?;
        }
        Ok(String::new())
    });
    let commit = git(&["rev-parse", "HEAD"])?;
    let once = folder.join("once");
    if parts.part("build", || build::all(&commit, &once, &packages)) {
        let again = folder.join("again");
        parts.part("reproduce: built twice, byte for byte", || {
            build::all(&commit, &again, &folder.join("packages-again"))?;
            build::same(&packages, &folder.join("packages-again"))
        });
        for (name, work) in check::ALL {
            parts.part(&format!("check: {name}"), || work(&packages, &folder));
        }
        parts.part("verify: made again from the document", || {
            check::verify(&packages, &folder)
        });
        parts.part("exai-gen: one static file", || {
            binary::build(&once, &folder.join("bin"))
        });
    }
    let sdks = ["typescript", "python", "go", "rust"];
    let consumers = sdks.map(|group| (group, test::consumer(group)));
    for (group, consumer) in consumers.into_iter().chain([("server", test::served())]) {
        let consumer = consumer.env("EXAI_PACKAGES", &packages.display().to_string());
        parts.part(&format!("install: {group}"), || {
            consumer.run().map(|_| String::new())
        });
    }
    parts.part("inventory", || inventory::write(&folder));
    for (name, work) in audit::ALL {
        parts.part(&format!("audit: {name}"), work);
    }
    Ok(parts)
}

/// Whether everything that ships is written down, so that the next release keeps it.
fn names() -> Result<String, String> {
    let (run, api) = read(&root().join("spec/openapi.yaml"))?;
    let there = fs::read_to_string(root().join("spec").join(NAMES)).unwrap_or_default();
    match there == regen::locked(&run, &api) {
        true => Ok(String::new()),
        false => Err(format!(
            "to mend it: {COMMAND} --lock, and commit spec/{NAMES}"
        )),
    }
}

/// What each package's next version is, and what its changelog says.
fn versions(base: Option<&str>, folder: &Path) -> Result<String, String> {
    if base.is_none() && last_release().is_none() {
        return Ok("the first release: versions are those of spec/overrides.yaml".to_owned());
    }
    let compared = Compared::of(base, None)?;
    let text = changelog::entries(&compared)?;
    write(&folder.join("CHANGELOG.md"), &text)?;
    let verdict = compared.verdict();
    let mut out = verdict.sentence();
    for package in &compared.packages {
        let class = verdict.package(package.target);
        let next = class.and_then(|class| next_version(&package.version, class));
        let next = next.unwrap_or_else(|| package.version.clone());
        out.push_str(&format!("\n{} {} -> {next}", package.name, package.version));
    }
    Ok(out)
}

/// The zip of the Go module, among the packages.
pub(crate) fn go_zip(packages: &Path) -> Result<PathBuf, String> {
    let mut files = build::files(packages)?.into_iter();
    let zip = files.find(|file| file.extension().is_some_and(|ending| ending == "zip"));
    zip.map(|zip| packages.join(zip))
        .ok_or_else(|| "there is no zip of the module".to_owned())
}

/// Writes a text below a folder that is made when it is not there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}
