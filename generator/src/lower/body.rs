//! Bodies: what the bytes under a media type mean.

use crate::document::{self, Encoding, Map, MediaType, RefOr};
use crate::ir::{
    Beyond, Content, Docs, Field, FormField, Name, Part, PartKind, Payload, Record, Shape, Stream,
    StringFormat, Style, Text, Type, TypeDef, TypeId, Usage,
};
use crate::source::Span;

use super::at::At;
use super::{Lowering, docs, name, sorted};

impl<'d> Lowering<'d, '_> {
    /// The request body of an operation, whether it must be sent, and what is said of it.
    pub(super) fn body(
        &mut self,
        operation: &'d document::Operation,
        at: &At,
    ) -> (Vec<Content>, bool, Docs) {
        let Some(body) = operation
            .request_body
            .as_ref()
            .and_then(|body| self.document.request_body(body))
        else {
            return (Vec::new(), false, Docs::default());
        };
        let contents = self.contents(&body.content, &at.child("request"), true);
        (
            contents,
            body.required,
            docs::docs(None, body.description.as_ref()),
        )
    }

    /// Bodies by media type: JSON first, and plain before other JSON, then what a client can write
    /// or read with types, then text and bytes; among equals by the spelling of the media type.
    pub(super) fn contents(
        &mut self,
        content: &'d Map<RefOr<MediaType>>,
        at: &At,
        sent: bool,
    ) -> Vec<Content> {
        let mut out = Vec::new();
        for (media_type, content) in sorted(content) {
            let Some(content) = self.document.media_type(content) else {
                continue;
            };
            let at = if out.is_empty() {
                *at
            } else {
                at.child(kind(&media_type.value))
            };
            let payload = self.payload(&media_type.value, content, &at, sent);
            out.push(Content {
                media_type: Text::new(&media_type.value),
                payload,
                span: media_type.span,
            });
        }
        out.sort_by_key(|content| match content.payload {
            Payload::Json(_) => json_rank(content.media_type.raw()),
            Payload::Multipart { .. } | Payload::Form { .. } => 3,
            Payload::Events(_) | Payload::Lines(_) => 4,
            Payload::Text => 5,
            Payload::Binary => 6,
        });
        out
    }

    fn payload(
        &mut self,
        media_type: &str,
        content: &'d MediaType,
        at: &At,
        sent: bool,
    ) -> Payload {
        let essence = essence(media_type);
        match essence.as_str() {
            "text/event-stream" => Payload::Events(self.events(content, at)),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "application/json-lines" => Payload::Lines(self.stream(content, at)),
            "application/x-www-form-urlencoded" if sent => {
                let record = self.body_record(content, at);
                let fields = self.types_record(record).fields.clone();
                let fields = fields
                    .iter()
                    .map(|f| form_field(&f.name, &content.encoding))
                    .collect();
                Payload::Form { record, fields }
            }
            "multipart/form-data" if sent => {
                let record = self.body_record(content, at);
                let fields = self.types_record(record).fields.clone();
                let parts = fields
                    .iter()
                    .map(|f| self.part(f, &content.encoding))
                    .collect();
                Payload::Multipart { record, parts }
            }
            _ if is_json(media_type) => {
                let ty = content
                    .schema
                    .as_ref()
                    .map_or(Type::Any, |s| self.type_of(s, at));
                Payload::Json(ty)
            }
            _ => {
                self.unread(content);
                if is_text(&essence) {
                    Payload::Text
                } else {
                    Payload::Binary
                }
            }
        }
    }

    /// Notes a schema that says more of a body than that it is text or bytes.
    fn unread(&mut self, content: &'d MediaType) {
        let Some(schema) = &content.schema else {
            return;
        };
        let object = self.follow(schema).as_object();
        let says_more = object.is_some_and(|object| {
            let mut types = object.types.iter().map(|ty| ty.value);
            types.any(|ty| ty != crate::document::SchemaType::String)
                || !object.properties.is_empty()
                || object.items.is_some()
                || !(object.all_of.is_empty() && object.any_of.is_empty())
                || !object.one_of.is_empty()
        });
        if says_more {
            self.understood(schema.span(), &Type::Any, vec![Beyond::Untyped("content")]);
        }
    }

    /// Events: what each carries. An `itemSchema` describes the fields of an event (3.2, section
    /// 4.14.4.1.3), and what its `data` holds is a `contentSchema`.
    fn events(&mut self, content: &'d MediaType, at: &At) -> Stream {
        let stream = self.stream(content, at);
        let Some(item) = content.item_schema.as_ref() else {
            return stream;
        };
        let event = self.merge_all(&[item], item.span());
        let is_event = |wire: &&str| matches!(*wire, "data" | "event" | "id" | "retry");
        if !event.properties.keys().all(is_event) {
            return stream;
        }
        let data = event.properties.get("data").and_then(|data| data.first());
        let data = data.and_then(|data| self.follow(data).as_object());
        match data.map(|data| data.content_schema.as_ref()) {
            None => stream,
            Some(schema) => Stream {
                item: schema.map_or(Type::Any, |schema| self.type_of(schema, &at.child("event"))),
                ..stream
            },
        }
    }

    fn stream(&mut self, content: &'d MediaType, at: &At) -> Stream {
        let schema = content.item_schema.as_ref().or(content.schema.as_ref());
        let item = match schema {
            Some(schema) => self.type_of(schema, &at.child("event")),
            None => Type::Any,
        };
        // Without a schema for each item, `schema` is of the whole text: an item is then any JSON.
        let whole = content.item_schema.is_none()
            && matches!(self.types.resolve(&item), Type::String(_) | Type::List(_));
        Stream {
            item: if whole { Type::Any } else { item },
            terminal: content
                .stream_terminal
                .iter()
                .map(|tag| Text::new(&tag.value))
                .collect(),
        }
    }

    /// The record of a form; a schema that is none becomes a record without fields.
    fn body_record(&mut self, content: &'d MediaType, at: &At) -> TypeId {
        let ty = content
            .schema
            .as_ref()
            .map_or(Type::Any, |schema| self.type_of(schema, at));
        let resolved = self.types.resolve(ty.split_null().0).clone();
        if let Type::Named(id) = resolved
            && matches!(self.types[id].shape, Shape::Record(_))
        {
            return id;
        }
        let additional = match resolved {
            Type::Map(value) => crate::ir::Additional::Typed(*value),
            _ => crate::ir::Additional::Unknown,
        };
        self.empty_record(at, additional, content.span)
    }

    fn empty_record(&mut self, at: &At, additional: crate::ir::Additional, span: Span) -> TypeId {
        self.types.push(TypeDef {
            name: self.names.inline(&at.words()),
            docs: Docs::default(),
            deprecated: false,
            former: false,
            usage: Usage::default(),
            home: crate::ir::Home::Shared,
            shape: Shape::Record(Record {
                fields: Vec::new(),
                additional,
            }),
            span,
        })
    }

    fn types_record(&self, id: TypeId) -> &Record {
        static EMPTY: Record = Record {
            fields: Vec::new(),
            additional: crate::ir::Additional::Unknown,
        };
        match &self.types[id].shape {
            Shape::Record(record) => record,
            _ => &EMPTY,
        }
    }

    /// A part of a multipart body (section 4.8.15.1.1): bytes are files, scalars text, the rest
    /// JSON; a list is a part an item.
    fn part(&self, field: &Field, encoding: &Map<Encoding>) -> Part {
        let said = encoding
            .iter()
            .find(|(key, _)| key.value == field.name.wire().raw())
            .and_then(|(_, encoding)| encoding.content_type.as_ref());
        let (ty, repeated) = match self.types.resolve(field.ty.split_null().0) {
            Type::List(item) => (self.types.resolve(item.split_null().0), true),
            other => (other, false),
        };
        let file = matches!(ty, Type::String(StringFormat::Binary));
        let json = said.is_some_and(|said| is_json(&said.value));
        let kind = if file {
            PartKind::File
        } else if json || !self.is_scalar(ty) {
            PartKind::Json
        } else {
            PartKind::Text
        };
        Part {
            name: field.name.clone(),
            kind,
            // A content type said of a list of records is of the whole list.
            repeated: repeated && !json,
            content_type: said
                .filter(|said| !said.value.contains(['*', ',']))
                .map(|said| Text::new(&said.value))
                .unwrap_or_default(),
            docs: field.docs.clone(),
        }
    }

    fn is_scalar(&self, ty: &Type) -> bool {
        match ty {
            Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String(_)
            | Type::Literal(_) => true,
            Type::Named(id) => matches!(self.types[*id].shape, Shape::Enum(_)),
            _ => false,
        }
    }
}

/// How a property of a form is written (section 4.8.15.1).
pub(super) fn form_field(name: &Name, encoding: &Map<Encoding>) -> FormField {
    let said = encoding
        .iter()
        .find(|(key, _)| key.value == name.wire().raw())
        .map(|(_, encoding)| encoding);
    let style = said
        .and_then(|encoding| encoding.style.as_ref())
        .map_or(Style::Form, |style| super::parameter::style(style.value));
    FormField {
        name: name.clone(),
        style,
        explode: said
            .and_then(|encoding| encoding.explode)
            .unwrap_or(style == Style::Form),
        json: said
            .filter(|encoding| encoding.style.is_none() && encoding.explode.is_none())
            .and_then(|encoding| encoding.content_type.as_ref())
            .is_some_and(|content_type| is_json(&content_type.value)),
    }
}

pub(crate) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// `application/json`, `application/problem+json`, ...
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// `application/json` before what is more, and what can be sent before a range.
fn json_rank(media_type: &str) -> u8 {
    match essence(media_type).as_str() {
        "application/json" => 0,
        range if range.contains('*') => 2,
        _ => 1,
    }
}

fn is_text(essence: &str) -> bool {
    essence.starts_with("text/")
        || essence.ends_with("/xml")
        || essence.ends_with("+xml")
        || matches!(
            essence,
            "application/yaml" | "application/x-yaml" | "application/graphql"
        )
}

/// A word that tells bodies of several media types apart: `xml` of `application/xml`.
fn kind(media_type: &str) -> &str {
    let tail = media_type.split(';').next().unwrap_or_default();
    let tail = tail.rsplit(['/', '+']).next().unwrap_or_default().trim();
    if name::words(tail).is_empty() {
        "other"
    } else {
        tail
    }
}
