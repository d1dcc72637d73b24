//! Calls of a document's operations, with arguments made of its text.

use exai_gen::ir::{Api, PathSegment, Payload, Shape, Type};
use serde_json::{Map, Value, json};

use crate::roundtrip::{Amount, Chance, Maker, Schemas};

/// How many operations of a document are called.
const OPERATIONS: usize = 24;

/// A call of an operation.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// What the generator calls the operation.
    pub(super) id: String,
    pub(super) method: String,
    /// `/things/{id}`
    pub(super) path: String,
    /// The operation in the document, references not followed.
    pub(super) operation: Value,
    /// Its parameters, references followed.
    pub(super) parameters: Vec<Value>,
    /// By `path`, `query`, `header`, `cookie`, and `body`.
    pub(super) args: Value,
    /// The body's members are given one by one.
    pub(super) flat: bool,
    /// The operation has no body.
    pub(super) bodiless: bool,
    /// The body is written as `application/x-www-form-urlencoded`.
    pub(super) form: bool,
}

/// Calls of operations that stand evenly apart, each with what is required and with everything.
/// Bodies of several parts and of bytes are left out.
pub(super) fn samples(api: &Api, schemas: &Schemas) -> Vec<Sample> {
    let mut out = Vec::new();
    let all = api.operations.len();
    let step = all.div_ceil(OPERATIONS).max(1);
    for (_, operation) in api.operations.iter().step_by(step) {
        let method = operation.method.as_str().to_owned();
        let path: String = operation
            .path
            .iter()
            .map(|segment| match segment {
                PathSegment::Literal(text) => text.raw().to_owned(),
                PathSegment::Parameter(index) => {
                    let parameter = operation.parameters.get(*index);
                    format!("{{{}}}", parameter.map_or("", |p| p.name.wire().raw()))
                }
            })
            .collect();
        let content = operation.body.first().map(|content| &content.payload);
        let (flat, form) = match content {
            None => (false, false),
            Some(Payload::Json(ty)) => (is_record(api, ty), false),
            Some(Payload::Form { .. }) => (true, true),
            Some(_) => continue,
        };
        let media_type = operation
            .body
            .first()
            .map(|c| c.media_type.raw().to_owned());
        for amount in [Amount::Least, Amount::Most] {
            let maker = Maker {
                document: schemas.document(),
                chance: Chance::new(&path, 1),
                amount,
            };
            let sample = sample(schemas, maker, &method, &path, media_type.as_deref());
            let Some(mut sample) = sample else {
                continue;
            };
            sample.id = operation.name.wire().raw().to_owned();
            sample.flat = flat && sample.args.get("body").is_none_or(Value::is_object);
            sample.form = form;
            sample.bodiless = content.is_none();
            out.push(sample);
        }
    }
    out
}

fn is_record(api: &Api, ty: &Type) -> bool {
    match api.types.resolve(ty) {
        Type::Named(id) => matches!(api.types[*id].shape, Shape::Record(_)),
        _ => false,
    }
}

fn sample(
    schemas: &Schemas,
    mut maker: Maker<'_>,
    method: &str,
    path: &str,
    media_type: Option<&str>,
) -> Option<Sample> {
    let item = followed(schemas, schemas.document()["paths"].get(path)?);
    let operation = item.get(method.to_lowercase())?.clone();
    let mut parameters: Vec<Value> = Vec::new();
    let own = operation["parameters"].as_array().into_iter().flatten();
    let shared = item["parameters"].as_array().into_iter().flatten();
    for parameter in own.chain(shared) {
        let parameter = followed(schemas, parameter);
        let same =
            |other: &Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
        if !parameters.iter().any(same) {
            parameters.push(parameter);
        }
    }
    let mut args = json!({ "path": {}, "query": {}, "header": {}, "cookie": {} });
    for parameter in &parameters {
        let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str())
        else {
            continue;
        };
        let must = parameter["required"] == true;
        if must || maker.amount == Amount::Most {
            let schema = match parameter["content"]
                .as_object()
                .and_then(|c| c.values().next())
            {
                Some(content) => &content["schema"],
                None => &parameter["schema"],
            };
            match argument(&mut maker, schema) {
                Some(value) => args[place][name] = value,
                None if must => return None,
                None => {}
            }
        }
    }
    let body = followed(schemas, &operation["requestBody"]);
    if let Some(media_type) = media_type {
        let content = followed(schemas, &body["content"][media_type]);
        let made = maker.make(&content["schema"])?;
        // A body that may be left out but has members that must be there is always given: Python
        // and Go ask for those members.
        let is_empty = made.as_object().is_some_and(serde_json::Map::is_empty);
        if body["required"] == true || maker.amount == Amount::Most || !is_empty {
            args["body"] = made;
        }
    }
    Some(Sample {
        id: String::new(),
        method: method.to_owned(),
        path: path.to_owned(),
        operation,
        parameters,
        args,
        flat: false,
        bodiless: false,
        form: false,
    })
}

/// A value for a parameter: no null and nothing empty, which no style can write so that it is read
/// as it was.
fn argument(maker: &mut Maker<'_>, schema: &Value) -> Option<Value> {
    (0..12).find_map(|_| maker.make(schema).filter(is_writable))
}

fn is_writable(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty() && !text.chars().any(|c| c.is_control() || c > '~'),
        Value::Array(items) => {
            !items.is_empty()
                && items
                    .iter()
                    .all(|i| is_writable(i) && !i.is_array() && !i.is_object())
        }
        Value::Object(object) => {
            !object.is_empty()
                && object
                    .values()
                    .all(|v| is_writable(v) && !v.is_array() && !v.is_object())
        }
        _ => true,
    }
}

/// What a reference leads to, with what stands beside it dropped.
pub(super) fn followed(schemas: &Schemas, node: &Value) -> Value {
    let mut node = node;
    for _ in 0..16 {
        let target = node["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
        match target.and_then(|pointer| schemas.document().pointer(pointer)) {
            Some(next) => node = next,
            None => break,
        }
    }
    let mut out = node.clone();
    if let Value::Object(object) = &mut out {
        object.retain(|key, _| key != "description");
    } else if out.is_null() {
        out = Value::Object(Map::new());
    }
    out
}
