//! The whole road on one screen:
//!
//! ```text
//! files --source--> text + spans --document--> Document --lower--> Api --passes--> Api
//!    --target--> views --render--> text --tree--> FileTree --write--> disk
//! ```

use std::path::Path;

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{self, Document};
use crate::ir::Api;
use crate::lower::lower;
use crate::passes;
use crate::render::Renderer;
use crate::source::Sources;
use crate::target::{Context, Owner, Target};
use crate::tree::FileTree;

/// What a run is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The root document.
    pub spec: &'a Path,
    /// The overrides, where there are any.
    pub config: Option<&'a Path>,
    /// The command that generated files name.
    pub command: &'a str,
}

/// A document and what was made of it.
#[derive(Debug)]
pub struct Run {
    /// Every file that was read, for messages.
    pub sources: Sources,
    /// What was found on the way.
    pub diagnostics: Diagnostics,
    /// What the user says beside the document.
    pub config: Config,
    /// The object model; `None` when there is none to speak of.
    pub document: Option<Document>,
    /// The API; `None` when the document has errors.
    pub api: Option<Api>,
    /// Findings whose codes the configuration allows; listed in the report.
    pub allowed: Vec<Diagnostic>,
}

/// The front half: files to an API.
pub fn read(request: &Request<'_>) -> Run {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(request.spec, &mut diagnostics);
    let config = match request.config {
        Some(path) => sources
            .open_another(path, &mut diagnostics)
            .and_then(|file| sources.file(file).node.clone())
            .map(|node| Config::read(&node, &mut diagnostics))
            .unwrap_or_default(),
        None => Config::default(),
    };
    let document = document::read(&mut sources, &mut diagnostics);
    let mut allowed = diagnostics.take(|found| !config.allow.contains(&found.code));
    let api = document
        .as_ref()
        .filter(|_| !diagnostics.has_errors())
        .map(|document| {
            let api = lower(document, &config, &mut diagnostics);
            passes::run(api, &mut diagnostics)
        });
    allowed.extend(diagnostics.take(|found| !config.allow.contains(&found.code)));
    let api = api.filter(|_| !diagnostics.has_errors());
    Run {
        sources,
        diagnostics,
        config,
        document,
        api,
        allowed,
    }
}

/// The back half: an API to the files of one package. What cannot be printed goes to the
/// diagnostics, and then the tree is not to be written.
pub fn files(
    target: Target,
    api: &Api,
    config: &Config,
    command: &str,
    renderer: &Renderer,
    owners: &[Owner],
    diagnostics: &mut Diagnostics,
) -> FileTree {
    let title = api.info.title.raw();
    let cx = Context {
        api,
        product: &config.product(title),
        package: &config.package(target, title),
        command,
        renderer,
    };
    let mut tree = FileTree::default();
    match target.files(&cx, diagnostics) {
        Ok(files) => {
            for file in files
                .into_iter()
                .filter(|file| owners.contains(&file.owner))
            {
                if let Err(error) = tree.insert(file) {
                    diagnostics.push(Diagnostic::without_place(Code::Defect, error.to_string()));
                }
            }
        }
        Err(error) => {
            diagnostics.push(Diagnostic::without_place(Code::Defect, error.to_string()));
        }
    }
    tree
}
