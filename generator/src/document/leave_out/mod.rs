//! Taking out of a description what is wrong with it, the least at a time, so that the rest can be
//! generated.
//!
//! What is mended first is what has one meaning alone: a name in a path that nobody declared is a
//! string, an operationId that another has is none, a parameter of a path is required. Else the
//! least is taken that is of use alone: a keyword of a schema, an operation, a path, a component,
//! a tag. A component that is a schema is not taken away but opened, to the schema `true`: what
//! uses it can still be sent. References to what was taken away lead to nothing, which the next
//! reading finds, and so on until nothing is wrong.

mod find;
mod mend;
mod schema;

use std::collections::HashMap;

use self::find::Finder;
use super::model::{Document, Method};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Node, Sources, Value};

/// An item that was left out or mended, and why.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// ``operation `GET /pets` ``, ``schema `Pet` ``, `` `$ref` of a schema in the schema `Pet` ``
    pub what: String,
    /// Whether it is still there, with what was wrong taken as it was meant.
    pub mended: bool,
    /// How many operations went with it.
    pub operations: usize,
    /// What is wrong with it.
    pub because: Diagnostic,
}

/// An item and where it stands.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    what: String,
    file: FileId,
    pointer: String,
    change: Change,
    /// An operation below `paths`.
    is_operation: bool,
}

impl Item {
    /// Whether the same is to become of both, or one of them is to be mended.
    fn same_place(&self, other: &Self) -> bool {
        let mends = |item: &Self| matches!(item.change, Change::Mend(_));
        let place = |item: &Self| (item.file, item.pointer.clone());
        place(self) == place(other) && (self.change == other.change || mends(self) || mends(other))
    }
}

/// What becomes of an item.
#[derive(Clone, Debug, PartialEq)]
enum Change {
    /// It is taken away.
    Remove,
    /// A schema becomes `true`.
    Open,
    /// It gets another value, which says what was meant.
    Mend(Value),
}

/// Takes the items that `errors` concern out of `sources`; `None` when one of them concerns no
/// item, or nothing was left to take.
pub fn leave_out(
    sources: &mut Sources,
    document: Option<&Document>,
    errors: &[Diagnostic],
) -> Option<Vec<LeftOut>> {
    let none = HashMap::new();
    let places = document.map_or(&none, |document| &document.targets.places);
    let mut items: Vec<(Item, &Diagnostic)> = Vec::new();
    let mut out = Vec::new();
    let finder = Finder { sources, places };
    for error in errors {
        let item = document
            .and_then(|document| mend::item(&finder, document, error))
            .or_else(|| finder.item(error.span()?, 0));
        match item {
            // What two errors would mend has the second still, when it is read again.
            Some(item) if items.iter().any(|(known, _)| known.same_place(&item)) => {}
            Some(item) => items.push((item, error)),
            // Of two entries with one key the reading has kept the first.
            None if error.code == Code::DuplicateKey => out.push(LeftOut {
                what: "second entry".to_owned(),
                mended: false,
                operations: 0,
                because: error.clone(),
            }),
            None => return None,
        }
    }
    // From the end of a list to its start, so that no place moves before its turn.
    items.sort_by_key(|(item, _)| std::cmp::Reverse((item.file, index(&item.pointer))));
    for (item, because) in items {
        let node = sources.file(item.file).node.as_ref();
        let operations = match item.is_operation {
            true => 1,
            false => node
                .and_then(|node| node.pointer(&item.pointer))
                .map_or(0, |node| operations(&item.pointer, node)),
        };
        let mended = matches!(item.change, Change::Mend(_));
        let with = match item.change {
            Change::Remove => None,
            Change::Open => Some(Value::Bool(true)),
            Change::Mend(value) => Some(value),
        };
        // What stood in another item went with it.
        if sources.replace(item.file, &item.pointer, with) {
            out.push(LeftOut {
                what: item.what,
                mended,
                operations,
                because: because.clone(),
            });
        }
    }
    (!out.is_empty()).then_some(out)
}

/// How many operations stand in an item, where it is one of `paths`.
fn operations(pointer: &str, node: &Node) -> usize {
    let fields = node.as_mapping().unwrap_or_default().iter();
    match pointer.starts_with("/paths/") && pointer.matches('/').count() == 2 {
        true => fields
            .filter(|(key, _)| Method::from_field(&key.value).is_some())
            .count(),
        false => 0,
    }
}

/// The number that a pointer ends with: a place in a list.
fn index(pointer: &str) -> Option<usize> {
    pointer.rsplit('/').next()?.parse().ok()
}
