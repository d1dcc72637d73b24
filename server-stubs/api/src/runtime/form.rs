//! Forms: fields and files.

use axum::body::BodyDataStream;
use bytes::Bytes;
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::parameters::{Unreadable, decode, from_pairs, is_of, query_pairs, scalar};
use super::request::{pointer_token, refused};
use super::{ApiError, Detail, Kind, Location, ParameterInfo};

const BROKEN: &str = "the form is not what the document allows";

/// A form that was read whole and held against the document.
#[derive(Debug, Default)]
pub struct Form {
    fields: Map<String, Value>,
    files: Vec<(String, File)>,
}

/// A file of a form.
#[derive(Clone, Debug)]
pub struct File {
    /// What the client calls it, empty where it does not; not to be used as a path.
    pub name: String,
    /// `image/png`; `application/octet-stream` where the client does not say.
    pub content_type: String,
    /// All of it.
    pub bytes: Bytes,
}

impl Form {
    /// Reads `multipart/form-data` (RFC 7578) of at most `limit` bytes.
    pub(super) async fn multipart(
        content_type: &str,
        body: BodyDataStream,
        limit: u64,
        kinds: &[(&str, Kind)],
    ) -> Result<Self, ApiError> {
        let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
        let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(limit));
        let mut parts = Multipart::with_constraints(body, boundary, limits);
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            let kind = kinds.iter().find(|(known, _)| *known == name);
            match kind.map(|(_, kind)| *kind) {
                Some(Kind::File | Kind::List(Kind::File)) => {
                    form.files.push((name, file(part).await?));
                }
                Some(Kind::List(item)) => {
                    let value = value(*item, part).await?;
                    match form
                        .fields
                        .entry(name)
                        .or_insert_with(|| Value::Array(Vec::new()))
                    {
                        Value::Array(items) => items.push(value),
                        other => *other = value,
                    }
                }
                kind => {
                    let value = value(kind.unwrap_or(Kind::Text), part).await?;
                    form.set(name, value)?;
                }
            }
        }
        Ok(form)
    }

    /// Reads `application/x-www-form-urlencoded` (the URL Standard).
    pub(super) fn urlencoded(text: &str, kinds: &[(&'static str, Kind)]) -> Result<Self, ApiError> {
        let refused = |pointer: String| {
            |why: Unreadable| {
                let details = vec![why.detail(Location::Body, pointer)];
                ApiError::invalid_request(BROKEN, details)
            }
        };
        let pairs = query_pairs(text).map_err(refused(String::new()))?;
        let mut form = Self::default();
        let infos: Vec<ParameterInfo> = kinds
            .iter()
            .map(|(name, kind)| ParameterInfo::query(name, *kind))
            .collect();
        for info in &infos {
            let value = from_pairs(info, &pairs).map_err(refused(pointer(info.name)))?;
            form.fields
                .extend(value.map(|value| (info.name.to_owned(), value)));
        }
        // What the document does not list is for the schema to refuse or not.
        for (name, text) in &pairs {
            if infos.iter().all(|info| !is_of(info, name)) {
                let value = Value::String(decode(text).map_err(refused(pointer(name)))?);
                form.set(name.clone(), value)?;
            }
        }
        Ok(form)
    }

    fn set(&mut self, name: String, value: Value) -> Result<(), ApiError> {
        if self.fields.contains_key(&name) {
            return Err(broken(&name, "maxItems", "it is there more than once"));
        }
        self.fields.insert(name, value);
        Ok(())
    }

    /// The form as the JSON that its schema is of; a file is its name.
    pub(super) fn value(&self, kinds: &[(&str, Kind)]) -> Value {
        let mut fields = self.fields.clone();
        for (name, file) in &self.files {
            let text = Value::String(file.name.clone());
            let several = || kinds.contains(&(name, Kind::List(&Kind::File)));
            match fields.get_mut(name) {
                None if several() => drop(fields.insert(name.clone(), Value::Array(vec![text]))),
                None => drop(fields.insert(name.clone(), text)),
                Some(Value::Array(items)) => items.push(text),
                // Two where one is asked for, which the schema then refuses.
                Some(other) => *other = Value::Array(vec![other.take(), text]),
            }
        }
        Value::Object(fields)
    }

    /// The form as the record that it is of.
    ///
    /// # Errors
    /// 400, when a value fits the schema and not the type.
    pub fn into_record<T: TryFrom<Self, Error = ApiError>>(self) -> Result<T, ApiError> {
        T::try_from(self)
    }

    /// The form as a type of JSON's; a file is its text there.
    ///
    /// # Errors
    /// As [`into_record`](Self::into_record), and when a file is not UTF-8.
    pub fn into_value<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let mut fields = self.fields;
        for (name, file) in self.files {
            let text = String::from_utf8(file.bytes.into())
                .map_err(|_| refused(format!("{name}: the file is not UTF-8")))?;
            match fields.get_mut(&name) {
                Some(Value::Array(items)) => items.push(Value::String(text)),
                _ => drop(fields.insert(name, Value::String(text))),
            }
        }
        serde_json::from_value(Value::Object(fields))
            .map_err(|error| refused(format!("the form cannot be read: {error}")))
    }

    /// Takes a field as its type; one that is absent is read as `null`.
    ///
    /// # Errors
    /// As [`into_record`](Self::into_record).
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        let value = self.fields.remove(name).unwrap_or_default();
        serde_json::from_value(value).map_err(|error| refused(format!("{name}: {error}")))
    }

    /// Takes a file.
    ///
    /// # Errors
    /// 400, when there is none or more than one.
    pub fn take_file(&mut self, name: &str) -> Result<File, ApiError> {
        self.take_optional_file(name)?
            .ok_or_else(|| broken(name, "required", "the file is missing"))
    }

    /// Takes a file, if it is there.
    ///
    /// # Errors
    /// 400, when there is more than one.
    pub fn take_optional_file(&mut self, name: &str) -> Result<Option<File>, ApiError> {
        let mut files = self.take_files(name)?.into_iter();
        match (files.next(), files.next()) {
            (file, None) => Ok(file),
            _ => Err(broken(name, "maxItems", "it is there more than once")),
        }
    }

    /// Takes every file of a name.
    ///
    /// # Errors
    /// None: it is a `Result` as the others are.
    pub fn take_files(&mut self, name: &str) -> Result<Vec<File>, ApiError> {
        let (own, others) = std::mem::take(&mut self.files)
            .into_iter()
            .partition(|(key, _)| key == name);
        self.files = others;
        let own: Vec<(String, File)> = own;
        Ok(own.into_iter().map(|(_, file)| file).collect())
    }
}

fn unreadable(error: multer::Error) -> ApiError {
    refused(format!("the body is no form: {error}"))
}

fn pointer(name: &str) -> String {
    format!("/{}", pointer_token(name))
}

fn broken(name: &str, rule: &str, message: &str) -> ApiError {
    let detail = Detail {
        location: Location::Body,
        pointer: pointer(name),
        rule: rule.to_owned(),
        message: message.to_owned(),
    };
    ApiError::invalid_request(BROKEN, vec![detail])
}

async fn file(part: Field<'_>) -> Result<File, ApiError> {
    let content_type = part.content_type().map(ToString::to_string);
    Ok(File {
        name: part.file_name().unwrap_or_default().to_owned(),
        content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: part.bytes().await.map_err(unreadable)?,
    })
}

async fn value(kind: Kind, part: Field<'_>) -> Result<Value, ApiError> {
    let bytes = part.bytes().await.map_err(unreadable)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| refused("a field is not UTF-8"))?;
    Ok(match kind {
        // A record is JSON in a part (OpenAPI 3.1 section 4.8.15).
        Kind::Record(_) => scalar(Kind::Json, text),
        kind => scalar(kind, text),
    })
}
