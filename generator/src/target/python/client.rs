//! The client's class.

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::operation::{self, Flavor};
use super::plan::{self, Plan};
use super::resource::{self, AccessorView};
use super::security::{CredentialView, Security};
use crate::ir::{Api, Name};
use crate::layout::ruff::{self, Doc};
use crate::target::Context;

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
    /// `RootWithResponse`, where those give answers whole.
    pub(super) root_answering: String,
    /// `with_response`, `async_with_response`
    pub(super) wrapper: String,
    /// `def`, `async def`
    pub(super) def: String,
    /// `await `, or nothing.
    pub(super) r#await: String,
    /// `Response[Any]`, `Awaitable[Response[Any]]`
    pub(super) answered: String,
}

impl ClientView {
    pub(super) fn new(
        cx: &Context<'_>,
        plan: &Plan<'_>,
        security: &Security,
        flavor: Flavor,
    ) -> Self {
        let prefix = flavor.prefix();
        let asynchronous = flavor == Flavor::Async;
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
            asynchronous,
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
            root_answering: match resource::answers(&plan.root, false) {
                true => format!("{prefix}RootWithResponse"),
                false => String::new(),
            },
            wrapper: operation::wrapper(flavor),
            def: if asynchronous { "async def" } else { "def" }.to_owned(),
            r#await: if asynchronous { "await " } else { "" }.to_owned(),
            answered: if asynchronous {
                "Awaitable[Response[Any]]".to_owned()
            } else {
                "Response[Any]".to_owned()
            },
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
    for text in [
        format!("transport: {prefix}Transport | None = None"),
        format!("middleware: Sequence[{prefix}Middleware] = ()"),
        "governor: bool = False".to_owned(),
        "tracer: Tracer | bool | None = None".to_owned(),
    ] {
        items.push(Doc::text(text));
    }
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
         \n    transport: Sends the requests; httpx2 by default.\
         \n    middleware: Stand around every try, the first outermost.\
         \n    governor: Slow down before the bucket of the rate limit is empty.\
         \n    tracer: Makes a span of OpenTelemetry a call; True takes the one that is set up.",
    );
    escape::docstring(4, &text)
}

/// What the module of a client imports: the resources for type checkers alone.
pub(super) fn imports(
    plan: &Plan<'_>,
    security: &Security,
    flavor: Flavor,
    client: &ClientView,
) -> Imports {
    let mut imports = Imports::default();
    imports.name(".service", "SERVICE");
    imports.name(".._runtime.engine", "Arguments");
    imports.name(".._runtime.engine", "Settings");
    imports.name(".._runtime.model", "UNSET");
    imports.name("functools", "cached_property");
    for name in ["Any", "Self", "TypeVar", "overload"] {
        imports.name("typing", name);
    }
    if plan.api.servers.len() > 1 {
        imports.name("typing", "Literal");
    }
    imports.checked("typing", "Unpack");
    for name in ["Callable", "Mapping", "Sequence"] {
        imports.checked("collections.abc", name);
    }
    imports.checked("types", "TracebackType");
    imports.checked(".._runtime.options", "CallOptions");
    imports.checked(".._runtime.telemetry", "Tracer");
    imports.checked(".._runtime.response", "Response");
    imports.name(".._runtime.response", &client.wrapper);
    let prefix = flavor.prefix();
    if client.asynchronous {
        imports.checked("collections.abc", "Awaitable");
    }
    for name in ["Middleware", "Transport"] {
        imports.checked(".._runtime.transport", &format!("{prefix}{name}"));
    }
    let credentials = &security.credentials;
    if credentials.iter().any(|credential| !credential.basic) {
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
    if !client.root_answering.is_empty() {
        imports.name(&format!(".{}.root", client.package), &client.root_answering);
    }
    for accessor in &client.accessors {
        let module = format!(".{}.{}", client.package, accessor.module);
        imports.checked(&module, &accessor.class);
        if accessor.has_answering {
            imports.checked(&module, &accessor.answering);
        }
    }
    if credentials.iter().any(|credential| credential.basic) {
        imports.name(".._runtime.auth", "basic");
    }
    imports
}
