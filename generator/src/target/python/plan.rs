//! What is decided once for the whole package: the name of every type, attribute, class and
//! constant, and the module that each stands in.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::names;
use super::tags::Tags;
use super::tree::Tree;
use crate::ir::{
    Api, Home, Name, Operation, OperationId, Payload, Record, Resource, Shape, Type, TypeId,
};
use crate::target::names as casing;

/// Every name of a package.
pub(super) struct Plan<'a> {
    /// What the package is made of.
    pub(super) api: &'a Api,
    /// The class or alias of each type, by id: `Run`.
    types: Vec<String>,
    /// `types`, to ask whether a name is one.
    pub(super) type_names: HashSet<String>,
    /// The attributes of each record, in the order of its fields.
    fields: HashMap<TypeId, Vec<String>>,
    /// The tags of records that are variants.
    tags: Tags,
    /// The tree of resources; the root's children are its modules.
    pub(super) root: ResourcePlan<'a>,
    /// Where each operation's facts stand.
    facts: HashMap<OperationId, (String, String)>,
}

/// A resource and its names.
pub(super) struct ResourcePlan<'a> {
    /// What it is.
    pub(super) resource: &'a Resource,
    /// `event_types`
    pub(super) accessor: String,
    /// `WebhooksEventTypes`
    pub(super) class: String,
    /// `webhooks`: the module it stands in.
    pub(super) module: String,
    /// Its methods.
    pub(super) calls: Vec<CallPlan<'a>>,
    /// The resources below it.
    pub(super) children: Vec<ResourcePlan<'a>>,
    /// Every name that its class uses for a method or an accessor.
    pub(super) taken: HashSet<String>,
}

/// A method and its names.
pub(super) struct CallPlan<'a> {
    /// `rotate_secret`
    pub(super) method: String,
    /// `EVENT_TYPES_LIST`
    pub(super) constant: String,
    /// What it calls.
    pub(super) operation: &'a Operation,
    /// Its docstring, once it was asked for: both clients have it.
    pub(super) docs: OnceCell<String>,
}

impl<'a> Plan<'a> {
    /// Names everything.
    pub(super) fn new(api: &'a Api, client: &str) -> Self {
        let wanted: Vec<&Name> = api.types.iter().map(|(_, def)| &def.name).collect();
        let types = allocate(&wanted, names::class, names::repair_class);
        let type_names: HashSet<String> = types.iter().cloned().collect();
        let fields = api
            .types
            .iter()
            .filter_map(|(id, def)| match &def.shape {
                Shape::Record(record) => Some((id, attributes(record, &type_names))),
                _ => None,
            })
            .collect();
        let mut taken = type_names.clone();
        taken.insert(client.to_owned());
        taken.extend(names::CLIENT_NAMES.iter().map(|name| (*name).to_owned()));
        let root = Tree { api, taken: &taken }.root();
        let mut facts = HashMap::new();
        note_facts(&root, api, &mut facts);
        Self {
            api,
            types,
            fields,
            tags: Tags::new(api),
            root,
            facts,
            type_names,
        }
    }

    /// The class or alias of a type.
    pub(super) fn type_name(&self, id: TypeId) -> &str {
        &self.types[id.0 as usize]
    }

    /// The attributes of a record.
    pub(super) fn attributes(&self, id: TypeId) -> &[String] {
        self.fields.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The module of types that a type stands in: `shared`, or that of its resource.
    pub(super) fn module(&self, id: TypeId) -> &str {
        match self.api.types[id].home {
            Home::Resource(child) => self.root.children.get(child),
            Home::Shared => None,
        }
        .map_or("shared", |resource| resource.module.as_str())
    }

    /// The tags of records that are variants.
    pub(super) fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Module and constant of an operation's facts.
    pub(super) fn facts(&self, id: OperationId) -> Option<&(String, String)> {
        self.facts.get(&id)
    }

    /// The record that a type is, through aliases.
    pub(super) fn record(&self, ty: &Type) -> Option<(TypeId, &'a Record)> {
        let mut ty = ty;
        for _ in 0..=self.api.types.len() {
            let Type::Named(id) = ty else { return None };
            match &self.api.types[*id].shape {
                Shape::Record(record) => return Some((*id, record)),
                Shape::Alias(target) => ty = target,
                Shape::Enum(_) | Shape::Union(_) => return None,
            }
        }
        None
    }

    /// The attribute that holds a property of a record, by its wire name; for a union, the
    /// attribute that its variants agree on.
    pub(super) fn attribute(&self, ty: &Type, wire: &Name) -> Option<(String, &'a Type)> {
        if let Some((id, record)) = self.record(ty) {
            let at = record
                .fields
                .iter()
                .position(|field| field.name.wire() == wire.wire())?;
            return Some((self.attributes(id).get(at)?.clone(), &record.fields[at].ty));
        }
        match self.api.types.resolve(ty) {
            Type::Named(id) => match &self.api.types[*id].shape {
                Shape::Union(union) => union
                    .variants
                    .first()
                    .and_then(|v| self.attribute(&v.ty, wire)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Attributes from a type down a path of wire names.
    pub(super) fn path(&self, ty: &Type, path: &[Name]) -> Option<Vec<String>> {
        let mut out = Vec::new();
        let mut at = ty;
        for name in path {
            let (attribute, inner) = self.attribute(at.split_null().0, name)?;
            out.push(attribute);
            at = inner;
        }
        Some(out)
    }
}

/// Gives every name an identifier of its own, none of them taken before.
pub(super) fn allocate(
    wanted: &[&Name],
    plain: impl Fn(&Name) -> String,
    repair: impl Fn(String) -> String,
) -> Vec<String> {
    casing::allocate(wanted, &HashSet::new(), plain, repair, casing::exactly)
}

fn attributes(record: &Record, types: &HashSet<String>) -> Vec<String> {
    let wanted: Vec<&Name> = record.fields.iter().map(|field| &field.name).collect();
    allocate(&wanted, names::attribute, |plain| {
        names::repair_field(plain, types)
    })
}

fn note_facts(
    resource: &ResourcePlan<'_>,
    api: &Api,
    out: &mut HashMap<OperationId, (String, String)>,
) {
    for (call, plan) in resource.resource.calls.iter().zip(&resource.calls) {
        if api.operations.iter().len() > call.operation.0 as usize {
            out.insert(
                call.operation,
                (resource.module.clone(), plan.constant.clone()),
            );
        }
    }
    for child in &resource.children {
        note_facts(child, api, out);
    }
}

/// The record, and its wire form, that a request's body is flattened from.
pub(super) fn flattened<'p>(plan: &'p Plan<'_>, payload: &Payload) -> Option<(TypeId, &'p Record)> {
    match payload {
        Payload::Json(ty) => plan.record(ty),
        Payload::Form { record, .. } | Payload::Multipart { record, .. } => {
            plan.record(&Type::Named(*record))
        }
        _ => None,
    }
}

/// The modules of methods: the top-level resources, and the root where it has calls of its own.
pub(super) fn modules<'p, 'a>(plan: &'p Plan<'a>) -> impl Iterator<Item = &'p ResourcePlan<'a>> {
    let root = (!plan.root.calls.is_empty()).then_some(&plan.root);
    plan.root.children.iter().chain(root)
}
