//! Parameters and headers (sections 4.8.12 and 4.8.21).

use super::{Example, Extensions, Map, MediaType, RefOr, Schema};
use crate::source::{Span, Spanned};

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParameterLocation {
    /// `path`
    Path,
    /// `query`
    Query,
    /// `header`
    Header,
    /// `cookie`
    Cookie,
    /// `querystring`: the whole query (3.2).
    QueryString,
}

impl ParameterLocation {
    /// The place as it is written.
    pub fn name(self) -> &'static str {
        match self {
            ParameterLocation::Path => "path",
            ParameterLocation::Query => "query",
            ParameterLocation::Header => "header",
            ParameterLocation::Cookie => "cookie",
            ParameterLocation::QueryString => "querystring",
        }
    }
}

/// How a value is written into a URL, a header or a form (section 4.8.12.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParameterStyle {
    /// `matrix`: `;color=blue`
    Matrix,
    /// `label`: `.blue`
    Label,
    /// `simple`: `blue,black`
    Simple,
    /// `form`: `color=blue`
    Form,
    /// `spaceDelimited`: `color=blue%20black`
    SpaceDelimited,
    /// `pipeDelimited`: `color=blue%7Cblack`
    PipeDelimited,
    /// `deepObject`: `color[R]=100`
    DeepObject,
    /// `cookie` (3.2)
    Cookie,
}

impl ParameterStyle {
    /// The style as it is written.
    pub fn name(self) -> &'static str {
        match self {
            ParameterStyle::Matrix => "matrix",
            ParameterStyle::Label => "label",
            ParameterStyle::Simple => "simple",
            ParameterStyle::Form => "form",
            ParameterStyle::SpaceDelimited => "spaceDelimited",
            ParameterStyle::PipeDelimited => "pipeDelimited",
            ParameterStyle::DeepObject => "deepObject",
            ParameterStyle::Cookie => "cookie",
        }
    }
}

/// An argument of an operation. Exactly one of `schema` and `content` is there.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The whole object.
    pub span: Span,
    /// `name`
    pub name: Spanned<String>,
    /// `in`
    pub location: Spanned<ParameterLocation>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `required`; always true in a path.
    pub required: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// `allowEmptyValue`
    pub allow_empty_value: bool,
    /// `style`, or what the place defaults to.
    pub style: ParameterStyle,
    /// `explode`, or what the style defaults to.
    pub explode: bool,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// `schema`
    pub schema: Option<Schema>,
    /// `content`, one entry.
    pub content: Map<RefOr<MediaType>>,
    /// `examples`, and `example` under the name `example`.
    pub examples: Map<RefOr<Example>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// A header: a parameter without name and place, always of style `simple`.
#[derive(Clone, Debug)]
pub struct Header {
    /// The whole object.
    pub span: Span,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `required`
    pub required: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// `explode`
    pub explode: bool,
    /// `schema`
    pub schema: Option<Schema>,
    /// `content`, one entry.
    pub content: Map<RefOr<MediaType>>,
    /// `examples`, and `example` under the name `example`.
    pub examples: Map<RefOr<Example>>,
    /// `x-` keys
    pub extensions: Extensions,
}
