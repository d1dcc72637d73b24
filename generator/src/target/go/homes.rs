//! Which file a type is declared in.

use std::collections::{BTreeMap, HashMap};

use super::former::present;
use super::names;
use super::plan::Plan;
use crate::ir::{Home, TypeId};

/// The declared types of each file, in their order, and former names behind them. A type that several resources use is beside
/// the one it is named after, if there is one: `RunFault` beside `runs`. (One package holds them
/// all, so a file is only where a reader looks.)
pub(super) fn homes(plan: &Plan<'_>) -> BTreeMap<Option<usize>, Vec<TypeId>> {
    let resources = plan.api.root.children.iter();
    let names: HashMap<Vec<String>, usize> = resources
        .map(|resource| names::singular(resource.name.words()))
        .enumerate()
        .map(|(index, words)| (words, index))
        .collect();
    let mut homes: BTreeMap<Option<usize>, Vec<TypeId>> = BTreeMap::new();
    for id in plan.declared.iter().chain(&plan.former) {
        let def = present(plan.api, *id);
        let home = match def.home {
            Home::Resource(index) => Some(index),
            Home::Shared => {
                let words = def.name.words();
                let heads = (1..=words.len()).rev().map(|end| &words[..end]);
                heads.into_iter().find_map(|head| names.get(head).copied())
            }
        };
        homes.entry(home).or_default().push(*id);
    }
    homes
}
