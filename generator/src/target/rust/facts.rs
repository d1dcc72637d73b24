//! What an API's operations share, as data that the runtime is handed: `api.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::escape;
use crate::ir::{
    Api, Header, HeaderRole, Method, Operation, Place, SecurityKind, SecuritySchemeId, Server,
};
use crate::layout::rustfmt;
use crate::target::Context;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::{Scope, screaming};

/// The facts of an API.
#[derive(Debug, Serialize)]
pub(super) struct ApiView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// `["use crate::runtime::{Api, HeaderRoles};"]`
    pub(super) imports: Vec<String>,
    /// `["api_key_env: \"EXAI_API_KEY\","]`
    pub(super) fields: Vec<String>,
    /// Ways to read page by page.
    pub(super) paginations: Vec<PaginationView>,
}

/// A way to read page by page.
#[derive(Debug, Serialize)]
pub(super) struct PaginationView {
    /// `DATA_BY_CURSOR`
    pub(super) name: String,
    /// `["request: \"cursor\",", "items: \"/data\",", "next: \"/next_cursor\","]`
    pub(super) fields: Vec<String>,
}

/// What operations refer to.
#[derive(Debug)]
pub(super) struct Facts {
    /// The security that most operations have: a Rust expression.
    security: String,
    /// Names of the paginations, by what they say.
    paginations: BTreeMap<[String; 3], String>,
    /// Schemes that have a place in a request.
    schemes: BTreeMap<SecuritySchemeId, (String, String)>,
}

impl Facts {
    pub(super) fn new(api: &Api) -> Self {
        let schemes = api
            .security_schemes
            .iter()
            .enumerate()
            .filter_map(|(index, scheme)| {
                let name = rust::wire(&scheme.name);
                Some((SecuritySchemeId(index), (name, travel(&scheme.kind)?)))
            })
            .collect();
        let mut facts = Self {
            security: String::new(),
            paginations: BTreeMap::new(),
            schemes,
        };

        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, operation) in api.operations.iter() {
            *counts.entry(facts.security_of(operation)).or_default() += 1;
        }
        let most = counts
            .into_iter()
            .max_by_key(|(text, count)| (*count, std::cmp::Reverse(text.clone())));
        facts.security = most.map_or_else(|| "Security::None".to_owned(), |(text, _)| text);

        let mut scope = Scope::with(&["API"]);
        let distinct: BTreeSet<[String; 3]> = api
            .operations
            .iter()
            .filter_map(|(_, operation)| pagination(operation))
            .map(|(key, _)| key)
            .collect();
        let mut names: BTreeMap<[String; 3], String> = BTreeMap::new();
        for (_, operation) in api.operations.iter() {
            if let Some((key, name)) = pagination(operation) {
                names.entry(key).or_insert(name);
            }
        }
        for key in distinct {
            let name = names.remove(&key).unwrap_or_default();
            facts.paginations.insert(key, scope.take(name, "_PAGES"));
        }
        facts
    }

    /// The operation's security, where it is not the API's.
    pub(super) fn own_security(&self, operation: &Operation) -> Option<String> {
        Some(self.security_of(operation)).filter(|own| *own != self.security)
    }

    /// The name of the operation's pagination.
    pub(super) fn pagination(&self, operation: &Operation) -> Option<&str> {
        self.paginations
            .get(&pagination(operation)?.0)
            .map(String::as_str)
    }

    fn security_of(&self, operation: &Operation) -> String {
        let sets: Vec<String> = operation
            .security
            .iter()
            .map(|set| {
                let names: Vec<&str> = set
                    .iter()
                    .filter_map(|used| Some(self.schemes.get(&used.scheme)?.0.as_str()))
                    .collect();
                format!("&[{}]", names.join(", "))
            })
            .collect();
        if sets.iter().all(|set| set == "&[]") {
            return "Security::None".to_owned();
        }
        format!("Security::OneOf(&[{}])", sets.join(", "))
    }
}

fn pagination(operation: &Operation) -> Option<([String; 3], String)> {
    let page = operation.page.as_ref()?;
    let request = operation.parameters.get(page.cursor)?;
    let key = [
        rust::wire(&request.name),
        rust::pointer(&page.items),
        rust::pointer(&page.next),
    ];
    let items: Vec<String> = page
        .items
        .iter()
        .flat_map(|name| name.words().to_vec())
        .collect();
    let name = format!(
        "{}_BY_{}",
        screaming(&items),
        screaming(request.name.words())
    );
    Some((key, name))
}

impl ApiView {
    pub(super) fn new(facts: &Facts, cx: &Context<'_>) -> Self {
        let api = cx.api;
        let mut imports = Imports::default();
        for name in ["Api", "HeaderRoles", "Security"] {
            imports.runtime(name);
        }
        let prefix = &cx.product.environment;
        let servers: Vec<String> = api
            .servers
            .iter()
            .map(|server| server_literal(server, api.servers.len() == 1))
            .collect();
        if !servers.is_empty() {
            imports.runtime("Server");
        }
        let schemes: Vec<String> = facts
            .schemes
            .values()
            .map(|(name, kind)| format!("({name}, {kind})"))
            .collect();
        if !schemes.is_empty() {
            imports.runtime("Scheme");
        }
        let mut paginations: Vec<PaginationView> = facts
            .paginations
            .iter()
            .map(|([request, items, next], name)| PaginationView {
                name: name.clone(),
                fields: vec![
                    format!("request: {request},"),
                    format!("items: {items},"),
                    format!("next: {next},"),
                ],
            })
            .collect();
        paginations.sort_by(|a, b| a.name.cmp(&b.name));
        if !paginations.is_empty() {
            imports.runtime("Pagination");
        }
        let servers = match &servers[..] {
            [] => "servers: &[],".to_owned(),
            [one] => format!("servers: &[{one}],"),
            many => format!("servers: &[\n        {},\n    ],", many.join(",\n        ")),
        };
        let fields = vec![
            r#"user_agent: concat!(env!("CARGO_PKG_NAME"), "-rust/", env!("CARGO_PKG_VERSION")),"#
                .to_owned(),
            format!("api_key_env: \"{prefix}_API_KEY\","),
            format!("base_url_env: \"{prefix}_BASE_URL\","),
            servers,
            rustfmt::array(4, "schemes: &", &schemes, ","),
            format!("security: {},", facts.security),
            headers(api),
        ];
        Self {
            command: cx.command.to_owned(),
            imports: imports.drain(),
            fields,
            paginations,
        }
    }
}

/// `Server { ... }` with its fields, at its place in a list.
fn server_literal(server: &Server, alone: bool) -> String {
    let indent = if alone { 4 } else { 8 };
    let variables: Vec<String> = server
        .variables
        .iter()
        .map(|variable| {
            let default = match variable.default.is_empty() {
                true => "None".to_owned(),
                false => format!("Some({})", rust::string(&variable.default)),
            };
            format!("({}, {default})", rust::wire(&variable.name))
        })
        .collect();
    let fields = [
        format!("name: {}", rust::wire(&server.name)),
        rustfmt::assign(indent + 4, "url:", &rust::string(&server.url), ""),
        rustfmt::array(indent + 4, "variables: &", &variables, ""),
    ];
    rustfmt::struct_literal(indent, "Server", &fields, "")
}

fn headers(api: &Api) -> String {
    let answers = api
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.responses);
    let headers: Vec<&Header> = answers
        .flat_map(|response| &response.headers)
        .chain(api.errors.iter().flat_map(|error| &error.headers))
        .collect();
    let role = |role: HeaderRole| {
        headers
            .iter()
            .find(|header| header.role == Some(role))
            .map(|header| rust::wire(&header.name))
    };
    let key = api
        .operations
        .iter()
        .find_map(|(_, operation)| operation.idempotency.as_ref());
    let mut fields: Vec<String> = Vec::new();
    let mut set = |name: &str, value: Option<String>| {
        fields.extend(value.map(|value| format!("{name}: Some({value})")));
    };
    set("idempotency_key", key.map(|key| rust::string(&key.header)));
    set("replayed", role(HeaderRole::IdempotentReplayed));
    set("receipt", role(HeaderRole::Receipt));
    set("rate_limit_remaining", role(HeaderRole::RateLimitRemaining));
    set("rate_limit_reset", role(HeaderRole::RateLimitReset));
    fields.extend(role(HeaderRole::RetryAfter).map(|name| format!("retry_after: {name}")));
    if fields.is_empty() {
        return "headers: HeaderRoles::NONE,".to_owned();
    }
    let mut text = String::from("headers: HeaderRoles {\n");
    for field in &fields {
        text.push_str(&format!("        {field},\n"));
    }
    if fields.len() < 6 {
        text.push_str("        ..HeaderRoles::NONE\n");
    }
    text.push_str("    },");
    text
}

/// How a credential travels; nothing for what is not part of a request.
fn travel(kind: &SecurityKind) -> Option<String> {
    Some(match kind {
        SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_) => {
            "Scheme::Bearer".to_owned()
        }
        SecurityKind::Basic => "Scheme::Basic".to_owned(),
        SecurityKind::Http(name) => format!("Scheme::Authorization({})", escape::http_scheme(name)),
        SecurityKind::ApiKey { place, name } => {
            let place = match place {
                Place::Header | Place::Path => "Header",
                Place::Query => "Query",
                Place::Cookie => "Cookie",
            };
            format!("Scheme::{place}({})", rust::string(name))
        }
        SecurityKind::MutualTls => return None,
    })
}

/// The variant of the runtime's `Verb`.
pub(super) fn verb(method: &Method) -> String {
    let verb = match method {
        Method::Get => "Get",
        Method::Put => "Put",
        Method::Post => "Post",
        Method::Delete => "Delete",
        Method::Options => "Options",
        Method::Head => "Head",
        Method::Patch => "Patch",
        Method::Trace => "Trace",
        Method::Query => "Query",
        Method::Other(name) => return format!("Other(\"{name}\")"),
    };
    verb.to_owned()
}
