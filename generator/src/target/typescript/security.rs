//! Which credentials an operation asks for.

use std::collections::BTreeMap;

use super::escape;
use crate::ir::{Api, Operation, SecurityKind};
use crate::layout::biome::Value;

/// The alternatives of an operation, as the names of schemes. A client's certificate is no
/// header: the transport has it.
pub(super) fn security(operation: &Operation, api: &Api) -> Vec<Vec<String>> {
    operation
        .security
        .iter()
        .map(|set| {
            set.iter()
                .filter_map(|item| api.security_schemes.get(item.scheme.0))
                .filter(|scheme| !matches!(scheme.kind, SecurityKind::MutualTls))
                .map(|scheme| escape::wire(&scheme.name))
                .collect()
        })
        .collect()
}

/// The alternatives that most operations have; of equals the first by name.
pub(super) fn common_security(api: &Api) -> Vec<Vec<String>> {
    let mut counts = BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        *counts.entry(security(operation, api)).or_insert(0_usize) += 1;
    }
    let most = counts.values().max().copied().unwrap_or_default();
    counts
        .into_iter()
        .find(|(_, count)| *count == most)
        .map(|(set, _)| set)
        .unwrap_or_default()
}

/// Alternatives as a literal.
pub(super) fn security_value(security: &[Vec<String>]) -> Value {
    let sets = security
        .iter()
        .map(|set| Value::Array(set.iter().map(|name| Value::code(name.clone())).collect()));
    Value::Array(sets.collect())
}
