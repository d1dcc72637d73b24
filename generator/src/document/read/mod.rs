//! From trees to the object model, collecting every error.
//!
//! An object that lacks a required field is still read, with an empty stand-in, so that
//! what is wrong further on is reported in the same run.

mod body;
mod components;
mod fields;
mod info;
mod locate;
mod operation;
mod parameter;
mod pattern;
mod reference;
mod schema;
mod security;
#[cfg(test)]
mod tests;
mod typed;
mod upgrade;
mod values;
mod version;
mod wording;

pub(crate) use wording::nearest;

use std::collections::{HashMap, HashSet, VecDeque};

use self::locate::Anchors;
use self::upgrade::Noted;
use self::version::Version;
use super::model::{Document, Kind, Location, Targets};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Node, Sources};

/// Reads the root document of `sources` and all that it refers to, loading files as
/// references ask for them.
///
/// `None` when there is no document to speak of: nothing was read, or it is not OpenAPI 3.
/// Otherwise a document comes back even when `diagnostics` got errors; stop there unless all
/// of them are allowed.
pub fn read(sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Document> {
    let file = sources.root()?;
    let root = sources.file(file).node.clone()?;
    let (openapi, version) = version::detect(&root, diagnostics)?;
    let own_uri = root.get("$self").and_then(Node::as_str);
    let own_uri = own_uri.map(|uri| uri.split('#').next().unwrap_or_default().to_owned());
    let mut reader = Reader {
        own_uri,
        sources,
        diagnostics,
        root: file,
        version,
        file,
        pending: VecDeque::new(),
        wanted: HashSet::new(),
        resolved: HashMap::new(),
        anchors: HashMap::new(),
        noted: Noted::new(),
        inlining: Vec::new(),
        inlined: 0,
        targets: Targets::default(),
    };
    let mut document = reader.document(&root, openapi)?;
    reader.read_targets();
    document.targets = std::mem::take(&mut reader.targets);
    super::rules::check(&document, diagnostics);
    Some(document)
}

struct Reader<'a> {
    /// `$self` without its fragment.
    own_uri: Option<String>,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    root: FileId,
    version: Version,
    /// The file being read, which references are relative to.
    file: FileId,
    /// Referred places that are still to be read.
    pending: VecDeque<(Kind, Location)>,
    /// Referred places that are read or pending.
    wanted: HashSet<(Kind, Location)>,
    /// References by the file they stand in and their text; `None` for those reported as broken.
    resolved: HashMap<(FileId, String), Option<Location>>,
    anchors: HashMap<FileId, Anchors>,
    /// Older keywords that were remarked on, a file each.
    noted: Noted,
    /// The misplaced references being followed, and how many were so far.
    inlining: Vec<Location>,
    inlined: usize,
    targets: Targets,
}

impl Reader<'_> {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
