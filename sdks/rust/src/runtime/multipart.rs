//! `multipart/form-data` (RFC 7578).
//!
//! Written here because a form of bytes must be sendable twice, which reqwest's own is not.

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde::Serialize;
use serde_json::Value;

use super::{Body, param};

/// A form, its parts in the order in which they were added.
#[derive(Debug, Default)]
pub struct Form {
    parts: Vec<(String, Part)>,
    failure: Option<String>,
}

/// One part: a body with the name and type of a file, where it has them.
#[derive(Debug)]
pub struct Part {
    body: Body,
    file_name: Option<String>,
    content_type: Option<String>,
}

impl Part {
    /// A part with no file name, of no declared type.
    pub fn new(body: impl Into<Body>) -> Self {
        Self {
            body: body.into(),
            file_name: None,
            content_type: None,
        }
    }

    /// The file name that the server is told.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// The media type, such as `image/png`.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }
}

impl<B: Into<Body>> From<B> for Part {
    fn from(body: B) -> Self {
        Self::new(body)
    }
}

impl Form {
    /// A form without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, name: impl Into<String>, part: impl Into<Part>) -> Self {
        self.parts.push((name.into(), part.into()));
        self
    }

    /// Adds any number of parts of one name, none included.
    #[must_use]
    pub fn parts(self, name: &str, parts: impl IntoIterator<Item = Part>) -> Self {
        parts
            .into_iter()
            .fold(self, |form, part| form.part(name, part))
    }

    /// Adds a value as JSON, nothing for null.
    #[must_use]
    pub fn json(mut self, name: &str, value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(text) if text == "null" => self,
            Ok(text) => self.part(name, Part::new(text).content_type("application/json")),
            Err(error) => {
                self.failure.get_or_insert(error.to_string());
                self
            }
        }
    }

    /// Adds a value as OpenAPI's encoding object has it by default: a scalar as text, a list as a
    /// part for each of its items, an object as JSON, nothing for null.
    #[must_use]
    pub fn value(mut self, name: &str, value: &impl Serialize) -> Self {
        match param::json(value) {
            Ok(Value::Null) => self,
            Ok(Value::Array(items)) => items
                .iter()
                .fold(self, |form, item| form.scalar(name, item)),
            Ok(value) => self.scalar(name, &value),
            Err(error) => {
                self.failure.get_or_insert(error);
                self
            }
        }
    }

    fn scalar(self, name: &str, value: &Value) -> Self {
        match value {
            Value::String(text) => self.part(name, text.clone()),
            Value::Array(_) | Value::Object(_) => self.part(
                name,
                Part::new(value.to_string()).content_type("application/json"),
            ),
            other => self.part(name, other.to_string()),
        }
    }

    /// The form as a body, and the `Content-Type` that goes with it.
    ///
    /// # Errors
    /// A message where a value could not be serialized, or a type holds a line break.
    pub(super) fn encode(self, boundary: &str) -> Result<(Body, String), String> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut pieces: Vec<Body> = Vec::new();
        for (name, part) in self.parts {
            let mut head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                quoted(&name)
            );
            if let Some(file_name) = &part.file_name {
                head.push_str(&format!("; filename=\"{}\"", quoted(file_name)));
            }
            if let Some(content_type) = &part.content_type {
                if content_type.chars().any(char::is_control) {
                    return Err(format!(
                        "the media type of the part {name} holds a line break"
                    ));
                }
                head.push_str(&format!("\r\nContent-Type: {content_type}"));
            }
            head.push_str("\r\n\r\n");
            pieces.extend([head.into(), part.body, "\r\n".into()]);
        }
        pieces.push(format!("--{boundary}--\r\n").into());
        Ok((
            join(pieces),
            format!("multipart/form-data; boundary={boundary}"),
        ))
    }
}

/// In memory if every piece is.
fn join(pieces: Vec<Body>) -> Body {
    let length = pieces.iter().map(Body::length).sum::<Option<u64>>();
    let whole: Option<Vec<Bytes>> = pieces
        .iter()
        .map(|piece| match &piece.0 {
            super::body::Payload::Bytes(bytes) => Some(bytes.clone()),
            super::body::Payload::Stream { .. } => None,
        })
        .collect();
    match whole {
        Some(whole) => Body::from(whole.concat()),
        None => {
            let streams: Vec<BoxStream<'static, _>> =
                pieces.into_iter().map(Body::into_stream).collect();
            Body::stream(stream::iter(streams).flatten(), length)
        }
    }
}

/// A name between quotes, by the rule of the HTML Standard's "multipart/form-data encoding
/// algorithm", which RFC 7578 servers read.
fn quoted(name: &str) -> String {
    name.replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Form, Part};
    use crate::runtime::body::Payload;

    fn text(form: Form) -> String {
        let (body, _) = form.encode("X").unwrap();
        match body.0 {
            Payload::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            Payload::Stream { .. } => panic!("a form of bytes is in memory"),
        }
    }

    #[test]
    fn a_file_and_values_are_written_as_parts() {
        let file = Part::new("png")
            .file_name("a.png")
            .content_type("image/png");
        let form = Form::new()
            .part("file", file)
            .value("n", &3)
            .value("tags", &["a", "b"]);
        assert_eq!(
            text(form),
            "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\npng\r\n\
             --X\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n3\r\n\
             --X\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\na\r\n\
             --X\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nb\r\n--X--\r\n"
        );
    }

    #[test]
    fn a_name_cannot_end_its_header() {
        let form = Form::new().part("a\"\r\nX: y", Part::new("").file_name("b\"\n"));
        assert!(text(form).contains("name=\"a%22%0D%0AX: y\"; filename=\"b%22%0A\""));
        let form = Form::new().part("a", Part::new("").content_type("text/plain\r\nX: y"));
        assert!(form.encode("X").is_err());
    }

    #[test]
    fn an_object_is_a_json_part_and_null_is_none() {
        let form = Form::new()
            .value("o", &json!({"a": 1}))
            .value("n", &None::<i64>);
        assert!(text(form).starts_with(
            "--X\r\nContent-Disposition: form-data; name=\"o\"\r\n\
             Content-Type: application/json\r\n\r\n{\"a\":1}\r\n--X--"
        ));
    }
}
