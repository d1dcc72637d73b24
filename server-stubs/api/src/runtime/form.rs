//! Forms: fields and files.

use axum::body::BodyDataStream;
use bytes::Bytes;
use multer::{Constraints, Multipart, SizeLimit};

use super::ApiError;
use super::parameters::percent_decode;

/// A form that was read whole.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    files: Vec<(String, File)>,
}

/// A file of a form.
#[derive(Clone, Debug)]
pub struct File {
    /// What the client calls it; not to be used as a path.
    pub name: String,
    /// `image/png`; `application/octet-stream` where the client does not say.
    pub content_type: String,
    /// All of it.
    pub bytes: Bytes,
}

impl Form {
    /// Reads `multipart/form-data` (RFC 7578) of at most `limit` bytes.
    pub(super) async fn read(
        content_type: &str,
        body: BodyDataStream,
        limit: usize,
    ) -> Result<Self, ApiError> {
        let refused = |error: multer::Error| {
            ApiError::invalid_request(format!("the body is no form: {error}"), Vec::new())
        };
        let boundary = multer::parse_boundary(content_type).map_err(refused)?;
        let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(limit as u64));
        let mut parts = Multipart::with_constraints(body, boundary, limits);
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(refused)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let content_type = part.content_type().map(ToString::to_string);
            match file {
                Some(file) => {
                    let content_type =
                        content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                    let bytes = part.bytes().await.map_err(refused)?;
                    form.files.push((
                        name,
                        File {
                            name: file,
                            content_type,
                            bytes,
                        },
                    ));
                }
                None => {
                    let text = part.text().await.map_err(refused)?;
                    form.fields.push((name, text));
                }
            }
        }
        Ok(form)
    }

    /// A form of `application/x-www-form-urlencoded` pairs, still encoded.
    pub(super) fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        let decode = |text: &str| percent_decode(&text.replace('+', "%20"));
        let fields = pairs
            .iter()
            .map(|(key, value)| (decode(key), decode(value)))
            .collect();
        Self {
            fields,
            files: Vec::new(),
        }
    }

    /// The first field of a name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, text)| text.as_str())
    }

    /// Every field of a name.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, text)| text.as_str())
    }

    /// The first file of a name.
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, file)| file)
    }

    /// Every file of a name.
    pub fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a File> {
        self.files
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, file)| file)
    }
}
