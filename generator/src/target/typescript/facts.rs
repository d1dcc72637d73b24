//! The facts of an operation as an object literal, and which piece of the runtime runs it.

use super::escape;
use super::imports::Imports;
use super::operation::path_parameters;
use super::plan::{CallPlan, Plan};
use super::types::Types;
use crate::ir::{
    Api, Method, Name, Operation, Parameter, PathSegment, Payload, Place, SecurityKind, Shape,
    Style, Tagging, Type, Usage,
};
use crate::layout::biome::Value;

const RECEIVED: Usage = Usage {
    sent: false,
    received: true,
};

/// What an answer is handed over as.
pub(super) enum Answer {
    Nothing,
    Text,
    Download,
    Json {
        ty: String,
        wide: bool,
    },
    Pages {
        item: String,
        body: String,
        wide: bool,
    },
    Stream {
        item: String,
        wide: bool,
        lines: bool,
    },
}

impl Answer {
    pub(super) fn of(operation: &Operation, types: &Types<'_>, imports: &mut Imports) -> Self {
        let content = operation
            .success()
            .and_then(|response| response.contents.first());
        let Some(content) = content.filter(|_| operation.method != Method::Head) else {
            return Self::Nothing;
        };
        match (&content.payload, &operation.page) {
            (Payload::Json(ty), Some(page)) => Self::Pages {
                item: types.expression(&page.item, RECEIVED, imports),
                body: types.expression(ty, RECEIVED, imports),
                wide: types.is_wide(ty),
            },
            (Payload::Json(ty), None) => Self::Json {
                ty: types.expression(ty, RECEIVED, imports),
                wide: types.is_wide(ty),
            },
            (Payload::Text, _) => Self::Text,
            (Payload::Events(stream) | Payload::Lines(stream), _) => Self::Stream {
                item: types.expression(&stream.item, RECEIVED, imports),
                wide: types.is_wide(&stream.item),
                lines: matches!(content.payload, Payload::Lines(_)),
            },
            (Payload::Binary | Payload::Form { .. } | Payload::Multipart { .. }, _) => {
                Self::Download
            }
        }
    }

    /// The runtime's function: `send`.
    pub(super) fn runner(&self, imports: &mut Imports) -> &'static str {
        let (module, name) = match self {
            Self::Nothing | Self::Text | Self::Json { .. } => ("runtime/send", "send"),
            Self::Download => ("runtime/send", "sendStreamed"),
            Self::Pages { .. } => ("runtime/pages", "list"),
            Self::Stream { .. } => ("runtime/stream", "stream"),
        };
        imports.value(module, name);
        name
    }

    /// `Result<Run>`
    pub(super) fn result(&self, imports: &mut Imports) -> String {
        match self {
            Self::Pages { item, body, .. } => {
                imports.ty("runtime/pages", "Pages");
                format!("Pages<{item}, {body}>")
            }
            Self::Stream { item, .. } => {
                imports.ty("runtime/stream", "Stream");
                format!("Stream<{item}>")
            }
            _ => {
                imports.ty("runtime/result", "Result");
                format!("Result<{}>", self.data(imports))
            }
        }
    }

    /// `RequestOptions`
    pub(super) fn options(&self, imports: &mut Imports) -> &'static str {
        let (module, name) = match self {
            Self::Stream { .. } => ("runtime/stream", "StreamOptions"),
            _ => ("runtime/options", "RequestOptions"),
        };
        imports.ty(module, name);
        name
    }

    fn data(&self, imports: &mut Imports) -> String {
        match self {
            Self::Nothing => "undefined".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Download => {
                imports.ty("runtime/download", "Download");
                "Download".to_owned()
            }
            Self::Json { ty, .. } => ty.clone(),
            Self::Pages { body, .. } => body.clone(),
            Self::Stream { item, .. } => item.clone(),
        }
    }

    /// The type of the facts: `Operation<Run>`.
    fn facts_type(&self, imports: &mut Imports) -> String {
        let (module, name) = match self {
            Self::Stream { .. } => {
                imports.ty("runtime/stream", "StreamOperation");
                return "StreamOperation".to_owned();
            }
            Self::Pages { .. } => ("runtime/pages", "PageOperation"),
            _ => ("runtime/operation", "Operation"),
        };
        imports.ty(module, name);
        format!("{name}<{}>", self.data(imports))
    }

    fn readers(&self, imports: &mut Imports) -> Vec<(&'static str, &'static str)> {
        let readers: Vec<(&str, &str, &str)> = match self {
            Self::Nothing => vec![("read", "runtime/read", "readNothing")],
            Self::Text => vec![("read", "runtime/read", "readText")],
            Self::Download => vec![("read", "runtime/download", "readDownload")],
            Self::Json { wide, .. } | Self::Pages { wide, .. } => vec![if *wide {
                ("read", "runtime/lossless-json", "readLosslessJSON")
            } else {
                ("read", "runtime/read", "readJSON")
            }],
            Self::Stream { wide, lines, .. } => vec![
                if *lines {
                    ("framing", "runtime/ndjson", "ndjson")
                } else {
                    ("framing", "runtime/sse", "serverSentEvents")
                },
                if *wide {
                    ("parse", "runtime/lossless-json", "parseLossless")
                } else {
                    ("parse", "runtime/read", "parseJSON")
                },
            ],
        };
        readers
            .into_iter()
            .map(|(property, module, name)| {
                imports.value(module, name);
                (property, name)
            })
            .collect()
    }
}

/// `const getRunOperation: Operation<Run> = {` to `};`
pub(super) fn literal(
    call: &CallPlan<'_>,
    plan: &Plan<'_>,
    answer: &Answer,
    imports: &mut Imports,
) -> String {
    let operation = call.operation;
    let mut members: Vec<(String, Value)> = Vec::new();
    let mut add = |name: &str, value: Value| members.push((name.to_owned(), value));
    add("id", Value::code(escape::wire(&operation.name)));
    add(
        "method",
        Value::code(format!("\"{}\"", operation.method.as_str())),
    );
    add("path", Value::code(escape::quote(&path(operation))));
    let styles = path_styles(operation, imports);
    if !styles.is_empty() {
        add("pathStyles", Value::Object(styles));
    }
    for (place, name) in [
        (Place::Query, "query"),
        (Place::Header, "headers"),
        (Place::Cookie, "cookies"),
    ] {
        let styles = parameter_styles(call, place, imports);
        if !styles.is_empty() {
            add(name, Value::Object(styles));
        }
    }
    if let Some(encoder) = body_encoder(operation, &plan.types, imports) {
        add("body", encoder);
        if operation.body_required {
            add("bodyRequired", Value::code("true"));
        }
    }
    if let Some(response) = operation.success()
        && !response.contents.is_empty()
    {
        let types = response
            .contents
            .iter()
            .take(1)
            .map(|content| &content.media_type);
        add("accept", Value::code(escape::accept(types)));
    }
    if let Some(key) = &operation.idempotency {
        add("idempotencyKey", Value::code(escape::string(&key.header)));
    }
    let security = security(operation, plan.api);
    if security != common_security(plan.api) {
        add("security", security_value(&security));
    }
    if let Some(page) = &operation.page {
        add("pagination", pagination(call, page));
    }
    for (property, name) in answer.readers(imports) {
        add(property, Value::code(name));
    }
    if let Some(terminal) = terminal(operation, plan) {
        add("terminal", terminal);
    }
    if let Some(header) = &operation.resume
        && matches!(answer, Answer::Stream { .. })
    {
        add("resume", Value::code(escape::string(header)));
    }
    let ty = answer.facts_type(imports);
    format!(
        "const {}: {ty} = {};",
        call.facts,
        Value::Object(members).broken(0)
    )
}

/// The arguments of the runtime's function: `{ path: [runId], params }`.
pub(super) fn arguments(call: &CallPlan<'_>) -> String {
    let mut members = Vec::new();
    if !call.arguments.is_empty() {
        let names = call.arguments.iter().map(Value::code).collect();
        members.push(("path".to_owned(), Value::Array(names)));
    }
    if call.params.is_taken() {
        members.push(("params".to_owned(), Value::code("params")));
    }
    if has_whole_body(call) {
        members.push(("body".to_owned(), Value::code("body")));
    }
    Value::Object(members).flat()
}

fn has_whole_body(call: &CallPlan<'_>) -> bool {
    !call.operation.body.is_empty() && !call.params.holds_body()
}

/// The JSON type of a body that is an argument of its own; `Some(None)` for bytes and text.
pub(super) fn whole_body<'a>(
    operation: &'a Operation,
    types: &Types<'_>,
) -> Option<Option<&'a Type>> {
    match &operation.body.first()?.payload {
        Payload::Json(ty) => types.record(ty).is_none().then_some(Some(ty)),
        Payload::Form { record, .. } | Payload::Multipart { record, .. } => types
            .record(&Type::Named(*record))
            .is_none()
            .then_some(None),
        Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => Some(None),
    }
}

/// What an argument of bytes or text can be.
pub(super) fn raw_body_type(operation: &Operation, imports: &mut Imports) -> String {
    if let Some(Payload::Text) = operation.body.first().map(|content| &content.payload) {
        return "string".to_owned();
    }
    imports.ty("runtime/body", "BytesInput");
    "BytesInput".to_owned()
}

fn path(operation: &Operation) -> String {
    operation
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => escape::path(text),
            PathSegment::Parameter(index) => {
                format!("{{{}}}", escape::slot(&operation.parameters[*index].name))
            }
        })
        .collect()
}

fn path_styles(operation: &Operation, imports: &mut Imports) -> Vec<(String, Value)> {
    path_parameters(operation)
        .filter_map(|parameter| {
            let scalar = is_scalar(&parameter.ty);
            let name = match (parameter.style, parameter.explode && !scalar) {
                (Style::Label, false) => "label",
                (Style::Label, true) => "labelExploded",
                (Style::Matrix, false) => "matrix",
                (Style::Matrix, true) => "matrixExploded",
                (_, true) => "simpleExploded",
                _ => return None,
            };
            imports.value("runtime/path-styles", name);
            Some((
                escape::key(&escape::slot(&parameter.name)),
                Value::code(name),
            ))
        })
        .collect()
}

fn parameter_styles(
    call: &CallPlan<'_>,
    place: Place,
    imports: &mut Imports,
) -> Vec<(String, Value)> {
    call.params
        .properties
        .iter()
        .map(|item| (item, &call.operation.parameters[item.index]))
        .filter(|(_, parameter)| parameter.place == place)
        .map(|(item, parameter)| {
            let (module, style) = match place {
                Place::Query => query_style(parameter),
                _ => header_style(parameter),
            };
            imports.value(module, style);
            let value = match &item.renamed {
                None => Value::code(style),
                Some(_) => Value::Object(vec![
                    (
                        "name".to_owned(),
                        Value::code(escape::wire(&parameter.name)),
                    ),
                    ("style".to_owned(), Value::code(style)),
                ]),
            };
            let key = match &item.renamed {
                None => escape::object_key(&parameter.name),
                Some(name) => escape::key(name),
            };
            (key, value)
        })
        .collect()
}

fn query_style(parameter: &Parameter) -> (&'static str, &'static str) {
    const MORE: &str = "runtime/query-styles";
    match (
        parameter.style,
        parameter.explode || is_scalar(&parameter.ty),
    ) {
        _ if parameter.json => (MORE, "jsonQuery"),
        (Style::DeepObject, _) => (MORE, "deepObject"),
        (_, true) if parameter.allow_reserved => (MORE, "formReserved"),
        (Style::SpaceDelimited, false) => (MORE, "spaceDelimited"),
        (Style::PipeDelimited, false) => (MORE, "pipeDelimited"),
        (_, false) => (MORE, "formJoined"),
        (_, true) => ("runtime/query", "form"),
    }
}

fn header_style(parameter: &Parameter) -> (&'static str, &'static str) {
    let style = match (
        parameter.json,
        parameter.explode && !is_scalar(&parameter.ty),
    ) {
        (true, _) => "headerJSON",
        (false, true) => "headerExploded",
        (false, false) => "headerSimple",
    };
    ("runtime/header-styles", style)
}

/// A value that is written the same way in every style.
fn is_scalar(ty: &Type) -> bool {
    matches!(
        ty.split_null().0,
        Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String(_) | Type::Literal(_)
    )
}

fn body_encoder(operation: &Operation, types: &Types<'_>, imports: &mut Imports) -> Option<Value> {
    let content = operation.body.first()?;
    Some(match &content.payload {
        Payload::Json(ty) => {
            let wide = types.is_wide(ty);
            let (module, name) = if wide {
                ("runtime/lossless-json", "losslessJSONBody")
            } else {
                ("runtime/body", "jsonBody")
            };
            if escape::is_plain_json(&content.media_type) {
                imports.value(module, name);
                Value::code(name)
            } else {
                imports.value("runtime/body", "bodyAs");
                imports.value(module, name);
                pure(
                    "bodyAs",
                    &[escape::media_type(&content.media_type), name.to_owned()],
                )
            }
        }
        Payload::Form { fields, .. } => {
            imports.value("runtime/form-body", "formBody");
            let styles: Vec<(String, Value)> = fields
                .iter()
                .filter_map(|field| {
                    let name = form_style(field.style, field.explode, field.json)?;
                    imports.value("runtime/query-styles", name);
                    Some((escape::object_key(&field.name), Value::code(name)))
                })
                .collect();
            pure("formBody", &options(styles))
        }
        Payload::Multipart { parts, .. } => {
            imports.value("runtime/multipart", "multipartBody");
            let fixed: Vec<(String, Value)> = parts
                .iter()
                .filter(|part| !part.content_type.is_empty())
                .map(|part| {
                    (
                        escape::object_key(&part.name),
                        Value::code(escape::media_type(&part.content_type)),
                    )
                })
                .collect();
            pure("multipartBody", &options(fixed))
        }
        Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => {
            imports.value("runtime/body", "rawBody");
            pure("rawBody", &[escape::media_type(&content.media_type)])
        }
    })
}

fn form_style(style: Style, explode: bool, json: bool) -> Option<&'static str> {
    Some(match (style, explode) {
        _ if json => "jsonQuery",
        (Style::DeepObject, _) => "deepObject",
        (_, true) => return None,
        (Style::SpaceDelimited, false) => "spaceDelimited",
        (Style::PipeDelimited, false) => "pipeDelimited",
        (_, false) => "formJoined",
    })
}

fn options(members: Vec<(String, Value)>) -> Vec<String> {
    if members.is_empty() {
        Vec::new()
    } else {
        vec![Value::Object(members).flat()]
    }
}

/// A call that a bundler may leave out when nothing uses its result.
fn pure(function: &str, arguments: &[String]) -> Value {
    Value::code(format!(
        "/* @__PURE__ */ {function}({})",
        arguments.join(", ")
    ))
}

fn pagination(call: &CallPlan<'_>, page: &crate::ir::Page) -> Value {
    let parameter = call
        .params
        .properties
        .iter()
        .find(|item| item.index == page.cursor)
        .and_then(|item| item.renamed.as_deref().map(escape::quote))
        .unwrap_or_else(|| escape::wire(&call.operation.parameters[page.cursor].name));
    let path = |names: &[Name]| {
        Value::Array(
            names
                .iter()
                .map(|name| Value::code(escape::wire(name)))
                .collect(),
        )
    };
    Value::Object(vec![
        ("by".to_owned(), Value::code("\"cursor\"")),
        ("parameter".to_owned(), Value::code(parameter)),
        ("items".to_owned(), path(&page.items)),
        ("next".to_owned(), path(&page.next)),
    ])
}

/// `{ property: "type", values: ["run.completed"] }`
fn terminal(operation: &Operation, plan: &Plan<'_>) -> Option<Value> {
    let content = operation.success()?.contents.first()?;
    let (Payload::Events(stream) | Payload::Lines(stream)) = &content.payload else {
        return None;
    };
    let Type::Named(id) = plan.api.types.resolve(&stream.item) else {
        return None;
    };
    let Shape::Union(union) = &plan.api.types[*id].shape else {
        return None;
    };
    let Tagging::Property(tag) = &union.tagging else {
        return None;
    };
    let values: Vec<Value> = stream
        .terminal
        .iter()
        .map(|value| Value::code(escape::string(value)))
        .collect();
    (!values.is_empty()).then(|| {
        Value::Object(vec![
            ("property".to_owned(), Value::code(escape::wire(tag))),
            ("values".to_owned(), Value::Array(values)),
        ])
    })
}

/// The alternatives of an operation, as the names of schemes. A client's certificate is no
/// header: the transport has it.
pub(super) fn security(operation: &Operation, api: &Api) -> Vec<Vec<String>> {
    operation
        .security
        .iter()
        .map(|set| {
            set.iter()
                .filter_map(|item| api.security_schemes.get(item.scheme.0))
                .filter(|scheme| !matches!(scheme.kind, SecurityKind::MutualTls))
                .map(|scheme| escape::wire(&scheme.name))
                .collect()
        })
        .collect()
}

/// The alternatives that most operations have; of equals the first by name.
pub(super) fn common_security(api: &Api) -> Vec<Vec<String>> {
    let mut counts = std::collections::BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        *counts.entry(security(operation, api)).or_insert(0_usize) += 1;
    }
    let most = counts.values().max().copied().unwrap_or_default();
    counts
        .into_iter()
        .find(|(_, count)| *count == most)
        .map(|(set, _)| set)
        .unwrap_or_default()
}

/// Alternatives as a literal.
pub(super) fn security_value(security: &[Vec<String>]) -> Value {
    let sets = security
        .iter()
        .map(|set| Value::Array(set.iter().map(|name| Value::code(name.clone())).collect()));
    Value::Array(sets.collect())
}
