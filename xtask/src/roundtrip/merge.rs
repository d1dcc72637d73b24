//! One schema out of those that all hold: references followed, `allOf` put together, a branch of
//! each union taken.

use serde_json::{Map, Value, json};

use super::chance::Chance;

type Object = Map<String, Value>;

/// How many references and unions may lead from one into the next.
const DEEPEST: usize = 48;

/// The keywords of a schema and of all that it is made of; `None` where nothing fits.
///
/// Which branch of a union is taken is left to chance. What two schemas say of one thing is put
/// together as far as values can be made of it: the validator has the last word.
pub(super) fn merged(document: &Value, schema: &Value, chance: &mut Chance) -> Option<Object> {
    let mut out = Object::new();
    let mut merging = Merging {
        document,
        chance,
        depth: 0,
    };
    merging.add(schema, &mut out)?;
    Some(out)
}

/// The schema that a reference leads to.
pub(super) fn follow<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    let pointer = reference.strip_prefix('#')?;
    if pointer.is_empty() || pointer.starts_with('/') {
        return document.pointer(&percent_decoded(pointer));
    }
    anchored(document, pointer)
}

/// Text of a URI without its escapes (RFC 3986, section 2.1).
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut rest = bytes.clone();
        let digits = [rest.next(), rest.next()]
            .map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
        match (byte, digits) {
            (b'%', [Some(high), Some(low)]) => {
                out.push((high * 16 + low) as u8);
                bytes = rest;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn anchored<'d>(node: &'d Value, name: &str) -> Option<&'d Value> {
    match node {
        Value::Object(object) => {
            let is = |key| object.get(key).and_then(Value::as_str) == Some(name);
            if is("$anchor") || is("$dynamicAnchor") {
                return Some(node);
            }
            object.values().find_map(|value| anchored(value, name))
        }
        Value::Array(items) => items.iter().find_map(|item| anchored(item, name)),
        _ => None,
    }
}

struct Merging<'d, 'c> {
    document: &'d Value,
    chance: &'c mut Chance,
    depth: usize,
}

impl<'d> Merging<'d, '_> {
    fn add(&mut self, schema: &Value, out: &mut Object) -> Option<()> {
        let object = match schema {
            Value::Bool(true) => return Some(()),
            Value::Object(object) => object,
            _ => return None,
        };
        if self.depth > DEEPEST {
            return None;
        }
        self.depth += 1;
        for key in ["$ref", "$dynamicRef"] {
            if let Some(reference) = object.get(key).and_then(Value::as_str) {
                self.add(follow(self.document, reference)?, out)?;
            }
        }
        for member in list(object, "allOf") {
            self.add(member, out)?;
        }
        self.own(object, out);
        for key in ["oneOf", "anyOf"] {
            let branches = list(object, key);
            if !branches.is_empty() {
                let branch = &branches[self.chance.below(branches.len())];
                self.add(branch, out)?;
                self.tag(object, branch, out);
            }
        }
        if let Some(condition) = object.get("if") {
            let holds = self.chance.half();
            if holds {
                self.add(condition, out)?;
            }
            if let Some(next) = object.get(if holds { "then" } else { "else" }) {
                self.add(next, out)?;
            }
        }
        self.depth -= 1;
        Some(())
    }

    /// Gives the discriminator's property the value that means a branch (section 4.8.25 of
    /// OpenAPI), which no keyword of JSON Schema says.
    fn tag(&mut self, object: &Object, branch: &Value, out: &mut Object) {
        let Some(discriminator) = object.get("discriminator") else {
            return;
        };
        let (Some(property), Some(reference)) = (
            discriminator["propertyName"].as_str(),
            branch["$ref"].as_str(),
        ) else {
            return;
        };
        let name = reference.rsplit('/').next().unwrap_or_default();
        let mapping = discriminator["mapping"].as_object();
        let mapped = mapping
            .into_iter()
            .flatten()
            .find(|(_, target)| target.as_str().is_some_and(|t| t == reference || t == name));
        // A branch that says by itself what its tag is needs no other word for it.
        let fixed = out
            .get("properties")
            .and_then(|properties| properties.get(property));
        let fixed = fixed.is_some_and(|schema| self.is_fixed(schema, 0));
        let Some(tag) = mapped
            .map(|(tag, _)| tag.as_str())
            .or((!fixed).then_some(name))
        else {
            return;
        };
        let schema = json!({ "const": tag });
        let properties = out.entry("properties").or_insert_with(|| json!({}));
        let at = properties.as_object_mut().map(|p| p.entry(property));
        at.map(|at| {
            at.and_modify(|before| *before = both(before, &schema))
                .or_insert(schema)
        });
        let required = out.entry("required").or_insert_with(|| json!([]));
        if let Some(required) = required.as_array_mut() {
            required.push(property.into());
        }
    }

    fn is_fixed(&self, schema: &Value, depth: usize) -> bool {
        let next = schema["$ref"]
            .as_str()
            .and_then(|r| follow(self.document, r));
        let parts = schema["allOf"].as_array().into_iter().flatten().chain(next);
        schema.get("const").is_some()
            || schema.get("enum").is_some()
            || depth < 8 && parts.into_iter().any(|part| self.is_fixed(part, depth + 1))
    }

    fn own(&mut self, object: &Object, out: &mut Object) {
        const APART: [&str; 11] = [
            "$ref",
            "$dynamicRef",
            "allOf",
            "oneOf",
            "anyOf",
            "if",
            "then",
            "else",
            "discriminator",
            "description",
            "title",
        ];
        for (key, value) in object
            .iter()
            .filter(|(key, _)| !APART.contains(&key.as_str()))
        {
            let Some(before) = out.get_mut(key) else {
                out.insert(key.clone(), value.clone());
                continue;
            };
            match (key.as_str(), &mut *before, value) {
                ("properties" | "patternProperties", Value::Object(before), Value::Object(new)) => {
                    for (name, schema) in new {
                        match before.get_mut(name) {
                            Some(old) => *old = both(old, schema),
                            None => drop(before.insert(name.clone(), schema.clone())),
                        }
                    }
                }
                ("required", Value::Array(before), Value::Array(new)) => before.extend(new.clone()),
                ("type", ..) => *before = shared_types(before, value),
                ("enum", Value::Array(before), Value::Array(new)) => {
                    before.retain(|value| new.contains(value));
                }
                ("items" | "additionalProperties" | "unevaluatedProperties", ..) => {
                    *before = both(before, value);
                }
                ("minimum" | "minLength" | "minItems" | "exclusiveMinimum", ..) => {
                    if value.as_f64() > before.as_f64() {
                        *before = value.clone();
                    }
                }
                ("maximum" | "maxLength" | "maxItems" | "exclusiveMaximum", ..) => {
                    if value.as_f64() < before.as_f64() {
                        *before = value.clone();
                    }
                }
                _ => *before = value.clone(),
            }
        }
    }
}

fn both(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), other) | (other, Value::Bool(true)) => other.clone(),
        _ if a == b => a.clone(),
        _ => json!({ "allOf": [a, b] }),
    }
}

fn list<'a>(object: &'a Object, key: &str) -> &'a [Value] {
    object
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The types of a `type`, one or a list.
pub(super) fn types(ty: &Value) -> Vec<&str> {
    match ty {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn shared_types(a: &Value, b: &Value) -> Value {
    let (a, b) = (types(a), types(b));
    let has =
        |types: &[&str], ty| types.contains(&ty) || ty == "integer" && types.contains(&"number");
    let all = a.iter().chain(&b);
    let mut shared: Vec<&str> = all
        .copied()
        .filter(|ty| has(&a, ty) && has(&b, ty))
        .collect();
    shared.dedup();
    json!(shared)
}
