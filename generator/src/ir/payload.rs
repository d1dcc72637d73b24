use super::{Docs, Name, Style, Text, Type, TypeId};
use crate::source::Span;

/// A body under one media type.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// `application/json`, as the document writes it.
    pub media_type: Text,
    /// What the bytes mean.
    pub payload: Payload,
    /// Where the media type stands.
    pub span: Span,
}

impl Content {
    /// What a body is sent as: a range such as `image/*` is no media type.
    pub fn sent_media_type(&self) -> Text {
        let raw = self.media_type.raw().trim();
        if !raw.contains('*') && !raw.is_empty() {
            return Text::new(raw);
        }
        Text::new(match self.payload {
            Payload::Json(_) => "application/json",
            Payload::Text => "text/plain",
            _ => "application/octet-stream",
        })
    }
}

/// What the bytes of a body mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// JSON of a type: `application/json` and `+json`.
    Json(Type),
    /// `application/x-www-form-urlencoded` of a record.
    Form {
        /// The record.
        record: TypeId,
        /// How each property is written, in the record's order.
        fields: Vec<FormField>,
    },
    /// `multipart/form-data` of a record.
    Multipart {
        /// The record.
        record: TypeId,
        /// How each property is written, in the record's order.
        parts: Vec<Part>,
    },
    /// `text/*`: a string.
    Text,
    /// Bytes.
    Binary,
    /// `text/event-stream`.
    Events(Stream),
    /// One JSON value a line: `application/x-ndjson`, `application/jsonl`.
    Lines(Stream),
}

/// A body that arrives piece by piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// One piece: the `data` of an event, or a line.
    pub item: Type,
    /// Values of the item's tag after which the stream ends; empty when it has no end of its own.
    pub terminal: Vec<Text>,
}

/// A property of a form body.
#[derive(Clone, Debug, PartialEq)]
pub struct FormField {
    /// `tags`
    pub name: Name,
    /// How a list or a record is written.
    pub style: Style,
    /// Each item or property apart.
    pub explode: bool,
    /// The value is written as JSON: the encoding's content type says so.
    pub json: bool,
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// `file`
    pub name: Name,
    /// What the part holds.
    pub kind: PartKind,
    /// Several parts of the same name, one an item.
    pub repeated: bool,
    /// The content type to send; empty: what the kind gives.
    pub content_type: Text,
    /// What the document says.
    pub docs: Docs,
}

/// What a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A file: bytes, a name, a content type.
    File,
    /// A scalar as plain text.
    Text,
    /// JSON.
    Json,
}
