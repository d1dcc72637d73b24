//! How a crate writes the types of a document.

use std::collections::BTreeSet;

use super::types::{From, RustTypes};
use super::{TypeView, escape};
use crate::ir::{Shape, Type, TypeId};
use crate::source::Span;
use crate::target::written::{Declared, Written, named};

/// Each type, as the crate's own code writes it and as others do.
pub(in crate::target) fn written(types: &RustTypes<'_>, all: &[Type]) -> Vec<Written> {
    let write = |ty: &Type| {
        let inside = types.expression(ty, From::Outside);
        Written {
            // A record that is a multipart form and nothing else is read and written as no JSON.
            outside: named(ty)
                .filter(|id| types.form(*id) != types.name(*id))
                .map(|_| inside.clone()),
            inside,
            declared: named(ty).map_or(Declared::Plain, |id| declared(types, id)),
            lossless: false,
        }
    };
    all.iter().map(write).collect()
}

fn declared(types: &RustTypes<'_>, id: TypeId) -> Declared {
    let view = TypeView::new(id, types);
    if let Some(values) = view.values {
        return Declared::listed(!values.unknown.is_empty());
    }
    if let Some(union) = view.union {
        return Declared::listed(!union.unknown.is_empty());
    }
    match (view.alias, &types.api().types[id].shape) {
        (Some(alias), Shape::Enum(_)) if alias.declaration.contains("Value") => Declared::Any,
        (Some(_), Shape::Enum(_)) => Declared::Base,
        _ => Declared::Plain,
    }
}

/// The properties that are written by themselves: tags that a record does not hold.
pub(in crate::target) fn constants(types: &RustTypes<'_>) -> BTreeSet<Span> {
    let mut out = BTreeSet::new();
    for (id, def) in types.api().types.iter() {
        let (Shape::Record(record), Some((tag, _))) = (&def.shape, types.tag(id)) else {
            continue;
        };
        let fields = record.fields.iter();
        let tags = fields.filter(|field| escape::wire(&field.name) == tag);
        out.extend(tags.map(|field| field.span));
    }
    out
}
