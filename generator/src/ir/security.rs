use super::{Docs, Name, Place, Text};

/// Which scheme; an index into [`super::Api::security_schemes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecuritySchemeId(pub usize);

/// A way to authenticate.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityScheme {
    /// `orgToken`
    pub name: Name,
    /// How the credential is carried.
    pub kind: SecurityKind,
    /// What the document says.
    pub docs: Docs,
}

/// How a credential is carried.
#[derive(Clone, Debug, PartialEq)]
pub enum SecurityKind {
    /// `Authorization: Bearer TOKEN`, RFC 6750.
    Bearer,
    /// `Authorization: Basic ...`, RFC 7617.
    Basic,
    /// `Authorization` under another scheme of the IANA registry.
    Http(Text),
    /// A key in a header, the query or a cookie.
    ApiKey {
        /// Where.
        place: Place,
        /// Under which name.
        name: Text,
    },
    /// OAuth 2.0; the token is sent as a bearer token.
    OAuth2(Vec<OAuthFlow>),
    /// OpenID Connect discovery; the token is sent as a bearer token.
    OpenIdConnect(Text),
    /// A client certificate.
    MutualTls,
}

/// A flow of OAuth 2.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthFlow {
    /// `clientCredentials`
    pub kind: Text,
    /// Where it applies.
    pub authorization_url: Option<Text>,
    /// Where it applies.
    pub token_url: Option<Text>,
    /// Scope and what it allows.
    pub scopes: Vec<(Text, Text)>,
}

/// A scheme that a request must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityUse {
    /// Which.
    pub scheme: SecuritySchemeId,
    /// The scopes or roles it must hold.
    pub scopes: Vec<Text>,
}
