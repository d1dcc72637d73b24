//! Records and unions that hold themselves in place.

use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Shape, Type, TypeId};

/// Sets `indirect` on each field and variant that leads back to its own type without a list or a
/// map between: a value in place would have no end. Exact: every use on a cycle is marked.
pub(super) fn cycles(mut api: Api, _: &mut Diagnostics) -> Api {
    let edges: Vec<Vec<TypeId>> = api.types.iter().map(|(_, def)| held(&def.shape)).collect();
    let reach: Vec<Vec<bool>> = (0..edges.len()).map(|i| reached(&edges, i)).collect();
    for (id, def) in api.types.iter_mut() {
        let leads_back = |ty: &Type| {
            in_place(ty).is_some_and(|to| to == id || reach[to.0 as usize][id.0 as usize])
        };
        match &mut def.shape {
            Shape::Record(record) => {
                for field in &mut record.fields {
                    field.indirect = leads_back(&field.ty);
                }
            }
            Shape::Union(union) => {
                for variant in &mut union.variants {
                    variant.indirect = leads_back(&variant.ty);
                }
            }
            Shape::Enum(_) | Shape::Alias(_) => {}
        }
    }
    api
}

/// The type whose value stands inside a value of `ty`.
fn in_place(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Nullable(inner) => in_place(inner),
        _ => None,
    }
}

fn held(shape: &Shape) -> Vec<TypeId> {
    match shape {
        Shape::Record(record) => record
            .fields
            .iter()
            .filter_map(|field| in_place(&field.ty))
            .collect(),
        Shape::Union(union) => union
            .variants
            .iter()
            .filter_map(|variant| in_place(&variant.ty))
            .collect(),
        Shape::Alias(ty) => in_place(ty).into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}

fn reached(edges: &[Vec<TypeId>], from: usize) -> Vec<bool> {
    let mut seen = vec![false; edges.len()];
    let mut pending: Vec<usize> = vec![from];
    while let Some(at) = pending.pop() {
        for next in &edges[at] {
            let next = next.0 as usize;
            if !std::mem::replace(&mut seen[next], true) {
                pending.push(next);
            }
        }
    }
    seen
}
