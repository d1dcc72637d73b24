//! Links name operations that are there (section 4.8.20).

use std::collections::HashSet;

use super::each_operation;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::model::{Document, Link, LinkTarget};

pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) {
    let mut ids: HashSet<&str> = HashSet::new();
    let mut links: Vec<&Link> = document
        .components
        .links
        .values()
        .filter_map(|link| document.link(link))
        .collect();
    each_operation(document, &mut |_, operation| {
        ids.extend(operation.operation_id.as_ref().map(|id| id.value.as_str()));
        let responses = operation
            .responses
            .responses
            .iter()
            .filter_map(|(_, response)| document.response(response));
        links.extend(
            responses
                .flat_map(|response| response.links.values())
                .filter_map(|link| document.link(link)),
        );
    });
    links.sort_by_key(|link| link.span);
    for link in links {
        if let LinkTarget::Id(id) = &link.target
            && !id.is_empty()
            && !ids.contains(id.value.as_str())
        {
            let message = format!("no operation has the operationId `{id}`");
            diagnostics.push(
                Diagnostic::warning(Code::DanglingReference, id.span, message)
                    .label("this link leads nowhere"),
            );
        }
    }
}
