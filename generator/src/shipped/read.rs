//! The file's tree to what it says.

use super::{Called, Meaning, Shipped, Stands};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Entry, Node};

const KINDS: [&str; 4] = ["record", "enum", "union", "alias"];

impl Shipped {
    /// Reads the file's tree; what is wrong goes to `diagnostics`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        let mut out = Self::default();
        for (key, value) in entries(node, diagnostics) {
            match key.value.as_str() {
                "operations" => {
                    for (request, names) in entries(value, diagnostics) {
                        let names = called(names, diagnostics);
                        out.operations.insert(request.value.clone(), names);
                    }
                }
                "types" => {
                    for (name, stands) in entries(value, diagnostics) {
                        let meaning = is_words(&name.value).then(|| meaning(stands)).flatten();
                        match meaning {
                            Some(what) => {
                                let span = Some(name.span);
                                out.types.insert(name.value.clone(), Stands { what, span });
                            }
                            None => wrong(
                                stands,
                                "a type's words, and `record`, `enum`, `union`, `alias` or `now` of it",
                                diagnostics,
                            ),
                        }
                    }
                }
                _ => {
                    let message = format!("unknown key `{}`", key.value);
                    diagnostics.push(Diagnostic::error(Code::UnknownKey, key.span, message));
                }
            }
        }
        out
    }
}

fn called(node: &Node, diagnostics: &mut Diagnostics) -> Vec<Called> {
    let mut out = Vec::new();
    for item in node.as_sequence().unwrap_or_default() {
        let text = |key: &str| item.get(key).and_then(Node::as_str);
        match (text("id"), text("method")) {
            (Some(id), Some(method)) if method.split('.').all(is_words) => out.push(Called {
                id: id.to_owned(),
                method: method.to_owned(),
                span: Some(item.span),
            }),
            _ => wrong(
                item,
                "the `id` and the `method` of an operation",
                diagnostics,
            ),
        }
    }
    if out.is_empty() {
        wrong(node, "a list of at least one name", diagnostics);
    }
    out
}

fn meaning(node: &Node) -> Option<Meaning> {
    let [(key, value)] = node.as_mapping()? else {
        return None;
    };
    if key.value == "now" {
        let name = value.as_str().filter(|name| is_words(name))?;
        return Some(Meaning::Now(name.to_owned()));
    }
    let kind = KINDS.iter().find(|kind| **kind == key.value)?;
    let place = match value.is_null() {
        true => None,
        false => Some(value.as_str()?.to_owned()),
    };
    Some(Meaning::At((*kind).to_owned(), place))
}

/// Words of letters and digits, joined with `_`.
fn is_words(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.chars().all(char::is_alphanumeric);
    text.split('_').all(word)
}

fn entries<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> &'a [Entry] {
    match node.as_mapping() {
        Some(entries) => entries,
        None if node.is_null() => &[],
        None => {
            wrong(node, "a mapping", diagnostics);
            &[]
        }
    }
}

fn wrong(node: &Node, expected: &str, diagnostics: &mut Diagnostics) {
    let message = format!("found {}, expected {expected}", node.kind());
    diagnostics.push(Diagnostic::error(Code::WrongType, node.span, message));
}
