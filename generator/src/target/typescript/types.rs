//! Type expressions: what the IR calls a type, as `TypeScript` writes it.

use std::collections::{BTreeMap, BTreeSet};

use super::escape;
use super::imports::Imports;
use crate::ir::{
    Additional, Api, Home, IntegerFormat, Literal, Record, Shape, StringFormat, Type, TypeId, Usage,
};

/// The named types of an API, with the names and files they were given.
pub(super) struct Types<'a> {
    api: &'a Api,
    names: BTreeMap<TypeId, String>,
    /// A module for each top-level resource: `generated/types/runs`.
    modules: Vec<String>,
    /// Types that hold a 64-bit integer, or may, however deep.
    wide: BTreeSet<TypeId>,
}

/// The module of types that several resources use.
pub(super) const SHARED: &str = "generated/types/shared";

impl<'a> Types<'a> {
    pub(super) fn new(api: &'a Api, names: BTreeMap<TypeId, String>, modules: Vec<String>) -> Self {
        Self {
            api,
            names,
            modules,
            wide: wide_types(api),
        }
    }

    pub(super) fn name(&self, id: TypeId) -> &str {
        self.names.get(&id).map_or("unknown", String::as_str)
    }

    /// The module that a type is written to.
    pub(super) fn module(&self, id: TypeId) -> &str {
        match self.api.types[id].home {
            Home::Shared => SHARED,
            Home::Resource(index) => self.modules.get(index).map_or(SHARED, String::as_str),
        }
    }

    /// A named type where it is mentioned.
    pub(super) fn mention(&self, id: TypeId, imports: &mut Imports) -> String {
        let name = self.name(id);
        imports.ty(self.module(id), name);
        name.to_owned()
    }

    /// A type as an expression. Lists that are only sent are `readonly`, so that any list can be
    /// given; bytes that are only received are text, since JSON has nothing else for them.
    pub(super) fn expression(&self, ty: &Type, usage: Usage, imports: &mut Imports) -> String {
        self.members(ty, usage, imports).join(" | ")
    }

    /// The members of the union that a type is; one for a type that is none.
    pub(super) fn members(&self, ty: &Type, usage: Usage, imports: &mut Imports) -> Vec<String> {
        let (inner, nullable) = ty.split_null();
        let mut members = vec![self.single(inner, usage, imports)];
        if nullable {
            members.push("null".to_owned());
        }
        members
    }

    fn single(&self, ty: &Type, usage: Usage, imports: &mut Imports) -> String {
        match ty {
            Type::Any => "unknown".to_owned(),
            Type::Never => "never".to_owned(),
            Type::Null => "null".to_owned(),
            Type::Boolean => "boolean".to_owned(),
            Type::Integer(IntegerFormat::Int64 | IntegerFormat::Uint64) => {
                imports.ty("runtime/lossless-json", "Int64");
                "Int64".to_owned()
            }
            Type::Integer(_) | Type::Number(_) => "number".to_owned(),
            Type::String(StringFormat::Binary) if usage.sent => {
                imports.ty("runtime/multipart", "FileInput");
                "FileInput".to_owned()
            }
            Type::String(_) => "string".to_owned(),
            Type::Literal(value) => escape::literal(value),
            Type::Nullable(_) => format!("({})", self.expression(ty, usage, imports)),
            Type::List(item) => self.list(item, usage, imports),
            Type::Map(value) => {
                format!(
                    "{{ [key: string]: {} }}",
                    self.expression(value, usage, imports)
                )
            }
            Type::Tuple { items, least, rest } => {
                let mut parts: Vec<String> = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let text = self.expression(item, usage, imports);
                    parts.push(match index < *least {
                        true => text,
                        false if text.contains(" | ") => format!("({text})?"),
                        false => format!("{text}?"),
                    });
                }
                if let Some(rest) = rest {
                    parts.push(format!("...{}", self.list(rest, Usage::default(), imports)));
                }
                format!("[{}]", parts.join(", "))
            }
            Type::Named(id) => self.mention(*id, imports),
        }
    }

    fn list(&self, item: &Type, usage: Usage, imports: &mut Imports) -> String {
        let members = self.members(item, usage, imports);
        let readonly = if usage.sent_only() { "readonly " } else { "" };
        match members.as_slice() {
            [one] if !one.starts_with("readonly ") => format!("{readonly}{one}[]"),
            several => format!("{readonly}({})[]", several.join(" | ")),
        }
    }

    /// Whether null is a value of a type.
    pub(super) fn is_nullable(&self, ty: &Type) -> bool {
        matches!(self.api.types.resolve(ty), Type::Nullable(_))
    }

    /// Whether values of a type can hold a 64-bit integer, and so need the lossless JSON.
    pub(super) fn is_wide(&self, ty: &Type) -> bool {
        is_wide(ty, &self.wide)
    }

    /// The record that a type is, behind its aliases.
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
}

/// The types that hold a 64-bit integer: grown from those that do so themselves until nothing is
/// added, which takes as many rounds as types are nested.
fn wide_types(api: &Api) -> BTreeSet<TypeId> {
    let mut wide = BTreeSet::new();
    loop {
        let before = wide.len();
        for (id, def) in api.types.iter() {
            let holds = match &def.shape {
                Shape::Record(record) => {
                    record.fields.iter().any(|field| is_wide(&field.ty, &wide))
                        || matches!(&record.additional, Additional::Typed(ty) if is_wide(ty, &wide))
                }
                Shape::Union(union) => union.variants.iter().any(|v| is_wide(&v.ty, &wide)),
                Shape::Alias(target) => is_wide(target, &wide),
                Shape::Enum(item) => item.values.iter().any(|v| is_long(&v.value)),
            };
            if holds {
                wide.insert(id);
            }
        }
        if wide.len() == before {
            return wide;
        }
    }
}

fn is_wide(ty: &Type, wide: &BTreeSet<TypeId>) -> bool {
    match ty {
        Type::Integer(format) => matches!(format, IntegerFormat::Int64 | IntegerFormat::Uint64),
        Type::Nullable(inner) | Type::List(inner) | Type::Map(inner) => is_wide(inner, wide),
        Type::Tuple { items, rest, .. } => items
            .iter()
            .chain(rest.as_deref())
            .any(|item| is_wide(item, wide)),
        Type::Named(id) => wide.contains(id),
        Type::Literal(value) => is_long(value),
        // Whatever it holds may hold one.
        Type::Any => true,
        _ => false,
    }
}

/// Whether a value holds an integer that a double does not.
fn is_long(value: &Literal) -> bool {
    match value {
        Literal::Integer(_) => escape::literal(value).ends_with('n'),
        Literal::List(items) => items.iter().any(is_long),
        Literal::Object(members) => members.iter().any(|(_, value)| is_long(value)),
        _ => false,
    }
}
