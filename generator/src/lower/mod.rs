//! Document -> [`Api`]: every `$ref` followed, every schema a type, every promise a fact.
//!
//! Maps of the document are read in the order of their keys' spelling, so that a document whose
//! keys are shuffled gives the same API. What cannot be modelled is an error with a code.

mod all_of;
mod at;
mod body;
mod contract;
mod discriminator;
mod docs;
mod enumeration;
mod extensions;
mod literal;
mod long_running;
mod meaning;
pub(crate) mod methods;
pub mod name;
mod object;
mod operation;
mod pagination;
mod parameter;
mod reference;
mod repeats;
pub mod resource;
mod response;
mod scalar;
mod schema;
mod security;
mod server;
mod type_names;
mod union;
mod webhook;

use std::collections::{BTreeMap, HashMap};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, Location, Map, Schema};
use crate::ir::{
    Api, Area, Beyond, Contract, Docs, Info, Meaning, Name, Operations, Resource, Text, Types,
};
use crate::source::{Span, Spanned};

pub(crate) use self::body::essence;
use self::type_names::TypeNames;
pub(crate) use self::union::union_of;

/// Makes an API of a document. Errors go to `diagnostics`; what they concern is left out of the
/// API, so stop unless all of them are allowed.
pub fn lower(document: &Document, config: &Config, diagnostics: &mut Diagnostics) -> Api {
    let names = TypeNames::new(document, config, diagnostics);
    let mut lowering = Lowering {
        document,
        diagnostics,
        names,
        types: Types::default(),
        known: HashMap::new(),
        merging: Vec::new(),
        begun: 0,
        waiting: Vec::new(),
        nullable: HashMap::new(),
        depth: 0,
        inside: Vec::new(),
        repeats: repeats::Repeats::default(),
        errors: Vec::new(),
        headers: HashMap::new(),
        definitions: Contract::default().definitions,
        meanings: BTreeMap::new(),
        beyond: Vec::new(),
    };
    lowering.api()
}

struct Lowering<'d, 'x> {
    document: &'d Document,
    diagnostics: &'x mut Diagnostics,
    names: TypeNames,
    types: Types,
    /// Referred schemas by place, so that each is one type.
    known: HashMap<Location, schema::Known>,
    /// Places whose `allOf` is being merged, to find loops.
    merging: Vec<Location>,
    /// How many definitions are begun inside one another.
    begun: usize,
    /// Schemas that have a name, and get their shape once those that are begun have theirs.
    waiting: Vec<(Location, &'d Schema)>,
    /// Whether what a reference leads to allows `null`, where it was asked before.
    nullable: HashMap<&'d Location, bool>,
    /// How deep inline schemas are nested.
    depth: usize,
    /// The inline schemas that are being understood, one inside another.
    inside: Vec<Span>,
    /// What is made of schemas that were understood before.
    repeats: repeats::Repeats,
    errors: Vec<crate::ir::ErrorKind>,
    /// The names of response headers, by their spelling.
    headers: HashMap<&'d str, Name>,
    definitions: serde_json::Map<String, serde_json::Value>,
    /// What each schema was understood as, by its place.
    meanings: BTreeMap<Span, Meaning>,
    /// What the schema that is being understood says beyond its type.
    beyond: Vec<Beyond>,
}

impl<'d> Lowering<'d, '_> {
    fn api(&mut self) -> Api {
        let document = self.document;
        let security_schemes = self.security_schemes();
        for (name, schema) in sorted(&document.components.schemas) {
            let at = Location::new(
                document.file,
                format!(
                    "/components/schemas/{}",
                    crate::source::escape_token(&name.value)
                ),
            );
            self.named(&at, schema);
        }
        let mut api = Api {
            info: self.info(),
            servers: self.servers(&document.servers),
            security_schemes,
            areas: document.tags.iter().map(area).collect(),
            types: Types::default(),
            operations: Operations::default(),
            root: Resource {
                name: name::split(&document.info.title.value),
                docs: Docs::default(),
                calls: Vec::new(),
                children: Vec::new(),
            },
            errors: Vec::new(),
            webhooks: Vec::new(),
            webhook_events: None,
            contract: Contract::default(),
            meanings: Vec::new(),
            apart: BTreeMap::new(),
        };
        let calling = self.operations(&mut api);
        self.long_running(&mut api);
        self.webhooks(&mut api);
        self.callbacks(&calling, &mut api);
        api.errors = std::mem::take(&mut self.errors);
        api.types = std::mem::take(&mut self.types);
        api.contract.definitions = std::mem::take(&mut self.definitions);
        api.contract.definitions.sort_keys();
        api.apart = self.names.apart();
        api.meanings = std::mem::take(&mut self.meanings).into_values().collect();
        api
    }

    fn info(&self) -> Info {
        let info = &self.document.info;
        Info {
            title: Text::new(&info.title.value),
            version: Text::new(&info.version.value),
            docs: docs::docs(info.summary.as_ref(), info.description.as_ref()),
            license: info
                .license
                .as_ref()
                .map(|l| Text::new(&l.identifier.as_ref().unwrap_or(&l.name).value)),
        }
    }

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }
}

fn area(tag: &crate::document::Tag) -> Area {
    Area {
        name: name::split(&tag.name.value),
        docs: docs::docs(tag.summary.as_ref(), tag.description.as_ref()),
    }
}

/// The entries of a map by the spelling of their keys.
fn sorted<T>(map: &Map<T>) -> Vec<(&Spanned<String>, &T)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by(|a, b| a.0.value.cmp(&b.0.value));
    entries
}

/// A dotted or slashed path of names, `workspaces.files.list` or `/data/items`.
fn path_of(text: &str, separator: char) -> Vec<Name> {
    text.split(separator)
        .filter(|part| !part.is_empty())
        .map(name::split)
        .collect()
}
