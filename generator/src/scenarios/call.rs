//! One call: what it is made with, what must be seen of it, what it is answered.

use serde_json::{Map, Value, json};

use crate::ir::{Content, HeaderRole, PartKind, Payload, SecurityKind, Status};

use super::{Case, escape, parameters};

/// Bytes that a document has no example of: a zero, a line feed, and a letter of two bytes.
const BYTES: &[u8] = "\0h\nä".as_bytes();
/// The same in base64 (RFC 4648).
const BASE64: &str = "AGgKw6Q=";
/// The same in hexadecimal digits.
const HEX: &str = "00680ac3a4";

/// A request as it is asked for and as it must be seen.
pub(super) struct Request {
    /// Of `op: operation`.
    pub(super) args: Map<String, Value>,
    /// Of `wire.requests`.
    pub(super) seen: Map<String, Value>,
    /// Of `query` in `seen`, without the wrapping.
    pub(super) query: Map<String, Value>,
}

impl Request {
    /// As it must be seen with other parameters in its query.
    pub(super) fn seen_with(&self, query: Map<String, Value>) -> Value {
        let mut seen = self.seen.clone();
        seen.insert("query".to_owned(), json!({ "$exactly": query }));
        Value::Object(seen)
    }
}

/// The request by the examples.
///
/// # Errors
/// There is no example of a parameter or a body that is required.
pub(super) fn request(case: &Case<'_>) -> Result<Request, String> {
    let operation = case.operation;
    let parameters = parameters::of(case)?;
    let mut headers = parameters.headers;
    let bearer = |kind: &SecurityKind| {
        matches!(
            kind,
            SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_)
        )
    };
    let scheme = |index: usize| case.api.security_schemes.get(index);
    let needs_token = !operation.security.is_empty()
        && operation.security.iter().all(|set| {
            let mut schemes = set.iter().filter_map(|used| scheme(used.scheme.0));
            schemes.any(|scheme| bearer(&scheme.kind))
        });
    if needs_token {
        headers.insert("authorization".to_owned(), "Bearer test-token".into());
    }
    if let Some(key) = &operation.idempotency {
        headers.insert(escape::text(&key.header).to_lowercase(), "$uuid".into());
    } else {
        headers.insert("idempotency-key".to_owned(), "$absent".into());
    }
    let mut args = Map::new();
    args.insert("id".to_owned(), escape::wire(&operation.name).into());
    args.extend(parameters.args);
    let mut seen = Map::new();
    seen.insert("method".to_owned(), operation.method.as_str().into());
    seen.insert("path".to_owned(), escape::expected(&parameters.path.into()));
    seen.insert("query".to_owned(), json!({ "$exactly": parameters.query }));
    match operation.body.first() {
        Some(content) => {
            let media_type = escape::text(&content.media_type);
            headers.insert(
                "content-type".to_owned(),
                format!("$contains {media_type}").into(),
            );
            body(case, content, &media_type, &mut args, &mut seen)?;
        }
        None => {
            seen.insert("bytes".to_owned(), 0.into());
        }
    }
    seen.insert("headers".to_owned(), Value::Object(headers));
    Ok(Request {
        args,
        seen,
        query: parameters.query,
    })
}

fn body(
    case: &Case<'_>,
    content: &Content,
    media_type: &str,
    args: &mut Map<String, Value>,
    seen: &mut Map<String, Value>,
) -> Result<(), String> {
    let missing = || format!("the body of type `{media_type}` has no example");
    let example = case.own.body(media_type);
    match &content.payload {
        Payload::Binary => {
            args.insert("body".to_owned(), json!({ "base64": BASE64 }));
            seen.insert("text".to_owned(), String::from_utf8_lossy(BYTES).into());
        }
        Payload::Multipart { parts, .. } => {
            let example = example.ok_or_else(missing)?;
            let (mut given, mut wanted) = (Map::new(), Vec::new());
            for part in parts {
                let name = escape::wire(&part.name);
                let Some(value) = example.get(&name) else {
                    continue;
                };
                let text = match part.kind {
                    PartKind::File => {
                        let file = json!({"base64": BASE64, "file_name": "a b.bin", "content_type": "image/png"});
                        given.insert(name.clone(), file);
                        wanted.push(json!({
                            "name": name, "file_name": "a b.bin", "content_type": "image/png",
                            "text": String::from_utf8_lossy(BYTES),
                        }));
                        continue;
                    }
                    PartKind::Text => value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                    PartKind::Json => value.to_string(),
                };
                given.insert(name.clone(), value.clone());
                wanted.push(json!({"name": name, "text": escape::expected(&text.into())}));
            }
            args.insert("body".to_owned(), Value::Object(given));
            seen.insert("parts".to_owned(), wanted.into());
        }
        Payload::Text => {
            let example = example.ok_or_else(missing)?;
            args.insert("body".to_owned(), example.clone());
            seen.insert("text".to_owned(), escape::expected(example));
        }
        _ => {
            let example = example.ok_or_else(missing)?;
            args.insert("body".to_owned(), example.clone());
            seen.insert(
                "json".to_owned(),
                json!({ "$exactly": escape::expected(example) }),
            );
        }
    }
    Ok(())
}

/// The head of the operation's success: `status` and `headers` of an exchange, and what comes of
/// them beside the value.
pub(super) fn head(case: &Case<'_>) -> Result<(Map<String, Value>, Value), String> {
    let response = case.operation.success().ok_or("there is no success")?;
    let Status::Code(status) = response.status else {
        return Err("the success has no status of its own".to_owned());
    };
    let (mut headers, mut meta) = (Map::new(), Map::new());
    meta.insert("status".to_owned(), status.into());
    for header in &response.headers {
        let (word, text, value): (_, &str, Value) = match header.role {
            Some(HeaderRole::Receipt) => ("receipt", "rcp_example", "rcp_example".into()),
            Some(HeaderRole::RateLimitRemaining) => ("remaining", "41", 41.into()),
            Some(HeaderRole::RateLimitReset) => ("reset", "1767348000", 1_767_348_000.into()),
            Some(HeaderRole::IdempotentReplayed) => ("replayed", "true", true.into()),
            Some(HeaderRole::RetryAfter) | None => continue,
        };
        headers.insert(escape::wire(&header.name).to_lowercase(), text.into());
        meta.insert(word.to_owned(), value);
    }
    let key = if case.operation.idempotency.is_some() {
        "$uuid"
    } else {
        "$absent"
    };
    meta.insert("idempotency_key".to_owned(), key.into());
    let mut exchange = Map::new();
    exchange.insert("status".to_owned(), status.into());
    exchange.insert("headers".to_owned(), Value::Object(headers));
    Ok((exchange, Value::Object(meta)))
}

/// A call with an answer in one piece: a value, bytes, a text, or nothing.
pub(super) fn once(case: &Case<'_>) -> Result<Value, String> {
    let request = request(case)?;
    let (mut exchange, meta) = head(case)?;
    let content = case
        .operation
        .success()
        .and_then(|response| response.contents.first());
    let missing = || "the answer has no example".to_owned();
    let value = match content.map(|content| &content.payload) {
        None => Value::Null,
        Some(Payload::Binary) => {
            exchange.insert("hex".to_owned(), HEX.into());
            typed(&mut exchange, content);
            json!({ "base64": BASE64 })
        }
        Some(Payload::Text) => {
            let (_, example) = case.answer().ok_or_else(missing)?;
            exchange.insert("text".to_owned(), example.clone());
            typed(&mut exchange, content);
            escape::expected(example)
        }
        Some(_) => {
            let (_, example) = case.answer().ok_or_else(missing)?;
            exchange.insert("json".to_owned(), example.clone());
            json!({ "$exactly": escape::expected(example) })
        }
    };
    Ok(json!({
        "title": title(case, "by its examples"),
        "calls": [{
            "op": "operation",
            "args": request.args,
            "expect": { "value": value, "meta": meta },
        }],
        "server": [exchange],
        "wire": { "requests": [request.seen] },
    }))
}

/// Says of which media type an answer of bytes or text is.
pub(super) fn typed(exchange: &mut Map<String, Value>, content: Option<&Content>) {
    let Some(content) = content else { return };
    let headers = exchange.entry("headers").or_insert_with(|| json!({}));
    headers["content-type"] = escape::text(&content.media_type).into();
}

/// `POST /runs by its examples`
pub(super) fn title(case: &Case<'_>, what: &str) -> String {
    let mut path = String::new();
    for segment in &case.operation.path {
        match segment {
            crate::ir::PathSegment::Literal(text) => path.push_str(&escape::text(text)),
            crate::ir::PathSegment::Parameter(index) => {
                let name = case
                    .operation
                    .parameters
                    .get(*index)
                    .map(|it| escape::wire(&it.name));
                path.push_str(&format!("{{{}}}", name.unwrap_or_default()));
            }
        }
    }
    format!("{} {path} {what}", case.operation.method.as_str())
}
