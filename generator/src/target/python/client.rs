//! The client's class, what the runtime is told of the API as a whole, and the package's face.

use std::collections::BTreeSet;

use serde::Serialize;

use super::error::ErrorView;
use super::escape;
use super::imports::Imports;
use super::operation::Flavor;
use super::plan::{self, Plan};
use super::resource::{self, AccessorView};
use super::security::{CredentialView, Security};
use crate::ir::{Api, HeaderRole, Name};
use crate::layout::ruff::{self, Doc};
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

/// A client class, and the class of its `with_response`.
#[derive(Debug, Serialize)]
pub(super) struct ClientView {
    /// `Exai`, `AsyncExai`
    pub(super) class: String,
    /// `ExaiWithResponse`
    pub(super) answering: String,
    /// `Async`, or nothing.
    pub(super) prefix: String,
    /// It is the async one.
    pub(super) asynchronous: bool,
    /// `"""Calls the exAI API."""`
    pub(super) docs: String,
    /// `def __init__(...) -> None:`
    pub(super) signature: String,
    /// `{"tenant": tenant}`
    pub(super) variables: String,
    /// `environment`, or `None` where there is but one server.
    pub(super) environment: String,
    /// What the engine is handed as credentials, a line each.
    pub(super) credentials: Vec<CredentialView>,
    /// Top-level resources.
    pub(super) accessors: Vec<AccessorView>,
    /// The module with the resources of this client: `resources`, `async_resources`.
    pub(super) package: String,
    /// The document has calls that belong to no resource.
    pub(super) has_root: bool,
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

impl ClientView {
    pub(super) fn new(
        cx: &Context<'_>,
        plan: &Plan<'_>,
        security: &Security,
        flavor: Flavor,
    ) -> Self {
        let prefix = flavor.prefix();
        let class = format!("{prefix}{}", cx.product.client);
        let variables = variables(plan.api);
        let names: Vec<String> = plan
            .api
            .servers
            .iter()
            .map(|server| format!("\"{}\"", crate::target::names::kebab(server.name.words())))
            .collect();
        let several = names.len() > 1;
        let pairs: Vec<String> = variables.iter().map(|(n, w)| format!("{w}: {n}")).collect();
        Self {
            answering: format!("{class}WithResponse"),
            class,
            prefix: prefix.to_owned(),
            asynchronous: flavor == Flavor::Async,
            docs: client_docs(cx, plan, security, &variables),
            signature: signature(security, &names, &variables, prefix),
            variables: format!("{{{}}}", pairs.join(", ")),
            environment: if several { "environment" } else { "None" }.to_owned(),
            credentials: security.credentials.clone(),
            accessors: plan
                .root
                .children
                .iter()
                .map(|child| resource::accessor(child, flavor))
                .collect(),
            package: match flavor {
                Flavor::Sync => "resources".to_owned(),
                Flavor::Async => "async_resources".to_owned(),
            },
            has_root: !plan.root.calls.is_empty(),
        }
    }
}

/// The holes of all base URLs, each once: argument and wire name.
fn variables(api: &Api) -> Vec<(String, String)> {
    let mut names: Vec<&Name> = Vec::new();
    for variable in api.servers.iter().flat_map(|server| &server.variables) {
        if !names
            .iter()
            .any(|known| known.wire() == variable.name.wire())
        {
            names.push(&variable.name);
        }
    }
    let taken = std::collections::HashSet::new();
    let given = plan::allocate(&names, super::names::attribute, |plain| {
        let plain = super::names::repair_parameter(plain, &taken);
        if plain == "environment" {
            "environment_".to_owned()
        } else {
            plain
        }
    });
    given
        .into_iter()
        .zip(names.iter().map(|name| escape::wire(name)))
        .collect()
}

fn signature(
    security: &Security,
    environments: &[String],
    variables: &[(String, String)],
    prefix: &str,
) -> String {
    let token = |credential: &CredentialView| {
        let ty = if credential.basic {
            "tuple[str, str]".to_owned()
        } else {
            format!("{prefix}Token")
        };
        Doc::text(format!("{}: {ty} | None = None", credential.name))
    };
    let mut items = vec![Doc::text("self")];
    let (first, rest) = match security.credentials.split_first() {
        Some((first, rest)) => (Some(first), rest),
        None => (None, [].as_slice()),
    };
    items.extend(first.map(token));
    items.push(Doc::text("*"));
    items.extend(rest.iter().map(token));
    items.push(Doc::text("base_url: str | None = None"));
    if environments.len() > 1 {
        let known = environments.join(", ");
        items.push(Doc::text(format!(
            "environment: Literal[{known}] | None = None"
        )));
    }
    items.extend(
        variables
            .iter()
            .map(|(n, _)| Doc::text(format!("{n}: str | None = None"))),
    );
    for text in [
        "timeout: float | None = 60.0",
        "attempt_timeout: float | None = None",
        "max_retries: int = 2",
        "default_headers: Mapping[str, str] | None = None",
    ] {
        items.push(Doc::text(text));
    }
    items.push(Doc::text(format!(
        "transport: {prefix}Transport | None = None"
    )));
    format!(
        "{} -> None:",
        ruff::exploded(4, "def __init__(", &items, ")")
    )
}

fn client_docs(
    cx: &Context<'_>,
    plan: &Plan<'_>,
    security: &Security,
    variables: &[(String, String)],
) -> String {
    let env = &cx.product.environment;
    let title = escape::markdown(&plan.api.info.title);
    let mut text = format!("Calls {title}. Use it in a `with` block, or call `close`.\n\nArgs:");
    for credential in &security.credentials {
        let what = if credential.basic {
            "User name and password".to_owned()
        } else {
            format!(
                "The token, or a function that fetches one; `{env}_{}` by default",
                credential.variable
            )
        };
        text.push_str(&format!("\n    {}: {what}.", credential.name));
    }
    text.push_str(&format!(
        "\n    base_url: Where the API is; `{env}_BASE_URL`, else the document's by default."
    ));
    if plan.api.servers.len() > 1 {
        text.push_str("\n    environment: Which of the API's servers to call.");
    }
    for (name, wire) in variables {
        text.push_str(&format!(
            "\n    {name}: The part `{}` of the server's URL.",
            wire.trim_matches('"')
        ));
    }
    text.push_str(
        "\n    timeout: Seconds for a whole call, tries and waits included; None for no end.\
         \n    attempt_timeout: Seconds for one try.\
         \n    max_retries: Tries after the first one.\
         \n    default_headers: Added to every request.\
         \n    transport: Sends the requests; httpx2 by default.",
    );
    escape::docstring(4, &text)
}

/// What the module of the clients imports: the resources for type checkers alone.
pub(super) fn imports(plan: &Plan<'_>, security: &Security, clients: &[ClientView]) -> Imports {
    let mut imports = Imports::default();
    imports.name(".service", "SERVICE");
    imports.name(".._runtime.engine", "Settings");
    imports.name("typing", "Self");
    imports.name("functools", "cached_property");
    if plan.api.servers.len() > 1 {
        imports.name("typing", "Literal");
    }
    imports.checked("collections.abc", "Mapping");
    imports.checked("types", "TracebackType");
    for (flavor, client) in [Flavor::Sync, Flavor::Async].into_iter().zip(clients) {
        let prefix = flavor.prefix();
        imports.checked(".._runtime.transport", &format!("{prefix}Transport"));
        if security
            .credentials
            .iter()
            .any(|credential| !credential.basic)
        {
            imports.checked(".._runtime.auth", &format!("{prefix}Token"));
        }
        let engine = format!("{prefix}Engine");
        imports.name(&format!(".._runtime.{}_engine", flavor.runtime()), &engine);
        if client.has_root {
            imports.name(
                &format!(".{}.root", client.package),
                &format!("{prefix}Root"),
            );
        }
        for accessor in &client.accessors {
            let module = format!(".{}.{}", client.package, accessor.module);
            imports.checked(&module, &accessor.class);
            if accessor.has_answering {
                imports.checked(&module, &accessor.answering);
            }
        }
    }
    if security
        .credentials
        .iter()
        .any(|credential| credential.basic)
    {
        imports.name(".._runtime.auth", "basic");
    }
    imports
}
