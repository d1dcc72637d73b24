//! What the runtime is told of the API as a whole.

use std::collections::BTreeSet;

use serde::Serialize;

use super::error::ErrorView;
use super::escape;
use super::plan::Plan;
use super::security::{CredentialView, Security};
use crate::ir::{Api, HeaderRole};
use crate::layout::ruff::Doc;
use crate::target::Context;

/// What the runtime is told of the API: `SERVICE`.
#[derive(Debug, Serialize)]
pub(super) struct ServiceView {
    /// `"exai-sdk-python/1.4.0"`
    pub(super) user_agent: String,
    /// `"EXAI"`
    pub(super) env_prefix: String,
    /// Base URLs.
    pub(super) servers: Vec<ServerView>,
    /// Credentials.
    pub(super) credentials: Vec<CredentialView>,
    /// `(("api_key",),)`
    pub(super) security: String,
    /// `receipt="x-exai-receipt"`
    pub(super) headers: Vec<String>,
    /// `"Idempotency-Key"`; empty where the API has no keys.
    pub(super) idempotency_header: String,
    /// The kinds of errors that an answer's name or status says.
    pub(super) errors: Vec<ErrorView>,
    /// Some of them have a status of their own.
    pub(super) has_statuses: bool,
}

/// A base URL.
#[derive(Debug, Serialize)]
pub(super) struct ServerView {
    /// `"production"`
    pub(super) name: String,
    /// `Server("https://api.exai.cloud/v1")`
    pub(super) server: String,
}

impl ServiceView {
    pub(super) fn new(
        cx: &Context<'_>,
        plan: &Plan<'_>,
        security: &Security,
        errors: Vec<ErrorView>,
    ) -> Self {
        Self {
            user_agent: format!("\"{}-python/{}\"", cx.package.name, cx.package.version),
            env_prefix: format!("\"{}\"", cx.product.environment),
            servers: servers(plan.api),
            credentials: security.credentials.clone(),
            security: security.usual.clone(),
            headers: roles(plan.api),
            idempotency_header: key_header(plan.api),
            has_statuses: errors.iter().any(|error| error.by_status),
            errors: errors
                .into_iter()
                .filter(|error| error.by_name || error.by_status)
                .collect(),
        }
    }
}

fn servers(api: &Api) -> Vec<ServerView> {
    api.servers
        .iter()
        .map(|server| {
            let mut items = vec![Doc::text(escape::url(&server.url))];
            let defaults: Vec<_> = server
                .variables
                .iter()
                .map(|v| (escape::wire(&v.name), Doc::text(escape::string(&v.default))))
                .collect();
            if !defaults.is_empty() {
                items.push(Doc::dict(defaults));
            }
            let name = format!("\"{}\"", crate::target::names::kebab(server.name.words()));
            let server = Doc::call("Server", items).layout(8, 8 + name.len() + 2, 1);
            ServerView { name, server }
        })
        .collect()
}

/// The header of keys: the first by name, where operations differ.
fn key_header(api: &Api) -> String {
    let headers = api.operations.iter().filter_map(|(_, operation)| {
        let key = operation.idempotency.as_ref()?;
        Some(escape::string(&key.header))
    });
    headers.min().unwrap_or_default()
}

fn roles(api: &Api) -> Vec<String> {
    let of_answers = api
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.responses);
    let headers = of_answers
        .flat_map(|response| &response.headers)
        .chain(api.errors.iter().flat_map(|error| &error.headers));
    let mut found = BTreeSet::new();
    for header in headers {
        let role = match header.role {
            Some(HeaderRole::Receipt) => "receipt",
            Some(HeaderRole::RateLimitRemaining) => "rate_limit_remaining",
            Some(HeaderRole::RateLimitReset) => "rate_limit_reset",
            Some(HeaderRole::RetryAfter) => "retry_after",
            Some(HeaderRole::IdempotentReplayed) => "idempotent_replayed",
            None => continue,
        };
        found.insert((role, escape::wire(&header.name)));
    }
    let mut out: Vec<String> = Vec::new();
    let mut last = "";
    for (role, header) in found {
        // One header a role: the first by name, whatever the order of operations.
        if role != last {
            out.push(format!("{role}={header}"));
            last = role;
        }
    }
    out
}
