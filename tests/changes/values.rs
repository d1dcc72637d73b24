//! What is said to be safe is safe: an independent validator is asked.
//!
//! A random schema is changed at random. Where the comparison finds no break on the wire, values
//! that were fit to be sent must still be, and values that can come now must be such as could come
//! before. Values hold what a schema lists, as clients send it; what it does not list they hold
//! where it says something of that. A `$comment` says where in a value a schema is asked.

use std::collections::BTreeSet;
use std::path::Path;

use exai_gen::changes::{Class, compare};
use serde_json::{Map, Value, json};

/// How many changes are tried; `EXAI_CASES` asks for more.
const CASES: u64 = 1_500;
/// How many values are tried for each.
const VALUES: usize = 60;

/// Splitmix64: a case is told by its number alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

fn scalar(dice: &mut Dice) -> Value {
    let all = [
        json!("a"),
        json!("b"),
        json!("ab"),
        json!("abcd"),
        json!(""),
        json!(0),
        json!(1),
        json!(2),
        json!(5),
        json!(1.5),
        json!(true),
        json!(null),
    ];
    dice.pick(&all).clone()
}

/// A schema for the values at a place.
fn schema(dice: &mut Dice, at: &str, depth: usize) -> Value {
    let deep = if depth == 0 { 5 } else { 11 };
    let mut out = match dice.roll(deep) {
        0 => json!({ "type": "string" }),
        1 => json!({ "type": "integer" }),
        2 => json!({ "type": ["string", "null"] }),
        3 => json!({ "enum": ["a", "b", 1] }),
        4 => json!({ "type": "number" }),
        5 => json!({ "type": "array", "items": schema(dice, &format!("{at}i"), depth - 1) }),
        6 => {
            let key = *dice.pick(&["oneOf", "anyOf", "allOf"]);
            json!({ key: [object(dice, at, depth - 1), object(dice, at, depth - 1)] })
        }
        7 => {
            let key = *dice.pick(&["oneOf", "anyOf"]);
            json!({ key: [tagged(dice, at, "a", depth - 1), tagged(dice, at, "b", depth - 1)] })
        }
        8 => json!({ "oneOf": [{ "type": "string" }, object(dice, at, depth - 1)] }),
        _ => object(dice, at, depth - 1),
    };
    for _ in 0..depth.min(dice.roll(2)) {
        keyword(dice, at, &mut out);
    }
    out["$comment"] = json!(at);
    out
}

fn object(dice: &mut Dice, at: &str, depth: usize) -> Value {
    let mut properties = Map::new();
    for letter in ["a", "b"] {
        if dice.roll(4) > 0 {
            let name = format!("{at}{letter}");
            properties.insert(name.clone(), schema(dice, &name, depth));
        }
    }
    let names: Vec<&String> = properties.keys().collect();
    let required: Vec<&String> = names.into_iter().filter(|_| dice.roll(2) == 0).collect();
    let mut out = json!({ "type": "object", "required": required, "$comment": at });
    out["properties"] = properties.into();
    match dice.roll(4) {
        0 => out["additionalProperties"] = json!(false),
        1 => out["additionalProperties"] = schema(dice, &format!("{at}z"), 0),
        _ => {}
    }
    out
}

fn tagged(dice: &mut Dice, at: &str, tag: &str, depth: usize) -> Value {
    let mut out = object(dice, at, depth);
    out["properties"][format!("{at}t")] = json!({ "const": tag, "$comment": format!("{at}t") });
    out["required"] = json!([format!("{at}t")]);
    out
}

/// Sets a keyword to one of few values, or takes it away.
fn keyword(dice: &mut Dice, at: &str, of: &mut Value) {
    let small = json!(dice.roll(4));
    let inner = schema(dice, at, 0);
    let listed: Vec<Value> = (0..=dice.roll(3)).map(|_| scalar(dice)).collect();
    let name = format!("{at}{}", dice.pick(&["a", "b", "x"]));
    let choices = [
        ("minimum", small.clone()),
        ("maximum", small.clone()),
        ("exclusiveMinimum", small.clone()),
        ("exclusiveMaximum", small.clone()),
        ("multipleOf", json!(1 + dice.roll(3))),
        ("minLength", small.clone()),
        ("maxLength", small.clone()),
        ("pattern", json!(*dice.pick(&["^a", "b$", "."]))),
        ("minItems", small.clone()),
        ("maxItems", small.clone()),
        ("uniqueItems", json!(true)),
        ("minProperties", small.clone()),
        ("maxProperties", small.clone()),
        ("enum", json!(listed)),
        ("const", listed[0].clone()),
        (
            "type",
            json!(dice.pick(&["string", "integer", "number", "object", "null"])),
        ),
        ("type", json!(["string", "integer"])),
        ("not", inner.clone()),
        ("if", inner.clone()),
        ("then", inner.clone()),
        ("items", schema(dice, &format!("{at}i"), 0)),
        ("contains", schema(dice, &format!("{at}i"), 0)),
        ("minContains", small),
        ("prefixItems", json!([schema(dice, &format!("{at}i"), 0)])),
        ("additionalProperties", json!(dice.roll(2) == 0)),
        ("additionalProperties", schema(dice, &format!("{at}z"), 0)),
        ("unevaluatedProperties", json!(false)),
        ("patternProperties", json!({ "x$": inner })),
        (
            "propertyNames",
            json!({ "pattern": *dice.pick(&["a$", "[ab]$"]) }),
        ),
        ("dependentRequired", json!({ format!("{at}a"): [name] })),
        ("title", json!("Words")),
        ("deprecated", json!(true)),
    ];
    let (key, value) = dice.pick(&choices).clone();
    if of.get(key).is_some() && dice.roll(2) == 0 {
        of.as_object_mut().map(|of| of.remove(key));
    } else {
        of[key] = value;
    }
}

/// Changes one schema below `of`.
fn change(dice: &mut Dice, of: &mut Value) {
    let mut places = Vec::new();
    find(of, &mut String::new(), &mut places);
    let place = dice.pick(&places).clone();
    let Some(target) = of.pointer_mut(&place) else {
        return;
    };
    let at = target["$comment"].as_str().unwrap_or_default().to_owned();
    let name = format!("{at}{}", dice.pick(&["a", "b", "x"]));
    match dice.roll(6) {
        0 if target["type"] == "object" => {
            target["properties"][&name] = schema(dice, &name, 0);
        }
        1 if target["properties"].is_object() => {
            target["properties"]
                .as_object_mut()
                .map(|p| p.remove(&name));
        }
        2 if target["type"] == "object" => {
            let mut required: BTreeSet<String> = target["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            if !required.remove(&name) {
                required.insert(name);
            }
            target["required"] = json!(required);
        }
        3 => {
            for key in ["oneOf", "anyOf", "allOf", "enum"] {
                let fresh = match key {
                    "enum" => scalar(dice),
                    _ => schema(dice, &at, 0),
                };
                let Some(list) = target.get_mut(key).and_then(Value::as_array_mut) else {
                    continue;
                };
                if list.len() > 1 && dice.roll(2) == 0 {
                    list.pop();
                } else {
                    list.push(fresh);
                }
            }
        }
        _ => keyword(dice, &at, target),
    }
}

/// The places of all schemas, by their `$comment`.
fn find(of: &Value, at: &mut String, out: &mut Vec<String>) {
    if of.get("$comment").is_some_and(Value::is_string) {
        out.push(at.clone());
    }
    let mut below = |key: String, value: &Value| {
        let length = at.len();
        at.push('/');
        at.push_str(&key);
        find(value, at, out);
        at.truncate(length);
    };
    match of {
        Value::Object(of) => of.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(of) => of
            .iter()
            .enumerate()
            .for_each(|(i, v)| below(i.to_string(), v)),
        _ => {}
    }
}

/// The names that values at a place may hold, as the schemas that are asked there say.
fn names(world: &Value, at: &str) -> Vec<String> {
    let mut places = Vec::new();
    find(world, &mut String::new(), &mut places);
    let asked: Vec<&Value> = places
        .iter()
        .filter_map(|place| world.pointer(place))
        .filter(|schema| schema["$comment"] == at)
        .collect();
    let is = |letter: &&str| {
        let name = format!("{at}{letter}");
        asked.iter().any(|schema| {
            schema["properties"].get(&name).is_some()
                || schema["required"]
                    .as_array()
                    .is_some_and(|r| r.contains(&json!(name)))
        })
    };
    let says = |schema: &&Value| {
        [
            "additionalProperties",
            "unevaluatedProperties",
            "patternProperties",
        ]
        .iter()
        .any(|key| schema.get(key).is_some_and(|rest| *rest != json!(false)))
    };
    let mut letters: Vec<&str> = ["a", "b", "t", "x"].into_iter().filter(is).collect();
    if !asked.is_empty() && asked.iter().all(says) {
        letters.extend(["x", "z"]);
    }
    letters
        .into_iter()
        .map(|letter| format!("{at}{letter}"))
        .collect()
}

fn instance(dice: &mut Dice, world: &Value, at: &str, depth: usize) -> Value {
    match dice.roll(if depth == 0 { 3 } else { 7 }) {
        3 => {
            let items = 0..dice.roll(4);
            items
                .map(|_| instance(dice, world, &format!("{at}i"), depth - 1))
                .collect()
        }
        4.. => {
            let mut out = Map::new();
            for name in names(world, at) {
                if dice.roll(4) > 0 {
                    let value = instance(dice, world, &name, depth - 1);
                    out.insert(name, value);
                }
            }
            out.into()
        }
        _ => scalar(dice),
    }
}

fn document(schema: &Value, sent: bool) -> Value {
    let content =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } });
    let mut operation =
        json!({ "operationId": "do", "responses": { "200": { "description": "Done." } } });
    if sent {
        operation["requestBody"] = json!({ "required": true, "content": content });
    } else {
        operation["responses"]["200"]["content"] = content;
    }
    json!({
        "openapi": "3.1.1",
        "info": { "title": "Things", "version": "1" },
        "paths": { "/things": { "post": operation } },
        "components": { "schemas": { "Thing": schema } },
    })
}

fn write(folder: &Path, name: &str, of: &Value) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, of.to_string()).expect("the folder is ours");
    path
}

#[test]
fn what_is_said_to_be_safe_is_safe() {
    let cases = std::env::var("EXAI_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut safe, mut held) = (0, 0);
    for case in 0..cases.unwrap_or(CASES) {
        let mut dice = Dice(case);
        let old = schema(&mut dice, "p", 2);
        let mut new = old.clone();
        for _ in 0..=dice.roll(2) {
            change(&mut dice, &mut new);
        }
        let sent = dice.roll(2) == 0;
        let path = |name, of| write(folder.path(), name, &document(of, sent));
        let read = |name, of| super::try_read(&path(name, of)).map(|(_, document)| document);
        let (Ok(before), Ok(after)) = (read("old.json", &old), read("new.json", &new)) else {
            continue;
        };
        let found = compare(&before, &after);
        if old == new
            || found
                .iter()
                .any(|change| change.rule.wire() == Class::Breaking)
        {
            continue;
        }
        safe += 1;
        let (from, to) = if sent { (&old, &new) } else { (&new, &old) };
        let (Ok(fits), Ok(must)) = (
            jsonschema::validator_for(from),
            jsonschema::validator_for(to),
        ) else {
            continue;
        };
        for _ in 0..VALUES {
            let value = instance(&mut dice, from, "p", 3);
            if !fits.is_valid(&value) {
                continue;
            }
            held += 1;
            assert!(
                must.is_valid(&value),
                "case {case}, {}: {value}\nold {old:#}\nnew {new:#}\n{found:#?}",
                if sent { "sent" } else { "received" },
            );
        }
    }
    assert!(
        safe > 100 && held > 1_000,
        "{safe} safe changes, {held} values"
    );
}
