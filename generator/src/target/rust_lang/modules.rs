//! The modules of types: one a top-level resource, and one for what several of them use.

use std::collections::BTreeMap;

use super::names::{Scope, snake};
use crate::ir::{Api, Home, TypeId};
use crate::target::names::file_words;

/// The modules of types, sorted by name, each with its types in the document's order.
pub fn modules(api: &Api) -> Vec<(String, Vec<TypeId>)> {
    let mut homes: BTreeMap<Home, Vec<TypeId>> = BTreeMap::new();
    for (id, def) in api.types.iter() {
        homes.entry(def.home).or_default().push(id);
    }
    let mut scope = Scope::with(&["mod", "r#mod", "shared"]);
    let mut modules: Vec<(String, Vec<TypeId>)> = homes
        .into_iter()
        .map(|(home, types)| match home {
            Home::Shared => ("shared".to_owned(), types),
            Home::Resource(index) => {
                let name = api
                    .root
                    .children
                    .get(index)
                    .map(|child| snake(&file_words(child.name.words())));
                (scope.take(name.unwrap_or_default(), "_types"), types)
            }
        })
        .collect();
    modules.sort_by(|(a, _), (b, _)| a.trim_start_matches("r#").cmp(b.trim_start_matches("r#")));
    modules
}
