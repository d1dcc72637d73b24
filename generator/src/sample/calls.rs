//! Which operations are shown and tried, and how a server sees them.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::value::{self, Known, Value};
use super::{answer, escape};
use crate::ir::{
    Api, Method, Operation, OperationId, Parameter, PathSegment, Payload, Place, SecurityKind,
    Shape, Status, Style, Type,
};

/// How many operations tests try at most.
const MOST: usize = 8;

/// A call that can be shown: an operation, and what must be given to it.
#[derive(Clone, Debug)]
pub(crate) struct Sample<'a> {
    /// Which operation.
    pub(crate) id: OperationId,
    /// It.
    pub(crate) operation: &'a Operation,
    /// A value for each parameter, `None` where it is left out.
    pub(crate) parameters: Vec<Option<Value<'a>>>,
    /// The body: a record, sent as JSON or as a form.
    pub(crate) body: Option<Value<'a>>,
    /// The status of the answer.
    status: u16,
    /// The JSON of the answer; `None` where it has no body.
    pub(crate) answer: Option<Json>,
}

/// The call that a README shows first: one that reads rather than writes, that gives something,
/// that asks for little; of equals the first by name, whatever the document's order.
pub(crate) fn first(api: &Api) -> Option<Sample<'_>> {
    let mut all: Vec<_> = api.operations.iter().collect();
    all.sort_by_cached_key(|(_, operation)| {
        (
            operation.method != Method::Get,
            !answers(operation),
            operation.body_required,
            given(operation).count(),
            operation.name.wire(),
        )
    });
    let mut samples = all
        .into_iter()
        .filter_map(|(id, operation)| sample(api, id, operation));
    samples.next()
}

/// The calls that tests try: the first by name of each kind of call that there is.
pub(crate) fn tested(api: &Api) -> Vec<Sample<'_>> {
    // An operation with a server of its own is not called at another.
    let here = api
        .operations
        .iter()
        .filter(|(_, operation)| operation.servers.is_empty());
    let mut all: Vec<_> = here.collect();
    all.sort_by_key(|(_, operation)| operation.name.wire());
    let mut kinds = BTreeSet::new();
    let samples = all.into_iter().filter_map(|(id, operation)| {
        let has = |place| given(operation).any(|parameter| parameter.place == place);
        let kind = (
            &operation.method,
            [Place::Path, Place::Query, Place::Header].map(has),
            operation.body_required,
            operation.body_required && has_form(operation),
            answers(operation),
        );
        if kinds.contains(&kind) {
            return None;
        }
        let one = sample(api, id, operation)?;
        kinds.insert(kind);
        Some(one)
    });
    samples.take(MOST).collect()
}

impl Sample<'_> {
    /// Whether it sends a form.
    pub(crate) fn sends_form(&self) -> bool {
        self.body.is_some() && has_form(self.operation)
    }
}

/// What must be given to it.
fn given(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
}

/// Whether it answers with a body.
fn answers(operation: &Operation) -> bool {
    operation
        .success()
        .is_some_and(|success| !success.contents.is_empty())
}

fn has_form(operation: &Operation) -> bool {
    let content = operation.body.first();
    content.is_some_and(|content| matches!(content.payload, Payload::Form { .. }))
}

fn sample<'a>(api: &'a Api, id: OperationId, operation: &'a Operation) -> Option<Sample<'a>> {
    let special = operation.former.is_some()
        || operation.alternative.is_some()
        || operation.deprecated
        || operation.page.is_some()
        || matches!(operation.method, Method::Head | Method::Other(_));
    if special {
        return None;
    }
    let given = operation.parameters.iter().map(|parameter| {
        let value = parameter.required.then(|| argument(api, parameter));
        value.map_or(Some(None), |value| value.map(Some))
    });
    let parameters: Vec<Option<Value<'_>>> = given.collect::<Option<_>>()?;
    let body = match operation.body.first() {
        Some(content) => body(api, &content.payload, operation.body_required)?,
        None => None,
    };
    let response = operation.success()?;
    let Status::Code(status @ 200..=299) = response.status else {
        return None;
    };
    let answer = match response.contents.first().map(|content| &content.payload) {
        None => None,
        Some(Payload::Json(ty)) => Some(answer::of(api, ty)?),
        Some(_) => return None,
    };
    let sample = Sample {
        id,
        operation,
        parameters,
        body,
        status,
        answer,
    };
    path(api, &sample).is_some().then_some(sample)
}

/// What must be given of a body; `None` where that cannot be shown. One that may be left out is,
/// unless it requires something where it is there: languages disagree on what is then asked for.
fn body<'a>(api: &'a Api, payload: &'a Payload, required: bool) -> Option<Option<Value<'a>>> {
    let id = match payload {
        Payload::Json(ty) => match api.types.resolve(ty) {
            Type::Named(id) => Some(*id),
            _ => None,
        },
        Payload::Form { record, .. } | Payload::Multipart { record, .. } => Some(*record),
        _ => None,
    };
    if !required {
        let asks = |id| match &api.types[id].shape {
            Shape::Record(record) => record.fields.iter().any(|field| field.required),
            _ => false,
        };
        return (!id.is_some_and(asks)).then_some(None);
    }
    let multipart = matches!(payload, Payload::Multipart { .. });
    let value = value::record(api, id.filter(|_| !multipart)?)?;
    Some(Some(value))
}

/// The value of a parameter that is written as itself.
fn argument<'a>(api: &'a Api, parameter: &'a Parameter) -> Option<Value<'a>> {
    let styled = matches!(
        parameter.style,
        Style::Label | Style::Matrix | Style::DeepObject
    );
    let known = Known {
        name: &parameter.name,
        example: parameter.example.as_ref(),
        default: parameter.default.as_ref(),
    };
    let value = value::of(api, &parameter.ty, known)?;
    (value.is_scalar() && !styled && !parameter.json).then_some(value)
}

/// The path as it is sent; `None` where clients may have to escape something.
fn path(api: &Api, sample: &Sample<'_>) -> Option<String> {
    let mut path = String::new();
    for segment in &sample.operation.path {
        match segment {
            PathSegment::Literal(text) => path.push_str(escape::path(text)?),
            PathSegment::Parameter(index) => {
                let text = sample.parameters.get(*index)?.as_ref()?.text(api)?;
                let plain = text.chars().all(escape::is_unreserved);
                path.push_str(Some(text).filter(|_| plain)?.as_str());
            }
        }
    }
    Some(path)
}

/// How a server sees a call, and what it answers: `method`, `path`, `query`, `headers`, `type`,
/// `body`, `status`, `answer`. Bodies are texts of JSON.
pub(super) fn seen(api: &Api, sample: &Sample<'_>) -> Json {
    let (mut query, mut headers) = (Map::new(), Map::new());
    let parameters = sample.operation.parameters.iter().zip(&sample.parameters);
    for (parameter, value) in parameters {
        let Some(text) = value.as_ref().and_then(|value| value.text(api)) else {
            continue;
        };
        let name = escape::wire(&parameter.name);
        match parameter.place {
            Place::Query => query.insert(name, text.into()),
            Place::Header => headers.insert(name.to_lowercase(), text.into()),
            Place::Path | Place::Cookie => None,
        };
    }
    credentials(api, sample.operation, &mut query, &mut headers);
    let mut seen = Map::new();
    seen.insert("method".to_owned(), sample.operation.method.as_str().into());
    seen.insert("path".to_owned(), path(api, sample).into());
    seen.insert("query".to_owned(), query.into());
    seen.insert("headers".to_owned(), headers.into());
    // How forms are written is tried by the runtime's own tests.
    let body = sample.body.as_ref().filter(|_| !sample.sends_form());
    let body = body.and_then(|body| body.json(api));
    let content = sample.operation.body.first().filter(|_| body.is_some());
    let media_type = content.map(|content| escape::text(&content.media_type));
    seen.insert("type".to_owned(), media_type.into());
    seen.insert("body".to_owned(), text(body));
    seen.insert("status".to_owned(), sample.status.into());
    seen.insert("answer".to_owned(), text(sample.answer.clone()));
    Json::Object(seen)
}

fn text(value: Option<Json>) -> Json {
    value.map_or(Json::Null, |value| value.to_string().into())
}

/// What the credentials of tests, a token `test-token` or a user `user` with the password
/// `password`, become on the wire; nothing where a client has a choice.
fn credentials(
    api: &Api,
    operation: &Operation,
    query: &mut Map<String, Json>,
    headers: &mut Map<String, Json>,
) {
    let [alternative] = operation.security.as_slice() else {
        return;
    };
    for used in alternative {
        let Some(scheme) = api.security_schemes.get(used.scheme.0) else {
            continue;
        };
        let mut header = |value: String| headers.insert("authorization".to_owned(), json!(value));
        match &scheme.kind {
            SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_) => {
                header("Bearer test-token".to_owned());
            }
            SecurityKind::Basic => {
                header("Basic dXNlcjpwYXNzd29yZA==".to_owned());
            }
            SecurityKind::ApiKey { place, name } => {
                let name = escape::text(name);
                match place {
                    Place::Query => query.insert(name, json!("test-token")),
                    Place::Header => headers.insert(name.to_lowercase(), json!("test-token")),
                    Place::Cookie | Place::Path => None,
                };
            }
            SecurityKind::Http(_) | SecurityKind::MutualTls => {}
        }
    }
}
