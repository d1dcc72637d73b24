//! Bodies: requests, responses, media types and encodings (sections 4.8.13 to 4.8.17).

use super::Reader;
use super::fields::Fields;
use super::version::Version;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::document::model::{
    Encoding, Kind, Map, MediaType, RefOr, RequestBody, Response, Schema,
};
use crate::source::{Node, Spanned};

impl Reader<'_> {
    pub(super) fn request_body(&mut self, node: &Node) -> Option<RequestBody> {
        let mut f = self.open(node, "Request Body")?;
        if !f.has("content") {
            self.missing(&f, "content");
        }
        let body = RequestBody {
            span: node.span,
            description: self.string(&mut f, "description"),
            content: self.content(&mut f),
            required: self.flag(&mut f, "required"),
            extensions: Vec::new(),
        };
        Some(RequestBody {
            extensions: self.finish(f),
            ..body
        })
    }

    pub(super) fn response(&mut self, node: &Node) -> Option<Response> {
        let mut f = self.open(node, "Response")?;
        if self.version < Version::V32 && !f.has("description") {
            let mut found = self.lacks(&f, "description");
            found.severity = Severity::Warning;
            self.push(found);
        }
        let response = Response {
            span: node.span,
            summary: self.string(&mut f, "summary"),
            description: self.string(&mut f, "description"),
            headers: self.headers(&mut f),
            content: self.content(&mut f),
            links: self.map(&mut f, "links", |reader, node| {
                reader.ref_or(node, Kind::Link, Self::link)
            }),
            extensions: Vec::new(),
        };
        Some(Response {
            extensions: self.finish(f),
            ..response
        })
    }

    /// The map under `content`.
    pub(super) fn content(&mut self, fields: &mut Fields<'_>) -> Map<RefOr<MediaType>> {
        self.map(fields, "content", |reader, node| {
            reader.ref_or(node, Kind::MediaType, Self::media_type)
        })
    }

    fn headers(&mut self, fields: &mut Fields<'_>) -> Map<RefOr<crate::document::model::Header>> {
        self.map(fields, "headers", |reader, node| {
            reader.ref_or(node, Kind::Header, Self::header)
        })
    }

    pub(super) fn media_type(&mut self, node: &Node) -> Option<MediaType> {
        let mut f = self.open(node, "Media Type")?;
        let (stream_item, stream_terminal) = self.stream(&mut f);
        let item_schema = f
            .entry("itemSchema")
            .and_then(|(key, node)| Some((key, self.schema(node)?)));
        let item_schema = match (item_schema, stream_item) {
            (Some((key, schema)), Some(item)) => {
                let message = "`itemSchema` and `item` of `x-exai-stream` say the same thing";
                let found = Diagnostic::error(Code::ConflictingFields, key.span, message);
                self.push(
                    found
                        .secondary(item.span(), "`item` is here")
                        .hint("remove one of the two"),
                );
                Some(schema)
            }
            (schema, item) => schema.map(|(_, schema)| schema).or(item),
        };
        let media_type = MediaType {
            span: node.span,
            schema: f.take("schema").and_then(|node| self.schema(node)),
            item_schema,
            stream_terminal,
            examples: self.examples(&mut f),
            encoding: self.map(&mut f, "encoding", Self::encoding),
            prefix_encoding: self.list(&mut f, "prefixEncoding", Self::encoding),
            item_encoding: f
                .take("itemEncoding")
                .and_then(|node| self.encoding(node))
                .map(Box::new),
            extensions: Vec::new(),
        };
        Some(MediaType {
            extensions: self.finish(f),
            ..media_type
        })
    }

    /// `item` and `terminal` of `x-exai-stream`.
    fn stream(&mut self, fields: &mut Fields<'_>) -> (Option<Schema>, Vec<Spanned<String>>) {
        let Some(node) = fields.take("x-exai-stream") else {
            return (None, Vec::new());
        };
        let Some(mut f) = self.open(node, "value of `x-exai-stream`") else {
            return (None, Vec::new());
        };
        if !f.has("item") {
            self.missing(&f, "item");
        }
        let item = f.take("item").and_then(|node| self.schema(node));
        let terminal = self.strings(&mut f, "terminal");
        self.finish(f);
        (item, terminal)
    }

    fn encoding(&mut self, node: &Node) -> Option<Encoding> {
        let mut f = self.open(node, "Encoding Object")?;
        let encoding = Encoding {
            span: node.span,
            content_type: self.string(&mut f, "contentType"),
            headers: self.headers(&mut f),
            style: self.style(&mut f),
            explode: self.boolean(&mut f, "explode"),
            allow_reserved: self.boolean(&mut f, "allowReserved"),
            encoding: self.map(&mut f, "encoding", Self::encoding),
            prefix_encoding: self.list(&mut f, "prefixEncoding", Self::encoding),
            item_encoding: f
                .take("itemEncoding")
                .and_then(|node| self.encoding(node))
                .map(Box::new),
            extensions: Vec::new(),
        };
        Some(Encoding {
            extensions: self.finish(f),
            ..encoding
        })
    }
}
