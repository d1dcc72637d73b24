//! A request, its parameters read and held against the document before a method sees it.

use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::parameters::{Pair, Unreadable, cookie_pairs, from_pairs, query_pairs, single};
use super::{
    ApiError, Contract, Detail, Location, OperationInfo, ParameterInfo, Place, RequestContext,
};

/// A request whose parameters are read and checked. Its `Debug` shows nothing that was sent.
pub struct Request {
    context: RequestContext,
    /// By place, in the order of [`Place`].
    parameters: [Map<String, Value>; 4],
    pub(super) contract: &'static Contract,
    pub(super) content_type: String,
    pub(super) body: Option<axum::body::Body>,
}

const BROKEN: &str = "the request is not what the document allows";

/// A 400 without details.
pub(super) fn refused(message: impl Into<String>) -> ApiError {
    ApiError::invalid_request(message, Vec::new())
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Reads the parameters and holds them against the document. `path` has the texts of the
    /// path's own, still percent-encoded.
    ///
    /// # Errors
    /// 404 when a path parameter is none of the document's; 400 with every broken rule of the
    /// others, a missing idempotency key and an unreadable id of an event among them.
    pub(super) fn read(
        operation: &'static OperationInfo,
        contract: &'static Contract,
        path: &[&str],
        parts: &Parts,
        body: axum::body::Body,
    ) -> Result<Self, ApiError> {
        let mut details = Vec::new();
        let mut parameters: [Map<String, Value>; 4] = Default::default();
        let sent = Sent::new(path, parts)?;
        for (index, info) in operation.parameters.iter().enumerate() {
            let location = location(info.place);
            let prefix = format!("/{}", pointer_token(info.name));
            let value = match sent.value(index, info) {
                Ok(Some(value)) => value,
                Ok(None) => match info.default {
                    Some(json) => {
                        let value = serde_json::from_str(json).unwrap_or_default();
                        parameters[info.place as usize].insert(info.name.to_owned(), value);
                        continue;
                    }
                    None => {
                        details.extend(info.required.then(|| missing(location, prefix)));
                        continue;
                    }
                },
                Err(_) if info.place == Place::Path => return Err(nothing()),
                Err(why) => {
                    details.push(why.detail(location, prefix));
                    continue;
                }
            };
            let schema = [
                "operations",
                operation.id,
                "parameters",
                info.place.name(),
                info.name,
            ];
            let broken = contract.check(&schema, &value, location, &prefix)?;
            if info.place == Place::Path && !broken.is_empty() {
                return Err(nothing());
            }
            details.extend(broken);
            parameters[info.place as usize].insert(info.name.to_owned(), value);
        }
        details.extend(unfit_headers(operation, parts));
        if !details.is_empty() {
            return Err(ApiError::invalid_request(BROKEN, details));
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

    /// A path parameter as its type.
    ///
    /// # Errors
    /// 400, when the value fits the schema and not the type: a number too wide, say.
    pub fn path<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        self.parameter(Place::Path, name)
    }

    /// A query parameter as its type; one that is absent is read as `null`.
    ///
    /// # Errors
    /// As [`path`](Self::path).
    pub fn query<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        self.parameter(Place::Query, name)
    }

    /// A header as its type; one that is absent is read as `null`.
    ///
    /// # Errors
    /// As [`path`](Self::path).
    pub fn header<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        self.parameter(Place::Header, name)
    }

    /// A cookie as its type; one that is absent is read as `null`.
    ///
    /// # Errors
    /// As [`path`](Self::path).
    pub fn cookie<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        self.parameter(Place::Cookie, name)
    }

    fn parameter<T: DeserializeOwned>(&mut self, place: Place, name: &str) -> Result<T, ApiError> {
        let value = self.parameters[place as usize].remove(name);
        serde_json::from_value(value.unwrap_or_default())
            .map_err(|error| refused(format!("{name}: {error}")))
    }
}

/// The texts of a request.
struct Sent<'r> {
    path: &'r [&'r str],
    query: Vec<Pair>,
    cookies: Vec<Pair>,
    parts: &'r Parts,
}

impl<'r> Sent<'r> {
    fn new(path: &'r [&'r str], parts: &'r Parts) -> Result<Self, ApiError> {
        let query = query_pairs(parts.uri.query().unwrap_or_default()).map_err(|why| {
            let detail = why.detail(Location::Query, String::new());
            ApiError::invalid_request(BROKEN, vec![detail])
        })?;
        let cookies = parts.headers.get_all(COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        Ok(Self {
            path,
            query,
            cookies: cookies.flat_map(cookie_pairs).collect(),
            parts,
        })
    }

    /// The value of an operation's parameter; path ones are its first, in the path's order.
    fn value(&self, index: usize, info: &ParameterInfo) -> Result<Option<Value>, Unreadable> {
        match info.place {
            Place::Path => {
                let text = self.path.get(index);
                text.map(|text| single(info, text, true)).transpose()
            }
            Place::Query => from_pairs(info, &self.query),
            Place::Cookie => from_pairs(info, &self.cookies),
            Place::Header => {
                // Lines of one name are one list (RFC 9110 section 5.3).
                let mut lines = Vec::new();
                for value in self.parts.headers.get_all(info.name) {
                    lines.push(value.to_str().map_err(|_| Unreadable::NOT_TEXT)?);
                }
                match lines.is_empty() {
                    true => Ok(None),
                    false => single(info, &lines.join(", "), false).map(Some),
                }
            }
        }
    }
}

fn nothing() -> ApiError {
    ApiError::not_found("nothing is at this path")
}

fn location(place: Place) -> Location {
    match place {
        Place::Path => Location::Path,
        Place::Query => Location::Query,
        Place::Header => Location::Header,
        Place::Cookie => Location::Cookie,
    }
}

/// What is said of the headers that have a meaning of their own: a key that must be there and is
/// not, or a key or an id of an event that is not one, of 1 to 255 visible characters.
fn unfit_headers<'r>(
    operation: &'static OperationInfo,
    parts: &'r Parts,
) -> impl Iterator<Item = Detail> + use<'r> {
    let resume = operation.resume.map(|header| (header, false));
    let headers = operation.idempotency.into_iter().chain(resume);
    headers.filter_map(|(header, required)| {
        let mut sent = parts.headers.get_all(header).iter();
        let fits = |value: &[u8]| {
            (1..=255).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic)
        };
        let fine = match (sent.next(), sent.next()) {
            (None, _) => !required,
            (Some(value), None) => fits(value.as_bytes()),
            (Some(_), Some(_)) => false,
        };
        (!fine).then(|| missing(Location::Header, format!("/{header}")))
    })
}

fn missing(location: Location, pointer: String) -> Detail {
    Detail {
        location,
        pointer,
        rule: "required".to_owned(),
        message: "it is missing or not of the form that is asked for".to_owned(),
    }
}

/// A token of a JSON Pointer (RFC 6901 section 3).
pub(super) fn pointer_token(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}
