//! Former names of operations: what takes their places, and what they share with it.

use crate::ir::{Api, Operation};
use crate::target::rust_lang::names::snake;

/// The operation that a former one is, if it has the same name at another place.
pub(super) fn called_as<'a>(operation: &Operation, api: &'a Api) -> Option<&'a Operation> {
    let now = &api.operations[operation.former?];
    (now.name.wire() == operation.name.wire()).then_some(now)
}

/// Why an operation should no longer be called, as a string literal.
pub(super) fn deprecated(operation: &Operation, api: &Api) -> String {
    let Some(now) = operation.former else {
        return if operation.deprecated {
            "\"by the API\""
        } else {
            ""
        }
        .to_owned();
    };
    let path = api.operations[now].sdk_path.iter();
    let path: Vec<String> = path.map(|name| snake(name.words())).collect();
    format!("\"use `{}`\"", path.join("()."))
}
