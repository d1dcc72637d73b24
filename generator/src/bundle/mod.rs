//! One document out of many files.
//!
//! Works on the trees, so that everything the author wrote is kept, in its order. What other
//! files hold is hoisted into the root's components under the last token of its pointer; path
//! items, whose pointers name paths, and what stands behind misplaced references go where they
//! are referred to. References inside the root stay as they are.

mod json;
mod names;
mod yaml;

use std::collections::{BTreeMap, HashSet};

use crate::document::{Document, Kind, Location, Place};
use crate::source::{Entry, Node, Sources, Span, Spanned, Value, escape_token};

pub use json::to_json;
pub use yaml::to_yaml;

/// The whole of `document` as one tree without references to other files. `sources` are those
/// that it was read from.
pub fn bundle(document: &Document, sources: &Sources) -> Node {
    let root = sources.file(document.file).node.clone();
    let root = root.unwrap_or_else(|| Node::new(Value::Null, document.span));
    let names = names::assign(document, sources, &root);
    let mut bundler = Bundler {
        document,
        sources,
        names,
        placed: HashSet::new(),
        inlining: Vec::new(),
    };
    let mut bundled = bundler.node(&root);
    let hoisted = bundler.hoisted();
    add_components(&mut bundled, hoisted);
    bundled
}

struct Bundler<'a> {
    document: &'a Document,
    sources: &'a Sources,
    /// What is hoisted, and the names that it gets.
    names: BTreeMap<(Kind, Location), String>,
    /// What stands in the root's components already, instead of a reference to it.
    placed: HashSet<(Kind, Location)>,
    inlining: Vec<Location>,
}

impl Bundler<'_> {
    /// `node` with its references rewritten.
    fn node(&mut self, node: &Node) -> Node {
        match &node.value {
            Value::Sequence(items) => {
                let items: Vec<_> = items.iter().map(|item| self.node(item)).collect();
                Node::new(Value::Sequence(items.into()), node.span)
            }
            Value::Mapping(entries) => self.mapping(node, entries),
            Value::String(_) => match self.rewritten(node.span) {
                Some(text) => Node::new(Value::String(text), node.span),
                None => node.clone(),
            },
            _ => node.clone(),
        }
    }

    fn mapping(&mut self, node: &Node, entries: &[Entry]) -> Node {
        if let Some(place) = self.place_of(node)
            && self.stands_here(place)
            && !self.inlining.contains(&place.target)
            && let Some(found) = self.find(&place.target)
        {
            self.inlining.push(place.target.clone());
            let found = self.node(&found);
            self.inlining.pop();
            return with_siblings(found, entries);
        }
        let is_component = |(key, value): &Entry| key.value != "$ref" || value.as_str().is_none();
        let entries = entries.iter().map(|entry| {
            let value = match self.component_of(&entry.1).filter(|_| is_component(entry)) {
                Some((kind, target)) => self.component(kind, target),
                None => self.node(&entry.1),
            };
            (entry.0.clone(), value)
        });
        let entries: Vec<_> = entries.collect();
        Node::new(Value::Mapping(entries.into()), node.span)
    }

    /// What the `$ref` of a mapping leads to.
    fn place_of(&self, node: &Node) -> Option<&Place> {
        self.document.targets.places.get(&node.get("$ref")?.span)
    }

    /// Whether what a reference leads to is put where it stands.
    fn stands_here(&self, place: &Place) -> bool {
        place.inline || (place.kind == Kind::PathItem && place.target.file != self.document.file)
    }

    /// What an entry of the root's components is a mere name for.
    fn component_of(&self, node: &Node) -> Option<(Kind, Location)> {
        let place = self.place_of(node)?;
        let key = (place.kind, place.target.clone());
        let is_root = node.span.file == self.document.file;
        let named = is_root && node.as_mapping()?.len() == 1 && self.names.contains_key(&key);
        let is_components_entry =
            named && names::is_component(self.sources, self.document.file, node, place.kind);
        (is_components_entry && !self.placed.contains(&key)).then_some(key)
    }

    /// Puts what `target` holds into the root's components, where a reference to it stood.
    fn component(&mut self, kind: Kind, target: Location) -> Node {
        let found = self.find(&target);
        self.placed.insert((kind, target));
        match found {
            Some(found) => self.node(&found),
            None => Node::new(Value::Null, Span::file_start(self.document.file)),
        }
    }

    fn find(&self, at: &Location) -> Option<Node> {
        self.sources
            .file(at.file)
            .node
            .as_ref()?
            .pointer(&at.pointer)
            .cloned()
    }

    /// The text that a reference at `span` has in the bundle, when it is another.
    fn rewritten(&self, span: Span) -> Option<String> {
        let place = self.document.targets.places.get(&span)?;
        if place.target.file == self.document.file {
            if span.file == self.document.file {
                return None;
            }
            return Some(format!("#{}", percent_encode(&place.target.pointer)));
        }
        let name = self.names.get(&(place.kind, place.target.clone()))?;
        Some(format!(
            "#{}{}",
            place.kind.components(),
            escape_token(name)
        ))
    }

    /// The components that are new, by section and name.
    fn hoisted(&mut self) -> BTreeMap<&'static str, BTreeMap<String, Node>> {
        let mut sections: BTreeMap<&'static str, BTreeMap<String, Node>> = BTreeMap::new();
        for ((kind, target), name) in self.names.clone() {
            if self.placed.contains(&(kind, target.clone())) {
                continue;
            }
            if let Some(found) = self.find(&target) {
                let node = self.node(&found);
                sections
                    .entry(names::section(kind))
                    .or_default()
                    .insert(name, node);
            }
        }
        sections
    }
}

/// What a reference led to, with the `summary` and `description` that stood beside the reference.
fn with_siblings(found: Node, siblings: &[Entry]) -> Node {
    let Value::Mapping(entries) = &found.value else {
        return found;
    };
    let overrides = siblings
        .iter()
        .filter(|(key, _)| matches!(key.value.as_str(), "summary" | "description"));
    let overrides: Vec<&Entry> = overrides.collect();
    if overrides.is_empty() {
        return found;
    }
    let mut out: Vec<Entry> = overrides.iter().map(|entry| (*entry).clone()).collect();
    out.extend(
        entries
            .iter()
            .filter(|(key, _)| !overrides.iter().any(|(other, _)| other == key))
            .cloned(),
    );
    Node::new(Value::Mapping(out.into()), found.span)
}

fn add_components(root: &mut Node, hoisted: BTreeMap<&'static str, BTreeMap<String, Node>>) {
    if hoisted.is_empty() {
        return;
    }
    let span = root.span;
    let Some(components) = entries(root).and_then(|root| child(root, "components", span)) else {
        return;
    };
    for (section, items) in hoisted {
        if let Some(section) = child(components, section, span) {
            section.extend(
                items
                    .into_iter()
                    .map(|(name, node)| (Spanned::new(name, span), node)),
            );
        }
    }
}

fn entries(node: &mut Node) -> Option<&mut Vec<Entry>> {
    match &mut node.value {
        Value::Mapping(entries) => Some(std::sync::Arc::make_mut(entries)),
        _ => None,
    }
}

/// The mapping under `name`, made when it is not there.
fn child<'n>(parent: &'n mut Vec<Entry>, name: &str, span: Span) -> Option<&'n mut Vec<Entry>> {
    let index = parent
        .iter()
        .position(|(key, _)| key.value == name)
        .unwrap_or_else(|| {
            let empty = Node::new(Value::Mapping(Vec::new().into()), span);
            parent.push((Spanned::new(name.to_owned(), span), empty));
            parent.len() - 1
        });
    entries(&mut parent[index].1)
}

/// A JSON Pointer as a URI fragment (RFC 6901, section 6; RFC 3986, section 3.5).
fn percent_encode(pointer: &str) -> String {
    let mut out = String::with_capacity(pointer.len());
    for c in pointer.chars() {
        let is_plain = c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?".contains(c);
        if is_plain {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}
