//! Who may call.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, Trail, Walk};
use crate::document::{OAuthFlow, SecurityRequirement, SecurityScheme, SecuritySchemeKind};
use crate::source::{Span, Spanned};

/// One way to be allowed: schemes, and the scopes asked of each.
type Alternative = BTreeMap<String, BTreeSet<String>>;

impl<'d> Walk<'d> {
    pub(super) fn security_schemes(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, before) in &old.components.security_schemes {
            let after = new.components.security_schemes.get(name.value.as_str());
            let at = Trail::new(format!("security scheme {}", **name));
            if after.is_none() {
                self.found(Rule::SecuritySchemeRemoved, &at, name.span, None, "is gone");
            }
            let (Some(before), Some(after)) = (
                old.security_scheme(before),
                after.and_then(|after| new.security_scheme(after)),
            ) else {
                continue;
            };
            self.words(
                "description",
                before.description.as_ref(),
                after.description.as_ref(),
                &at,
            );
            self.words(
                "format of tokens",
                token_format(&before.kind),
                token_format(&after.kind),
                &at,
            );
            self.conventions(&before.extensions, &after.extensions, &at);
            let (was, is) = (facts(&before.kind), facts(&after.kind));
            if was != is {
                let message = format!("was {was}, is {is}");
                self.found(
                    Rule::SecuritySchemeChanged,
                    &at,
                    before.span,
                    after.span,
                    message,
                );
            }
            self.scopes(before, after, &at);
        }
        for name in new.components.security_schemes.keys() {
            if !old
                .components
                .security_schemes
                .contains_key(name.value.as_str())
            {
                let at = Trail::new(format!("security scheme {}", **name));
                self.found(Rule::SecuritySchemeAdded, &at, None, name.span, "is new");
            }
        }
    }

    fn scopes(&mut self, old: &SecurityScheme, new: &SecurityScheme, at: &Trail) {
        let (before, after) = (flows(&old.kind), flows(&new.kind));
        for (flow, was) in before {
            let Some((_, is)) = after.iter().find(|(name, _)| *name == flow) else {
                continue;
            };
            let at = at.part(flow);
            for scope in was.scopes.keys() {
                if !is.scopes.contains_key(scope.value.as_str()) {
                    let message = format!("`{}` is gone", **scope);
                    let spans = (scope.span, is.span);
                    self.found(Rule::SecurityScopeRemoved, &at, spans.0, spans.1, message);
                }
            }
            for scope in is.scopes.keys() {
                if !was.scopes.contains_key(scope.value.as_str()) {
                    let message = format!("`{}` is new", **scope);
                    let spans = (was.span, scope.span);
                    self.found(Rule::SecurityScopeAdded, &at, spans.0, spans.1, message);
                }
            }
        }
    }

    pub(super) fn security(
        &mut self,
        old: &[SecurityRequirement],
        new: &[SecurityRequirement],
        spans: (Span, Span),
        at: &Trail,
    ) {
        let (old, new) = (alternatives(old), alternatives(new));
        let at = at.part("security");
        for lost in old
            .iter()
            .filter(|before| !new.iter().any(|after| asks_no_more(after, before)))
        {
            let message = format!("{} is no longer enough", say(lost));
            self.found(Rule::SecurityTightened, &at, spans.0, spans.1, message);
        }
        for won in new
            .iter()
            .filter(|after| !old.iter().any(|before| asks_no_more(before, after)))
        {
            let message = format!("{} is enough now", say(won));
            self.found(Rule::SecurityLoosened, &at, spans.0, spans.1, message);
        }
    }
}

/// Whether whoever satisfies `other` satisfies `this`.
fn asks_no_more(this: &Alternative, other: &Alternative) -> bool {
    this.iter()
        .all(|(scheme, scopes)| other.get(scheme).is_some_and(|had| scopes.is_subset(had)))
}

/// No requirement is one that asks for nothing.
fn alternatives(of: &[SecurityRequirement]) -> Vec<Alternative> {
    if of.is_empty() {
        return vec![Alternative::new()];
    }
    let one = |requirement: &SecurityRequirement| {
        let schemes = requirement.schemes.iter();
        schemes
            .map(|(name, scopes)| {
                (
                    name.value.clone(),
                    scopes.iter().map(|s| s.value.clone()).collect(),
                )
            })
            .collect()
    };
    of.iter().map(one).collect()
}

fn say(alternative: &Alternative) -> String {
    if alternative.is_empty() {
        return "nothing".to_owned();
    }
    let one = |(scheme, scopes): (&String, &BTreeSet<String>)| {
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        match scopes.as_slice() {
            [] => format!("`{scheme}`"),
            scopes => format!("`{scheme}` with `{}`", scopes.join("`, `")),
        }
    };
    alternative
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(" and ")
}

/// The OAuth 2 flows of a scheme, by name.
fn flows(kind: &SecuritySchemeKind) -> Vec<(&'static str, &OAuthFlow)> {
    let SecuritySchemeKind::OAuth2 { flows, .. } = kind else {
        return Vec::new();
    };
    [
        ("implicit", &flows.implicit),
        ("password", &flows.password),
        ("clientCredentials", &flows.client_credentials),
        ("authorizationCode", &flows.authorization_code),
        ("deviceAuthorization", &flows.device_authorization),
    ]
    .into_iter()
    .filter_map(|(name, flow)| Some((name, flow.as_ref()?)))
    .collect()
}

/// What people are told of a bearer's token.
fn token_format(kind: &SecuritySchemeKind) -> Option<&Spanned<String>> {
    match kind {
        SecuritySchemeKind::Http { bearer_format, .. } => bearer_format.as_ref(),
        _ => None,
    }
}

/// What credentials are and where they come from, without words and places.
fn facts(kind: &SecuritySchemeKind) -> String {
    match kind {
        SecuritySchemeKind::ApiKey { name, location } => {
            format!("a key in {:?} `{}`", location.value, **name)
        }
        SecuritySchemeKind::Http { scheme, .. } => {
            format!("HTTP `{}`", scheme.to_ascii_lowercase())
        }
        SecuritySchemeKind::MutualTls => "mutual TLS".to_owned(),
        SecuritySchemeKind::OpenIdConnect { url } => format!("OpenID Connect at `{}`", **url),
        SecuritySchemeKind::OAuth2 { metadata_url, .. } => {
            let mut out = vec!["OAuth 2".to_owned()];
            out.extend(
                metadata_url
                    .as_ref()
                    .map(|url| format!("metadata `{}`", **url)),
            );
            for (name, flow) in self::flows(kind) {
                let urls = [
                    &flow.authorization_url,
                    &flow.device_authorization_url,
                    &flow.token_url,
                    &flow.refresh_url,
                ];
                let urls = urls.map(|url| url.as_ref().map_or("none", |url| url.value.as_str()));
                out.push(format!("{name} at {}", urls.join(" ")));
            }
            out.join(", ")
        }
    }
}
