//! Which item an error concerns.

use std::collections::HashMap;

use super::schema::{self, Position};
use super::{Change, Item};
use crate::document::model::{Kind, Method, Place};
use crate::source::{FileId, Node, Sources, Span, escape_token};

/// What an error concerns.
pub(super) struct Finder<'a> {
    pub(super) sources: &'a Sources,
    pub(super) places: &'a HashMap<Span, Place>,
}

impl Finder<'_> {
    /// The least item that holds a place: what of a schema does, else what holds the schema.
    pub(super) fn item(&self, span: Span, depth: usize) -> Option<Item> {
        let item = self.whole(span, depth)?;
        let node = self.sources.file(item.file).node.as_ref();
        let position = match item.change {
            Change::Open => Position::Schema,
            _ => Position::Other,
        };
        let least = node
            .and_then(|node| node.pointer(&item.pointer))
            .filter(|node| node.span.holds(span))
            .and_then(|node| schema::least(node, position, span));
        Some(match least {
            Some(least) => Item {
                what: format!("{} in the {}", least.what, item.what),
                pointer: item.pointer + &least.pointer,
                change: least.change,
                is_operation: false,
                ..item
            },
            None => item,
        })
    }

    /// What is of use alone and holds a place.
    pub(super) fn whole(&self, span: Span, depth: usize) -> Option<Item> {
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
                (depth < 64).then(|| self.whole(*at, depth + 1)).flatten()
            }
            Some((_, _, place)) => Some(self.referred(place, span)),
            None if span.file != root => Some(Item {
                what: format!("file `{}`", self.sources.file(span.file).name),
                file: span.file,
                pointer: String::new(),
                change: Change::Remove,
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
                change: Change::Remove,
                is_operation: true,
            };
        }
        Item {
            what: format!("{} `{}`", noun(place.kind), target.name()),
            file: target.file,
            pointer: target.pointer.clone(),
            change: match place.kind {
                Kind::Schema => Change::Open,
                _ => Change::Remove,
            },
            is_operation: false,
        }
    }
}

/// The item of the root document that holds a place.
fn in_root(file: FileId, root: &Node, span: Span) -> Option<Item> {
    let (section, node) = entry(root, span)?;
    let at = |pointer: String, what: String| Item {
        what,
        file,
        pointer,
        change: Change::Remove,
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
                    ..at(pointer, format!("operation `{method} {path}`"))
                },
                None => at(pointer, format!("path `{path}`")),
            })
        }
        "components" => {
            let (kind, components) = entry(node, span)?;
            let (name, _) = entry(components, span)?;
            let pointer = format!("/components/{}/{}", escape_token(kind), escape_token(name));
            let noun = kind.strip_suffix("ies").map(|kind| format!("{kind}y"));
            let noun = noun.unwrap_or_else(|| kind.trim_end_matches('s').to_owned());
            let item = at(pointer, format!("{noun} `{name}`"));
            Some(match kind {
                "schemas" => Item {
                    change: Change::Open,
                    ..item
                },
                _ => item,
            })
        }
        "tags" | "servers" | "security" => {
            let items = node.as_sequence()?;
            let index = items.iter().position(|item| item.span.holds(span))?;
            let pointer = format!("/{section}/{index}");
            Some(at(pointer, format!("entry {index} of `{section}`")))
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
pub(super) fn entry(node: &Node, span: Span) -> Option<(&str, &Node)> {
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
