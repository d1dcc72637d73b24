//! What a call takes beside its path parameters: one object of query, header and cookie parameters
//! and of the body's own properties, or a body of another kind as an argument of its own.

use std::collections::HashSet;

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::record::property;
use super::types::Types;
use crate::ir::{Additional, Operation, Parameter, Payload, Place, Type, TypeId, Usage};
use crate::layout::biome;

/// Parameters are only ever sent.
const SENT: Usage = Usage {
    sent: true,
    received: false,
};

/// The object of parameters of one call, named.
#[derive(Clone)]
pub(super) struct Params {
    /// `StartRunParams`, when it is not just the body's own type.
    name: Option<String>,
    /// The record whose properties stand beside the parameters.
    record: Option<TypeId>,
    /// The record's properties may all be left out.
    record_optional: bool,
    /// The names of its properties: the parameters' wire names, or others where a name is taken.
    pub(super) properties: Vec<Property>,
}

/// A parameter that is a property of the object.
#[derive(Clone)]
pub(super) struct Property {
    /// Index into the operation's parameters.
    pub(super) index: usize,
    /// Where the wire name is taken by the body or another place: the name it has instead.
    pub(super) renamed: Option<String>,
}

/// An interface of parameters.
#[derive(Debug, Serialize)]
pub(super) struct ParamsView {
    /// `/** What {@link startRun} takes. */` and a line break.
    pub(super) docs: String,
    /// `interface ListRunsParams extends StartRun {`, or the same as a type alias.
    pub(super) head: String,
    /// One a line, with its docs: `  limit?: number | undefined;`
    pub(super) fields: Vec<String>,
    /// `}` or `};`
    pub(super) tail: &'static str,
}

impl Params {
    /// `name` is what the interface is called, if it turns out to be one.
    pub(super) fn new(operation: &Operation, types: &Types<'_>, name: String) -> Self {
        let record = body_record(operation, types);
        let mut taken = HashSet::new();
        let mut record_optional = !operation.body_required;
        if let Some((_, record)) = record {
            record_optional |= record.fields.iter().all(|field| !field.required);
            taken.extend(
                record
                    .fields
                    .iter()
                    .map(|field| escape::key_of(&field.name)),
            );
        }
        let properties: Vec<Property> = operation
            .parameters
            .iter()
            .enumerate()
            .filter(|(_, parameter)| parameter.place != Place::Path)
            .map(|(index, parameter)| {
                let wire = escape::key_of(&parameter.name);
                let mut name = wire.clone();
                while !taken.insert(name.clone()) {
                    name.push_str(suffix(parameter.place));
                }
                Property {
                    index,
                    renamed: (name != wire).then_some(name),
                }
            })
            .collect();
        let name = (!properties.is_empty()).then_some(name);
        Self {
            name,
            record: record.map(|(id, _)| id),
            record_optional,
            properties,
        }
    }

    /// Whether the call takes such an object at all.
    pub(super) fn is_taken(&self) -> bool {
        self.name.is_some() || self.record.is_some()
    }

    /// Whether the body's properties are among them.
    pub(super) fn holds_body(&self) -> bool {
        self.record.is_some()
    }

    /// Whether a property of it must be given.
    pub(super) fn is_required(&self, operation: &Operation) -> bool {
        (self.record.is_some() && !self.record_optional)
            || self
                .properties
                .iter()
                .any(|property| operation.parameters[property.index].required)
    }

    /// Its type where it is mentioned: `StartRun`, `ListRunsParams`.
    pub(super) fn mention(
        &self,
        operation: &Operation,
        module: &str,
        types: &Types<'_>,
        imports: &mut Imports,
    ) -> String {
        match (&self.name, self.record) {
            (Some(name), _) => {
                imports.ty(module, name);
                name.clone()
            }
            (None, Some(id)) => self.body(operation, id, types, imports),
            (None, None) => String::new(),
        }
    }

    /// The record; where no body need be sent, every property can be left out.
    fn body(
        &self,
        operation: &Operation,
        id: TypeId,
        types: &Types<'_>,
        imports: &mut Imports,
    ) -> String {
        let name = types.mention(id, imports);
        let partial = !operation.body_required
            && types
                .record(&Type::Named(id))
                .is_some_and(|(_, record)| record.fields.iter().any(|field| field.required));
        if partial {
            format!("Partial<{name}>")
        } else {
            name
        }
    }

    /// The interface, when it has a name of its own.
    pub(super) fn view(
        &self,
        operation: &Operation,
        shown: &str,
        types: &Types<'_>,
        imports: &mut Imports,
    ) -> Option<ParamsView> {
        let name = self.name.as_ref()?;
        let fields = self
            .properties
            .iter()
            .map(|item| {
                let parameter = &operation.parameters[item.index];
                let docs = escape::comment(&parameter.docs, &[], parameter.deprecated, 2);
                let members = types.members(&parameter.ty, SENT, imports);
                property(
                    &docs,
                    &item.key(parameter),
                    parameter.required,
                    true,
                    members,
                )
            })
            .collect();
        // An index signature would have to admit the parameters; an intersection need not.
        let indexed = self
            .record
            .and_then(|id| types.record(&Type::Named(id)))
            .is_some_and(|(_, record)| matches!(record.additional, Additional::Typed(_)));
        let body = self
            .record
            .map(|id| self.body(operation, id, types, imports));
        let (head, tail) = match body {
            Some(body) if indexed => (format!("export type {name} = {body} & {{"), "};"),
            base => (biome::interface(name, base.as_deref()), "}"),
        };
        let docs = escape::own_comment(&format!("What `{shown}` takes."), 0);
        Some(ParamsView {
            docs,
            head,
            fields,
            tail,
        })
    }
}

impl Property {
    /// The property's name in an interface.
    pub(super) fn key(&self, parameter: &Parameter) -> String {
        match &self.renamed {
            Some(name) => escape::key(name),
            None => escape::property(&parameter.name),
        }
    }
}

/// The record whose properties are flattened into the parameters.
fn body_record<'a>(
    operation: &Operation,
    types: &Types<'a>,
) -> Option<(TypeId, &'a crate::ir::Record)> {
    match &operation.body.first()?.payload {
        Payload::Json(ty) => types.record(ty),
        Payload::Form { record, .. } | Payload::Multipart { record, .. } => {
            types.record(&Type::Named(*record))
        }
        Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => None,
    }
}

fn suffix(place: Place) -> &'static str {
    match place {
        Place::Path => "_path",
        Place::Query => "_query",
        Place::Header => "_header",
        Place::Cookie => "_cookie",
    }
}
