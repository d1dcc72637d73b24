//! The tree that YAML and JSON are read into.

use std::sync::Arc;

use super::span::{Span, Spanned};

/// An entry of a mapping.
pub type Entry = (Spanned<String>, Node);

/// A value of a document and the place where it was written.
///
/// Collections are shared: a clone is cheap, and a YAML alias is the node of
/// its anchor. Two nodes are equal when their values are, wherever they stand.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the value was written. For a mapping or a sequence, all of it.
    pub span: Span,
    /// What was written.
    pub value: Value,
}

/// What a [`Node`] holds: the values of JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written: `1e3`, `0x1F`, `-0.10`.
    Number(String),
    /// A string, escapes resolved.
    String(String),
    /// A list.
    Sequence(Arc<Vec<Node>>),
    /// Keys and values in the order of the document; no key stands twice.
    Mapping(Arc<Vec<Entry>>),
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, span: Span) -> Self {
        Self { span, value }
    }

    /// The value as JSON, without places; a number that JSON cannot write is null.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(text) => serde_json::from_str(text).unwrap_or(Json::Null),
            Value::String(text) => Json::String(text.clone()),
            Value::Sequence(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Mapping(entries) => entries
                .iter()
                .map(|(key, node)| (key.value.clone(), node.to_json()))
                .collect(),
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The text of the number, if it is one.
    pub fn as_number(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if it is a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The value under `key`, if it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let entries = self.as_mapping()?;
        entries
            .iter()
            .find(|(name, _)| name.value == key)
            .map(|(_, node)| node)
    }

    /// What JSON calls the kind of value: `a string`, `a mapping`, ...
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    /// The node that a JSON Pointer (RFC 6901, not percent-encoded) leads to
    /// from here; the empty pointer is the node itself.
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, token| match &node.value {
                Value::Sequence(items) => items.get(token.parse::<usize>().ok()?),
                Value::Mapping(_) if token.contains('~') => node.get(&unescape_token(token)),
                Value::Mapping(_) => node.get(token),
                _ => None,
            })
    }

    /// Puts another value at the end of a path of names, or takes the entry away; false when there
    /// is none, or that value already.
    pub(super) fn replace(&mut self, path: &[String], with: Option<Value>) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return with.is_some_and(|value| {
                self.value != value && {
                    self.value = value;
                    true
                }
            });
        };
        let remove = rest.is_empty() && with.is_none();
        match &mut self.value {
            Value::Sequence(items) => {
                let items = Arc::make_mut(items);
                let Some(index) = first.parse().ok().filter(|index| *index < items.len()) else {
                    return false;
                };
                if remove {
                    items.remove(index);
                    return true;
                }
                items[index].replace(rest, with)
            }
            Value::Mapping(entries) => {
                let entries = Arc::make_mut(entries);
                let Some(index) = entries.iter().position(|(key, _)| key.value == *first) else {
                    return false;
                };
                if remove {
                    entries.remove(index);
                    return true;
                }
                entries[index].1.replace(rest, with)
            }
            _ => false,
        }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A name as a token of a JSON Pointer (RFC 6901, section 3).
pub fn escape_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The name that a token of a JSON Pointer stands for (RFC 6901, section 4).
pub fn unescape_token(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
