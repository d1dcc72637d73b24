//! Credentials: one argument of the client for each way that a credential is carried.

use std::collections::BTreeMap;

use serde::Serialize;

use super::escape;
use super::facts::tuple;
use super::names;
use crate::ir::{Api, Operation, Place, SecurityKind};

/// The credentials of a client, and which of them operations want.
pub(super) struct Security {
    /// In the document's order.
    pub(super) credentials: Vec<CredentialView>,
    /// What most operations want: `(("api_key",),)`.
    pub(super) usual: String,
    by_scheme: Vec<Option<String>>,
}

/// A credential that a client is made with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CredentialView {
    /// `api_key`
    pub(super) name: String,
    /// `Scheme()`
    pub(super) scheme: String,
    /// `API_KEY`: the environment variable behind the prefix.
    pub(super) variable: String,
    /// It is a user's name and password.
    pub(super) basic: bool,
}

impl Security {
    pub(super) fn new(api: &Api) -> Self {
        let mut credentials: Vec<CredentialView> = Vec::new();
        let mut by_scheme = Vec::new();
        for scheme in &api.security_schemes {
            let Some((carried, basic)) = carriage(&scheme.kind) else {
                by_scheme.push(None);
                continue;
            };
            if let Some(known) = credentials.iter().find(|known| known.scheme == carried) {
                by_scheme.push(Some(known.name.clone()));
                continue;
            }
            let own = names::repair_parameter(
                crate::target::names::snake(scheme.name.words()),
                &std::collections::HashSet::new(),
            );
            let first = credentials.iter().all(|known| known.name != "api_key");
            let taken = |name: &str| credentials.iter().any(|known| known.name == name);
            let name = match (basic, first) {
                (true, _) if !taken("basic_auth") => "basic_auth".to_owned(),
                (false, true) => "api_key".to_owned(),
                _ if taken(&own) || RESERVED.contains(&own.as_str()) => format!("{own}_token"),
                _ => own,
            };
            by_scheme.push(Some(name.clone()));
            credentials.push(CredentialView {
                variable: name.to_uppercase(),
                name,
                scheme: carried,
                basic,
            });
        }
        let mut made = Self {
            credentials,
            usual: String::new(),
            by_scheme,
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, operation) in api.operations.iter() {
            *counts.entry(made.wanted(operation)).or_default() += 1;
        }
        let usual = counts.into_iter().max_by_key(|(_, count)| *count);
        made.usual = usual.map_or_else(|| "()".to_owned(), |(usual, _)| usual);
        made
    }

    /// What an operation wants, where it is not the usual.
    pub(super) fn of(&self, operation: &Operation) -> Option<String> {
        let own = self.wanted(operation);
        (own != self.usual).then_some(own)
    }

    fn wanted(&self, operation: &Operation) -> String {
        let mut alternatives: Vec<String> = Vec::new();
        for set in &operation.security {
            let names = set
                .iter()
                .filter_map(|used| self.by_scheme.get(used.scheme.0)?.as_ref());
            let text = tuple(names.map(|name| format!("\"{name}\"")));
            if !alternatives.contains(&text) {
                alternatives.push(text);
            }
        }
        tuple(alternatives)
    }
}

/// Arguments that every client has.
const RESERVED: &[&str] = &[
    "attempt_timeout",
    "base_url",
    "default_headers",
    "environment",
    "governor",
    "max_retries",
    "middleware",
    "timeout",
    "tracer",
    "transport",
];

/// How a credential is carried, as the runtime is told; and whether it is name and password.
fn carriage(kind: &SecurityKind) -> Option<(String, bool)> {
    let scheme = match kind {
        SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_) => {
            "Scheme()".to_owned()
        }
        SecurityKind::Basic => return Some(("Scheme(prefix=\"Basic \")".to_owned(), true)),
        SecurityKind::Http(scheme) => {
            format!("Scheme(prefix={})", escape::prefix(scheme))
        }
        SecurityKind::ApiKey { place, name } => {
            let place = match place {
                Place::Query => "query",
                Place::Cookie => "cookie",
                Place::Header | Place::Path => "header",
            };
            format!("Scheme(\"{place}\", {}, prefix=\"\")", escape::string(name))
        }
        SecurityKind::MutualTls => return None,
    };
    Some((scheme, false))
}
