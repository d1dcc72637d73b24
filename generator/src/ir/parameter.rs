use super::{Docs, Literal, Name, Type};

/// A value outside the body.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// `run_id`; the wire name is the one in the path, the query or the header.
    pub name: Name,
    /// Where it is sent.
    pub place: Place,
    /// Without absence.
    pub ty: Type,
    /// False when it may be left out. A path parameter is always required.
    pub required: bool,
    /// How a list or a record is written.
    pub style: Style,
    /// Each item or property apart, where the style has both ways.
    pub explode: bool,
    /// Reserved characters of RFC 3986 stay as they are.
    pub allow_reserved: bool,
    /// The value is written as JSON: the parameter has `content` of a JSON media type.
    pub json: bool,
    /// What an absent value means.
    pub default: Option<Literal>,
    /// The first that the document gives.
    pub example: Option<Literal>,
    /// What the document says.
    pub docs: Docs,
    /// The parameter says `deprecated: true`.
    pub deprecated: bool,
}

/// `in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// A header.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

/// `style`, `OpenAPI` 3.1 section 4.8.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `3,4,5`: path and header.
    Simple,
    /// `.3.4.5`: path.
    Label,
    /// `;id=3,4,5`: path.
    Matrix,
    /// `id=3,4,5` or `id=3&id=4`: query and cookie.
    Form,
    /// `id=3%204%205`: query.
    SpaceDelimited,
    /// `id=3%7C4%7C5`: query.
    PipeDelimited,
    /// `id[a]=3&id[b]=4`: query.
    DeepObject,
}
