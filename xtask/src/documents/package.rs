//! From a document to packages on the disk, and how much of it is in them.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use exai_gen::diagnostic::{Diagnostic, Diagnostics, Severity};
use exai_gen::fidelity::Report;
use exai_gen::ir::{Api, Type};
use exai_gen::pipeline::{self, Adjustments, Request, Run};
use exai_gen::render::Renderer;
use exai_gen::source::Node;
use exai_gen::target::{Context, Owner, Target, Written};
use exai_gen::tree::FileTree;
use exai_gen::write::{self, Store};

use super::find::Document;
use super::table::Outcome;

const COMMAND: &str = "exai-gen generate";
const EVERYTHING: [Owner; 3] = [Owner::Generated, Owner::Runtime, Owner::Scaffold];

/// A package of a target.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// The document's name.
    pub(crate) document: String,
    /// What it is for.
    pub(crate) target: Target,
    /// Where it is.
    pub(crate) folder: PathBuf,
    /// What is wrong with it before any check.
    pub(crate) faults: Vec<String>,
}

/// What became of a document.
pub(crate) struct Made {
    pub(super) outcome: Outcome,
    /// What is to be told.
    pub(super) said: Vec<String>,
    pub(crate) packages: Vec<Package>,
}

/// Reads a document; what is wrong in it is left out.
pub(crate) fn read(document: &Document) -> Run {
    let request = Request {
        spec: &document.path,
        config: None,
        command: COMMAND,
    };
    pipeline::read_adjusted(
        &request,
        &Adjustments {
            keep_going: true,
            ..Adjustments::default()
        },
    )
}

/// How the package of a target writes some types of an API.
pub(crate) fn written(target: Target, run: &Run, api: &Api, types: &[Type]) -> Vec<Written> {
    let title = api.info.title.raw();
    let cx = Context {
        api,
        product: &run.config.product(title),
        package: &run.config.package(target, title),
        command: COMMAND,
        renderer: &Renderer::embedded(),
    };
    target.written(&cx, types)
}

/// The files of some owners that the package of a target has.
pub(crate) fn generated(target: Target, run: &Run, api: &Api, owners: &[Owner]) -> FileTree {
    let renderer = Renderer::embedded();
    let mut found = Diagnostics::new();
    pipeline::files(
        target,
        api,
        &run.config,
        COMMAND,
        &renderer,
        owners,
        &mut found,
    )
}

/// Keeps the folders of some targets below `place` for this run alone, until what is given back is
/// dropped: two runs in one folder would check each other's packages.
///
/// # Errors
/// When another run has one of them.
pub(crate) fn claim(place: &Path, targets: &[Target]) -> Result<Vec<File>, String> {
    let mut claims = Vec::new();
    for target in targets {
        let folder = place.join(target.name());
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        // Not every system can lock a folder.
        let Ok(file) = File::open(&folder) else {
            continue;
        };
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(format!(
                "another run is at work in {}: wait for it, or ask for other languages",
                folder.display()
            ));
        }
        claims.push(file);
    }
    Ok(claims)
}

/// Generates the packages of a document below `place`, a folder a target; files that are as they
/// should be stay untouched, so that the checks of the languages find what they know.
///
/// # Errors
/// When a package cannot be written.
pub(crate) fn make(document: &Document, targets: &[Target], place: &Path) -> Result<Made, String> {
    let run = read(document);
    let mut outcome = Outcome {
        figures: [0; 3],
        note: codes(run.diagnostics.iter()),
        cells: BTreeMap::new(),
    };
    let mut made = Made {
        outcome: outcome.clone(),
        said: Vec::new(),
        packages: Vec::new(),
    };
    let Some(api) = &run.api else {
        made.said.push(format!("refused: {}", outcome.note));
        for target in targets {
            made.outcome.cells.insert(*target, "refused".to_owned());
        }
        return Ok(made);
    };
    let all = operations(&run);
    let gone: usize = run.left_out.iter().map(|item| item.operations).sum();
    outcome.figures = [all + gone, schemas(&run), api.types.len()];
    if !run.left_out.is_empty() {
        let codes = codes(run.left_out.iter().map(|item| &item.because));
        let mended = run.left_out.iter().filter(|item| item.mended).count();
        let counts = [
            (run.left_out.len() - mended, "left out"),
            (mended, "mended"),
        ];
        let counts = counts.iter().filter(|(number, _)| *number > 0);
        let counts: Vec<String> = counts.map(|(n, what)| format!("{n} {what}")).collect();
        outcome.note = format!("{}: {codes}", counts.join(", "));
    }
    let fidelity = Report::new(&run, targets);
    for target in targets {
        let [exact, widened, untyped, unsupported] = fidelity.totals(*target);
        made.said.push(format!(
            "{}: {exact} places exact, {widened} widened, {untyped} untyped, {unsupported} unsupported",
            target.name()
        ));
    }
    let renderer = Renderer::embedded();
    for target in targets {
        let mut found = Diagnostics::new();
        let tree = pipeline::files(
            *target,
            api,
            &run.config,
            COMMAND,
            &renderer,
            &EVERYTHING,
            &mut found,
        );
        let mut faults: Vec<String> = found.iter().map(|f| f.message.clone()).collect();
        let offered = pipeline::offered(*target, api, &run.config);
        let more = offered.operations.len() - api.operations.len();
        let held = held(*target, &tree);
        if held != all + more {
            faults.push(format!("{held} of {} operations are there", all + more));
        }
        let tree = named_after(&document.name, tree)?;
        let folder = place.join(target.name()).join(&document.name);
        store(&folder, &tree).map_err(|error| format!("{}: {error}", folder.display()))?;
        made.packages.push(Package {
            document: document.name.clone(),
            target: *target,
            folder,
            faults,
        });
    }
    made.outcome = outcome;
    Ok(made)
}

/// The codes of errors, each once.
fn codes<'a>(found: impl Iterator<Item = &'a Diagnostic>) -> String {
    let errors = found.filter(|found| found.severity == Severity::Error);
    let mut codes: Vec<&str> = errors.map(|found| found.code.id()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}

fn store(folder: &Path, tree: &FileTree) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let (store, _) = Store::open(folder, &folder.join(".exai-gen"))?;
    let plan = write::plan(folder, tree)?;
    store.apply(&[("", &plan)])
}

/// Crates of one workspace need names of their own: that of the document, in place of the title's.
/// Programs and tests know the library by the name that the title gave it.
fn named_after(document: &str, tree: FileTree) -> Result<FileTree, String> {
    let mut out = FileTree::default();
    for file in tree.iter() {
        let mut file = file.clone();
        if file.path == "Cargo.toml" {
            let mut lines = file.text.lines();
            let title = lines.find_map(|line| line.strip_prefix("name = "));
            let title = title.unwrap_or_default().to_owned();
            let name = format!("\"d-{}\"", document.to_lowercase());
            let renamed = file.text.replacen(&title, &name, 1);
            file.text = format!("{renamed}\n[lib]\nname = {}\n", title.replace('-', "_"));
        }
        out.insert(file).map_err(|error| error.to_string())?;
    }
    Ok(out)
}

/// How many operations a package can call or serve: by the constants of facts, one an operation,
/// in the text that was written.
fn held(target: Target, tree: &FileTree) -> usize {
    let (part, marks): (_, &[&str]) = match target {
        Target::Typescript => ("src/generated/functions/", &["const ", "Operation: "]),
        Target::Python => ("/generated/operations/", &[" = ", "Operation["]),
        Target::Go => ("_gen.go", &["var op", " = operation{"]),
        Target::Rust => ("src/generated/", &["static ", ": Operation = Operation {"]),
        Target::Axum => ("src/generated/facts/", &["static ", ": OperationInfo = "]),
    };
    let files = tree.iter().filter(|file| file.path.contains(part));
    let lines = files.flat_map(|file| file.text.lines());
    let is_fact = |line: &&str| !line.starts_with(' ') && marks.iter().all(|m| line.contains(m));
    lines.filter(is_fact).count()
}

/// The operations of a document, counted in its text rather than in what the generator made of it.
fn operations(run: &Run) -> usize {
    let Some(document) = &run.document else {
        return 0;
    };
    let file = run.sources.file(document.file);
    let paths = file.node.as_ref().and_then(|root| root.get("paths"));
    let inline = |item: &Node| match item.get("$ref") {
        Some(_) => 0,
        None => methods(item),
    };
    let own: usize = paths
        .and_then(Node::as_mapping)
        .unwrap_or_default()
        .iter()
        .filter(|(path, _)| !path.value.starts_with("x-"))
        .map(|(_, item)| inline(item))
        .sum();
    let referred = document.paths.values().filter(|item| {
        let exai_gen::document::RefOr::Reference(_) = item else {
            return false;
        };
        true
    });
    let referred: usize = referred
        .filter_map(|item| document.path_item(item))
        .map(|item| item.operations.len())
        .sum();
    own + referred
}

/// The methods of a path item (section 4.9.1 of OpenAPI 3.2).
fn methods(item: &Node) -> usize {
    const FIELDS: [&str; 9] = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
    ];
    let more = item.get("additionalOperations").and_then(Node::as_mapping);
    let fields = FIELDS.iter().filter(|field| item.get(field).is_some());
    fields.count() + more.map_or(0, <[_]>::len)
}

fn schemas(run: &Run) -> usize {
    let document = run.document.as_ref();
    document.map_or(0, |document| document.components.schemas.len())
}

#[cfg(test)]
mod tests {
    use exai_gen::target::Target::{Go, Python, Rust};

    use super::claim;

    #[test]
    fn two_runs_share_no_folder() {
        let place = tempfile::tempdir().expect("a folder");
        let first = claim(place.path(), &[Go, Rust]).expect("nobody is there");
        let second = claim(place.path(), &[Python, Rust]).expect_err("Rust's is taken");
        assert!(second.contains("another run is at work"), "{second}");
        claim(place.path(), &[Python]).expect("Python's is free");
        drop(first);
        claim(place.path(), &[Python, Rust]).expect("all are free");
    }
}
