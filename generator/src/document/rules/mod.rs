//! What holds across a document, checked on the finished model.

mod links;
mod loops;
mod operations;
mod paths;
mod security;

use super::model::{Document, Method, Operation, PathItem, RefOr};
use crate::diagnostic::Diagnostics;
use crate::source::Spanned;

pub(super) use paths::undeclared_path_parameters;

/// Checks every rule; each adds its own findings.
pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) {
    paths::check(document, diagnostics);
    operations::check(document, diagnostics);
    security::check(document, diagnostics);
    links::check(document, diagnostics);
    loops::check(document, diagnostics);
}

/// Calls `each` for every operation of paths, webhooks and callbacks.
fn each_operation<'a>(
    document: &'a Document,
    each: &mut dyn FnMut(&'a Spanned<Method>, &'a Operation),
) {
    let items = document
        .paths
        .values()
        .chain(document.webhooks.values())
        .chain(document.components.path_items.values());
    // A path item that several references lead to is seen once.
    let mut seen = std::collections::HashSet::new();
    let mut queue: Vec<&'a RefOr<PathItem>> = items.collect();
    while let Some(item) = queue.pop() {
        let Some(item) = document.path_item(item) else {
            continue;
        };
        if !seen.insert(item.span) {
            continue;
        }
        for (method, operation) in &item.operations {
            each(method, operation);
            let callbacks = operation
                .callbacks
                .values()
                .filter_map(|callback| document.callback(callback));
            queue.extend(callbacks.flat_map(|callback| callback.paths.values()));
        }
    }
}
