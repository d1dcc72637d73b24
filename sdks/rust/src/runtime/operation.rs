//! The facts of one operation.

use super::Terminal;

/// What the runtime must know to perform one operation; a constant beside its method.
#[derive(Debug)]
pub struct Operation {
    /// What the API calls it: `startRun`.
    pub name: &'static str,
    /// The HTTP method.
    pub verb: Verb,
    /// The path below the base URL, parameters in braces: `/runs/{run_id}`.
    pub path: &'static str,
    /// A server of its own, absolute or relative to the client's; a base URL that the caller gave
    /// wins over it.
    pub server: Option<&'static str>,
    /// Whether a request carries an idempotency key, and so may be tried again whatever its verb.
    pub keyed: bool,
    /// Sent as `Accept`.
    pub accept: &'static str,
    /// Which credentials satisfy the server.
    pub security: Security,
    /// Set on operations that give a page.
    pub pagination: Option<&'static Pagination>,
    /// Set on streams that say when they are over.
    pub terminal: Option<Terminal>,
}

impl Operation {
    /// `GET /` with the API's own security, no key, and JSON for an answer: what the facts of an
    /// operation differ from.
    pub const DEFAULT: Self = Self {
        name: "",
        verb: Verb::Get,
        path: "/",
        server: None,
        keyed: false,
        accept: "application/json",
        security: Security::Default,
        pagination: None,
        terminal: None,
    };

    /// Whether doing it twice equals doing it once: by RFC 9110, section 9.2.2, or by its key.
    #[must_use]
    pub const fn repeatable(&self) -> bool {
        self.keyed || !matches!(self.verb, Verb::Post | Verb::Patch | Verb::Other(_))
    }
}

/// An HTTP method; those that a path item of OpenAPI has a field for, and any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `GET`
    Get,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// `HEAD`
    Head,
    /// `PATCH`
    Patch,
    /// `TRACE`
    Trace,
    /// `QUERY`, of OpenAPI 3.2: safe and idempotent, with a body.
    Query,
    /// Any other token of RFC 9110, section 5.6.2: `LINK`.
    Other(&'static str),
}

impl From<Verb> for reqwest::Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Put => Self::PUT,
            Verb::Post => Self::POST,
            Verb::Delete => Self::DELETE,
            Verb::Options => Self::OPTIONS,
            Verb::Head => Self::HEAD,
            Verb::Patch => Self::PATCH,
            Verb::Trace => Self::TRACE,
            // Valid tokens, so the fallback is never taken.
            Verb::Query => Self::from_bytes(b"QUERY").unwrap_or(Self::OPTIONS),
            Verb::Other(name) => Self::from_bytes(name.as_bytes()).unwrap_or(Self::OPTIONS),
        }
    }
}

/// Which credentials satisfy an operation.
#[derive(Debug, Clone, Copy)]
pub enum Security {
    /// What [`Api::security`](super::Api::security) says.
    Default,
    /// No credential is sent.
    None,
    /// One of these sets, each a list of scheme names; the first that the client can fill is sent.
    OneOf(&'static [&'static [&'static str]]),
}

/// How an operation is read page by page.
#[derive(Debug)]
pub struct Pagination {
    /// The query parameter that takes what `next` gave: `cursor`.
    pub request: &'static str,
    /// JSON Pointer (RFC 6901) to the items: `/data`.
    pub items: &'static str,
    /// JSON Pointer to what the next request takes; null or absent on the last page.
    pub next: &'static str,
}
