//! What YAML and JSON ask of a mapping's keys alike.

use std::collections::{HashMap, HashSet};

use super::node::{Entry, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Below this many entries, looking at all pairs is faster than hashing.
const FEW: usize = 12;

/// Keeps the first of the entries with the same key and reports the others.
pub(super) fn without_duplicates(
    mut entries: Vec<Entry>,
    diagnostics: &mut Diagnostics,
) -> Vec<Entry> {
    let duplicates = duplicates(&entries);
    for &(first, second) in &duplicates {
        let (key, again) = (&entries[first].0, &entries[second].0);
        diagnostics.push(
            Diagnostic::error(
                Code::DuplicateKey,
                again.span,
                format!("the key `{}` stands twice in this mapping", key.value),
            )
            .label("again here")
            .secondary(key.span, "first here")
            .hint("remove one of the two"),
        );
    }
    if !duplicates.is_empty() {
        let seconds = duplicates.iter().map(|&(_, second)| second);
        let seconds: HashSet<usize> = seconds.collect();
        let mut index = 0;
        entries.retain(|_| {
            index += 1;
            !seconds.contains(&(index - 1))
        });
    }
    entries
}

/// Pairs of places with the same key: the first one and each later one.
fn duplicates(entries: &[Entry]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    if entries.len() < FEW {
        for second in 1..entries.len() {
            if let Some(first) = (0..second).find(|&first| entries[first].0 == entries[second].0) {
                found.push((first, second));
            }
        }
        return found;
    }
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (index, (key, _)) in entries.iter().enumerate() {
        match seen.get(key.value.as_str()) {
            Some(&first) => found.push((first, index)),
            None => {
                seen.insert(&key.value, index);
            }
        }
    }
    found
}

/// Adds what merge keys bring: each entry of the merged mappings whose key is not there yet,
/// at the place of its merge key. Keys of the mapping itself win, then earlier merges.
pub(super) fn merge(
    entries: Vec<Entry>,
    merges: Vec<(usize, Node)>,
    diagnostics: &mut Diagnostics,
) -> Vec<Entry> {
    if merges.is_empty() {
        return entries;
    }
    let mut known: HashSet<String> = entries.iter().map(|(key, _)| key.value.clone()).collect();
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let mut merged = Vec::with_capacity(entries.len());
    let mut taken = 0;
    for (at, node) in merges {
        let at = at.min(entries.len());
        merged.extend(entries[taken..at].iter_mut().filter_map(Option::take));
        taken = at;
        for source in sources(&node, diagnostics) {
            for (key, value) in source {
                if known.insert(key.value.clone()) {
                    merged.push((key.clone(), value.clone()));
                }
            }
        }
    }
    merged.extend(entries[taken..].iter_mut().filter_map(Option::take));
    merged
}

/// The mappings that a merge key's value names: one, or a list of them.
fn sources<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> Vec<&'a [Entry]> {
    let nodes = match &node.value {
        Value::Sequence(items) => items.iter().collect(),
        _ => vec![node],
    };
    let mut found = Vec::new();
    for node in nodes {
        match node.as_mapping() {
            Some(entries) => found.push(entries),
            None => diagnostics.push(
                Diagnostic::error(
                    Code::MergeKey,
                    node.span,
                    format!("`<<` merges mappings, not {}", node.kind()),
                )
                .hint("quote the key if it is a name"),
            ),
        }
    }
    found
}
