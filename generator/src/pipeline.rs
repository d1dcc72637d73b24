//! The whole road on one screen:
//!
//! ```text
//! files --source--> text + spans --document--> Document --lower--> Api --passes--> Api
//!    --target--> views --render--> text --tree--> FileTree --write--> disk
//! ```

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::clients;
use crate::config::{Config, Package};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::document::{self, Document, LeftOut};
use crate::ir::Api;
use crate::lower::lower;
use crate::overlay;
use crate::passes;
use crate::render::Renderer;
use crate::shipped::Shipped;
use crate::source::{Node, Sources};
use crate::surface::{Surface, surface};
use crate::target::{Context, Owner, Target, registry};
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

/// What a run does to a document before it is generated, and to names after it.
#[derive(Clone, Debug, Default)]
pub struct Adjustments {
    /// Whether an item that is wrong is left out, rather than the whole document refused.
    pub keep_going: bool,
    /// Overlay files, applied to the root document in this order.
    pub overlays: Vec<PathBuf>,
    /// The names that shipped, which clients keep.
    pub names: Option<PathBuf>,
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
    /// What was left out of the document because it is wrong; listed in the report.
    pub left_out: Vec<LeftOut>,
}

/// The front half: files to an API.
pub fn read(request: &Request<'_>) -> Run {
    read_adjusted(request, &Adjustments::default())
}

/// The front half, for a document that is not taken as it is.
pub fn read_adjusted(request: &Request<'_>, adjustments: &Adjustments) -> Run {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(request.spec, &mut diagnostics);
    let mut config = Config::default();
    if let Some(node) = beside(request.config, &mut sources, &mut diagnostics) {
        config = Config::read(&node, &mut diagnostics);
    }
    if let Some(node) = beside(adjustments.names.as_deref(), &mut sources, &mut diagnostics) {
        config.shipped = Shipped::read(&node, &mut diagnostics);
    }
    for path in &adjustments.overlays {
        overlay::apply(path, &mut sources, &mut diagnostics);
    }
    let mut left_out = Vec::new();
    loop {
        let mut found = diagnostics.clone();
        let (document, api, allowed) = understand(&mut sources, &config, &mut found);
        if adjustments.keep_going && found.has_errors() {
            let wrong = errors(&found);
            if let Some(items) = document::leave_out(&mut sources, document.as_ref(), &wrong) {
                left_out.extend(items);
                diagnostics.take(|found| found.severity != Severity::Error);
                continue;
            }
        }
        return Run {
            sources,
            diagnostics: found,
            config,
            document,
            api,
            allowed,
            left_out,
        };
    }
}

/// The tree of a file beside the document, where there is one.
fn beside(path: Option<&Path>, sources: &mut Sources, found: &mut Diagnostics) -> Option<Node> {
    let file = sources.open_another(path?, found)?;
    sources.file(file).node.clone()
}

fn errors(diagnostics: &Diagnostics) -> Vec<Diagnostic> {
    let errors = diagnostics.iter().filter(|f| f.severity == Severity::Error);
    errors.cloned().collect()
}

/// One reading of the document, as it is now, and the API in it.
fn understand(
    sources: &mut Sources,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> (Option<Document>, Option<Api>, Vec<Diagnostic>) {
    let document = document::read(sources, diagnostics);
    let mut allowed = diagnostics.take(|found| !config.allow.contains(&found.code));
    let api = document
        .as_ref()
        .filter(|_| !diagnostics.has_errors())
        .map(|document| lowered(document, config, diagnostics));
    allowed.extend(diagnostics.take(|found| !config.allow.contains(&found.code)));
    let api = api.filter(|_| !diagnostics.has_errors());
    (document, api, allowed)
}

fn lowered(document: &Document, config: &Config, diagnostics: &mut Diagnostics) -> Api {
    let api = lower(document, config, diagnostics);
    let api = passes::run(api, diagnostics);
    config.shipped.check(&api, diagnostics);
    api
}

/// The API of a document that was read; `None` where nothing can be generated of it.
pub fn api(document: &Document, config: &Config) -> Option<Api> {
    let mut found = Diagnostics::new();
    let api = lowered(document, config, &mut found);
    found.take(|found| !config.allow.contains(&found.code));
    (!found.has_errors()).then_some(api)
}

/// What the generated files of a package show to its users.
///
/// # Errors
/// What cannot be printed.
pub fn shown(
    target: Target,
    api: &Api,
    config: &Config,
    renderer: &Renderer,
) -> Result<Surface, Diagnostics> {
    let mut found = Diagnostics::new();
    let owners = [Owner::Generated];
    let tree = files(target, api, config, "", renderer, &owners, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    let files = tree
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()));
    Ok(surface(target, files))
}

/// The package of a target: what the configuration says, else what the document does.
pub fn package(target: Target, api: &Api, config: &Config) -> Package {
    let mut package = config.package(target, api.info.title.raw());
    if !config.names_package(target) {
        package.version = registry::version(target, api.info.version.raw());
    }
    let license = api.info.license.as_ref();
    package.license = license.and_then(|license| registry::license(license.raw()));
    package
}

/// The API that a target's files are made of. Clients are called; a server that had both names of
/// an operation, or one for each media type, would be asked for all of them.
pub fn offered<'a>(target: Target, api: &'a Api, config: &Config) -> Cow<'a, Api> {
    let more = match target {
        Target::Axum => None,
        _ => clients::offered(api, &config.shipped),
    };
    more.map_or(Cow::Borrowed(api), Cow::Owned)
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
    let offered = offered(target, api, config);
    let api = offered.as_ref();
    let package = package(target, api, config);
    let cx = Context {
        api,
        product: &config.product(title),
        package: &package,
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
