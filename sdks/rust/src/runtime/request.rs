//! A request in the making: the operation, its parameters, its body, the options of the call.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Body, Encoding, Error, Form, FormStyle, Operation, param};

/// One logical call: what it sends and how it is tried.
///
/// A parameter that cannot be sent is kept as a failure, and given when the call is awaited.
#[derive(Debug)]
pub struct Request {
    pub(super) operation: &'static Operation,
    pub(super) path: String,
    pub(super) query: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    pub(super) extra_body: Map<String, Value>,
    pub(super) timeout: Option<Duration>,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) max_retries: Option<u32>,
    pub(super) idempotency_key: Option<String>,
    failure: Option<String>,
}

impl Request {
    pub(super) fn new(operation: &'static Operation) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(operation.accept));
        Self {
            operation,
            path: operation.path.to_owned(),
            query: Vec::new(),
            headers,
            body: None,
            extra_body: Map::new(),
            timeout: None,
            attempt_timeout: None,
            max_retries: None,
            idempotency_key: None,
            failure: None,
        }
    }

    /// The same request again; a streamed body is not copied, and makes this `None`.
    pub(super) fn try_clone(&self) -> Option<Self> {
        let body = match &self.body {
            Some(body) => Some(body.try_clone()?),
            None => None,
        };
        Some(Self {
            operation: self.operation,
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body,
            extra_body: self.extra_body.clone(),
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            max_retries: self.max_retries,
            idempotency_key: self.idempotency_key.clone(),
            failure: self.failure.clone(),
        })
    }

    /// Makes the call fail once it is made.
    pub(super) fn refuse(&mut self, failure: String) {
        self.failure.get_or_insert(failure);
    }

    /// Whether it may be tried again: the operation may, and the body is in memory.
    pub(super) fn repeatable(&self) -> bool {
        let streamed = |body: &Body| matches!(body.0, super::body::Payload::Stream { .. });
        self.operation.repeatable() && !self.body.as_ref().is_some_and(streamed)
    }

    fn ok<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result
            .map_err(|message| self.failure.get_or_insert(message))
            .ok()
    }

    /// Fills `{name}`. Braces in values are escaped, so that no value is taken for a parameter.
    pub(super) fn path(&mut self, name: &str, encoding: Encoding, value: &impl Serialize) {
        if let Some(text) = self.ok(param::path(name, encoding, value)) {
            self.path = self.path.replace(&format!("{{{name}}}"), &text);
        }
    }

    pub(super) fn query(&mut self, name: &str, encoding: Encoding, value: &impl Serialize) {
        if let Some(pairs) = self.ok(param::query(name, encoding, value)) {
            self.query.extend(pairs);
        }
    }

    pub(super) fn json_query(&mut self, name: &str, value: &impl Serialize) {
        let text = serde_json::to_string(value).map_err(|error| error.to_string());
        if let Some(text) = self.ok(text).filter(|text| text != "null") {
            self.query(name, Encoding::FORM, &text);
        }
    }

    /// Replaces what the query has under this name.
    pub(super) fn set_query(&mut self, name: &str, value: &str) {
        let name = param::escape(name);
        self.query
            .retain(|pair| pair.split_once('=').is_none_or(|(known, _)| known != name));
        self.query.push(format!("{name}={}", param::escape(value)));
    }

    pub(super) fn header(&mut self, name: &str, encoding: Encoding, value: &impl Serialize) {
        if let Some(Some(text)) = self.ok(param::header(encoding, value)) {
            self.raw_header(name, &text);
        }
    }

    pub(super) fn raw_header(&mut self, name: &str, value: &str) {
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("{name:?} is not the name of a header"))
            .and_then(|name| match HeaderValue::from_str(value) {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(format!("the header {name} cannot carry its value")),
            });
        if let Some((name, value)) = self.ok(parsed) {
            self.headers.insert(name, value);
        }
    }

    /// Adds to `Cookie`; the pairs of a form-style cookie are separated as RFC 6265 has it.
    pub(super) fn cookie(&mut self, name: &str, encoding: Encoding, value: &impl Serialize) {
        if let Some(pairs) = self.ok(param::query(name, encoding, value)) {
            let before = self
                .headers
                .get(COOKIE)
                .and_then(|value| value.to_str().ok());
            let all: Vec<&str> = before
                .into_iter()
                .chain(pairs.iter().map(String::as_str))
                .collect();
            if !all.is_empty() {
                let all = all.join("; ");
                self.raw_header(COOKIE.as_str(), &all);
            }
        }
    }

    pub(super) fn json(&mut self, content_type: &str, value: &impl Serialize) {
        let bytes = serde_json::to_vec(value).map_err(|error| error.to_string());
        if let Some(bytes) = self.ok(bytes) {
            self.body(content_type, bytes.into());
        }
    }

    /// A body of `application/x-www-form-urlencoded`, each property in its style or, without one,
    /// in the exploded form style.
    pub(super) fn form(&mut self, value: &impl Serialize, styles: &[(&str, FormStyle)]) {
        let fields = match param::json(value) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err("a form is not made of anything but an object".to_owned()),
            Err(error) => Err(error),
        };
        let pairs = |name: &String, value: &Value| {
            let style = styles.iter().find(|(known, _)| known == name);
            match style.map(|(_, style)| *style) {
                None => param::query(name, Encoding::FORM, value),
                Some(FormStyle::Style(encoding)) => param::query(name, encoding, value),
                Some(FormStyle::Json) => param::query(name, Encoding::FORM, &value.to_string()),
            }
        };
        let pairs = fields.and_then(|fields| {
            let pairs = fields.iter().map(|(name, value)| pairs(name, value));
            pairs.collect::<Result<Vec<_>, _>>()
        });
        if let Some(pairs) = self.ok(pairs) {
            self.body(
                "application/x-www-form-urlencoded",
                pairs.concat().join("&").into(),
            );
        }
    }

    pub(super) fn multipart(&mut self, form: Form) {
        let boundary = uuid::Uuid::new_v4().simple().to_string();
        if let Some((body, content_type)) = self.ok(form.encode(&boundary)) {
            self.body(&content_type, body);
        }
    }

    pub(super) fn body(&mut self, content_type: &str, body: Body) {
        self.body = Some(body);
        self.raw_header(CONTENT_TYPE.as_str(), content_type);
    }

    /// Merges `extra_body` into the body, and checks that the request can be sent at all.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        if let Some(failure) = self.failure.take() {
            return Err(Error::config(failure));
        }
        // A dot segment, escaped or not, is resolved by every URL parser: the request would go to
        // another resource.
        if self
            .path
            .split('/')
            .any(|segment| matches!(segment, "." | ".."))
        {
            return Err(Error::config(format!(
                "a parameter makes {:?} leave its path",
                self.path
            )));
        }
        if !self.extra_body.is_empty() {
            let body = std::mem::take(&mut self.body);
            let mut fields = match body.map(|body| body.0) {
                None => Map::new(),
                Some(super::body::Payload::Bytes(bytes)) => {
                    serde_json::from_slice(&bytes).map_err(Error::unsendable)?
                }
                Some(super::body::Payload::Stream { .. }) => {
                    return Err(Error::config("a streamed body takes no extra fields"));
                }
            };
            fields.append(&mut self.extra_body);
            self.json("application/json", &fields);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::runtime::{Encoding, Operation, Verb};

    static GET: Operation = Operation {
        verb: Verb::Get,
        path: "/a/{x}/b/{y}",
        ..Operation::DEFAULT
    };

    #[test]
    fn a_value_is_never_taken_for_a_parameter() {
        let mut request = Request::new(&GET);
        request.path("x", Encoding::SIMPLE, &"{y}");
        request.path("y", Encoding::SIMPLE, &"1");
        assert_eq!(request.path, "/a/%7By%7D/b/1");
        assert!(request.finish().is_ok());
    }

    #[test]
    fn a_dot_segment_and_an_empty_segment_are_refused() {
        for value in ["..", ".", ""] {
            let mut request = Request::new(&GET);
            request.path("x", Encoding::SIMPLE, &value);
            assert!(request.finish().unwrap_err().is_config(), "{value:?}");
        }
    }

    #[test]
    fn a_header_value_with_a_line_break_is_refused() {
        let mut request = Request::new(&GET);
        request.header("X-Name", Encoding::SIMPLE, &"a\r\nX-Evil: 1");
        assert!(request.finish().unwrap_err().is_config());
    }

    #[test]
    fn cookies_add_up() {
        let mut request = Request::new(&GET);
        request.cookie("a", Encoding::FORM, &1);
        request.cookie("b", Encoding::FORM, &"x;y");
        assert_eq!(request.headers["cookie"], "a=1; b=x%3By");
    }
}
