//! The modules of types: one a top-level resource, and one for what several of them use.

use super::names::{Scope, snake};
use crate::ir::{Api, Home};
use crate::target::names::file_words;

/// The modules of types, sorted by name, each with its home.
pub fn modules(api: &Api) -> Vec<(String, Home)> {
    let mut homes: Vec<Home> = api.types.iter().map(|(_, def)| def.home).collect();
    homes.sort_unstable();
    homes.dedup();
    let mut scope = Scope::with(&["mod", "r#mod", "shared"]);
    let mut modules: Vec<(String, Home)> = homes
        .into_iter()
        .map(|home| match home {
            Home::Shared => ("shared".to_owned(), home),
            Home::Resource(index) => {
                let name = api
                    .root
                    .children
                    .get(index)
                    .map(|child| snake(&file_words(child.name.words())));
                (scope.take(name.unwrap_or_default(), "_types"), home)
            }
        })
        .collect();
    modules.sort_by(|(a, _), (b, _)| a.trim_start_matches("r#").cmp(b.trim_start_matches("r#")));
    modules
}
