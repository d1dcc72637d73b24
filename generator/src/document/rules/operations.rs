//! Operations and tags: names that must be unique.

use std::collections::HashMap;

use super::each_operation;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::model::Document;
use crate::source::Spanned;

pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) {
    let mut ids: Vec<&Spanned<String>> = Vec::new();
    each_operation(document, &mut |_, operation| {
        ids.extend(&operation.operation_id)
    });
    ids.sort_by_key(|id| id.span);
    unique(
        ids.into_iter(),
        Code::DuplicateOperationId,
        "two operations have the operationId",
        diagnostics,
    );
    unique(
        document.tags.iter().map(|tag| &tag.name),
        Code::DuplicateTag,
        "two tags have the name",
        diagnostics,
    );
}

fn unique<'a>(
    names: impl Iterator<Item = &'a Spanned<String>>,
    code: Code,
    message: &str,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: HashMap<&str, &Spanned<String>> = HashMap::new();
    for name in names {
        match seen.get(name.value.as_str()) {
            Some(first) => diagnostics.push(
                Diagnostic::error(code, name.span, format!("{message} `{name}`"))
                    .label("again here")
                    .secondary(first.span, "first here"),
            ),
            None => {
                seen.insert(&name.value, name);
            }
        }
    }
}
