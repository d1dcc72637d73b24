//! Paths, operations and what they send and get (sections 4.8.8 to 4.8.20).

use std::fmt;

use super::{
    Extensions, ExternalDocs, Header, Map, Parameter, ParameterStyle, RefOr, Schema,
    SecurityRequirement, Server,
};
use crate::source::{Node, Span, Spanned};

/// An HTTP method: one that OpenAPI has a field for, or any other of 3.2's `additionalOperations`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// `get`
    Get,
    /// `put`
    Put,
    /// `post`
    Post,
    /// `delete`
    Delete,
    /// `options`
    Options,
    /// `head`
    Head,
    /// `patch`
    Patch,
    /// `trace`
    Trace,
    /// `query` (3.2)
    Query,
    /// A key of `additionalOperations`, case kept (3.2).
    Other(String),
}

impl Method {
    /// The method of a path item's field.
    pub fn from_field(field: &str) -> Option<Self> {
        Some(match field {
            "get" => Method::Get,
            "put" => Method::Put,
            "post" => Method::Post,
            "delete" => Method::Delete,
            "options" => Method::Options,
            "head" => Method::Head,
            "patch" => Method::Patch,
            "trace" => Method::Trace,
            "query" => Method::Query,
            _ => return None,
        })
    }

    /// The method as it is sent: `GET`.
    pub fn as_str(&self) -> &str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Head => "HEAD",
            Method::Patch => "PATCH",
            Method::Trace => "TRACE",
            Method::Query => "QUERY",
            Method::Other(name) => name,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The operations of one path.
#[derive(Clone, Debug)]
pub struct PathItem {
    /// The whole object.
    pub span: Span,
    /// `summary`
    pub summary: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// Methods and their operations, in the order of the document.
    pub operations: Vec<(Spanned<Method>, Operation)>,
    /// `servers`
    pub servers: Vec<Server>,
    /// `parameters` of all operations.
    pub parameters: Vec<RefOr<Parameter>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// One call of the API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The whole object.
    pub span: Span,
    /// `tags`
    pub tags: Vec<Spanned<String>>,
    /// `summary`
    pub summary: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `externalDocs`
    pub external_docs: Option<ExternalDocs>,
    /// `operationId`
    pub operation_id: Option<Spanned<String>>,
    /// `parameters`; those of the path item stand beside them unless overridden by name and place.
    pub parameters: Vec<RefOr<Parameter>>,
    /// `requestBody`
    pub request_body: Option<RefOr<RequestBody>>,
    /// `responses`
    pub responses: Responses,
    /// `callbacks`
    pub callbacks: Map<RefOr<Callback>>,
    /// `deprecated`
    pub deprecated: bool,
    /// `security`; `None` when absent, which means the document's.
    pub security: Option<Vec<SecurityRequirement>>,
    /// `servers`
    pub servers: Vec<Server>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// What an operation is sent.
#[derive(Clone, Debug)]
pub struct RequestBody {
    /// The whole object.
    pub span: Span,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `content`, keyed by media type or media range.
    pub content: Map<RefOr<MediaType>>,
    /// `required`
    pub required: bool,
    /// `x-` keys
    pub extensions: Extensions,
}

/// One form of a body.
#[derive(Clone, Debug)]
pub struct MediaType {
    /// The whole object.
    pub span: Span,
    /// `schema`
    pub schema: Option<Schema>,
    /// `itemSchema` (3.2), or `item` of `x-exai-stream`: the schema of each item of a stream.
    pub item_schema: Option<Schema>,
    /// `terminal` of `x-exai-stream`: the discriminator's values after which the stream ends.
    pub stream_terminal: Vec<Spanned<String>>,
    /// `examples`, and `example` under the name `example`.
    pub examples: Map<RefOr<Example>>,
    /// `encoding`, keyed by property.
    pub encoding: Map<Encoding>,
    /// `prefixEncoding` (3.2)
    pub prefix_encoding: Vec<Encoding>,
    /// `itemEncoding` (3.2)
    pub item_encoding: Option<Box<Encoding>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// How one property of a form or multipart body is written.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// The whole object.
    pub span: Span,
    /// `contentType`
    pub content_type: Option<Spanned<String>>,
    /// `headers`
    pub headers: Map<RefOr<Header>>,
    /// `style`; `None` when absent, as its presence alone changes what `contentType` means.
    pub style: Option<Spanned<ParameterStyle>>,
    /// `explode`; `None` when absent.
    pub explode: Option<bool>,
    /// `allowReserved`; `None` when absent.
    pub allow_reserved: Option<bool>,
    /// `encoding` (3.2)
    pub encoding: Map<Encoding>,
    /// `prefixEncoding` (3.2)
    pub prefix_encoding: Vec<Encoding>,
    /// `itemEncoding` (3.2)
    pub item_encoding: Option<Box<Encoding>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// A response's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusKey {
    /// One status, 100 to 599.
    Code(u16),
    /// `4XX`: a class, 1 to 5.
    Class(u8),
    /// `default`
    Default,
}

impl fmt::Display for StatusKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatusKey::Code(code) => write!(f, "{code}"),
            StatusKey::Class(class) => write!(f, "{class}XX"),
            StatusKey::Default => f.write_str("default"),
        }
    }
}

/// What an operation answers.
#[derive(Clone, Debug)]
pub struct Responses {
    /// The whole object; where the operation stands when it is absent.
    pub span: Span,
    /// Keys and responses in the order of the document.
    pub responses: Vec<(Spanned<StatusKey>, RefOr<Response>)>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The whole object.
    pub span: Span,
    /// `summary` (3.2)
    pub summary: Option<Spanned<String>>,
    /// `description`; required before 3.2.
    pub description: Option<Spanned<String>>,
    /// `headers`
    pub headers: Map<RefOr<Header>>,
    /// `content`, keyed by media type or media range.
    pub content: Map<RefOr<MediaType>>,
    /// `links`
    pub links: Map<RefOr<Link>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// Requests that the server makes, keyed by a runtime expression of their URL.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The whole object.
    pub span: Span,
    /// Expressions and path items.
    pub paths: Map<RefOr<PathItem>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// An example value.
#[derive(Clone, Debug)]
pub struct Example {
    /// The whole object.
    pub span: Span,
    /// `summary`
    pub summary: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `value`, or `dataValue` of 3.2.
    pub value: Option<Node>,
    /// `serializedValue` (3.2)
    pub serialized_value: Option<Spanned<String>>,
    /// `externalValue`
    pub external_value: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// What a link leads to.
#[derive(Clone, Debug)]
pub enum LinkTarget {
    /// `operationId`
    Id(Spanned<String>),
    /// `operationRef`, as it was written.
    Reference(Spanned<String>),
}

/// What can be called next with what a response says.
#[derive(Clone, Debug)]
pub struct Link {
    /// The whole object.
    pub span: Span,
    /// `operationId` or `operationRef`.
    pub target: LinkTarget,
    /// `parameters`: runtime expressions or constants.
    pub parameters: Map<Node>,
    /// `requestBody`: a runtime expression or a constant.
    pub request_body: Option<Node>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `server`
    pub server: Option<Server>,
    /// `x-` keys
    pub extensions: Extensions,
}
