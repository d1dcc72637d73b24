//! Security (sections 4.8.27 to 4.8.30).

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::model::{
    ApiKeyLocation, Map, OAuthFlow, OAuthFlows, SecurityRequirement, SecurityScheme,
    SecuritySchemeKind,
};
use crate::source::{Node, Spanned};

const KINDS: [&str; 5] = ["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"];

impl Reader<'_> {
    /// The list under `security`; `None` when absent, which is not the same as empty.
    pub(super) fn security(&mut self, fields: &mut Fields<'_>) -> Option<Vec<SecurityRequirement>> {
        self.optional_list(fields, "security", Self::security_requirement)
    }

    fn security_requirement(&mut self, node: &Node) -> Option<SecurityRequirement> {
        let Some(entries) = node.as_mapping() else {
            self.wrong_type(node, "a Security Requirement must be a mapping");
            return None;
        };
        let mut schemes = Map::new();
        for (key, node) in entries {
            let Some(scopes) = node.as_sequence() else {
                self.wrong_type(node, &format!("the scopes of `{key}` must be a list"));
                continue;
            };
            let scopes = scopes
                .iter()
                .filter_map(|scope| self.as_string(scope, key))
                .collect();
            schemes.insert(key.clone(), scopes);
        }
        Some(SecurityRequirement {
            span: node.span,
            schemes,
        })
    }

    pub(super) fn security_scheme(&mut self, node: &Node) -> Option<SecurityScheme> {
        let mut f = self.open(node, "Security Scheme")?;
        let name = self.required_string(&mut f, "type");
        if name.is_empty() {
            return None;
        }
        let kind = match name.value.as_str() {
            "apiKey" => {
                let name = self.required_string(&mut f, "name");
                let written = self.api_key_location(&mut f);
                match written.as_ref().map(|location| location.value) {
                    Some(ApiKeyLocation::Header) => self.token(&name, "header"),
                    Some(ApiKeyLocation::Cookie) => self.token(&name, "cookie"),
                    Some(ApiKeyLocation::Query) | None => {}
                }
                // A stand-in, so that what else is wrong with the scheme is said too.
                let stand_in = || Spanned::new(ApiKeyLocation::Header, node.span);
                let location = written.unwrap_or_else(stand_in);
                SecuritySchemeKind::ApiKey { name, location }
            }
            "http" => SecuritySchemeKind::Http {
                scheme: self.required_string(&mut f, "scheme"),
                bearer_format: self.string(&mut f, "bearerFormat"),
            },
            "mutualTLS" => SecuritySchemeKind::MutualTls,
            "oauth2" => {
                let Some(flows) = f.take("flows") else {
                    self.missing(&f, "flows");
                    return None;
                };
                SecuritySchemeKind::OAuth2 {
                    flows: Box::new(self.flows(flows)?),
                    metadata_url: self.string(&mut f, "oauth2MetadataUrl"),
                }
            }
            "openIdConnect" => SecuritySchemeKind::OpenIdConnect {
                url: self.expected_string(&mut f, "openIdConnectUrl", ""),
            },
            _ => {
                self.invalid(&name, "type", KINDS.into_iter());
                return None;
            }
        };
        let description = self.string(&mut f, "description");
        let deprecated = self.flag(&mut f, "deprecated");
        Some(SecurityScheme {
            span: node.span,
            kind,
            description,
            deprecated,
            extensions: self.finish(f),
        })
    }

    fn api_key_location(&mut self, fields: &mut Fields<'_>) -> Option<Spanned<ApiKeyLocation>> {
        let text = self.required_string(fields, "in");
        let location = match text.value.as_str() {
            "query" => ApiKeyLocation::Query,
            "header" => ApiKeyLocation::Header,
            "cookie" => ApiKeyLocation::Cookie,
            "" => return None,
            _ => {
                self.invalid(&text, "in", ["query", "header", "cookie"].into_iter());
                return None;
            }
        };
        Some(Spanned::new(location, text.span))
    }

    fn flows(&mut self, node: &Node) -> Option<OAuthFlows> {
        let mut f = self.open(node, "OAuth Flows Object")?;
        let flows = OAuthFlows {
            span: node.span,
            implicit: self.flow(&mut f, "implicit", &["authorizationUrl"]),
            password: self.flow(&mut f, "password", &["tokenUrl"]),
            client_credentials: self.flow(&mut f, "clientCredentials", &["tokenUrl"]),
            authorization_code: self.flow(
                &mut f,
                "authorizationCode",
                &["authorizationUrl", "tokenUrl"],
            ),
            device_authorization: self.flow(
                &mut f,
                "deviceAuthorization",
                &["deviceAuthorizationUrl", "tokenUrl"],
            ),
            extensions: Vec::new(),
        };
        Some(OAuthFlows {
            extensions: self.finish(f),
            ..flows
        })
    }

    fn flow(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        required: &[&str],
    ) -> Option<OAuthFlow> {
        let node = fields.take(name)?;
        let mut f = self.open(node, "OAuth Flow Object")?;
        for name in required.iter().chain(&["scopes"]) {
            if !f.has(name) {
                // Tokens are brought, not fetched: nothing is made of a flow but text.
                let found = self.lacks(&f, name);
                self.push(Diagnostic {
                    severity: Severity::Warning,
                    ..found
                });
            }
        }
        let flow = OAuthFlow {
            span: node.span,
            authorization_url: self.string(&mut f, "authorizationUrl"),
            device_authorization_url: self.string(&mut f, "deviceAuthorizationUrl"),
            token_url: self.string(&mut f, "tokenUrl"),
            refresh_url: self.string(&mut f, "refreshUrl"),
            scopes: self.map(&mut f, "scopes", |reader, node| {
                reader.as_string(node, "scopes")
            }),
            extensions: Vec::new(),
        };
        Some(OAuthFlow {
            extensions: self.finish(f),
            ..flow
        })
    }
}
