//! Another name for a type: a `type`, or a struct around the type where that would have no end.

use std::collections::BTreeSet;

use serde::Serialize;

use super::escape;
use super::types::{From, RustTypes};
use crate::ir::{Api, Shape, Type, TypeId};
use crate::layout::rustfmt;
use crate::target::Deprecation;

/// `pub type RunId = String;`
#[derive(Debug, Serialize)]
pub struct AliasView {
    /// `["/// The id of a run."]`
    pub docs: Vec<String>,
    /// `pub type RunId = String;`
    pub declaration: String,
    /// `` "use `Blueprint`" ``, for a former name; empty for others.
    pub deprecated: String,
    /// True for a struct, which needs derives.
    pub is_struct: bool,
}

impl AliasView {
    pub(super) fn new(id: TypeId, target: &Type, types: &RustTypes<'_>) -> Self {
        let def = &types.api().types[id];
        let name = types.name(id);
        let expression = types.expression(target, From::Types(def.home));
        let is_struct = holds(types.api(), target, id, &mut BTreeSet::new());
        let declaration = if is_struct {
            format!("pub struct {name}(pub {expression});")
        } else {
            rustfmt::assign(0, &format!("pub type {name} ="), &expression, ";")
        };
        let (fallback, deprecated) = match def.former {
            true => (
                format!("What [`{expression}`] was called."),
                format!("\"use `{expression}`\""),
            ),
            false => (
                format!("{} on the wire.", escape::code_span(def.name.wire())),
                String::new(),
            ),
        };
        let deprecation = Deprecation::new(def.former.then_some(&expression), def.deprecated);
        let docs = escape::doc_comment(0, &def.docs, deprecation, &fallback);
        Self {
            docs,
            declaration,
            deprecated,
            is_struct,
        }
    }
}

/// True when an alias's target leads back to the alias through aliases alone.
fn holds(api: &Api, ty: &Type, alias: TypeId, seen: &mut BTreeSet<TypeId>) -> bool {
    match ty {
        Type::Named(id) if *id == alias => true,
        Type::Named(id) => match &api.types[*id].shape {
            Shape::Alias(target) => seen.insert(*id) && holds(api, target, alias, seen),
            _ => false,
        },
        Type::Nullable(inner) | Type::List(inner) | Type::Map(inner) => {
            holds(api, inner, alias, seen)
        }
        Type::Tuple { items, rest, .. } => items
            .iter()
            .chain(rest.as_deref())
            .any(|item| holds(api, item, alias, seen)),
        _ => false,
    }
}
