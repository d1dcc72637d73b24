//! Words of a document in an explanation, which is text for a terminal, or JSON.

use crate::ir::{Api, Name, Operation};
use crate::target::rust_lang::escape;

/// What packages are named after where nothing else is said; they clean it themselves.
pub(super) fn title(api: &Api) -> &str {
    api.info.title.raw()
}

/// `POST /runs/{run_id}`, percent-encoded as requests are.
pub(super) fn request(operation: &Operation) -> String {
    let path = escape::template(operation);
    format!("{} {path}", operation.method.as_str())
}

/// What an operation is called in the document.
pub(super) fn id(operation: &Operation) -> String {
    operation.name.wire().raw().to_owned()
}

/// `runs.start`
pub(super) fn dotted(path: &[Name]) -> String {
    let parts: Vec<String> = path.iter().map(|name| name.words().join("_")).collect();
    parts.join(".")
}
