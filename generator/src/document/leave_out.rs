//! Taking out of a description what is wrong with it, an item at a time, so that the rest can be
//! generated.
//!
//! An item is the least that is of use alone: an operation, a path, a component, a tag. A schema
//! is not taken away but opened, to the schema `true`: what uses it can still be sent. References
//! to what was taken away lead to nothing, which the next reading finds, and so on until nothing
//! is wrong.

use std::collections::HashMap;

use super::model::{Document, Kind, Method, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Node, Sources, Span, Value, escape_token};

/// An item that was left out, and why.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// ``operation `GET /pets` ``, ``schema `Pet` ``
    pub what: String,
    /// How many operations went with it.
    pub operations: usize,
    /// What is wrong with it.
    pub because: Diagnostic,
}

/// An item and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    what: String,
    file: FileId,
    pointer: String,
    /// A schema, which becomes `true`.
    opened: bool,
    /// An operation below `paths`.
    is_operation: bool,
}

/// Takes the items that `errors` concern out of `sources`; `None` when one of them concerns no
/// item, or nothing was left to take.
pub fn leave_out(
    sources: &mut Sources,
    document: Option<&Document>,
    errors: &[Diagnostic],
) -> Option<Vec<LeftOut>> {
    let none = HashMap::new();
    let places = document.map_or(&none, |document| &document.targets.places);
    let mut items: Vec<(Item, &Diagnostic)> = Vec::new();
    let mut out = Vec::new();
    for error in errors {
        match error
            .span()
            .and_then(|span| Finder { sources, places }.item(span, 0))
        {
            Some(item) if items.iter().any(|(known, _)| *known == item) => {}
            Some(item) => items.push((item, error)),
            // Of two entries with one key the reading has kept the first.
            None if error.code == Code::DuplicateKey => out.push(LeftOut {
                what: "second entry".to_owned(),
                operations: 0,
                because: error.clone(),
            }),
            None => return None,
        }
    }
    // From the end of a list to its start, so that no place moves before its turn.
    items.sort_by_key(|(item, _)| std::cmp::Reverse((item.file, index(&item.pointer))));
    for (item, because) in items {
        let node = sources.file(item.file).node.as_ref();
        let operations = match item.is_operation {
            true => 1,
            false => node
                .and_then(|node| node.pointer(&item.pointer))
                .map_or(0, |node| operations(&item.pointer, node)),
        };
        let with = item.opened.then_some(Value::Bool(true));
        if !sources.replace(item.file, &item.pointer, with) {
            return None;
        }
        out.push(LeftOut {
            what: item.what,
            operations,
            because: because.clone(),
        });
    }
    (!out.is_empty()).then_some(out)
}

/// How many operations stand in an item of `paths`.
fn operations(pointer: &str, node: &Node) -> usize {
    let fields = node.as_mapping().unwrap_or_default().iter();
    match pointer.starts_with("/paths/") {
        true => fields
            .filter(|(key, _)| Method::from_field(&key.value).is_some())
            .count(),
        false => 0,
    }
}

/// The number that a pointer ends with: a place in a list.
fn index(pointer: &str) -> Option<usize> {
    pointer.rsplit('/').next()?.parse().ok()
}

/// What an error concerns.
struct Finder<'a> {
    sources: &'a Sources,
    places: &'a HashMap<Span, Place>,
}

impl Finder<'_> {
    /// The least item that holds a place.
    fn item(&self, span: Span, depth: usize) -> Option<Item> {
        let root = self.sources.root()?;
        if span.file == root
            && let Some(node) = &self.sources.file(root).node
            && let Some(item) = in_root(root, node, span)
        {
            return Some(item);
        }
        let referred = self
            .places
            .iter()
            .filter(|(at, place)| place.target.file == span.file && **at != span)
            .filter_map(|(at, place)| Some((self.size_around(place, span)?, at, place)))
            .min_by_key(|(size, at, _)| (*size, **at));
        match referred {
            // Nothing says what stands there but the place that refers to it.
            Some((_, at, place))
                if place.inline || matches!(place.kind, Kind::Example | Kind::Link) =>
            {
                (depth < 64).then(|| self.item(*at, depth + 1)).flatten()
            }
            Some((_, _, place)) => Some(self.referred(place, span)),
            None if span.file != root => Some(Item {
                what: format!("file `{}`", self.sources.file(span.file).name),
                file: span.file,
                pointer: String::new(),
                opened: false,
                is_operation: false,
            }),
            None => None,
        }
    }

    /// How large the node is that `place` leads to, where it holds `span`.
    fn size_around(&self, place: &Place, span: Span) -> Option<u32> {
        let root = self.sources.file(place.target.file).node.as_ref()?;
        let node = root.pointer(&place.target.pointer)?;
        node.span
            .holds(span)
            .then_some(node.span.end - node.span.start)
    }

    fn referred(&self, place: &Place, span: Span) -> Item {
        let target = &place.target;
        let node = self.sources.file(target.file).node.as_ref();
        let node = node.and_then(|node| node.pointer(&target.pointer));
        if place.kind == Kind::PathItem
            && let Some(node) = node
            && let Some((method, pointer)) = method(node, &target.pointer, span)
        {
            return Item {
                what: format!("operation `{method}` of `{}`", target.pointer),
                file: target.file,
                pointer,
                opened: false,
                is_operation: true,
            };
        }
        Item {
            what: format!("{} `{}`", noun(place.kind), target.name()),
            file: target.file,
            pointer: target.pointer.clone(),
            opened: place.kind == Kind::Schema,
            is_operation: false,
        }
    }
}

/// The item of the root document that holds a place.
fn in_root(file: FileId, root: &Node, span: Span) -> Option<Item> {
    let (section, node) = entry(root, span)?;
    let at = |pointer: String, what: String, opened: bool| Item {
        what,
        file,
        pointer,
        opened,
        is_operation: false,
    };
    let token = escape_token(section);
    match section {
        "paths" | "webhooks" => {
            let (path, item) = entry(node, span)?;
            let pointer = format!("/{token}/{}", escape_token(path));
            Some(match method(item, &pointer, span) {
                Some((method, pointer)) => Item {
                    is_operation: section == "paths",
                    ..at(pointer, format!("operation `{method} {path}`"), false)
                },
                None => at(pointer, format!("path `{path}`"), false),
            })
        }
        "components" => {
            let (kind, components) = entry(node, span)?;
            let (name, _) = entry(components, span)?;
            let pointer = format!("/components/{}/{}", escape_token(kind), escape_token(name));
            let noun = kind.strip_suffix("ies").map(|kind| format!("{kind}y"));
            let noun = noun.unwrap_or_else(|| kind.trim_end_matches('s').to_owned());
            Some(at(pointer, format!("{noun} `{name}`"), kind == "schemas"))
        }
        "tags" | "servers" | "security" => {
            let items = node.as_sequence()?;
            let index = items.iter().position(|item| item.span.holds(span))?;
            let pointer = format!("/{section}/{index}");
            Some(at(pointer, format!("entry {index} of `{section}`"), false))
        }
        _ => None,
    }
}

/// The operation of a path item that holds a place, and the pointer to it.
fn method(item: &Node, pointer: &str, span: Span) -> Option<(String, String)> {
    let (field, node) = entry(item, span)?;
    if field == "additionalOperations" {
        let (name, _) = entry(node, span)?;
        return Some((
            name.to_owned(),
            format!("{pointer}/{field}/{}", escape_token(name)),
        ));
    }
    let method = Method::from_field(field)?;
    Some((method.as_str().to_owned(), format!("{pointer}/{field}")))
}

/// The entry of a mapping whose key or value holds a place.
fn entry(node: &Node, span: Span) -> Option<(&str, &Node)> {
    let entries = node.as_mapping()?;
    entries
        .iter()
        .find(|(key, value)| key.span.holds(span) || value.span.holds(span))
        .map(|(key, value)| (key.value.as_str(), value))
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Schema => "schema",
        Kind::Response => "response",
        Kind::Parameter => "parameter",
        Kind::Example => "example",
        Kind::RequestBody => "request body",
        Kind::Header => "header",
        Kind::SecurityScheme => "security scheme",
        Kind::Link => "link",
        Kind::Callback => "callback",
        Kind::PathItem => "path",
        Kind::MediaType => "media type",
    }
}
