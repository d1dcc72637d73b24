//! A request, read and held against the document before a method sees it.

use std::pin::Pin;

use axum::body::BodyDataStream;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::Bytes;
use futures::Stream;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::form::Form;
use super::parameters::{from_pairs, query_pairs, single};
use super::{ApiError, Contract, Detail, Location, OperationInfo, Place, RequestContext};

/// Bytes of a JSON, text or form body that are read at most.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// The bytes of a body as they arrive.
pub struct Body {
    /// The request's `Content-Type`, empty where it has none.
    pub content_type: String,
    stream: BodyDataStream,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl Stream for Body {
    type Item = Result<Bytes, ApiError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.stream).poll_next(cx);
        next.map_err(|_| ApiError::invalid_request("the body was cut off", Vec::new()))
    }
}

/// A request whose parameters are read and checked.
#[derive(Debug)]
pub struct Request {
    context: RequestContext,
    parameters: Map<String, Value>,
    contract: &'static Contract,
    content_type: String,
    body: Option<axum::body::Body>,
}

impl Request {
    /// Reads the parameters and holds them against the document.
    ///
    /// # Errors
    /// 404 when a path parameter is none of the document's; 400 with every broken rule of the
    /// others, a missing idempotency key among them.
    pub(super) fn read(
        operation: &'static OperationInfo,
        contract: &'static Contract,
        parts: &Parts,
        body: axum::body::Body,
    ) -> Result<Self, ApiError> {
        let mut details = Vec::new();
        let mut parameters = Map::new();
        let path = path_texts(operation.path, parts.uri.path());
        let query = query_pairs(parts.uri.query().unwrap_or_default());
        let cookies = cookie_pairs(parts);
        for (index, info) in operation.parameters.iter().enumerate() {
            let (location, value) = match info.place {
                Place::Path => (
                    Location::Path,
                    path.get(index).map(|text| single(info, text, true)),
                ),
                Place::Query => (Location::Query, from_pairs(info, &query)),
                Place::Cookie => (Location::Cookie, from_pairs(info, &cookies)),
                Place::Header => {
                    let text = parts
                        .headers
                        .get(info.name)
                        .and_then(|value| value.to_str().ok());
                    (Location::Header, text.map(|text| single(info, text, false)))
                }
            };
            let prefix = format!("/{}", token(info.name));
            match value {
                Some(value) => {
                    let schema = format!(
                        "/operations/{}/parameters/{}/{}",
                        token(operation.id),
                        info.place.name(),
                        token(info.name)
                    );
                    let broken = contract.check(&fragment(&schema), &value, location, &prefix);
                    if info.place == Place::Path && !broken.is_empty() {
                        return Err(ApiError::not_found("nothing is at this path"));
                    }
                    details.extend(broken);
                    parameters.insert(info.name.to_owned(), value);
                }
                None if info.required => details.push(missing(location, prefix)),
                None => {}
            }
        }
        if let Some((header, true)) = operation.idempotency {
            let key = parts
                .headers
                .get(header)
                .and_then(|value| value.to_str().ok());
            let fits = |key: &str| {
                (1..=255).contains(&key.len()) && key.bytes().all(|b| (33..127).contains(&b))
            };
            if !key.is_some_and(fits) {
                details.push(missing(Location::Header, format!("/{header}")));
            }
        }
        if !details.is_empty() {
            return Err(ApiError::invalid_request(
                "the request is not what the document allows",
                details,
            ));
        }
        let content_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            context: RequestContext::new(operation, parts),
            parameters,
            contract,
            content_type: content_type.unwrap_or_default().to_owned(),
            body: Some(body),
        })
    }

    /// What the method knows beside its arguments.
    pub fn context(&self) -> &RequestContext {
        &self.context
    }

    /// A parameter as its type; an absent optional one is read as `null`.
    ///
    /// # Errors
    /// 400, when the value fits the schema and not the type: a number too wide, say.
    pub fn parameter<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        let value = self.parameters.remove(name).unwrap_or(Value::Null);
        serde_json::from_value(value)
            .map_err(|error| ApiError::invalid_request(format!("{name}: {error}"), Vec::new()))
    }

    /// The JSON body as its type; `None` when it may be left out and is.
    ///
    /// # Errors
    /// 400: another content type, too long, no JSON, or every rule of its schema that it breaks.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ApiError> {
        let operation = self.context.operation();
        let bytes = self.bytes().await?;
        if bytes.is_empty() && !operation.body_required {
            return Ok(None);
        }
        let media_type = self.media_type()?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            ApiError::invalid_request(format!("the body is no JSON: {error}"), Vec::new())
        })?;
        let schema = format!(
            "/operations/{}/body/{}",
            token(operation.id),
            token(media_type)
        );
        let details = self
            .contract
            .check(&fragment(&schema), &value, Location::Body, "");
        if !details.is_empty() {
            return Err(ApiError::invalid_request(
                "the body is not what the document allows",
                details,
            ));
        }
        serde_json::from_value(value).map(Some).map_err(|error| {
            ApiError::invalid_request(format!("the body cannot be read: {error}"), Vec::new())
        })
    }

    /// The body as text.
    ///
    /// # Errors
    /// 400: another content type, too long, or not UTF-8.
    pub async fn text(&mut self) -> Result<String, ApiError> {
        let bytes = self.bytes().await?;
        self.media_type()?;
        String::from_utf8(bytes.into())
            .map_err(|_| ApiError::invalid_request("the body is not UTF-8", Vec::new()))
    }

    /// The body as bytes that are read as they arrive.
    ///
    /// # Errors
    /// 400: another content type.
    pub fn stream(&mut self) -> Result<Body, ApiError> {
        self.media_type()?;
        let body = self.body.take().unwrap_or_default();
        Ok(Body {
            content_type: self.content_type.clone(),
            stream: body.into_data_stream(),
        })
    }

    /// The body as a form.
    ///
    /// # Errors
    /// 400: another content type, too long, or no form.
    pub async fn form(&mut self) -> Result<Form, ApiError> {
        let media_type = self.media_type()?;
        if media_type == "multipart/form-data" {
            let body = self.body.take().unwrap_or_default();
            return Form::read(&self.content_type, body.into_data_stream(), MAX_BODY).await;
        }
        let bytes = self.bytes().await?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(Form::from_pairs(query_pairs(&text)))
    }

    async fn bytes(&mut self) -> Result<Bytes, ApiError> {
        let body = self.body.take().unwrap_or_default();
        match Limited::new(body, MAX_BODY).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(ApiError::invalid_request(
                format!("the body is longer than {MAX_BODY} bytes"),
                Vec::new(),
            )),
            Err(_) => Err(ApiError::invalid_request(
                "the body was cut off",
                Vec::new(),
            )),
        }
    }

    /// The media type of the document that the body is of.
    fn media_type(&self) -> Result<&'static str, ApiError> {
        let accepted = self.context.operation().body;
        let sent = essence(&self.content_type);
        let fits = |media_type: &&&'static str| {
            let media_type = essence(media_type);
            media_type == sent
                || media_type == "*/*"
                || media_type
                    .strip_suffix("/*")
                    .is_some_and(|kind| sent.starts_with(kind))
        };
        accepted.iter().find(fits).copied().ok_or_else(|| {
            let message = format!("the body is to be {}", accepted.join(" or "));
            ApiError::invalid_request(message, Vec::new())
        })
    }
}

fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn missing(location: Location, pointer: String) -> Detail {
    Detail {
        location,
        pointer,
        rule: "required".to_owned(),
        message: "it is missing or not of the form that is asked for".to_owned(),
    }
}

/// The texts of the template's parameters, in its order, still percent-encoded. The path may have
/// a prefix that the router was nested under.
fn path_texts(template: &str, path: &str) -> Vec<String> {
    let template: Vec<&str> = template.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    let skipped = (path.len() + 1).saturating_sub(template.len());
    template
        .iter()
        .skip(1)
        .zip(path.iter().skip(skipped))
        .filter(|(name, _)| name.starts_with('{'))
        .map(|(_, text)| (*text).to_owned())
        .collect()
}

fn cookie_pairs(parts: &Parts) -> Vec<(String, String)> {
    let headers = parts.headers.get_all(axum::http::header::COOKIE);
    let texts = headers.iter().filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn token(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// A JSON Pointer as the fragment of a URI (RFC 6901 section 6).
fn fragment(pointer: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'~')
        .remove(b'-')
        .remove(b'_')
        .remove(b'.');
    percent_encoding::utf8_percent_encode(pointer, KEPT).to_string()
}
