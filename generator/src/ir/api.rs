use std::collections::BTreeMap;

use super::{
    Contract, Docs, ErrorKind, Meaning, Name, Operations, Resource, SecurityScheme, Server, Shape,
    Tagging, Text, Type, TypeId, Types, Variant, Webhook, WebhookEvents,
};

/// One HTTP API, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Title, version and the rest of the document's `info`.
    pub info: Info,
    /// Base URLs, in the document's order; the first is the default.
    pub servers: Vec<Server>,
    /// How callers authenticate; operations name these by index.
    pub security_schemes: Vec<SecurityScheme>,
    /// The document's tags, in its order.
    pub areas: Vec<Area>,
    /// Every named type.
    pub types: Types,
    /// Every operation, in the document's order.
    pub operations: Operations,
    /// The tree of accessors and methods an SDK offers; the root has no methods of its own
    /// unless an operation's sdk method has a single word.
    pub root: Resource,
    /// Every kind of error the operations answer with, ordered by status.
    pub errors: Vec<ErrorKind>,
    /// Requests that the API sends to its users.
    pub webhooks: Vec<Webhook>,
    /// The union of all webhook payloads, where the document names one.
    pub webhook_events: Option<WebhookEvents>,
    /// The JSON Schemas that requests are held against.
    pub contract: Contract,
    /// Every schema that was made a type, by where it stands; one that only refers to another is
    /// not here.
    pub meanings: Vec<Meaning>,
    /// Types whose plain name another schema has: the words they go by, and the words they would.
    pub apart: BTreeMap<Vec<String>, Vec<String>>,
}

/// The document's `info` object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// `exAI API`
    pub title: Text,
    /// The version of the API, `1.4.0`.
    pub version: Text,
    /// What the API is.
    pub docs: Docs,
    /// `MIT`, or the name of a licence.
    pub license: Option<Text>,
}

/// A tag of the document: a group of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// `Workspaces`
    pub name: Name,
    /// What the group is for.
    pub docs: Docs,
}

impl Api {
    /// The named types that are variants of unions told apart by a property, each with that
    /// property; one that several unions hold comes as often.
    pub fn tagged_variants(&self) -> impl Iterator<Item = (TypeId, &Name, &Variant)> {
        let unions = self.types.iter().filter_map(|(_, def)| match &def.shape {
            Shape::Union(union) => Some(union),
            _ => None,
        });
        let told = unions.filter_map(|union| match &union.tagging {
            Tagging::Property(property) => Some((property, &union.variants)),
            Tagging::Untagged => None,
        });
        told.flat_map(|(property, variants)| {
            variants.iter().filter_map(move |variant| match variant.ty {
                Type::Named(id) => Some((id, property, variant)),
                _ => None,
            })
        })
    }

    /// Orders the kinds of errors by status and name, and renames every use.
    pub fn errors_by_status(&mut self) {
        let mut order: Vec<usize> = (0..self.errors.len()).collect();
        order.sort_by_key(|&i| (self.errors[i].status, self.errors[i].name.clone()));
        let mut new = vec![0; order.len()];
        for (at, &before) in order.iter().enumerate() {
            new[before] = at;
        }
        for operation in self.operations.iter_mut() {
            for error in &mut operation.errors {
                error.kind.0 = new[error.kind.0];
            }
        }
        self.errors = order.into_iter().map(|i| self.errors[i].clone()).collect();
    }
}
