//! The facts of an API that all its operations share.

use super::Security;

/// What the runtime must know of an API; one constant a crate.
#[derive(Debug)]
pub struct Api {
    /// Sent as `User-Agent`: `acme-sdk-rust/1.2.0`.
    pub user_agent: &'static str,
    /// The environment variable that holds the token: `ACME_API_KEY`.
    pub api_key_env: &'static str,
    /// The environment variable that overrides the base URL: `ACME_BASE_URL`.
    pub base_url_env: &'static str,
    /// The first is used when nothing else is said.
    pub servers: &'static [Server],
    /// By the name that [`Operation::security`](super::Operation) uses.
    pub schemes: &'static [(&'static str, Scheme)],
    /// What satisfies an operation that says nothing else.
    pub security: Security,
    /// The names of the headers that carry metadata.
    pub headers: HeaderRoles,
}

/// One server of the document.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// `production`, the name by which an environment is asked for.
    pub name: &'static str,
    /// `https://api.{tenant}.example.com/v1`; variables in braces.
    pub url: &'static str,
    /// Each variable with its default, where it has one.
    pub variables: &'static [(&'static str, Option<&'static str>)],
}

/// How a credential travels.
#[derive(Debug, Clone, Copy)]
pub enum Scheme {
    /// `Authorization: Bearer TOKEN`, OAuth 2 and OpenID Connect included (RFC 6750).
    Bearer,
    /// `Authorization: Basic ...`; the secret is `user:password` (RFC 7617).
    Basic,
    /// `Authorization: NAME SECRET`, under another scheme of the IANA registry.
    Authorization(&'static str),
    /// The secret itself in a header of this name.
    Header(&'static str),
    /// The secret itself in a query parameter of this name.
    Query(&'static str),
    /// The secret itself in a cookie of this name.
    Cookie(&'static str),
}

/// Which header plays which role; `None` where an API has no such header.
#[derive(Debug, Clone, Copy)]
pub struct HeaderRoles {
    /// `Idempotency-Key`: sent with every operation whose `keyed` is set.
    pub idempotency_key: Option<&'static str>,
    /// `Idempotent-Replayed`: `true` when the answer is an earlier one.
    pub replayed: Option<&'static str>,
    /// The id under which support finds the request.
    pub receipt: Option<&'static str>,
    /// Requests left in the window.
    pub rate_limit_remaining: Option<&'static str>,
    /// Unix seconds at which the window is full again.
    pub rate_limit_reset: Option<&'static str>,
    /// Seconds or an HTTP date; `Retry-After` (RFC 9110, section 10.2.3) in nearly every API.
    pub retry_after: &'static str,
}

impl HeaderRoles {
    /// No header but `Retry-After`.
    pub const NONE: Self = Self {
        idempotency_key: None,
        replayed: None,
        receipt: None,
        rate_limit_remaining: None,
        rate_limit_reset: None,
        retry_after: "Retry-After",
    };
}
