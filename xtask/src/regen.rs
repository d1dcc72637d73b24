//! `cargo xtask regen`: three modes of one path. What is to be done is planned whole, then said
//! (`--dry-run`), refused (`--check`) or done.

use std::path::Path;
use std::time::Instant;

use exai_gen::bundle;
use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::ir::Api;
use exai_gen::pipeline::{self, Run};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target, TargetFile};
use exai_gen::tree::FileTree;
use exai_gen::write::{self, Change, Plan, Recovery, Store};
use similar::TextDiff;

use crate::packages::{COMMAND, DRIVERS, NAMES, PACKAGES, SCENARIOS, read, root};

/// Make the SDKs, the server crate and the bundled document from spec/.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail with a diff when what is committed is not what the spec gives
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; say what would be written
    #[arg(long)]
    dry_run: bool,
    /// Add the names of today to spec/names.lock: from now on every SDK keeps them
    #[arg(long, conflicts_with_all = ["check", "dry_run"])]
    lock: bool,
    /// One package alone: typescript, python, go, rust or server
    #[arg(long, value_name = "TARGET", value_parser = ["typescript", "python", "go", "rust", "server"])]
    only: Option<String>,
}

/// One package: its folder below the root, and what is to be done there.
struct Package {
    folder: String,
    plan: Plan<'static>,
    millis: u128,
}

/// Runs the command.
///
/// # Errors
/// A message: the document's diagnostics, a file that cannot be written, or the diff of `--check`.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let start = Instant::now();
    let root = root();
    let store = open(&root)?;
    if args.lock {
        lock(&root)?;
    }
    let (run, api) = read(&root.join("spec/openapi.yaml"))?;
    let read_in = start.elapsed().as_millis();
    let packages = plan(&root, &run, &api, args.only.as_deref())?;
    for package in &packages {
        for path in &package.plan.edited {
            println!(
                "{}/{path} was edited by hand; it is generated",
                package.folder
            );
        }
    }
    if args.check {
        return check(&packages);
    }
    if !args.dry_run {
        let plans: Vec<(&str, &Plan<'_>)> = packages
            .iter()
            .map(|p| (p.folder.as_str(), &p.plan))
            .collect();
        store
            .apply(&plans)
            .map_err(|error| format!("cannot write: {error}"))?;
    }
    let verb = if args.dry_run { "would be " } else { "" };
    println!(
        "spec/: {} operations, {} types, read in {read_in} ms",
        api.operations.len(),
        api.types.len()
    );
    for package in &packages {
        println!("{}: {}", package.folder, describe(package, verb));
    }
    println!("done in {} ms", start.elapsed().as_millis());
    // The process ends here: taking the trees apart node by node would be a tenth of its time.
    std::mem::forget((run, api, packages));
    Ok(())
}

/// The file of names as it is once the document as it is has shipped too.
pub(crate) fn locked(run: &Run, api: &Api) -> String {
    let command = format!("{COMMAND} --lock");
    run.config.shipped.and(api).to_yaml(&command)
}

/// Adds the names of today to those that shipped.
fn lock(root: &Path) -> Result<(), String> {
    let (run, api) = read(&root.join("spec/openapi.yaml"))?;
    let path = root.join("spec").join(NAMES);
    write::write_file(&path, &locked(&run, &api)).map_err(|error| format!("cannot write: {error}"))
}

/// Opens the repository for a run; what an interrupted one left is ended first.
fn open(root: &Path) -> Result<Store, String> {
    let (store, recovery) = Store::open(root, &root.join(".tools/regen"))
        .map_err(|error| format!("cannot end what an interrupted run left: {error}"))?;
    match recovery {
        Recovery::Clean => {}
        Recovery::Finished => println!("an interrupted run had decided what to write; it is done"),
        Recovery::Dropped => println!("an interrupted run had changed nothing; it is forgotten"),
    }
    Ok(store)
}

fn plan(root: &Path, run: &Run, api: &Api, only: Option<&str>) -> Result<Vec<Package>, String> {
    let renderer = Renderer::embedded();
    let mut packages = Vec::new();
    if only.is_none() {
        let start = Instant::now();
        let tree = bundled(run)?;
        let plan = write::plan(&root.join("spec/bundled"), &tree).map_err(unreadable)?;
        let millis = start.elapsed().as_millis();
        packages.push(Package {
            folder: "spec/bundled".to_owned(),
            plan: plan.into_owned(),
            millis,
        });
        let start = Instant::now();
        let tree = scenarios(run, api)?;
        let plan = write::plan(&root.join(SCENARIOS), &tree).map_err(unreadable)?;
        let millis = start.elapsed().as_millis();
        packages.push(Package {
            folder: SCENARIOS.to_owned(),
            plan: plan.into_owned(),
            millis,
        });
    }
    let drivers = DRIVERS.map(|(target, folder)| (target, folder, Owner::Driver));
    let all = PACKAGES.map(|(target, folder)| (target, folder, Owner::Generated));
    for (target, folder, owner) in all.into_iter().chain(drivers) {
        let name = if target == Target::Axum {
            "server"
        } else {
            target.name()
        };
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let start = Instant::now();
        let tree = generate(target, run, api, &renderer, owner)?;
        if tree.is_empty() {
            continue;
        }
        let plan = write::plan(&root.join(folder), &tree).map_err(unreadable)?;
        let millis = start.elapsed().as_millis();
        packages.push(Package {
            folder: folder.to_owned(),
            plan: plan.into_owned(),
            millis,
        });
    }
    Ok(packages)
}

/// The generated files of one package, or of its driver.
///
/// # Errors
/// The rendered diagnostics, when the target cannot say what the document does.
pub(crate) fn generate(
    target: Target,
    run: &Run,
    api: &Api,
    renderer: &Renderer,
    owner: Owner,
) -> Result<FileTree, String> {
    let mut diagnostics = Diagnostics::new();
    let tree = pipeline::files(
        target,
        api,
        &run.config,
        COMMAND,
        renderer,
        &[owner],
        &mut diagnostics,
    );
    if diagnostics.has_errors() {
        return Err(render(
            &diagnostics,
            &run.sources,
            Format::Human { color: false },
        ));
    }
    Ok(tree)
}

/// The document in one file, as YAML and as JSON.
fn bundled(run: &Run) -> Result<FileTree, String> {
    let document = run.document.as_ref().ok_or("there is no document")?;
    let node = bundle::bundle(document, &run.sources);
    let mut tree = FileTree::default();
    let yaml = format!(
        "# Code generated by `{COMMAND}`; DO NOT EDIT.\n{}",
        bundle::to_yaml(&node)
    );
    for (path, text) in [
        ("openapi.yaml", yaml),
        ("openapi.json", bundle::to_json(&node)),
    ] {
        let file = TargetFile {
            path: path.to_owned(),
            text,
            owner: Owner::Generated,
        };
        tree.insert(file).map_err(|error| error.to_string())?;
    }
    Ok(tree)
}

/// What follows from the document for every SDK, as scenarios.
fn scenarios(run: &Run, api: &Api) -> Result<FileTree, String> {
    let document = run.document.as_ref().ok_or("there is no document")?;
    let mut tree = FileTree::default();
    for file in exai_gen::scenarios::files(document, api)? {
        tree.insert(file).map_err(|error| error.to_string())?;
    }
    Ok(tree)
}

fn unreadable(error: std::io::Error) -> String {
    format!("cannot read what is there: {error}")
}

fn describe(package: &Package, verb: &str) -> String {
    let count = |wanted: Change| {
        package
            .plan
            .changes
            .values()
            .filter(|(change, ..)| *change == wanted)
            .count()
    };
    let parts: Vec<String> = [
        (Change::Added, "added"),
        (Change::Changed, "changed"),
        (Change::Removed, "removed"),
    ]
    .into_iter()
    .filter(|(change, _)| count(*change) > 0)
    .map(|(change, word)| format!("{} {verb}{word}", count(change)))
    .collect();
    let what = if parts.is_empty() {
        "up to date".to_owned()
    } else {
        parts.join(", ")
    };
    format!(
        "{what} ({} unchanged, {} ms)",
        package.plan.unchanged, package.millis
    )
}

/// How much of a diff is shown, in lines a file and in files.
const SHOWN_LINES: usize = 40;
const SHOWN_FILES: usize = 10;

fn check(packages: &[Package]) -> Result<(), String> {
    let mut out = String::new();
    let mut files = 0;
    for package in packages {
        for (path, (change, before, after)) in &package.plan.changes {
            files += 1;
            if files > SHOWN_FILES {
                continue;
            }
            let what = match change {
                Change::Added => "is missing",
                Change::Changed => "differs",
                Change::Removed => "is an orphan: nothing makes it any more",
            };
            out.push_str(&format!("{}/{path} {what}\n", package.folder));
            let diff = TextDiff::from_lines(before.as_str(), after.as_ref());
            let text = diff.unified_diff().context_radius(2).to_string();
            for line in text.lines().take(SHOWN_LINES) {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    let edited: usize = packages
        .iter()
        .map(|package| package.plan.edited.len())
        .sum();
    if files == 0 && edited == 0 {
        println!("what is committed is what the spec gives");
        return Ok(());
    }
    if files > SHOWN_FILES {
        out.push_str(&format!("and {} files more\n", files - SHOWN_FILES));
    }
    Err(format!(
        "{out}{files} files are not what the spec gives; run `{COMMAND}` and commit"
    ))
}

impl Args {
    /// All of it, written.
    pub(crate) fn all() -> Self {
        Self {
            check: false,
            dry_run: false,
            lock: false,
            only: None,
        }
    }

    /// `--dry-run` of everything.
    pub(crate) fn dry() -> Self {
        Self {
            check: false,
            dry_run: true,
            lock: false,
            only: None,
        }
    }
}
