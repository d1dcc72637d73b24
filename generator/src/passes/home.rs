//! Which file each type belongs to: its resource's, where only one uses it.

use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Home, OperationId, Operations, Resource, TypeId};

use super::direction::reached;

/// Fills in [`Home`]: the one top-level resource whose operations reach the type; shared where
/// several do, or errors and webhooks, or none.
pub(super) fn home(mut api: Api, _: &mut Diagnostics) -> Api {
    let mut homes: Vec<Option<Home>> = vec![None; api.types.len()];
    let mut claim = |ids: Vec<TypeId>, home: Home| {
        for id in ids {
            let at = &mut homes[id.0 as usize];
            *at = Some(match *at {
                None => home,
                Some(before) if before == home => home,
                Some(_) => Home::Shared,
            });
        }
    };
    let mut apart = Vec::new();
    api.each_received_apart(&mut |id| apart.push(*id));
    claim(reached(&api.types, apart), Home::Shared);
    for (index, resource) in api.root.children.iter().enumerate() {
        let mut operations = Vec::new();
        gather(resource, &mut operations);
        let ids = used(&mut api.operations, operations);
        claim(reached(&api.types, ids), Home::Resource(index));
    }
    let calls = api.root.calls.iter().map(|call| call.operation).collect();
    let ids = used(&mut api.operations, calls);
    claim(reached(&api.types, ids), Home::Shared);
    for (id, def) in api.types.iter_mut() {
        def.home = homes[id.0 as usize].unwrap_or(Home::Shared);
    }
    api
}

fn used(operations: &mut Operations, of: Vec<OperationId>) -> Vec<TypeId> {
    let mut ids = Vec::new();
    for operation in of {
        operations[operation].each_sent(&mut |id| ids.push(*id));
        operations[operation].each_received(&mut |id| ids.push(*id));
    }
    ids
}

fn gather(resource: &Resource, out: &mut Vec<OperationId>) {
    out.extend(resource.calls.iter().map(|call| call.operation));
    for child in &resource.children {
        gather(child, out);
    }
}
