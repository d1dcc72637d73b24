//! Who may call (sections 4.8.27 to 4.8.30).

use super::{Extensions, Map};
use crate::source::{Span, Spanned};

/// A way to authenticate.
#[derive(Clone, Debug)]
pub struct SecurityScheme {
    /// The whole object.
    pub span: Span,
    /// `type` and what goes with it.
    pub kind: SecuritySchemeKind,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `deprecated` (3.2)
    pub deprecated: bool,
    /// `x-` keys
    pub extensions: Extensions,
}

/// The kinds of authentication.
#[derive(Clone, Debug)]
pub enum SecuritySchemeKind {
    /// `apiKey`
    ApiKey {
        /// `name` of the header, query parameter or cookie.
        name: Spanned<String>,
        /// `in`
        location: Spanned<ApiKeyLocation>,
    },
    /// `http`
    Http {
        /// `scheme`, as it was written: `bearer`, `basic`, ...
        scheme: Spanned<String>,
        /// `bearerFormat`
        bearer_format: Option<Spanned<String>>,
    },
    /// `mutualTLS`
    MutualTls,
    /// `oauth2`
    OAuth2 {
        /// `flows`
        flows: Box<OAuthFlows>,
        /// `oauth2MetadataUrl` (3.2)
        metadata_url: Option<Spanned<String>>,
    },
    /// `openIdConnect`
    OpenIdConnect {
        /// `openIdConnectUrl`
        url: Spanned<String>,
    },
}

/// Where an API key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApiKeyLocation {
    /// `query`
    Query,
    /// `header`
    Header,
    /// `cookie`
    Cookie,
}

/// The OAuth 2 flows that a server offers.
#[derive(Clone, Debug)]
pub struct OAuthFlows {
    /// The whole object.
    pub span: Span,
    /// `implicit`
    pub implicit: Option<OAuthFlow>,
    /// `password`
    pub password: Option<OAuthFlow>,
    /// `clientCredentials`
    pub client_credentials: Option<OAuthFlow>,
    /// `authorizationCode`
    pub authorization_code: Option<OAuthFlow>,
    /// `deviceAuthorization` (3.2)
    pub device_authorization: Option<OAuthFlow>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// One OAuth 2 flow.
#[derive(Clone, Debug)]
pub struct OAuthFlow {
    /// The whole object.
    pub span: Span,
    /// `authorizationUrl`
    pub authorization_url: Option<Spanned<String>>,
    /// `deviceAuthorizationUrl` (3.2)
    pub device_authorization_url: Option<Spanned<String>>,
    /// `tokenUrl`
    pub token_url: Option<Spanned<String>>,
    /// `refreshUrl`
    pub refresh_url: Option<Spanned<String>>,
    /// `scopes` and what they allow.
    pub scopes: Map<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// Schemes that must all be satisfied; an empty one lets everyone in.
#[derive(Clone, Debug)]
pub struct SecurityRequirement {
    /// The whole object.
    pub span: Span,
    /// Names of schemes and the scopes or roles asked for.
    pub schemes: Map<Vec<Spanned<String>>>,
}
