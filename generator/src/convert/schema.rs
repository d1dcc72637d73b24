//! Schemas: from JSON Schema 2020-12 to the Schema Object of OpenAPI 3.0 (section 4.7.24).

use std::sync::Arc;

use super::{Converter, mapping};
use crate::source::{Entry, Node, Span, Spanned, Value};

/// Keywords that say something of tools alone.
const SILENT: &[&str] = &["$comment", "$schema"];
/// Keywords that 3.0 has no words for.
const LOST: &[&str] = &[
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$vocabulary",
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

impl Converter<'_> {
    /// Schemas by name.
    pub(super) fn schemas(&mut self, node: &Node) -> Node {
        let Some(entries) = node.as_mapping() else {
            return node.clone();
        };
        let entries = entries
            .iter()
            .map(|(key, value)| (key.clone(), self.schema(value)));
        mapping(entries.collect(), node.span)
    }

    pub(super) fn schema(&mut self, node: &Node) -> Node {
        let entries = match &node.value {
            Value::Bool(true) => return mapping(Vec::new(), node.span),
            Value::Bool(false) => {
                let nothing = mapping(Vec::new(), node.span);
                return mapping(vec![entry("not", nothing)], node.span);
            }
            Value::Mapping(entries) => entries,
            _ => return node.clone(),
        };
        if let [(key, target)] = entries.as_slice()
            && key.value == "$ref"
        {
            return mapping(vec![(key.clone(), reference(target))], node.span);
        }
        let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
        for (key, value) in entries.iter() {
            self.keyword(key, value, node, &mut out);
        }
        let is_list = out
            .iter()
            .any(|(key, value)| key.value == "type" && value.as_str() == Some("array"));
        if is_list && !out.iter().any(|(key, _)| key.value == "items") {
            out.push(entry("items", mapping(Vec::new(), node.span)));
        }
        mapping(out, node.span)
    }

    fn keyword(&mut self, key: &Spanned<String>, value: &Node, of: &Node, out: &mut Vec<Entry>) {
        let at = value.span;
        let name = key.value.as_str();
        match name {
            // Here 3.0 has booleans, too.
            "additionalProperties" if value.as_bool().is_some() => {
                out.push((key.clone(), value.clone()))
            }
            "additionalProperties" | "items" | "not" => out.push((key.clone(), self.schema(value))),
            "properties" => out.push((key.clone(), self.schemas(value))),
            "$defs" => out.push(entry("x-defs", self.schemas(value))),
            "anyOf" | "oneOf" | "allOf" => self.branches(key, value, out),
            // Beside other keywords a reference has no effect in 3.0.
            "$ref" => {
                let one = mapping(vec![(key.clone(), reference(value))], at);
                branch(one, out);
            }
            "type" => self.types(key, value, out),
            "const" => {
                let only = Value::Sequence(Arc::new(vec![value.clone()]));
                out.push(entry("enum", Node::new(only, at)));
            }
            "examples" => {
                let first = value.as_sequence().and_then(<[Node]>::first);
                if let Some(first) = first.filter(|_| of.get("example").is_none()) {
                    out.push(entry("example", first.clone()));
                }
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.as_number().is_some() => {
                let bound = if name == "exclusiveMinimum" {
                    "minimum"
                } else {
                    "maximum"
                };
                let number = |node: &Node| node.as_number().and_then(|n| n.parse::<f64>().ok());
                let beyond = of.get(bound).and_then(number).zip(number(value));
                let tighter = beyond.is_some_and(|(bound, exclusive)| match name {
                    "exclusiveMinimum" => bound > exclusive,
                    _ => bound < exclusive,
                });
                if !tighter {
                    out.retain(|(key, _)| key.value != bound);
                    out.push(entry(bound, value.clone()));
                    kept_bool(key, at, out);
                }
            }
            "minimum" | "maximum" if out.iter().any(|(known, _)| known.value == name) => {}
            "contentEncoding" | "contentMediaType" => {
                let encoded = of.get("contentEncoding").is_some();
                let known = out.iter().any(|(key, _)| key.value == "format");
                if of.get("format").is_none() && !known {
                    let format = if encoded { "byte" } else { "binary" };
                    out.push(entry(
                        "format",
                        Node::new(Value::String(format.to_owned()), at),
                    ));
                }
            }
            name if SILENT.contains(&name) => {}
            name if LOST.contains(&name) => self.lost(key.span, name),
            _ => out.push((key.clone(), value.clone())),
        }
    }

    /// `type`, which is one name in 3.0 with `nullable` beside it.
    fn types(&mut self, key: &Spanned<String>, value: &Node, out: &mut Vec<Entry>) {
        let at = value.span;
        let named = |node: &Node| node.as_str() != Some("null");
        let single = [value.clone()];
        let listed = value.as_sequence().unwrap_or(&single);
        let (types, nulls): (Vec<&Node>, Vec<&Node>) = listed.iter().partition(|t| named(t));
        match types.as_slice() {
            [] => {
                let null = Value::Sequence(Arc::new(vec![Node::new(Value::Null, at)]));
                out.push(entry("enum", Node::new(null, at)));
            }
            [only] => out.push((key.clone(), (*only).clone())),
            several => {
                let each = |ty: &&Node| {
                    let mut only = vec![(key.clone(), (*ty).clone())];
                    if ty.as_str() == Some("array") {
                        only.push(entry("items", mapping(Vec::new(), at)));
                    }
                    if !nulls.is_empty() {
                        kept_bool(&Spanned::new("nullable".to_owned(), at), at, &mut only);
                    }
                    mapping(only, at)
                };
                let any = Value::Sequence(Arc::new(several.iter().map(each).collect()));
                branch(mapping(vec![entry("anyOf", Node::new(any, at))], at), out);
                return;
            }
        }
        if !nulls.is_empty() {
            kept_bool(&Spanned::new("nullable".to_owned(), at), at, out);
        }
    }

    /// The branches of a union; a branch that is null makes the whole nullable.
    fn branches(&mut self, key: &Spanned<String>, value: &Node, out: &mut Vec<Entry>) {
        let is_null = |node: &&Node| node.get("type").and_then(Node::as_str) == Some("null");
        let all = value.as_sequence().unwrap_or_default();
        let nullable = key.value != "allOf" && all.iter().any(|node| is_null(&node));
        let kept = all.iter().filter(|node| !nullable || !is_null(node));
        let kept: Vec<Node> = kept.map(|node| self.schema(node)).collect();
        // What a reference beside other keywords has put there already.
        let known = out.iter_mut().find(|(known, _)| known.value == key.value);
        match known.map(|(_, node)| &mut node.value) {
            Some(Value::Sequence(items)) => Arc::make_mut(items).extend(kept),
            _ => out.push((
                key.clone(),
                Node::new(Value::Sequence(Arc::new(kept)), value.span),
            )),
        }
        if nullable {
            kept_bool(
                &Spanned::new("nullable".to_owned(), value.span),
                value.span,
                out,
            );
        }
    }
}

/// A schema that must hold too.
fn branch(schema: Node, out: &mut Vec<Entry>) {
    let known = out.iter_mut().find(|(key, _)| key.value == "allOf");
    match known.map(|(_, node)| &mut node.value) {
        Some(Value::Sequence(items)) => Arc::make_mut(items).push(schema),
        _ => {
            let span = schema.span;
            let all = Value::Sequence(Arc::new(vec![schema]));
            out.push(entry("allOf", Node::new(all, span)));
        }
    }
}

/// A reference, with the names that this conversion gives.
pub(super) fn reference(node: &Node) -> Node {
    let text = node
        .as_str()
        .map(|text| text.replace("/$defs/", "/x-defs/"));
    text.map_or_else(
        || node.clone(),
        |text| Node::new(Value::String(text), node.span),
    )
}

fn kept_bool(key: &Spanned<String>, at: Span, out: &mut Vec<Entry>) {
    if !out.iter().any(|(known, _)| known.value == key.value) {
        out.push((key.clone(), Node::new(Value::Bool(true), at)));
    }
}

fn entry(key: &str, node: Node) -> Entry {
    (Spanned::new(key.to_owned(), node.span), node)
}
