//! Calls of a document's operations, with arguments made of its text.

use exai_gen::ir::{Api, Operation, PartKind, PathSegment, Payload, Shape, Type};
use serde_json::{Map, Value, json};

use super::answer::{self, Given};
use crate::roundtrip::{Amount, Chance, Maker, Schemas, UNNAMED};

/// How many operations of a document are called.
const OPERATIONS: usize = 24;

/// A call of an operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// What the generator calls the operation.
    pub(super) id: String,
    /// `create multipart`: the words of the method.
    pub(super) called: String,
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
    /// How the body is written; `None` where the operation has none.
    pub(super) body: Option<Body>,
    /// The media type of the body; `None` where it is a range, or there is no body.
    pub(super) media_type: Option<String>,
    /// The media type that is asked for.
    pub(super) accept: Option<String>,
    /// What the server says to it, and what the call then gives.
    pub(super) answers: Vec<Given>,
}

/// How a body is written.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart(Vec<File>),
    /// A text as it is.
    Text,
    /// `{ "base64": ... }` to the programs that make calls.
    Bytes,
}

/// A member of a form that is a file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    /// It is a list of files.
    pub(super) repeated: bool,
}

/// What files and bodies of bytes hold: what no text and no line of a text can.
pub(super) const BYTES: &[u8] = b"\0\xFF\r\n--exAI\r\n";
pub(super) const BASE64: &str = "AP8NCi0tZXhBSQ0K";

impl Body {
    fn of(payload: &Payload) -> Option<Self> {
        match payload {
            Payload::Json(_) => Some(Self::Json),
            Payload::Form { .. } => Some(Self::Form),
            Payload::Text => Some(Self::Text),
            Payload::Binary => Some(Self::Bytes),
            Payload::Multipart { parts, .. } => {
                let files = parts.iter().filter(|part| part.kind == PartKind::File);
                let files = files.map(|part| File {
                    name: part.name.wire().raw().to_owned(),
                    repeated: part.repeated,
                });
                Some(Self::Multipart(files.collect()))
            }
            Payload::Events(_) | Payload::Lines(_) => None,
        }
    }
}

/// Calls of operations that stand evenly apart, and of their alternatives, each with what is
/// required and with everything. `offered` is the API as clients have it.
pub(super) fn samples(api: &Api, offered: &Api, schemas: &Schemas) -> Vec<Sample> {
    let mut out = Vec::new();
    let all = api.operations.len();
    let step = all.div_ceil(OPERATIONS).max(1);
    for (id, plain) in api.operations.iter().step_by(step) {
        let own = std::iter::once(&offered.operations[id]);
        let others = offered.operations.iter().map(|(_, operation)| operation);
        let others = others.filter(|operation| operation.alternative == Some(id));
        for operation in own.chain(others) {
            for amount in [Amount::Least, Amount::Most] {
                out.extend(call(api, plain, operation, schemas, amount));
            }
        }
    }
    out
}

/// One call of an operation as clients have it; `plain` is the one that the document describes.
fn call(
    api: &Api,
    plain: &Operation,
    operation: &Operation,
    schemas: &Schemas,
    amount: Amount,
) -> Option<Sample> {
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
    let payload = operation.body.first().map(|content| &content.payload);
    let body = match payload.map(Body::of) {
        // A body that is given piece by piece.
        Some(None) => return None,
        body => body.flatten(),
    };
    let flat = match payload {
        Some(Payload::Json(ty)) => is_record(api, ty),
        Some(Payload::Form { .. } | Payload::Multipart { .. }) => true,
        _ => false,
    };
    let maker = Maker::new(schemas.document(), Chance::new(&path, 1), amount);
    let content = operation.body.first();
    let media_type = content.map(|content| content.media_type.raw());
    let (item, declared) = declared(schemas, plain.name.wire().raw(), &method, &path)?;
    let mut sample = sample(schemas, maker, &item, declared, media_type, body.as_ref())?;
    sample.flat = flat && sample.args.get("body").is_none_or(Value::is_object);
    // What the document does not name is no argument of its own.
    let members = sample.args.get_mut("body").and_then(Value::as_object_mut);
    if let Some(members) = members.filter(|_| flat) {
        members.retain(|name, _| !name.starts_with(UNNAMED));
    }
    let asked = operation.success().and_then(|s| s.contents.first());
    let answers = match amount {
        Amount::Least => answer::all(api, plain, operation, &sample.operation, schemas),
        _ => Vec::new(),
    };
    let called = operation.sdk_path.last();
    Some(Sample {
        id: operation.name.wire().raw().to_owned(),
        called: called.map_or(String::new(), |name| name.words().join(" ")),
        method,
        path,
        body,
        media_type: media_type
            .filter(|range| !range.contains('*'))
            .map(str::to_owned),
        accept: asked.map(|content| content.media_type.raw().trim().to_owned()),
        answers,
        ..sample
    })
}

fn is_record(api: &Api, ty: &Type) -> bool {
    match api.types.resolve(ty) {
        Type::Named(id) => matches!(api.types[*id].shape, Shape::Record(_)),
        _ => false,
    }
}

/// The path item and the operation that the document has for a call. Behind a `#`, which no request
/// carries, a document may tell several operations of one path and method apart.
fn declared(schemas: &Schemas, id: &str, method: &str, path: &str) -> Option<(Value, Value)> {
    let paths = schemas.document()["paths"].as_object()?;
    let same = paths.iter().filter(|(key, _)| {
        let behind = key.strip_prefix(path);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('#'))
    });
    let all: Vec<(Value, Value)> = same
        .filter_map(|(_, item)| {
            let item = followed(schemas, item);
            let operation = item.get(method.to_lowercase())?.clone();
            Some((item, operation))
        })
        .collect();
    let named = all
        .iter()
        .find(|(_, operation)| operation["operationId"] == id);
    named.or(all.first()).cloned()
}

fn sample(
    schemas: &Schemas,
    mut maker: Maker<'_>,
    item: &Value,
    operation: Value,
    media_type: Option<&str>,
    body: Option<&Body>,
) -> Option<Sample> {
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
    if let Some(at) = parameters.iter().position(|p| p["in"] == "querystring") {
        let whole = parameters.remove(at);
        parameters.extend(form_parameters(schemas, &whole));
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
    let declared = followed(schemas, &operation["requestBody"]);
    if let (Some(media_type), Some(body)) = (media_type, body) {
        let content = followed(schemas, &declared["content"][media_type]);
        let made = match body {
            Body::Bytes => json!({ "base64": BASE64 }),
            Body::Text => "A text, as it is.".into(),
            Body::Json | Body::Form => {
                (0..12).find_map(|_| maker.make(&content["schema"]).filter(is_safe))?
            }
            Body::Multipart(files) => multipart(&mut maker, schemas, &content["schema"], files)?,
        };
        // A body that may be left out but has members that must be there is always given: Python
        // and Go ask for those members.
        let is_empty = made.as_object().is_some_and(Map::is_empty);
        if declared["required"] == true || maker.amount == Amount::Most || !is_empty {
            args["body"] = made;
        }
    }
    Some(Sample {
        operation,
        parameters,
        args,
        ..Sample::default()
    })
}

/// The members of a query string that is a form, as parameters: by default each is written as one.
fn form_parameters(schemas: &Schemas, whole: &Value) -> Vec<Value> {
    let form = &whole["content"]["application/x-www-form-urlencoded"];
    let schema = followed(schemas, &followed(schemas, form)["schema"]);
    let must = |name: &str| {
        let required = schema["required"].as_array();
        whole["required"] == true && required.is_some_and(|all| all.contains(&name.into()))
    };
    let members = schema["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, schema)| {
            json!({ "name": name, "in": "query", "required": must(name), "schema": schema })
        })
        .collect()
}

/// A form with files: what the document says of these is made apart, for it is no JSON.
fn multipart(
    maker: &mut Maker<'_>,
    schemas: &Schemas,
    schema: &Value,
    files: &[File],
) -> Option<Value> {
    let mut made = maker.make(schema)?;
    let form = made.as_object_mut()?;
    form.retain(|_, value| !value.is_null());
    let required = followed(schemas, schema)["required"].clone();
    for File { name, repeated } in files {
        let must = required
            .as_array()
            .is_some_and(|all| all.contains(&name.as_str().into()));
        if !must && !form.contains_key(name) {
            continue;
        }
        let file = json!({ "base64": BASE64, "file_name": "a b.bin", "content_type": "application/x-exai" });
        let value = if *repeated { json!([file, file]) } else { file };
        form.insert(name.clone(), value);
    }
    Some(made)
}

/// A value for a parameter: no null and nothing empty, which no style can write so that it is read
/// as it was, and no integer that a number of JavaScript does not hold.
fn argument(maker: &mut Maker<'_>, schema: &Value) -> Option<Value> {
    (0..12).find_map(|_| maker.make(schema).filter(is_writable))
}

/// Whether numbers of JavaScript hold all integers of a value.
fn is_safe(value: &Value) -> bool {
    match value {
        Value::Number(number) => number
            .as_i128()
            .is_none_or(|integer| integer.unsigned_abs() < 1 << 53),
        Value::Array(items) => items.iter().all(is_safe),
        Value::Object(object) => object.values().all(is_safe),
        _ => true,
    }
}

fn is_writable(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Number(_) => is_safe(value),
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
