//! Overlay 1.0: changes to a document that one does not own, in a file of their own.
//!
//! ```yaml
//! overlay: 1.0.0
//! info: { title: Names of ours, version: 1.0.0 }
//! actions:
//!   - target: $.paths["/pets"].get
//!     update: { x-exai-method: pets.list }
//!   - target: $.paths[?@["x-internal"] == true]
//!     remove: true
//! ```
//!
//! Actions are applied one after the other to the tree of the root document, before anything is
//! read from it. What an update brings keeps its place in the overlay, for messages.

use std::path::Path;

use serde_json_path::JsonPath;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Node, Sources, Value, escape_token};

/// Applies the overlay at `path` to the root document of `sources`. What is wrong with the overlay
/// goes to `diagnostics`, and then the document is not to be used; a target that selects nothing
/// is a warning, as the specification has it (section 4.4.3).
pub(crate) fn apply(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) {
    let (Some(root), Some(file)) = (sources.root(), sources.open_another(path, diagnostics)) else {
        return;
    };
    let Some(overlay) = sources.file(file).node.clone() else {
        return;
    };
    let version = overlay.get("overlay").and_then(Node::as_str);
    if !version.is_some_and(|version| version.starts_with("1.")) {
        let message = "an overlay says `overlay: 1.0.0`, its version";
        diagnostics.push(Diagnostic::error(
            Code::UnsupportedVersion,
            overlay.span,
            message,
        ));
        return;
    }
    let Some(actions) = overlay.get("actions").and_then(Node::as_sequence) else {
        let message = "an overlay must have `actions`, a list";
        diagnostics.push(Diagnostic::error(Code::MissingField, overlay.span, message));
        return;
    };
    for action in actions {
        act(action, root, sources, diagnostics);
    }
}

fn act(action: &Node, root: FileId, sources: &mut Sources, diagnostics: &mut Diagnostics) {
    let Some((target, text)) = action
        .get("target")
        .and_then(|target| Some((target, target.as_str()?)))
    else {
        let message = "an action must have a `target`, a JSONPath expression";
        diagnostics.push(Diagnostic::error(Code::MissingField, action.span, message));
        return;
    };
    let remove = action.get("remove").and_then(Node::as_bool) == Some(true);
    let update = action.get("update");
    if !remove && update.is_none() {
        let message = "an action has an `update`, or says `remove: true`";
        diagnostics.push(Diagnostic::error(Code::MissingField, action.span, message));
        return;
    }
    let path = match JsonPath::parse(text) {
        Ok(path) => path,
        Err(error) => {
            let message = format!("`{text}` is no JSONPath expression of RFC 9535");
            let found = Diagnostic::error(Code::InvalidValue, target.span, message);
            diagnostics.push(found.label(error.message().to_owned()));
            return;
        }
    };
    let Some(tree) = &sources.file(root).node else {
        return;
    };
    let places = select(&path, tree);
    if places.is_empty() {
        let message = format!("`{text}` selects nothing in the document");
        diagnostics.push(Diagnostic::warning(
            Code::DanglingReference,
            target.span,
            message,
        ));
    }
    // From the last to the first, so that places in a list stay where they are.
    for place in places.iter().rev() {
        if remove {
            sources.replace(root, place, None);
        } else if let Some(update) = update
            && let Some(before) = sources
                .file(root)
                .node
                .as_ref()
                .and_then(|n| n.pointer(place))
        {
            match merged(before, update, true) {
                Some(after) => {
                    sources.replace(root, place, Some(after));
                }
                None => {
                    let message = format!("an update cannot be merged with {}", before.kind());
                    diagnostics.push(
                        Diagnostic::error(Code::WrongType, update.span, message)
                            .secondary(before.span, "the target is here")
                            .hint("select the object or the list that holds it"),
                    );
                }
            }
        }
    }
}

/// JSON Pointers of what a path selects, in the order of the document, each once.
fn select(path: &JsonPath, tree: &Node) -> Vec<String> {
    let value = tree.to_json();
    let mut found = Vec::new();
    for node in path.query_located(&value).iter() {
        let pointer: String = node
            .location()
            .iter()
            .map(|element| match (element.as_name(), element.as_index()) {
                (Some(name), _) => format!("/{}", escape_token(name)),
                (None, index) => format!("/{}", index.unwrap_or_default()),
            })
            .collect();
        if !found.contains(&pointer) {
            found.push(pointer);
        }
    }
    found
}

/// A value with an update: objects entry by entry, lists one after the other, others replaced. Of
/// a target, which is `selected` itself, a list is added to by one entry, and a value that is
/// neither cannot be updated.
fn merged(before: &Node, update: &Node, selected: bool) -> Option<Value> {
    match (&before.value, &update.value) {
        (Value::Mapping(entries), Value::Mapping(more)) => {
            let mut entries = entries.to_vec();
            for (key, value) in more.iter() {
                match entries
                    .iter_mut()
                    .find(|(known, _)| known.value == key.value)
                {
                    Some((_, known)) => {
                        let value = Node::new(merged(known, value, false)?, value.span);
                        *known = value;
                    }
                    None => entries.push((key.clone(), value.clone())),
                }
            }
            Some(Value::Mapping(entries.into()))
        }
        (Value::Sequence(items), Value::Sequence(more)) if !selected => {
            Some(Value::Sequence([items.as_slice(), more].concat().into()))
        }
        (Value::Sequence(items), _) if selected => {
            let items = [items.as_slice(), std::slice::from_ref(update)].concat();
            Some(Value::Sequence(items.into()))
        }
        _ if selected => None,
        _ => Some(update.value.clone()),
    }
}
