//! The package's face: what `import` gives, and the module of all types.

use std::collections::BTreeMap;

use serde::Serialize;

use super::escape;
use super::plan::Plan;
use super::sample::SampleView;
use super::security::Security;
use crate::ir::{Shape, Type};
use crate::layout::ruff;
use crate::render::RenderError;
use crate::sample::{self, Offers};
use crate::target::{Context, Owner, TargetFile};

/// A module that gives the names of others when they are asked for.
#[derive(Debug, Serialize)]
pub(super) struct LazyView {
    /// `from ._runtime.errors import APIError as APIError`, for type checkers.
    pub(super) imports: Vec<String>,
    /// `"APIError": "._runtime.errors",`
    pub(super) homes: Vec<String>,
    /// `"Plan": "Blueprint",` for names that should no longer be used.
    pub(super) former: Vec<String>,
}

/// What the runtime offers beside the client, by module.
const RUNTIME: &[(&str, &[&str])] = &[
    (
        "_runtime.async_answers",
        &["AsyncBinaryResponse", "AsyncStream"],
    ),
    ("_runtime.async_httpx", &["AsyncHttpxTransport"]),
    ("_runtime.async_pages", &["AsyncPages"]),
    ("_runtime.async_pyreqwest", &["AsyncPyreqwestTransport"]),
    ("_runtime.auth", &["AsyncToken", "Token"]),
    ("_runtime.content", &["BinaryInput", "File", "FileInput"]),
    (
        "_runtime.errors",
        &[
            "APIConnectionError",
            "APIError",
            "APITimeoutError",
            "DecodeError",
            "StatusError",
            "WebhookVerificationError",
        ],
    ),
    ("_runtime.fake", &["RecordedCall", "UnansweredCallError"]),
    ("_runtime.headers", &["Headers"]),
    (
        "_runtime.model",
        &["UNSET", "Model", "Unknown", "UnsetType"],
    ),
    (
        "_runtime.options",
        &["CallOptions", "StreamOptions", "WaitOptions"],
    ),
    ("_runtime.pages", &["Page"]),
    (
        "_runtime.response",
        &["RateLimit", "Response", "ResponseInfo"],
    ),
    ("_runtime.sync_answers", &["BinaryResponse", "Stream"]),
    ("_runtime.sync_httpx", &["HttpxTransport"]),
    ("_runtime.sync_pages", &["Pages"]),
    ("_runtime.sync_pyreqwest", &["PyreqwestTransport"]),
    (
        "_runtime.transport",
        &[
            "AsyncBytesResponse",
            "AsyncHttpResponse",
            "AsyncMiddleware",
            "AsyncTransport",
            "BytesResponse",
            "HttpRequest",
            "HttpResponse",
            "Middleware",
            "Timeout",
            "Transport",
            "TransportError",
            "TransportTimeoutError",
        ],
    ),
];

impl LazyView {
    /// The root module: clients, errors, what the runtime offers.
    pub(super) fn root(clients: &[(String, &str)], errors: &[String]) -> Self {
        let mut homes: BTreeMap<String, String> = BTreeMap::new();
        for (module, names) in RUNTIME {
            for name in *names {
                homes.insert((*name).to_owned(), format!(".{module}"));
            }
        }
        for name in errors {
            homes.insert(name.clone(), ".generated.errors".to_owned());
        }
        for (name, module) in clients {
            homes.insert(name.clone(), format!(".generated.{module}"));
        }
        Self::new(&homes)
    }

    /// The module of all types.
    pub(super) fn types(plan: &Plan<'_>) -> Self {
        let homes = plan
            .api
            .types
            .iter()
            .map(|(id, _)| {
                let home = format!(".generated.types.{}", plan.module(id));
                (plan.type_name(id).to_owned(), home)
            })
            .collect();
        let former = plan
            .api
            .types
            .iter()
            .filter_map(|(id, def)| match &def.shape {
                Shape::Alias(Type::Named(now)) if def.former => {
                    let (name, now) = (plan.type_name(id), plan.type_name(*now));
                    Some(format!("\"{name}\": \"{now}\","))
                }
                _ => None,
            });
        let former = former.collect();
        Self {
            former,
            ..Self::new(&homes)
        }
    }

    fn new(homes: &BTreeMap<String, String>) -> Self {
        let mut by_module: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
        for (name, home) in homes {
            by_module.entry(home).or_default().push(name);
        }
        let imports = by_module
            .into_iter()
            .flat_map(|(module, names)| {
                super::imports::sorted(names.into_iter().cloned())
                    .into_iter()
                    .map(move |name| ruff::import_from(4, module, &[format!("{name} as {name}")]))
            })
            .collect();
        let homes = homes
            .iter()
            .map(|(name, home)| format!("\"{name}\": \"{home}\","))
            .collect();
        let former = Vec::new();
        Self {
            imports,
            homes,
            former,
        }
    }
}

const FILES: &[&str] = &[
    "pyproject.toml",
    "README.md",
    ".gitignore",
    "examples/first_call.py",
    "examples/errors.py",
    "tests/test_calls.py",
];

/// What a package needs that nobody has written by hand.
pub(super) fn scaffold(
    cx: &Context<'_>,
    module: &str,
    plan: &Plan<'_>,
    security: &Security,
) -> Result<Vec<TargetFile>, RenderError> {
    #[derive(Serialize)]
    struct Package<'a> {
        name: &'a str,
        module: &'a str,
        version: &'a str,
        license: Option<&'a str>,
        client: &'a str,
        environment: &'a str,
        title: String,
        description: String,
        command: &'a str,
        /// What the API is, as a line of Markdown.
        about: Option<String>,
        #[serde(flatten)]
        offers: Offers,
        #[serde(flatten)]
        sample: SampleView,
    }
    let view = Package {
        name: &cx.package.name,
        module,
        version: &cx.package.version,
        license: cx.package.license,
        client: &cx.product.client,
        environment: &cx.product.environment,
        title: escape::markdown(&cx.api.info.title),
        description: escape::toml(&cx.api.info.title),
        command: cx.command,
        about: sample::about(cx.api),
        offers: Offers::new(cx.api),
        sample: SampleView::new(plan, security, &cx.product.client),
    };
    let made = |path: String, text: String| TargetFile {
        path,
        text,
        owner: Owner::Scaffold,
    };
    let data = sample::data(cx.api, &sample::tested(cx.api));
    let mut files = vec![
        made(format!("src/{module}/py.typed"), String::new()),
        made("tests/calls.json".to_owned(), data),
    ];
    for path in FILES {
        let text = cx.renderer.render(&format!("python/{path}.jinja"), &view)?;
        files.push(made((*path).to_owned(), text));
    }
    Ok(files)
}
