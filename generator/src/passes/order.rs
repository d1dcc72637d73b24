//! The order of types: by name, so that it says nothing of how they were reached.

use crate::diagnostic::Diagnostics;
use crate::ir::{Api, TypeId, Types};

/// Sorts the types by their names and renames every use.
pub(super) fn order(mut api: Api, _: &mut Diagnostics) -> Api {
    let mut ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
    ids.sort_by_cached_key(|id| api.types[*id].name.clone());
    let mut new = vec![TypeId(0); ids.len()];
    for (at, id) in ids.iter().enumerate() {
        new[id.0 as usize] = TypeId(at as u32);
    }
    api.each_type(&mut |id| *id = new[id.0 as usize]);
    let mut sorted = Types::default();
    for id in ids {
        sorted.push(api.types[id].clone());
    }
    api.types = sorted;
    api.errors_by_status();
    api
}
