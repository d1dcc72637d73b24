//! How callers authenticate.

use crate::document::{ApiKeyLocation, SecurityRequirement, SecuritySchemeKind};
use crate::ir::{
    OAuthFlow, Place, SecurityKind, SecurityScheme, SecuritySchemeId, SecurityUse, Text,
};

use super::{Lowering, docs, name, sorted};

impl<'d> Lowering<'d, '_> {
    /// The schemes by the spelling of their names.
    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let document = self.document;
        sorted(&document.components.security_schemes)
            .into_iter()
            .filter_map(|(key, scheme)| {
                let scheme = document.security_scheme(scheme)?;
                Some(SecurityScheme {
                    name: name::split(&key.value),
                    kind: kind(&scheme.kind),
                    docs: docs::docs(None, scheme.description.as_ref()),
                })
            })
            .collect()
    }

    /// The alternatives of an operation, or the document's where it has none of its own.
    pub(super) fn security(
        &mut self,
        own: Option<&'d Vec<SecurityRequirement>>,
    ) -> Vec<Vec<SecurityUse>> {
        let document = self.document;
        let schemes = sorted(&document.components.security_schemes);
        let requirements = own.or(document.security.as_ref());
        let mut out = Vec::new();
        for requirement in requirements.into_iter().flatten() {
            let uses = sorted(&requirement.schemes)
                .into_iter()
                .filter_map(|(key, scopes)| {
                    let index = schemes
                        .iter()
                        .position(|(name, _)| name.value == key.value)?;
                    Some(SecurityUse {
                        scheme: SecuritySchemeId(index),
                        scopes: scopes.iter().map(|scope| Text::new(&scope.value)).collect(),
                    })
                })
                .collect();
            out.push(uses);
        }
        out
    }
}

fn kind(kind: &SecuritySchemeKind) -> SecurityKind {
    match kind {
        SecuritySchemeKind::ApiKey { name, location } => SecurityKind::ApiKey {
            place: match location.value {
                ApiKeyLocation::Query => Place::Query,
                ApiKeyLocation::Header => Place::Header,
                ApiKeyLocation::Cookie => Place::Cookie,
            },
            name: Text::new(&name.value),
        },
        SecuritySchemeKind::Http { scheme, .. } => match scheme.value.to_ascii_lowercase().as_str()
        {
            "bearer" => SecurityKind::Bearer,
            "basic" => SecurityKind::Basic,
            other => SecurityKind::Http(Text::new(other)),
        },
        SecuritySchemeKind::MutualTls => SecurityKind::MutualTls,
        SecuritySchemeKind::OAuth2 { flows, .. } => {
            let all = [
                ("implicit", &flows.implicit),
                ("password", &flows.password),
                ("clientCredentials", &flows.client_credentials),
                ("authorizationCode", &flows.authorization_code),
                ("deviceAuthorization", &flows.device_authorization),
            ];
            let written = all
                .into_iter()
                .filter_map(|(kind, flow)| Some((kind, flow.as_ref()?)));
            SecurityKind::OAuth2(written.map(|(kind, flow)| oauth_flow(kind, flow)).collect())
        }
        SecuritySchemeKind::OpenIdConnect { url } => {
            SecurityKind::OpenIdConnect(Text::new(&url.value))
        }
    }
}

fn oauth_flow(kind: &str, flow: &crate::document::OAuthFlow) -> OAuthFlow {
    OAuthFlow {
        kind: Text::new(kind),
        authorization_url: flow
            .authorization_url
            .as_ref()
            .map(|url| Text::new(&url.value)),
        token_url: flow.token_url.as_ref().map(|url| Text::new(&url.value)),
        scopes: sorted(&flow.scopes)
            .into_iter()
            .map(|(scope, words)| (Text::new(&scope.value), Text::new(&words.value)))
            .collect(),
    }
}
