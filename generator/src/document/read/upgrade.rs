//! Schemas of 3.0 rewritten as 3.1 writes them, one level at a time, places kept.
//!
//! After the migration guide of the OpenAPI Initiative: `nullable` becomes the type `null`,
//! boolean `exclusiveMinimum` and `exclusiveMaximum` become numbers, tuples under `items` become
//! `prefixItems`, and what stands beside a
//! `$ref` loses its meaning unless it is a note. `example` and `format: binary` are left to
//! the reader of 3.1, which has them too.

use std::collections::HashSet;

use super::version::Version;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Entry, FileId, Node, Span, Spanned, Value};

/// Keys that say something about a use of a schema without changing what fits it.
const NOTES: [&str; 9] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
];

fn is_note(key: &str) -> bool {
    NOTES.contains(&key) || key.starts_with("x-")
}

/// Older keywords by the file they were remarked on in: once, as a document that has one
/// mostly has hundreds.
pub(super) type Noted = HashSet<(FileId, &'static str)>;

/// The 3.1 form of one schema of a document of `version`; `None` when it is that already.
/// Old forms in a newer document are taken for what their author meant, with a warning.
pub(super) fn schema(
    node: &Node,
    version: Version,
    noted: &mut Noted,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let entries = node.as_mapping()?;
    let is_old = version == Version::V30;
    let concerns = |(key, value): &Entry| match key.value.as_str() {
        "nullable" => value.as_bool().is_some(),
        "exclusiveMinimum" | "exclusiveMaximum" => value.as_bool().is_some(),
        "items" => value.as_sequence().is_some(),
        "$ref" => is_old && entries.len() > 1,
        _ => false,
    };
    if !entries.iter().any(concerns) {
        return None;
    }
    let mut entries = entries.to_vec();
    if is_old {
        ref_siblings(&mut entries, diagnostics);
    } else {
        for (key, value) in &entries {
            let (keyword, hint) = match key.value.as_str() {
                "nullable" if value.as_bool().is_some() => {
                    ("nullable", "write `type: [..., \"null\"]`")
                }
                "exclusiveMinimum" if value.as_bool().is_some() => {
                    ("exclusiveMinimum", "write the bound itself")
                }
                "exclusiveMaximum" if value.as_bool().is_some() => {
                    ("exclusiveMaximum", "write the bound itself")
                }
                _ => continue,
            };
            if noted.insert((key.span.file, keyword)) {
                let message = format!("`{keyword}` stands here as OpenAPI 3.0 has it");
                let found = Diagnostic::warning(Code::OlderKeyword, key.span, message);
                diagnostics.push(
                    found
                        .label("read as if it were 3.0, here and further on")
                        .hint(hint),
                );
            }
        }
    }
    exclusive_bound(&mut entries, "exclusiveMinimum", "minimum");
    exclusive_bound(&mut entries, "exclusiveMaximum", "maximum");
    tuple(&mut entries, noted, diagnostics);
    nullable(&mut entries, node.span);
    Some(Node::new(Value::Mapping(entries.into()), node.span))
}

fn find<'e>(entries: &'e mut [Entry], name: &str) -> Option<&'e mut Entry> {
    entries.iter_mut().find(|(key, _)| key.value == name)
}

fn remove(entries: &mut Vec<Entry>, name: &str) -> Option<Entry> {
    let index = entries.iter().position(|(key, _)| key.value == name)?;
    Some(entries.remove(index))
}

/// In 3.0 all that stands beside a `$ref` is ignored. Notes are kept, as they mean no harm.
fn ref_siblings(entries: &mut Vec<Entry>, diagnostics: &mut Diagnostics) {
    let is_reference = entries
        .iter()
        .any(|(key, value)| key.value == "$ref" && value.as_str().is_some());
    if !is_reference {
        return;
    }
    entries.retain(|(key, _)| {
        let keep = key.value == "$ref" || is_note(key);
        if !keep {
            let message = format!("`{key}` beside a `$ref` has no effect in OpenAPI 3.0");
            diagnostics.push(
                Diagnostic::warning(Code::IgnoredSibling, key.span, message)
                    .hint("put the `$ref` into an `allOf` beside it, or write the document as OpenAPI 3.1"),
            );
        }
        keep
    });
}

/// `minimum: 5` with `exclusiveMinimum: true` is `exclusiveMinimum: 5`.
fn exclusive_bound(entries: &mut Vec<Entry>, exclusive: &str, bound: &str) {
    let Some(flag) = find(entries, exclusive).and_then(|(_, value)| value.as_bool()) else {
        return;
    };
    remove(entries, exclusive);
    if let Some((key, _)) = find(entries, bound).filter(|_| flag) {
        exclusive.clone_into(&mut key.value);
    }
}

/// A list under `items`, the tuple of drafts before 2020-12, is `prefixItems`, and
/// `additionalItems` beside it is `items`.
fn tuple(entries: &mut [Entry], noted: &mut Noted, diagnostics: &mut Diagnostics) {
    let Some((key, _)) = find(entries, "items").filter(|(_, value)| value.as_sequence().is_some())
    else {
        return;
    };
    if noted.insert((key.span.file, "items")) {
        let message = "a list under `items` is of JSON Schema before 2020-12";
        let found = Diagnostic::warning(Code::OlderKeyword, key.span, message);
        diagnostics.push(
            found
                .label("read as `prefixItems`, here and further on")
                .hint("write `prefixItems`"),
        );
    }
    "prefixItems".clone_into(&mut key.value);
    if let Some((key, _)) = find(entries, "additionalItems") {
        "items".clone_into(&mut key.value);
    }
}

/// `nullable: true` lets `null` in: as one more type, and as one more value of `enum`, which
/// 3.0.3 asks authors to list themselves and they seldom do; where no `type` stands, as one
/// more branch beside what does.
fn nullable(entries: &mut Vec<Entry>, whole: Span) {
    let Some((key, flag)) = remove(entries, "nullable") else {
        return;
    };
    if flag.as_bool() != Some(true) {
        return;
    }
    let at = key.span;
    let null = Node::new(Value::String("null".to_owned()), at);
    if let Some((_, types)) = find(entries, "type") {
        match &mut types.value {
            Value::Sequence(list) => {
                let list = std::sync::Arc::make_mut(list);
                if !list.contains(&null) {
                    list.push(null);
                }
            }
            _ => {
                let list = vec![types.clone(), null];
                types.value = Value::Sequence(list.into());
            }
        }
        if let Some((
            _,
            Node {
                value: Value::Sequence(values),
                ..
            },
        )) = find(entries, "enum")
            && !values.iter().any(Node::is_null)
        {
            std::sync::Arc::make_mut(values).push(Node::new(Value::Null, at));
        }
        return;
    }
    let null_schema = mapping(vec![(Spanned::new("type".to_owned(), at), null)], at);
    for union in ["oneOf", "anyOf"] {
        if let Some((
            _,
            Node {
                value: Value::Sequence(branches),
                ..
            },
        )) = find(entries, union)
        {
            std::sync::Arc::make_mut(branches).push(null_schema);
            return;
        }
    }
    let (notes, rest): (Vec<_>, Vec<_>) = std::mem::take(entries)
        .into_iter()
        .partition(|(key, _)| is_note(key));
    *entries = notes;
    if !rest.is_empty() {
        let branches = Value::Sequence(vec![mapping(rest, whole), null_schema].into());
        entries.push((
            Spanned::new("anyOf".to_owned(), at),
            Node::new(branches, whole),
        ));
    }
}

fn mapping(entries: Vec<Entry>, span: Span) -> Node {
    Node::new(Value::Mapping(entries.into()), span)
}
