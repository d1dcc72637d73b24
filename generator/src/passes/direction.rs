//! Which types are sent, which are received: what is reached from where.

use crate::diagnostic::Diagnostics;
use crate::ir::{Api, NamesTypes, TypeId, Types, Usage};

/// Fills in [`Usage`] from operations, errors and webhooks.
pub(super) fn direction(mut api: Api, _: &mut Diagnostics) -> Api {
    let mut sent = Vec::new();
    let mut received = Vec::new();
    for operation in api.operations.iter_mut() {
        operation.each_sent(&mut |id| sent.push(*id));
        operation.each_received(&mut |id| received.push(*id));
    }
    api.each_received_apart(&mut |id| received.push(*id));
    let mut usage = vec![Usage::default(); api.types.len()];
    for id in reached(&api.types, sent) {
        usage[id.0 as usize].sent = true;
    }
    for id in reached(&api.types, received) {
        usage[id.0 as usize].received = true;
    }
    for (id, def) in api.types.iter_mut() {
        def.usage = usage[id.0 as usize];
    }
    api
}

/// Every type that these lead to, themselves included.
pub(super) fn reached(types: &Types, from: Vec<TypeId>) -> Vec<TypeId> {
    let mut seen = vec![false; types.len()];
    let mut pending = from;
    let mut out = Vec::new();
    while let Some(id) = pending.pop() {
        if !std::mem::replace(&mut seen[id.0 as usize], true) {
            out.push(id);
            pending.extend(types[id].shape.type_ids());
        }
    }
    out
}
