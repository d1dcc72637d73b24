//! What is wrong and has one meaning alone.

use std::sync::Arc;

use super::find::Finder;
use super::{Change, Item};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::Document;
use crate::document::rules;
use crate::source::{Entry, Node, Span, Spanned, Value};

/// The item that an error concerns, as it was meant; `None` where nobody can know.
pub(super) fn item(finder: &Finder<'_>, document: &Document, error: &Diagnostic) -> Option<Item> {
    let span = error.span()?;
    let item = finder.whole(span, 0)?;
    let node = finder.sources.file(item.file).node.as_ref()?;
    let node = node.pointer(&item.pointer)?;
    let value = match error.code {
        Code::UndeclaredPathParameter if item.is_operation => {
            let missing = rules::undeclared_path_parameters(document, span);
            with_parameters(node, &missing)?
        }
        Code::DuplicateOperationId if item.is_operation => {
            let entries = node.as_mapping()?.iter();
            let others = entries.filter(|(key, _)| key.value != "operationId");
            Value::Mapping(Arc::new(others.cloned().collect()))
        }
        Code::MissingField => required(node, span)?,
        _ => return None,
    };
    Some(Item {
        change: Change::Mend(value),
        is_operation: false,
        ..item
    })
}

/// An operation that declares path parameters, each any string.
fn with_parameters(operation: &Node, names: &[String]) -> Option<Value> {
    if names.is_empty() {
        return None;
    }
    let span = operation.span;
    let text = |text: &str| Node::new(Value::String(text.to_owned()), span);
    let object = |entries: Vec<(&str, Node)>| {
        let entries = entries
            .into_iter()
            .map(|(key, node)| (Spanned::new(key.to_owned(), span), node));
        Node::new(Value::Mapping(Arc::new(entries.collect())), span)
    };
    let parameter = |name: &String| {
        object(vec![
            ("name", text(name)),
            ("in", text("path")),
            ("required", Node::new(Value::Bool(true), span)),
            ("schema", object(vec![("type", text("string"))])),
        ])
    };
    let declared = operation.get("parameters").and_then(Node::as_sequence);
    let mut all = declared.unwrap_or_default().to_vec();
    all.extend(names.iter().map(parameter));
    let all = Node::new(Value::Sequence(Arc::new(all)), span);
    Some(with(operation, "parameters", all))
}

/// What holds a path parameter that is not said to be required, with the parameter as it must be.
fn required(node: &Node, span: Span) -> Option<Value> {
    let is_parameter = node.get("in").and_then(Node::as_str) == Some("path");
    let is_required = node.get("required").and_then(Node::as_bool) == Some(true);
    if is_parameter && !is_required && node.get("name").is_some() {
        let yes = Node::new(Value::Bool(true), node.span);
        return Some(with(node, "required", yes));
    }
    match &node.value {
        Value::Sequence(items) => {
            let index = items.iter().position(|item| item.span.holds(span))?;
            let mut items = items.to_vec();
            items[index].value = required(&items[index], span)?;
            Some(Value::Sequence(Arc::new(items)))
        }
        Value::Mapping(entries) => {
            let holds = |(_, value): &Entry| value.span.holds(span);
            let index = entries.iter().position(holds)?;
            let mut entries = entries.to_vec();
            entries[index].1.value = required(&entries[index].1, span)?;
            Some(Value::Mapping(Arc::new(entries)))
        }
        _ => None,
    }
}

/// A mapping with another value under `key`.
fn with(node: &Node, key: &str, value: Node) -> Value {
    let entries = node.as_mapping().unwrap_or_default().iter();
    let others = entries.filter(|(known, _)| known.value != key);
    let mut all: Vec<Entry> = others.cloned().collect();
    all.push((Spanned::new(key.to_owned(), node.span), value));
    Value::Mapping(Arc::new(all))
}
