//! The client: how it is made, which servers it can talk to, and what the runtime is told of the API.

use serde::Serialize;

use super::escape;
use super::names::{self, Scope};
use super::operation::alternatives;
use super::plan::Plan;
use super::record::indented;
use super::resource;
use crate::ir::{Api, HeaderRole, Place, SecurityKind, Server};
use crate::layout::go_align::{Row, align, align_literal};
use crate::target::Context;

/// The client's file.
#[derive(Debug, Serialize)]
pub(super) struct ClientView {
    /// `// Package exai calls the exAI API.`
    pub(super) docs: String,
    /// `// NewClient makes a client.` and where its settings come from.
    pub(super) constructor_docs: String,
    /// The const block of environments; empty where there is at most one.
    pub(super) environments: String,
    /// Options for servers with variables: `WithTenant`.
    pub(super) server_options: Vec<ServerOption>,
    /// The body of the runtime's `product`: `name: "exai",` and so on.
    pub(super) product: String,
    /// The client's body: `Runs *RunsService`
    pub(super) fields: String,
    /// The client's literal: `Runs: newRunsService(t),`
    pub(super) literal: String,
}

/// An option that fills the variables of a server.
#[derive(Debug, Serialize)]
pub(super) struct ServerOption {
    /// `// WithTenant sends requests to https://api.{tenant}.exai.cloud/v1.`
    pub(super) docs: String,
    /// `WithTenant`
    pub(super) name: String,
    /// `tenant string`
    pub(super) arguments: String,
    /// `"https://api.{tenant}.exai.cloud/v1"`
    pub(super) template: String,
    /// `map[string]string{"tenant": tenant}`
    pub(super) variables: String,
}

/// How the package is called and where it comes from.
pub(super) struct Identity<'a> {
    /// `exai`
    pub(super) package: &'a str,
    /// `1.4.0`
    pub(super) version: &'a str,
    /// `EXAI`
    pub(super) env_prefix: &'a str,
}

impl<'a> Identity<'a> {
    pub(super) fn new(package: &'a str, cx: &'a Context<'_>) -> Self {
        Self {
            package,
            version: &cx.package.version,
            env_prefix: &cx.product.environment,
        }
    }
}

impl ClientView {
    pub(super) fn new(plan: &mut Plan<'_>, identity: &Identity<'_>) -> Self {
        let api = plan.api;
        let environments = environments(api, &mut plan.scope);
        let server_options = server_options(api, &mut plan.scope);
        let mut fields = resource::fields(&plan.root);
        let mut literal = resource::literal(&plan.root);
        if literal.is_empty() {
            fields = "\ttransport *transport".to_owned();
            literal = "\t\ttransport: t,".to_owned();
        }
        Self {
            docs: docs(api, identity.package).join("\n"),
            constructor_docs: constructor_docs(identity.env_prefix),
            environments,
            server_options,
            product: indented(&product(plan, identity))
                .replace("\n\t", "\n\t\t")
                .replacen('\t', "\t\t", 1),
            fields,
            literal,
        }
    }
}

fn docs(api: &Api, package: &str) -> Vec<String> {
    let title = escape::tag_text(&api.info.title);
    let mut docs = escape::own_comment(&format!(
        "Package {package} calls the {}.",
        title.trim_end_matches('.')
    ));
    let more = escape::comment(&api.info.docs, false);
    if !more.is_empty() {
        docs.push("//".to_owned());
        docs.extend(more);
    }
    docs
}

fn constructor_docs(env_prefix: &str) -> String {
    let text = format!(
        "NewClient makes a client. Unless options say otherwise, the token is the environment \
         variable {env_prefix}_API_KEY, and the base URL is {env_prefix}_BASE_URL or else the \
         API's first server. What is wrong with the options is reported by the calls."
    );
    escape::own_comment(&text).join("\n")
}

fn environments(api: &Api, scope: &mut Scope) -> String {
    let servers: Vec<&Server> = api
        .servers
        .iter()
        .filter(|server| server.variables.is_empty())
        .collect();
    if servers.len() < 2 {
        return String::new();
    }
    let mut rows = Vec::new();
    for server in servers {
        if !rows.is_empty() {
            rows.push(Row::Lines(vec![String::new()]));
        }
        let name = scope.take(
            format!("Environment{}", names::suffix(server.name.words())),
            "Server",
        );
        let docs = escape::comment(&server.docs, false);
        if !docs.is_empty() {
            rows.push(Row::Lines(docs));
        }
        let value = format!("= {}", escape::string(&server.url));
        rows.push(Row::Cells(vec![name, "Environment".to_owned(), value]));
    }
    indented(&align(&rows))
}

fn server_options(api: &Api, scope: &mut Scope) -> Vec<ServerOption> {
    let with_variables = api
        .servers
        .iter()
        .filter(|server| !server.variables.is_empty());
    with_variables
        .map(|server| server_option(server, scope))
        .collect()
}

fn server_option(server: &Server, scope: &mut Scope) -> ServerOption {
    let words = match server.variables.as_slice() {
        [only] => only.name.words(),
        _ => server.name.words(),
    };
    let name = scope.take(format!("With{}", names::suffix(words)), "Server");
    let mut locals = Scope::default();
    let mut arguments = Vec::new();
    let mut variables = Vec::new();
    for variable in &server.variables {
        let local = locals.take(names::local(variable.name.words()), "Value");
        variables.push(format!("{}: {local}", escape::wire(&variable.name)));
        arguments.push(local);
    }
    let mut docs = escape::own_comment(&format!(
        "{name} sends requests to {}.",
        escape::tag_text(&server.url)
    ));
    let more = escape::comment(&server.docs, false);
    if !more.is_empty() {
        docs.push("//".to_owned());
        docs.extend(more);
    }
    ServerOption {
        docs: docs.join("\n"),
        name,
        arguments: format!("{} string", arguments.join(", ")),
        template: escape::string(&server.url),
        variables: format!("map[string]string{{{}}}", variables.join(", ")),
    }
}

fn product(plan: &Plan<'_>, identity: &Identity<'_>) -> Vec<String> {
    let api = plan.api;
    let mut rows = Vec::new();
    let mut row = |key: &str, value: String| {
        rows.push(Row::Cells(vec![format!("{key}:"), format!("{value},")]));
    };
    row("name", escape::quote(identity.package));
    row("version", escape::quote(identity.version));
    row("envPrefix", escape::quote(identity.env_prefix));
    if let Some(server) = api.servers.first() {
        row("server", escape::string(&server.url));
        if !server.variables.is_empty() {
            let defaults: Vec<String> = server
                .variables
                .iter()
                .map(|variable| {
                    format!(
                        "{}: {}",
                        escape::wire(&variable.name),
                        escape::string(&variable.default)
                    )
                })
                .collect();
            row(
                "variables",
                format!("map[string]string{{{}}}", defaults.join(", ")),
            );
        }
    }
    if !plan.security.is_empty() {
        row("auth", alternatives(&plan.security));
    }
    if !plan.errors.is_empty() {
        row("specialised", "specialised".to_owned());
    }
    let schemes = schemes(api);
    if !schemes.is_empty() {
        rows.push(block("schemes: map[string]authScheme{", schemes));
    }
    rows.push(block("headers: headerNames{", headers(api)));
    align_literal(&rows)
}

fn block(head: &str, lines: Vec<String>) -> Row {
    let mut out = vec![head.to_owned()];
    out.extend(lines.into_iter().map(|line| format!("\t{line}")));
    out.push("},".to_owned());
    Row::Lines(out)
}

/// `"orgToken": {in: "header", name: "Authorization", prefix: "Bearer "},`, aligned.
fn schemes(api: &Api) -> Vec<String> {
    let rows: Vec<Row> = api
        .security_schemes
        .iter()
        .filter_map(|scheme| {
            let (place, name, prefix) = match &scheme.kind {
                SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_) => {
                    (
                        "header",
                        escape::quote("Authorization"),
                        escape::quote("Bearer "),
                    )
                }
                SecurityKind::Basic => (
                    "header",
                    escape::quote("Authorization"),
                    escape::quote("Basic "),
                ),
                SecurityKind::Http(kind) => (
                    "header",
                    escape::quote("Authorization"),
                    escape::quote(&format!("{} ", escape::tag_text(kind))),
                ),
                SecurityKind::ApiKey { place, name } => {
                    let place = match place {
                        Place::Query => "query",
                        Place::Cookie => "cookie",
                        Place::Header | Place::Path => "header",
                    };
                    (place, escape::string(name), String::new())
                }
                SecurityKind::MutualTls => return None,
            };
            let mut value = format!("{{in: {}, name: {name}", escape::quote(place));
            if !prefix.is_empty() {
                value.push_str(&format!(", prefix: {prefix}"));
            }
            Some(Row::Cells(vec![
                format!("{}:", escape::wire(&scheme.name)),
                format!("{value}}},"),
            ]))
        })
        .collect();
    align_literal(&rows)
}

/// The names of the headers that have a meaning, aligned.
fn headers(api: &Api) -> Vec<String> {
    let idempotency = api
        .operations
        .iter()
        .find_map(|(_, operation)| operation.idempotency.as_ref())
        .map(|key| escape::string(&key.header));
    let resume = api
        .operations
        .iter()
        .find_map(|(_, operation)| operation.resume.as_ref())
        .map_or_else(|| escape::quote("Last-Event-ID"), escape::string);
    let mut rows = Vec::new();
    if let Some(header) = idempotency {
        rows.push(Row::Cells(vec![
            "idempotencyKey:".to_owned(),
            format!("{header},"),
        ]));
    }
    rows.push(Row::Cells(vec![
        "lastEventID:".to_owned(),
        format!("{resume},"),
    ]));
    for (field, role) in [
        ("receipt", HeaderRole::Receipt),
        ("rateLimitRemaining", HeaderRole::RateLimitRemaining),
        ("rateLimitReset", HeaderRole::RateLimitReset),
        ("replayed", HeaderRole::IdempotentReplayed),
    ] {
        if let Some(name) = header_with(api, role) {
            rows.push(Row::Cells(vec![format!("{field}:"), format!("{name},")]));
        }
    }
    align_literal(&rows)
}

fn header_with(api: &Api, role: HeaderRole) -> Option<String> {
    let responses = api
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.responses);
    let headers = responses.flat_map(|response| &response.headers);
    headers
        .chain(api.errors.iter().flat_map(|error| &error.headers))
        .find(|header| header.role == Some(role))
        .map(|header| escape::wire(&header.name))
}
