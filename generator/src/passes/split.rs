//! `readOnly` and `writeOnly`: what is sent and what is received become two types where they
//! differ.

use std::collections::HashMap;

use crate::diagnostic::Diagnostics;
use crate::ir::{Access, Api, NamesTypes, Shape, TypeId, Types, Usage};

/// Takes out of each record the fields that its direction forbids. A type that goes both ways and
/// differs, itself or in what it holds, is split: the received one keeps its name, the sent one
/// is called `... input`.
pub(super) fn split(mut api: Api, _: &mut Diagnostics) -> Api {
    let differs = differing(&api.types);
    let mut sent_of: HashMap<TypeId, TypeId> = HashMap::new();
    let both: Vec<TypeId> = api
        .types
        .iter()
        .filter(|(id, def)| def.usage.sent && def.usage.received && differs[id.0 as usize])
        .map(|(id, _)| id)
        .collect();
    for id in both {
        let mut copy = api.types[id].clone();
        copy.name = copy.name.with_suffix("input");
        copy.usage = Usage {
            sent: true,
            received: false,
        };
        api.types[id].usage.sent = false;
        let new = api.types.push(copy);
        sent_of.insert(id, new);
    }
    let rename = |id: &mut TypeId| {
        if let Some(new) = sent_of.get(id) {
            *id = *new;
        }
    };
    for operation in api.operations.iter_mut() {
        operation.each_sent(&mut |id| rename(id));
    }
    for (_, def) in api.types.iter_mut() {
        if def.usage.sent && !def.usage.received {
            def.shape.each_type(&mut |id| rename(id));
        }
        if let Shape::Record(record) = &mut def.shape {
            let (sent, received) = (def.usage.sent, def.usage.received);
            record.fields.retain(|field| match field.access {
                Access::Both => true,
                Access::ReadOnly => received || !sent,
                Access::WriteOnly => sent || !received,
            });
        }
    }
    drop_unsent_fields(&mut api);
    api
}

/// Form bodies list their fields apart; those of read-only properties go too.
fn drop_unsent_fields(api: &mut Api) {
    use crate::ir::Payload;
    let types = &api.types;
    let keeps = |record: TypeId, wire: &crate::ir::Text| match &types[record].shape {
        Shape::Record(record) => record.fields.iter().any(|field| field.name.wire() == wire),
        _ => true,
    };
    for operation in api.operations.iter_mut() {
        for content in &mut operation.body {
            match &mut content.payload {
                Payload::Form { record, fields } => {
                    fields.retain(|field| keeps(*record, field.name.wire()));
                }
                Payload::Multipart { record, parts } => {
                    parts.retain(|part| keeps(*record, part.name.wire()));
                }
                _ => {}
            }
        }
    }
}

/// Types that hold a read-only or write-only field, at any depth.
fn differing(types: &Types) -> Vec<bool> {
    let mut differs: Vec<bool> = types
        .iter()
        .map(|(_, def)| match &def.shape {
            Shape::Record(record) => record.fields.iter().any(|f| f.access != Access::Both),
            _ => false,
        })
        .collect();
    let uses: Vec<Vec<TypeId>> = types.iter().map(|(_, def)| def.shape.type_ids()).collect();
    loop {
        let mut changed = false;
        for (i, uses) in uses.iter().enumerate() {
            if !differs[i] && uses.iter().any(|id| differs[id.0 as usize]) {
                differs[i] = true;
                changed = true;
            }
        }
        if !changed {
            return differs;
        }
    }
}
