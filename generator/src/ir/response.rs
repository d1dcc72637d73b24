use super::{Content, Docs, Name, Type};
use crate::source::Span;

/// An answer that is not an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// `200`
    pub status: Status,
    /// What the document says.
    pub docs: Docs,
    /// The headers it declares.
    pub headers: Vec<Header>,
    /// One entry a media type, the preferred first; empty when there is no body.
    pub contents: Vec<Content>,
    /// Where it stands.
    pub span: Span,
}

/// A status, a range or the rest. Ordered: exact codes first, then ranges, then the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// `404`
    Code(u16),
    /// `4XX`: the first digit.
    Range(u8),
    /// `default`
    Default,
}

/// A response header.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// `x-exai-receipt`
    pub name: Name,
    /// Without absence.
    pub ty: Type,
    /// Always sent.
    pub required: bool,
    /// What it means to a client, where the document says so.
    pub role: Option<HeaderRole>,
    /// From the answer's body to the value, where the document says that it is the same:
    /// `["poll_url"]`.
    pub body_path: Option<Vec<Name>>,
    /// What the document says.
    pub docs: Docs,
}

/// The meaning of a response header to a client: `x-exai-role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HeaderRole {
    /// Names what the request did, for support and audit.
    Receipt,
    /// Whole requests left.
    RateLimitRemaining,
    /// Unix seconds at which the limit is full again.
    RateLimitReset,
    /// Seconds to wait, RFC 9110 section 10.2.3.
    RetryAfter,
    /// The answer is the kept one of an earlier request with the same key.
    IdempotentReplayed,
}
