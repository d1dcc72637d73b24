//! `cargo xtask diff`: the document against another revision of it, on the wire and in what each
//! package shows.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use exai_gen::changes::{
    self, Acceptance, Change, Class, Comparison, Format, Judged, Made, Released, Verdict, show,
};
use exai_gen::diagnostic::{self, Diagnostics};
use exai_gen::document::Document;
use exai_gen::ir::Api;
use exai_gen::pipeline::{self, Run};
use exai_gen::render::Renderer;
use exai_gen::source::Sources;
use exai_gen::surface::{Surface, SurfaceChange};
use exai_gen::target::Target;

use crate::packages::{read, root};
use crate::revision;

/// The changes that may be made, and why.
pub(crate) const ACCEPTED: &str = "spec/accepted-changes.yaml";

/// Say what changed in the document since a revision, and whom it breaks.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask diff --base main
  cargo xtask diff --base v1.4.0 --head v1.5.0 --format markdown
  cargo xtask diff --base old.yaml --fail-on breaking --names")]
pub(crate) struct Args {
    /// A revision or a file; the last release when left out
    #[arg(long, value_name = "REV|FILE")]
    base: Option<String>,
    /// A revision or a file; what is in the folder when left out
    #[arg(long, value_name = "REV|FILE")]
    head: Option<String>,
    /// How to write what changed
    #[arg(long, default_value = "text", value_parser = ["text", "json", "markdown", "github"])]
    format: String,
    /// Fail if a change that is not accepted is of this class or a worse one
    #[arg(long, value_parser = ["breaking", "feature", "fix", "docs"])]
    fail_on: Option<String>,
    /// Say which public names of each package are new, gone or otherwise
    #[arg(long)]
    names: bool,
}

/// Runs the command.
///
/// # Errors
/// A document that cannot be read, or a change that `--fail-on` forbids.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let compared = Compared::of(args.base.as_deref(), args.head.as_deref())?;
    let format = match args.format.as_str() {
        "json" => Format::Json,
        "markdown" => Format::Markdown,
        "github" => Format::Github,
        _ => Format::Text,
    };
    print!("{}", compared.show(format));
    if args.names {
        print!("{}", compared.names()?);
    }
    let limit = match args.fail_on.as_deref() {
        Some("breaking") => Class::Breaking,
        Some("feature") => Class::Feature,
        Some("fix") => Class::Fix,
        Some(_) => Class::Docs,
        None => return Ok(()),
    };
    let worst = compared.judged.kept.iter().map(Change::to_callers);
    match worst.max().filter(|worst| *worst >= limit) {
        Some(worst) => Err(format!(
            "a change is {}; to accept one, write its fingerprint and a reason to {ACCEPTED}",
            worst.name()
        )),
        None => Ok(()),
    }
}

/// Two documents and what was found between them.
pub(crate) struct Compared {
    old: (Run, Api),
    new: (Run, Api),
    pub(crate) judged: Judged,
    pub(crate) packages: Vec<Released>,
}

impl Compared {
    /// From names of revisions or files.
    ///
    /// # Errors
    /// One of them cannot be had, or has errors.
    pub(crate) fn of(base: Option<&str>, head: Option<&str>) -> Result<Self, String> {
        // Places are said as they are seen from the root.
        std::env::set_current_dir(root()).map_err(|error| error.to_string())?;
        let last = revision::last_release();
        let base = base.or(last.as_deref());
        let base = base.ok_or("there is no release to compare with; say `--base REV|FILE`")?;
        let old = read(&revision::document(base)?)?;
        let new = read(&revision::document(head.unwrap_or("spec/openapi.yaml"))?)?;
        let shipped = &new.0.config.shipped;
        let found = changes::compare_keeping(document(&old.0)?, document(&new.0)?, shipped);
        let found = changes::with_names(made(&old), made(&new), found);
        let judged = acceptance()?.judge(found);
        let packages = Released::all(&old.0.config, old.1.info.title.raw());
        Ok(Self {
            old,
            new,
            judged,
            packages,
        })
    }

    pub(crate) fn verdict(&self) -> Verdict {
        Verdict::new(&self.judged.kept, &self.judged.accepted)
    }

    pub(crate) fn show(&self, format: Format) -> String {
        let comparison = Comparison {
            changes: &self.judged.kept,
            accepted: &self.judged.accepted,
            stale: &self.judged.stale,
            packages: &self.packages,
            old: &self.old.0.sources,
            new: &self.new.0.sources,
        };
        show(&comparison, format)
    }

    /// What changed in what each package shows, both made by the generator as it is.
    ///
    /// # Errors
    /// A document that cannot be generated.
    pub(crate) fn surfaces(&self) -> Result<Vec<(Target, SurfaceChange)>, String> {
        let renderer = Renderer::embedded();
        let one = |target| {
            let old = shown(target, &self.old, &renderer)?;
            let new = shown(target, &self.new, &renderer)?;
            Ok((target, SurfaceChange::between(&old, &new)))
        };
        Target::ALL.into_iter().map(one).collect()
    }

    fn names(&self) -> Result<String, String> {
        let mut out = String::new();
        for (target, change) in self.surfaces()? {
            let _ = writeln!(out, "\n{}", target.name());
            for line in change.lines() {
                let _ = writeln!(out, "  {line}");
            }
        }
        Ok(out)
    }
}

fn document(run: &Run) -> Result<&Document, String> {
    run.document
        .as_ref()
        .ok_or_else(|| "there is no document".to_owned())
}

fn made((run, api): &(Run, Api)) -> Made<'_> {
    let config = &run.config;
    Made { api, config }
}

fn shown(target: Target, (run, api): &(Run, Api), renderer: &Renderer) -> Result<Surface, String> {
    pipeline::shown(target, api, &run.config, renderer).map_err(|found| {
        let format = diagnostic::Format::Human { color: false };
        diagnostic::render(&found, &run.sources, format)
    })
}

/// What the reviewed file accepts; nothing when there is none.
fn acceptance() -> Result<Acceptance, String> {
    if fs::metadata(Path::new(ACCEPTED)).is_err() {
        return Ok(Acceptance::default());
    }
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::open(Path::new(ACCEPTED), &mut diagnostics);
    let node = sources
        .root()
        .and_then(|file| sources.file(file).node.clone());
    let accepted = node.map(|node| Acceptance::read(&node, &mut diagnostics));
    if diagnostics.has_errors() {
        let format = diagnostic::Format::Human { color: false };
        return Err(diagnostic::render(&diagnostics, &sources, format));
    }
    Ok(accepted.unwrap_or_default())
}
