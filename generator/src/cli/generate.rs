//! `exai-gen generate`

use std::io::{self, Write};
use std::path::Path;

use super::args::GenerateArgs;
use super::progress::Progress;
use super::{Channel, Outcome, report};
use crate::diagnostic::{Code, Diagnostic, place};
use crate::document::nearest;
use crate::fidelity::Report;
use crate::ir::Api;
use crate::pipeline::{self, Adjustments, Request, Run};
use crate::render::{Renderer, template_names};
use crate::source::files_below;
use crate::target::{Owner, Target};
use crate::tree::FileTree;
use crate::write::{self, Store};

const COMMAND: &str = "exai-gen generate";

pub(super) fn run(args: &GenerateArgs) -> Outcome {
    let request = Request {
        spec: &args.spec,
        config: args.config.as_deref(),
        command: COMMAND,
    };
    let adjustments = Adjustments {
        keep_going: args.keep_going,
        overlays: args.overlay.clone(),
        names: args.names.clone(),
    };
    let progress = Progress::on_terminal();
    progress.say(format!("reading {}", args.spec.display()));
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    let operations = run.document.as_ref().map_or(0, count_operations);
    if args.report.is_none() {
        // Only a report looks at the document again, and a large one takes as much memory as all
        // that is made of it.
        run.document = None;
        run.sources.drop_trees();
    }
    let renderer = match &args.templates {
        Some(folder) => {
            if let Err(message) = templates(folder) {
                drop(progress);
                return super::misused(&message);
            }
            Renderer::from_folder(folder)
        }
        None => Renderer::embedded(),
    };
    // By their folders below the one that the user names.
    let mut packages: Vec<(String, FileTree)> = Vec::new();
    if let Some(api) = &run.api {
        for target in &args.target {
            let target = Target::from(*target);
            let folder = match args.target.len() {
                1 => String::new(),
                _ => target.name().to_owned(),
            };
            progress.say(format!("making the package for {}", target.name()));
            let owners = [Owner::Generated, Owner::Runtime, Owner::Scaffold];
            let tree = pipeline::files(
                target,
                api,
                &run.config,
                COMMAND,
                &renderer,
                &owners,
                &mut run.diagnostics,
            );
            packages.push((folder, tree));
        }
    }
    run.diagnostics.sort();
    if run.diagnostics.has_errors() || run.api.is_none() {
        drop(progress);
        return report(
            &run.diagnostics,
            &run.sources,
            args.message_format,
            Channel::Error,
        );
    }
    progress.say("writing");
    let stored = store(&args.out, &packages);
    drop(progress);
    let edits = match stored {
        Ok(edits) => edits,
        Err(error) => {
            let message = format!("cannot write below `{}`: {error}", args.out.display());
            run.diagnostics
                .push(Diagnostic::without_place(Code::NotWritten, message));
            report(
                &run.diagnostics,
                &run.sources,
                args.message_format,
                Channel::Error,
            );
            return Outcome::Misused;
        }
    };
    let outcome = report(
        &run.diagnostics,
        &run.sources,
        args.message_format,
        Channel::Error,
    );
    if let Some(api) = &run.api {
        summarize(api, &run, operations, &packages, &edits);
    }
    let targets: Vec<Target> = args.target.iter().copied().map(Target::from).collect();
    let outcome = match &args.report {
        Some(path) => super::write_report(path, &Report::new(&run, &targets), outcome),
        None => outcome,
    };
    // The process ends: its memory goes at once, and not a million pieces one by one.
    std::mem::forget((run, packages));
    outcome
}

/// Sees that a folder holds templates that stand in for ours, and nothing that never would.
fn templates(folder: &Path) -> Result<(), String> {
    let own = files_below(folder);
    let own = own.map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    let known: Vec<&str> = template_names().collect();
    let mut own = own
        .iter()
        .filter(|name| name.ends_with(".jinja"))
        .peekable();
    if own.peek().is_none() {
        let folder = folder.display();
        return Err(format!(
            "`{folder}` holds no template, such as `{folder}/go/README.md.jinja`"
        ));
    }
    match own.find(|name| !known.contains(&name.as_str()) && !name.contains("/_partials/")) {
        Some(name) => {
            let near = nearest(name, known.iter().copied());
            let near = near.map(|near| format!(": did you mean `{near}`?"));
            Err(format!(
                "`{}` stands in for no template{}",
                folder.join(name).display(),
                near.unwrap_or_default()
            ))
        }
        None => Ok(()),
    }
}

/// Writes every package below `out`, or none; gives a line for each file that somebody edited.
fn store(out: &Path, packages: &[(String, FileTree)]) -> io::Result<Vec<String>> {
    if out.is_file() {
        return Err(io::Error::other("it is a file, not a folder"));
    }
    let (store, _) = Store::open(out, &out.join(".exai-gen"))?;
    let plans = packages
        .iter()
        .map(|(folder, tree)| Ok((folder.as_str(), write::plan(&out.join(folder), tree)?)))
        .collect::<io::Result<Vec<_>>>()?;
    // What somebody else has written is not written over.
    let foreign = plans.iter().flat_map(|(_, plan)| &plan.foreign);
    let foreign: Vec<String> = foreign.take(3).map(|path| format!("`{path}`")).collect();
    if !foreign.is_empty() {
        let message = format!(
            "no earlier run wrote what stands there already: {}; choose an empty folder, or take \
             that away",
            foreign.join(", ")
        );
        return Err(io::Error::other(message));
    }
    let mut edits = Vec::new();
    for (folder, plan) in &plans {
        let place = |path: &String| Path::new(folder).join(path).display().to_string();
        let kept = plan.kept.iter().map(place);
        edits.extend(kept.map(|path| format!("kept {path}, which was edited")));
        let again = plan.edited.iter().map(place);
        edits.extend(again.map(|path| format!("wrote {path} again, which was edited by hand")));
    }
    let plans: Vec<_> = plans.iter().map(|(folder, plan)| (*folder, plan)).collect();
    store.apply(&plans).map(|()| edits)
}

/// The lines a run ends with: how much of the document, with its `operations`, is in what was
/// written, and what is not.
fn summarize(
    api: &Api,
    run: &Run,
    operations: usize,
    packages: &[(String, FileTree)],
    edits: &[String],
) {
    let written: usize = packages.iter().map(|(_, tree)| tree.len()).sum();
    let left_out: usize = run.left_out.iter().map(|item| item.operations).sum();
    let all = operations + left_out;
    let mut text = format!(
        "generated {} of {all} operations and {} types: {written} files\n",
        api.operations.len(),
        api.types.len(),
    );
    for line in edits {
        text.push_str(&format!("{line}\n"));
    }
    for item in &run.left_out {
        let because = &item.because;
        let place = because.span().map(|span| place(span, &run.sources));
        text.push_str(&format!(
            "{} the {}: {}: {} ({})\n",
            if item.mended { "mended" } else { "left out" },
            item.what,
            because.code.id(),
            because.message,
            place.as_deref().unwrap_or("no place"),
        ));
    }
    for found in &run.allowed {
        text.push_str(&format!("allowed {}: {}\n", found.code.id(), found.message));
    }
    // A reader that went away wants no more.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn count_operations(document: &crate::document::Document) -> usize {
    document
        .paths
        .values()
        .filter_map(|item| document.path_item(item))
        .map(|item| item.operations.len())
        .sum()
}
