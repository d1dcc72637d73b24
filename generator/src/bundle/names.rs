//! Names for what is hoisted out of other files.
//!
//! A name depends on the place alone and on whether another has the same: it never changes
//! because of the order in which files were read.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::document::{Document, Kind, Location};
use crate::source::{FileId, Node, Sources};

/// The name of the section of the components that a kind stands in.
pub(super) fn section(kind: Kind) -> &'static str {
    kind.components()
        .trim_start_matches("/components/")
        .trim_end_matches('/')
}

/// Whether `node` is an entry of the root's components of `kind`, by the place where it stands.
pub(super) fn is_component(sources: &Sources, root: FileId, node: &Node, kind: Kind) -> bool {
    components(sources.file(root).node.as_ref(), kind)
        .iter()
        .any(|(_, entry)| entry.span == node.span)
}

fn components(root: Option<&Node>, kind: Kind) -> &[crate::source::Entry] {
    let pointer = kind.components().trim_end_matches('/');
    root.and_then(|root| root.pointer(pointer))
        .and_then(Node::as_mapping)
        .unwrap_or_default()
}

/// Names for every place outside the root that is referred to and has to be hoisted.
pub(super) fn assign(
    document: &Document,
    sources: &Sources,
    root: &Node,
) -> BTreeMap<(Kind, Location), String> {
    let mut wanted: BTreeMap<(Kind, Location), Option<String>> = BTreeMap::new();
    for place in document.targets.places.values() {
        // A path item goes where it is referred to, and its name would be a path.
        let is_hoisted =
            !place.inline && place.kind != Kind::PathItem && place.target.file != document.file;
        if is_hoisted {
            wanted.insert((place.kind, place.target.clone()), None);
        }
    }
    let mut taken: HashSet<(Kind, String)> = HashSet::new();
    let kinds: HashSet<Kind> = wanted.keys().map(|(kind, _)| *kind).collect();
    for kind in kinds {
        for (key, node) in components(Some(root), kind) {
            taken.insert((kind, key.value.clone()));
            // An entry that only refers to a place gives the place its name.
            let only_reference = node
                .as_mapping()
                .filter(|entries| entries.len() == 1)
                .and_then(|_| node.get("$ref"));
            if let Some(place) =
                only_reference.and_then(|text| document.targets.places.get(&text.span))
                && let Some(name @ None) = wanted.get_mut(&(kind, place.target.clone()))
            {
                *name = Some(key.value.clone());
            }
        }
    }
    let mut unnamed: Vec<(Kind, Location)> = wanted
        .iter()
        .filter(|(_, name)| name.is_none())
        .map(|(key, _)| key.clone())
        .collect();
    // Places that want one name all get a longer one; so does one whose name the root has.
    for qualify in 0.. {
        let mut groups: BTreeMap<(Kind, String), Vec<Location>> = BTreeMap::new();
        for (kind, location) in unnamed.drain(..) {
            let name = candidate(sources, &location, qualify);
            groups.entry((kind, name)).or_default().push(location);
        }
        for ((kind, name), locations) in groups {
            let is_free = !taken.contains(&(kind, name.clone()));
            match locations.as_slice() {
                [only] if is_free => {
                    taken.insert((kind, name.clone()));
                    wanted.insert((kind, only.clone()), Some(name));
                }
                _ => unnamed.extend(locations.into_iter().map(|location| (kind, location))),
            }
        }
        if unnamed.is_empty() {
            break;
        }
    }
    wanted
        .into_iter()
        .filter_map(|(key, name)| Some((key, name?)))
        .collect()
}

/// A name for a place: the last token of its pointer; then with the file's stem before it, then
/// with ever more of the folders below the root document's; then with its whole pointer, and at
/// last with as many underscores as it takes.
fn candidate(sources: &Sources, location: &Location, qualify: usize) -> String {
    let root = sources
        .root()
        .and_then(|root| Path::new(&sources.file(root).name).parent());
    let path = Path::new(&sources.file(location.file).name);
    let path = root
        .and_then(|root| path.strip_prefix(root).ok())
        .unwrap_or(path);
    let path = path.with_extension("");
    let folders: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let last = location.name();
    // A whole file is called as the file is.
    let parts = if last.is_empty() {
        qualify + 1
    } else {
        qualify
    };
    let before = folders[folders.len().saturating_sub(parts)..].join("_");
    match parts.checked_sub(folders.len() + 1) {
        None if before.is_empty() => allowed(&last),
        None => allowed(&format!("{before}_{last}")),
        Some(more) => format!(
            "{}{}",
            allowed(&format!("{before}{}", location.pointer)),
            "_".repeat(more)
        ),
    }
}

/// With characters that a component's name cannot have left out.
fn allowed(name: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mapped: String = name
        .chars()
        .map(|c| if is_allowed(c) { c } else { '_' })
        .collect();
    match mapped.trim_matches('_') {
        "" => "_".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}
