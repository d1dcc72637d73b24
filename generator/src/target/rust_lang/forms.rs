//! Records that are sent as multipart forms: a struct of parts, which is no JSON. A record that is
//! something else too keeps its own struct, and has another for the form.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Api, NamesTypes, Payload, TypeId};

/// The struct of each record that an operation sends as a form: the record's own name where it is
/// nothing else, else `UploadForm`.
pub(super) fn forms(api: &Api, names: &BTreeMap<TypeId, String>) -> BTreeMap<TypeId, String> {
    let bodies = api.operations.iter().filter_map(|(_, o)| o.body.first());
    let (forms, others): (Vec<_>, Vec<_>) =
        bodies.partition(|content| matches!(content.payload, Payload::Multipart { .. }));
    let forms: BTreeSet<TypeId> = forms.iter().flat_map(|c| c.type_ids()).collect();
    if forms.is_empty() {
        return BTreeMap::new();
    }
    let mut elsewhere: BTreeSet<TypeId> = others.iter().flat_map(|c| c.type_ids()).collect();
    elsewhere.extend(api.types.iter().flat_map(|(_, def)| def.shape.type_ids()));
    for (_, operation) in api.operations.iter() {
        elsewhere.extend(operation.responses.iter().flat_map(NamesTypes::type_ids));
    }
    elsewhere.extend(
        api.errors
            .iter()
            .filter_map(|e| e.body.as_ref())
            .flat_map(NamesTypes::type_ids),
    );
    let webhooks = api.webhooks.iter().filter_map(|w| w.payload.as_ref());
    elsewhere.extend(webhooks.flat_map(NamesTypes::type_ids));
    let mut taken: BTreeSet<String> = names.values().cloned().collect();
    let mut out = BTreeMap::new();
    for id in forms {
        let own = names.get(&id).map_or("", String::as_str);
        let mut name = own.to_owned();
        while elsewhere.contains(&id) && taken.contains(&name) {
            name.push_str("Form");
        }
        taken.insert(name.clone());
        out.insert(id, name);
    }
    out
}
