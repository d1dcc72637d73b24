//! References that lead back to themselves.
//!
//! A schema may come back to itself over a property or an item. What JSON Schema forbids
//! (Core, section 9.4.1) is to come back at the same place of the value: over `$ref`,
//! `allOf`, `anyOf`, `oneOf` and the like alone. A base that lists its children under a
//! discriminator while they list the base under `allOf` is common and let through.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::model::{Document, Location, Map, RefOr, Reference, Schema};
use crate::source::escape_token;

pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) {
    let mut graph = Graph::default();
    for (name, schema) in &document.components.schemas {
        graph.add(document.schema_location(name), |edges| {
            in_place(schema, edges)
        });
    }
    for (location, schema) in document.referred_schemas() {
        graph.add(location.clone(), |edges| in_place(schema, edges));
    }
    graph.report(
        Some("a schema may refer to itself from a property or an item, not as a whole"),
        diagnostics,
    );
    chains(document, diagnostics);
}

/// References of the kinds that stand for an object as a whole.
fn chains(document: &Document, diagnostics: &mut Diagnostics) {
    fn one<'a, T>(
        document: &Document,
        folder: &str,
        components: &'a Map<RefOr<T>>,
        targets: &'a HashMap<Location, RefOr<T>>,
        diagnostics: &mut Diagnostics,
    ) {
        let mut graph = Graph::default();
        for (name, item) in components {
            let location = Location::new(
                document.file,
                format!("/components/{folder}/{}", escape_token(name)),
            );
            graph.add(location, |edges| edges.extend(item.reference()));
        }
        let targets: BTreeMap<_, _> = targets.iter().collect();
        for (location, item) in targets {
            graph.add(location.clone(), |edges| edges.extend(item.reference()));
        }
        graph.report(None, diagnostics);
    }
    let (components, targets) = (&document.components, &document.targets);
    one(
        document,
        "responses",
        &components.responses,
        &targets.responses,
        diagnostics,
    );
    one(
        document,
        "parameters",
        &components.parameters,
        &targets.parameters,
        diagnostics,
    );
    one(
        document,
        "examples",
        &components.examples,
        &targets.examples,
        diagnostics,
    );
    one(
        document,
        "requestBodies",
        &components.request_bodies,
        &targets.request_bodies,
        diagnostics,
    );
    one(
        document,
        "headers",
        &components.headers,
        &targets.headers,
        diagnostics,
    );
    one(
        document,
        "securitySchemes",
        &components.security_schemes,
        &targets.security_schemes,
        diagnostics,
    );
    one(
        document,
        "links",
        &components.links,
        &targets.links,
        diagnostics,
    );
    one(
        document,
        "callbacks",
        &components.callbacks,
        &targets.callbacks,
        diagnostics,
    );
    one(
        document,
        "pathItems",
        &components.path_items,
        &targets.path_items,
        diagnostics,
    );
    one(
        document,
        "mediaTypes",
        &components.media_types,
        &targets.media_types,
        diagnostics,
    );
}

/// The references that apply to the same value as `schema` does.
fn in_place<'a>(schema: &'a Schema, edges: &mut Vec<&'a Reference>) {
    let Some(object) = schema.as_object() else {
        return;
    };
    edges.extend(&object.reference);
    let unions = if object.discriminator.is_some() {
        [].as_slice()
    } else {
        object.one_of.as_slice()
    };
    let any = if object.discriminator.is_some() {
        [].as_slice()
    } else {
        object.any_of.as_slice()
    };
    let conditions = [
        &object.not,
        &object.if_schema,
        &object.then_schema,
        &object.else_schema,
    ];
    let inner = object
        .all_of
        .iter()
        .chain(unions)
        .chain(any)
        .chain(conditions.into_iter().flatten());
    for schema in inner.chain(object.dependent_schemas.values()) {
        in_place(schema, edges);
    }
}

/// Places and the references between them.
#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<(Location, Vec<&'a Reference>)>,
    index: HashMap<Location, usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

impl<'a> Graph<'a> {
    fn add(&mut self, location: Location, collect: impl FnOnce(&mut Vec<&'a Reference>)) {
        let mut edges = Vec::new();
        collect(&mut edges);
        self.index.insert(location.clone(), self.nodes.len());
        self.nodes.push((location, edges));
    }

    /// Reports the reference that closes each loop. Depth first without recursion, as chains
    /// may be as long as the document.
    fn report(&self, hint: Option<&str>, diagnostics: &mut Diagnostics) {
        let mut marks = vec![Mark::New; self.nodes.len()];
        for start in 0..self.nodes.len() {
            if marks[start] != Mark::New {
                continue;
            }
            marks[start] = Mark::Open;
            let mut path = vec![(start, 0)];
            while let Some((node, next)) = path.last_mut() {
                let Some(edge) = self.nodes[*node].1.get(*next) else {
                    marks[*node] = Mark::Done;
                    path.pop();
                    continue;
                };
                *next += 1;
                let Some(&target) = self.index.get(&edge.target) else {
                    continue;
                };
                match marks[target] {
                    Mark::New => {
                        marks[target] = Mark::Open;
                        path.push((target, 0));
                    }
                    Mark::Open => {
                        let from = path
                            .iter()
                            .position(|(node, _)| *node == target)
                            .unwrap_or_default();
                        let way = path[from..]
                            .iter()
                            .map(|(node, _)| self.nodes[*node].0.name());
                        let way: Vec<_> = way
                            .chain([self.nodes[target].0.name()])
                            .map(|name| format!("`{name}`"))
                            .collect();
                        let message = format!("the reference `{}` leads back to itself", edge.text);
                        let found = Diagnostic::error(Code::ReferenceLoop, edge.span, message);
                        let found = found.label(way.join(" -> "));
                        diagnostics.push(match hint {
                            Some(hint) => found.hint(hint),
                            None => found,
                        });
                    }
                    Mark::Done => {}
                }
            }
        }
    }
}
