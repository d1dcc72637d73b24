//! Calls that show how an API is used: which operations, with which arguments, and what a server
//! might answer. READMEs, examples and tests of packages are made of them.
//!
//! Knows the IR and no language: how a value is written is the target's affair. Only calls that
//! every language writes plainly are here: what is required is scalars, lists and records of these.

mod answer;
mod calls;
mod constraint;
mod escape;
mod offers;
mod value;

pub(crate) use self::calls::{Sample, first, tested};
pub(crate) use self::constraint::fits_every_schema;
pub(crate) use self::offers::Offers;
pub(crate) use self::value::Value;

/// What tests are told of calls, by the operation's id: how each is seen by a server, and what it
/// answers. One text for the packages of all languages.
pub(crate) fn data(api: &crate::ir::Api, samples: &[Sample<'_>]) -> String {
    let entries = samples.iter().map(|sample| {
        let id = escape::wire(&sample.operation.name);
        (id, calls::seen(api, sample))
    });
    let all: serde_json::Map<String, serde_json::Value> = entries.collect();
    let text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text + "\n"
}

/// What the API is, by its document: a line of Markdown.
pub(crate) fn about(api: &crate::ir::Api) -> Option<String> {
    escape::about(&api.info.docs)
}
