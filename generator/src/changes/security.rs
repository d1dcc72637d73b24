//! Who may call.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, Trail, Walk};
use crate::document::{SecurityRequirement, SecuritySchemeKind};
use crate::source::Span;

/// One way to be allowed: schemes, and the scopes asked of each.
type Alternative = BTreeMap<String, BTreeSet<String>>;

impl<'d> Walk<'d> {
    pub(super) fn security_schemes(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, before) in &old.components.security_schemes {
            let after = new.components.security_schemes.get(name.value.as_str());
            let (Some(before), Some(after)) = (
                old.security_scheme(before),
                after.and_then(|after| new.security_scheme(after)),
            ) else {
                continue;
            };
            let at = Trail::new(format!("security scheme {}", **name));
            self.words(
                "description",
                before.description.as_ref(),
                after.description.as_ref(),
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
        SecuritySchemeKind::OAuth2 {
            flows,
            metadata_url,
        } => {
            let mut out = vec!["OAuth 2".to_owned()];
            out.extend(
                metadata_url
                    .as_ref()
                    .map(|url| format!("metadata `{}`", **url)),
            );
            for (name, flow) in [
                ("implicit", &flows.implicit),
                ("password", &flows.password),
                ("clientCredentials", &flows.client_credentials),
                ("authorizationCode", &flows.authorization_code),
                ("deviceAuthorization", &flows.device_authorization),
            ] {
                let Some(flow) = flow else { continue };
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
