//! What a request says by the document: read with nothing of the generator.

use serde_json::{Map, Value, json};

use super::form;
use super::multipart;
use super::sample::{BYTES, Body, Sample, followed};
use super::server::Request;
use crate::roundtrip::{Schemas, difference};

/// What is wrong with a request for a call; `None` where it is what the document asks for.
pub(super) fn fault(sample: &Sample, request: &Request, schemas: &Schemas) -> Option<String> {
    if request.method != sample.method {
        return Some(format!("the method is {}", request.method));
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let wanted = path_of(sample);
    if decoded(path) != wanted || path.bytes().any(|b| !(b'!'..=b'~').contains(&b)) {
        return Some(format!("the path is {path}, not {wanted}"));
    }
    let given = pairs(query);
    let mut expected = Vec::new();
    for parameter in of(sample, "query") {
        expected.extend(query_pairs(parameter, &sample.args["query"]));
    }
    let keys = credentials(sample, schemas, "query");
    let own = |pairs: Vec<(String, String)>| -> Vec<(String, String)> {
        let mut pairs: Vec<_> = pairs
            .into_iter()
            .filter(|(k, _)| !keys.contains(k))
            .collect();
        pairs.sort();
        pairs
    };
    if let Some(why) = different(&own(expected), &own(given)) {
        return Some(format!("the query {query}: {why}"));
    }
    for parameter in of(sample, "header") {
        let name = parameter["name"].as_str().unwrap_or_default();
        let Some(value) = sample.args["header"].get(name) else {
            continue;
        };
        let wanted = simple(value, parameter["explode"] == true);
        let given = request.header(&name.to_lowercase());
        if !given.is_some_and(|given| same(given, &wanted)) {
            return Some(format!("the header {name} is {given:?}, not {wanted:?}"));
        }
    }
    let cookies = request.header("cookie").unwrap_or_default();
    let cookies: Vec<String> = cookies.split("; ").map(decoded).collect();
    let wanted = of(sample, "cookie").flat_map(|p| query_pairs(p, &sample.args["cookie"]));
    for (name, value) in wanted {
        let wanted = format!("{name}={value}");
        if !cookies.contains(&wanted) {
            return Some(format!("the cookies are {cookies:?}, without {wanted}"));
        }
    }
    if let Some(wanted) = &sample.accept {
        let given = request.header("accept").unwrap_or_default();
        if given != wanted && sample.method != "HEAD" {
            return Some(format!("it asks for {given:?}, not {wanted:?}"));
        }
    }
    body_fault(sample, request, schemas).or_else(|| security_fault(sample, request, schemas))
}

fn of<'s>(sample: &'s Sample, place: &'s str) -> impl Iterator<Item = &'s Value> {
    sample
        .parameters
        .iter()
        .filter(move |parameter| parameter["in"] == place)
}

/// The request without what differs from language to language, to be held against the others'.
pub(super) fn essence(request: &Request) -> Value {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let query = by_value(pairs(query));
    let kept = |name: &str| {
        !matches!(
            name,
            "host"
                | "user-agent"
                | "accept-encoding"
                | "accept-language"
                | "connection"
                | "content-length"
                | "transfer-encoding"
                | "idempotency-key"
                | "sec-fetch-mode"
                | "accept"
        )
    };
    let headers = request
        .headers
        .iter()
        .filter(|(name, _)| kept(name) && !name.starts_with("x-"))
        // Added by `fetch` where a header asks for no answer that is known (Fetch, section 4.6).
        .filter(|(name, value)| {
            !(matches!(name.as_str(), "cache-control" | "pragma") && *value == "no-cache")
        });
    let mut headers: Map<String, Value> = headers
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let body = match multipart::parts(request) {
        Some(mut parts) => {
            parts.sort_by(|a, b| a.name.cmp(&b.name));
            headers.insert("content-type".to_owned(), "multipart/form-data".into());
            parts.iter().map(multipart::Part::essence).collect()
        }
        None if headers.get("content-type").and_then(Value::as_str)
            == Some("application/x-www-form-urlencoded") =>
        {
            by_value(pairs(&String::from_utf8_lossy(&request.body)))
        }
        None => {
            let text = String::from_utf8_lossy(&request.body).into_owned();
            serde_json::from_slice(&request.body).unwrap_or(Value::String(text))
        }
    };
    json!({ "method": request.method, "path": decoded(path), "query": query, "headers": headers, "body": body })
}

/// Pairs in the order of their names; languages write one number in several ways.
fn by_value(mut pairs: Vec<(String, String)>) -> Value {
    pairs.sort();
    let value = |text: String| match serde_json::from_str(&text) {
        Ok(Value::Number(number)) => Value::Number(number),
        _ => Value::String(text),
    };
    let pairs = pairs.into_iter();
    pairs
        .map(|(name, text)| json!([name, value(text)]))
        .collect()
}

/// The path with its parameters, as it is after decoding.
fn path_of(sample: &Sample) -> String {
    let mut path = sample.path.clone();
    for parameter in of(sample, "path") {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = &sample.args["path"][name];
        let explode = parameter["explode"] == true;
        let text = match parameter["style"].as_str() {
            Some("label") if explode => format!(".{}", simple(value, true).replace(',', ".")),
            Some("label") => format!(".{}", simple(value, false)),
            Some("matrix") => matrix(name, value, explode),
            _ => simple(value, explode),
        };
        path = path.replace(&format!("{{{name}}}"), &text);
    }
    path
}

fn matrix(name: &str, value: &Value, explode: bool) -> String {
    match value {
        Value::Array(items) if explode => items
            .iter()
            .map(|item| format!(";{name}={}", text(item)))
            .collect(),
        Value::Object(object) if explode => object
            .iter()
            .map(|(key, value)| format!(";{key}={}", text(value)))
            .collect(),
        value => format!(";{name}={}", simple(value, false)),
    }
}

/// The style `simple`, before it is escaped (RFC 6570, section 3.2.2).
fn simple(value: &Value, explode: bool) -> String {
    let between = if explode { "=" } else { "," };
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Object(object) => {
            let members = object
                .iter()
                .map(|(key, value)| format!("{key}{between}{}", text(value)));
            members.collect::<Vec<_>>().join(",")
        }
        value => text(value),
    }
}

pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn query_pairs(parameter: &Value, args: &Value) -> Vec<(String, String)> {
    let name = parameter["name"].as_str().unwrap_or_default();
    let Some(value) = args.get(name) else {
        return Vec::new();
    };
    if parameter["content"].is_object() {
        return vec![(name.to_owned(), value.to_string())];
    }
    let style = parameter["style"].as_str().unwrap_or("form");
    let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
    let pair = |key: &str, value: String| (key.to_owned(), value);
    match (style, value) {
        ("deepObject", Value::Object(object)) => {
            let members = object.iter();
            members
                .map(|(key, value)| pair(&format!("{name}[{key}]"), text(value)))
                .collect()
        }
        (_, Value::Array(items)) if explode => {
            items.iter().map(|item| pair(name, text(item))).collect()
        }
        (_, Value::Object(object)) if explode => object
            .iter()
            .map(|(key, value)| pair(key, text(value)))
            .collect(),
        ("spaceDelimited", _) => vec![pair(name, simple(value, false).replace(',', " "))],
        ("pipeDelimited", _) => vec![pair(name, simple(value, false).replace(',', "|"))],
        _ => vec![pair(name, simple(value, false))],
    }
}

pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let parts = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
    parts
        .map(|(key, value)| (form_decoded(key), form_decoded(value)))
        .collect()
}

fn form_decoded(text: &str) -> String {
    decoded(&text.replace('+', " "))
}

fn decoded(text: &str) -> String {
    crate::roundtrip::percent_decoded(text)
}

fn different(wanted: &[(String, String)], given: &[(String, String)]) -> Option<String> {
    let equal = wanted.len() == given.len()
        && wanted
            .iter()
            .zip(given)
            .all(|(a, b)| a.0 == b.0 && same(&a.1, &b.1));
    (!equal).then(|| format!("{given:?}, not {wanted:?}"))
}

/// Whether two texts are the same value: numbers and JSON by value, times by instant.
pub(super) fn same(given: &str, wanted: &str) -> bool {
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    given == wanted || difference(&value(wanted), &value(given)).is_none()
}

fn body_fault(sample: &Sample, request: &Request, schemas: &Schemas) -> Option<String> {
    let Some(wanted) = sample.args.get("body") else {
        // Where every member can be left out, an empty object says the same.
        let empty = request.body.is_empty() || request.body == b"{}";
        return (!empty).then(|| format!("there is a body of {} bytes", request.body.len()));
    };
    let declared = followed(schemas, &sample.operation["requestBody"]);
    let media_type = request.header("content-type").unwrap_or_default();
    let essence = |text: &str| {
        text.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase()
    };
    let known = declared["content"].as_object().into_iter().flatten();
    let is_own = |own: &str| essence(own) == essence(media_type);
    let mut all = known.clone().map(|(own, _)| own.as_str());
    let right = match sample.media_type.as_deref() {
        Some(own) => is_own(own),
        None => all.any(is_own),
    };
    if !right {
        return Some(format!("the media type is {media_type:?}"));
    }
    match &sample.body {
        Some(Body::Form) => {
            let mut contents = known.filter(|(own, _)| essence(own) == essence(media_type));
            let content = contents
                .next()
                .map(|(_, content)| followed(schemas, content));
            let encodings = content.map_or(Value::Null, |content| content["encoding"].clone());
            form::fault(wanted, &encodings, &request.body)
        }
        Some(Body::Multipart(_)) => multipart::fault(wanted, request),
        Some(Body::Bytes) => (request.body != BYTES).then(|| "the bytes are others".to_owned()),
        Some(Body::Text) => (wanted.as_str().map(str::as_bytes) != Some(&request.body))
            .then(|| "the text is another".to_owned()),
        Some(Body::Json) | None => match serde_json::from_slice(&request.body) {
            Ok(given) => difference(wanted, &given).map(|why| format!("the body at {why}")),
            Err(error) => Some(format!("the body is no JSON: {error}")),
        },
    }
}

/// The alternatives of an operation, each the names of its schemes.
fn alternatives(sample: &Sample, schemas: &Schemas) -> Vec<Vec<String>> {
    let own = &sample.operation["security"];
    let security = if own.is_array() {
        own
    } else {
        &schemas.document()["security"]
    };
    let all = security.as_array().into_iter().flatten();
    all.filter_map(|one| Some(one.as_object()?.keys().cloned().collect()))
        .collect()
}

fn scheme(schemas: &Schemas, name: &str) -> Value {
    followed(
        schemas,
        &schemas.document()["components"]["securitySchemes"][name],
    )
}

/// The names under which keys are sent in a place.
fn credentials(sample: &Sample, schemas: &Schemas, place: &str) -> Vec<String> {
    let names = alternatives(sample, schemas).into_iter().flatten();
    let schemes = names
        .map(|name| scheme(schemas, &name))
        .filter(|scheme| scheme["in"] == place);
    schemes
        .filter_map(|scheme| scheme["name"].as_str().map(str::to_owned))
        .collect()
}

fn security_fault(sample: &Sample, request: &Request, schemas: &Schemas) -> Option<String> {
    let alternatives = alternatives(sample, schemas);
    let meets = |names: &Vec<String>| {
        names
            .iter()
            .all(|name| carries(&scheme(schemas, name), request))
    };
    let fine = alternatives.is_empty() || alternatives.iter().any(meets);
    (!fine).then(|| format!("it carries none of {alternatives:?}"))
}

fn carries(scheme: &Value, request: &Request) -> bool {
    let authorization = request
        .header("authorization")
        .unwrap_or_default()
        .to_lowercase();
    match scheme["type"].as_str() {
        Some("http") => {
            let kind = scheme["scheme"].as_str().unwrap_or_default().to_lowercase();
            authorization.starts_with(&format!("{kind} "))
        }
        Some("apiKey") => {
            let name = scheme["name"].as_str().unwrap_or_default();
            match scheme["in"].as_str() {
                Some("query") => {
                    let query = request
                        .target
                        .split_once('?')
                        .map_or("", |(_, query)| query);
                    pairs(query).iter().any(|(own, _)| own == name)
                }
                Some("cookie") => {
                    let cookie = request.header("cookie").unwrap_or_default();
                    cookie.contains(&format!("{name}="))
                }
                _ => request.header(&name.to_lowercase()).is_some(),
            }
        }
        Some("oauth2" | "openIdConnect") => authorization.starts_with("bearer "),
        _ => true,
    }
}
