//! Names that belong to a place in the tree of resources: services, parameters, facts. They are
//! given in the order of the places' words, so that the document's order changes none of them.

use std::collections::BTreeMap;

use super::names::{self, Scope};
use crate::ir::Resource;

/// A place in the tree: the words of each accessor, and of the method for a call.
pub(super) type Path = Vec<Vec<String>>;

/// The names by place.
pub(super) struct PathNames {
    services: BTreeMap<Path, String>,
    params: BTreeMap<Path, String>,
    facts: BTreeMap<Path, String>,
}

impl PathNames {
    /// Takes the names of a whole tree.
    pub(super) fn new(root: &Resource, scope: &mut Scope) -> Self {
        let mut services = Vec::new();
        let mut calls = Vec::new();
        walk(root, &[], &mut services, &mut calls);
        services.sort();
        calls.sort();
        let mut facts = Scope::default();
        Self {
            services: services
                .into_iter()
                .map(|path| {
                    let wanted = format!("{}Service", names::exported(&path.concat()));
                    (path, scope.take(wanted, "Calls"))
                })
                .collect(),
            params: calls
                .iter()
                .map(|path| (path.clone(), scope.take(params(path), "Arguments")))
                .collect(),
            facts: calls
                .into_iter()
                .map(|path| {
                    let wanted = format!("op{}", names::suffix(&path.concat()));
                    (path, facts.take(wanted, "Call"))
                })
                .collect(),
        }
    }

    /// `RunsCheckpointsService`; `Client` for the root.
    pub(super) fn service(&self, path: &Path) -> String {
        self.services
            .get(path)
            .map_or("Client", String::as_str)
            .to_owned()
    }

    /// `RunStartParams`
    pub(super) fn params(&self, path: &Path) -> String {
        self.params.get(path).cloned().unwrap_or_default()
    }

    /// `opRunsStart`
    pub(super) fn facts(&self, path: &Path) -> String {
        self.facts.get(path).cloned().unwrap_or_default()
    }
}

/// `RunStartParams` of `runs`, `start`: the resources in the singular, then the method.
fn params(path: &Path) -> String {
    let words: Vec<String> = match path.split_last() {
        Some((method, resources)) => resources
            .iter()
            .flat_map(|words| names::singular(words))
            .chain(method.clone())
            .collect(),
        None => Vec::new(),
    };
    format!("{}Params", names::exported(&words))
}

fn walk(
    resource: &Resource,
    path: &[Vec<String>],
    services: &mut Vec<Path>,
    calls: &mut Vec<Path>,
) {
    let below = |words: &[String]| [path, &[words.to_vec()]].concat();
    calls.extend(resource.calls.iter().map(|call| below(call.name.words())));
    for child in &resource.children {
        let path = below(child.name.words());
        walk(child, &path, services, calls);
        services.push(path);
    }
}
