//! `exai-gen generate`

use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::GenerateArgs;
use super::{Channel, Outcome, report};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::Api;
use crate::pipeline::{self, Request, Run};
use crate::render::Renderer;
use crate::target::{Owner, Target};
use crate::tree::FileTree;
use crate::write;

const COMMAND: &str = "exai-gen generate";

pub(super) fn run(args: &GenerateArgs) -> Outcome {
    let request = Request {
        spec: &args.spec,
        config: args.config.as_deref(),
        command: COMMAND,
    };
    let mut run = pipeline::read(&request);
    let renderer = match &args.templates {
        Some(folder) => Renderer::from_folder(folder),
        None => Renderer::embedded(),
    };
    let mut packages: Vec<(PathBuf, FileTree)> = Vec::new();
    if let Some(api) = &run.api {
        for target in &args.target {
            let target = Target::from(*target);
            let folder = match args.target.len() {
                1 => args.out.clone(),
                _ => args.out.join(target.name()),
            };
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
        return report(
            &run.diagnostics,
            &run.sources,
            args.message_format,
            Channel::Error,
        );
    }
    for (folder, tree) in &packages {
        if let Err(message) = store(folder, tree) {
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
    }
    let outcome = report(
        &run.diagnostics,
        &run.sources,
        args.message_format,
        Channel::Error,
    );
    if let Some(api) = &run.api {
        summarize(api, &run, &packages);
    }
    outcome
}

fn store(folder: &Path, tree: &FileTree) -> Result<(), String> {
    write::plan(folder, tree)
        .and_then(|plan| write::apply(folder, &plan))
        .map_err(|error| format!("cannot write below `{}`: {error}", folder.display()))
}

/// The line a run ends with: how much of the document is in what was written.
fn summarize(api: &Api, run: &Run, packages: &[(PathBuf, FileTree)]) {
    let written: usize = packages.iter().map(|(_, tree)| tree.len()).sum();
    let all = run.document.as_ref().map_or(0, count_operations);
    let mut text = format!(
        "generated {} of {all} operations and {} types: {written} files\n",
        api.operations.len(),
        api.types.len(),
    );
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
