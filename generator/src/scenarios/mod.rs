//! What follows from a document for whoever calls its API, as scenarios of the conformance suite:
//! each operation by the document's own examples, on the wire and back.
//!
//! Knows the IR and the examples, and no language; `tests/conformance/scenario.schema.json` says
//! what a scenario is.

mod call;
mod escape;
mod examples;
mod pages;
mod parameters;
mod streams;
#[cfg(test)]
mod tests;
mod waits;

use std::collections::HashMap;

use serde_json::Value;

use crate::document::Document;
use crate::ir::{Api, Operation};
use crate::source::Span;
use crate::target::{Owner, TargetFile};

use examples::Examples;

/// What the clients of the suite have behind their origin.
const BASE: &str = "/v1";

/// One operation with its examples.
struct Case<'a> {
    api: &'a Api,
    examples: &'a HashMap<Span, Examples>,
    operation: &'a Operation,
    /// Those of this operation.
    own: &'a Examples,
}

impl<'a> Case<'a> {
    fn of(
        api: &'a Api,
        examples: &'a HashMap<Span, Examples>,
        operation: &'a Operation,
    ) -> Result<Self, String> {
        let own = examples.get(&operation.span).ok_or("it stands nowhere")?;
        Ok(Self {
            api,
            examples,
            operation,
            own,
        })
    }
}

/// A scenario for each way in which an operation is used, a folder an operation.
///
/// # Errors
/// An operation lacks an example that a scenario cannot do without.
pub fn files(document: &Document, api: &Api) -> Result<Vec<TargetFile>, String> {
    let examples = examples::all(document);
    let mut files = Vec::new();
    for (_, operation) in api.operations.iter() {
        let id = escape::wire(&operation.name);
        let wrong = |error: String| format!("{id}: {error}");
        let case = Case::of(api, &examples, operation).map_err(wrong)?;
        for (name, scenario) in scenarios(&case).map_err(wrong)? {
            let text = serde_json::to_string_pretty(&scenario).map_err(|e| wrong(e.to_string()))?;
            files.push(TargetFile {
                path: format!("operations/{id}/{name}.json"),
                text: text + "\n",
                owner: Owner::Generated,
            });
        }
    }
    Ok(files)
}

fn scenarios(case: &Case<'_>) -> Result<Vec<(&'static str, Value)>, String> {
    if case.operation.page.is_some() {
        return Ok(vec![("call", pages::two(case)?)]);
    }
    if let Some(stream) = streams::of(case)? {
        let mut all = vec![("call", streams::whole(case, &stream)?)];
        all.extend(streams::resumed(case, &stream)?.map(|it| ("resumed", it)));
        return Ok(all);
    }
    let mut all = vec![("call", call::once(case)?)];
    all.extend(waits::all(case)?);
    Ok(all)
}
