//! The client: its settings, its options, its class.

use std::collections::BTreeMap;

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::names;
use super::operation::MethodView;
use super::plan::Plan;
use super::record::property;
use super::resource::{ChildView, UnwrapView, methods};
use super::security::security_value;
use crate::config::{Package, Product};
use crate::ir::{Api, Docs, Header, HeaderRole, Name, SecurityKind, Server, ServerVariable};
use crate::layout::biome::{self, Value};

/// What every client of the API is made with.
#[derive(Debug, Serialize)]
pub(super) struct SettingsView {
    /// `const settings: Settings = {` to `};`
    pub(super) settings: String,
    /// `ExaiOptions`
    pub(super) options: String,
    /// The options that the API's servers add, with their docs.
    pub(super) fields: Vec<String>,
    /// The client's options with the servers' own handed on; empty where there are none.
    pub(super) variables: String,
    /// `API_KEY` variable: `EXAI`
    pub(super) environment: String,
}

/// The client's class.
#[derive(Debug, Serialize)]
pub(super) struct ClientView {
    /// `/** The exAI API. */` and a line break.
    pub(super) docs: String,
    /// `Exai`
    pub(super) name: String,
    /// Error classes as static members: `static readonly APIError: typeof APIError = APIError;`
    pub(super) errors: Vec<String>,
    pub(super) children: Vec<ChildView>,
    /// Calls that belong to no resource.
    pub(super) methods: Vec<MethodView>,
    pub(super) unwrap: Option<UnwrapView>,
}

/// Error classes of the runtime, static members of the client beside the API's own.
const RUNTIME_ERRORS: &[&str] = &[
    "AbortError",
    "APIError",
    "ConfigurationError",
    "ConnectionError",
    "DecodeError",
    "SDKError",
    "TimeoutError",
];

impl ClientView {
    pub(super) fn new(plan: &Plan<'_>, imports: &mut Imports) -> Self {
        let mut errors = Vec::new();
        for name in RUNTIME_ERRORS {
            imports.value("runtime/errors", name);
            errors.push(static_member(name));
        }
        for error in &plan.errors {
            imports.value("generated/errors", &error.name);
            errors.push(static_member(&error.name));
        }
        let root = &plan.root;
        for child in &root.children {
            imports.value(&format!("generated/resources/{}", child.stem), &child.class);
        }
        imports.ty("runtime/core", "Core");
        imports.value("runtime/raw", "request");
        imports.ty("runtime/raw", "RawRequest");
        imports.ty("runtime/result", "Result");
        imports.value("generated/settings", "createCore");
        imports.ty("generated/settings", &format!("{}Options", root.class));
        let docs = Docs {
            summary: plan.api.info.title.clone(),
            ..plan.api.info.docs.clone()
        };
        Self {
            docs: escape::comment(&docs, &[], false, 0),
            name: root.class.clone(),
            errors,
            children: root
                .children
                .iter()
                .map(|child| ChildView::new(child, 2))
                .collect(),
            methods: methods(root, plan, imports),
            unwrap: UnwrapView::new(root, plan, imports),
        }
    }
}

/// A class as a static member of the client, under its own name.
fn static_member(name: &str) -> String {
    format!(
        "  {}",
        biome::assign(2, &format!("static readonly {name}: typeof {name}"), name)
    )
}

impl SettingsView {
    pub(super) fn new(
        plan: &Plan<'_>,
        product: &Product,
        package: &Package,
        imports: &mut Imports,
    ) -> Self {
        imports.ty("runtime/core", "Settings");
        imports.value("runtime/core", "Core");
        imports.ty("runtime/options", "ClientOptions");
        let errors = if plan.errors.is_empty() {
            Value::Array(Vec::new())
        } else {
            imports.value("generated/errors", "errorClasses");
            Value::code("errorClasses")
        };
        let api = plan.api;
        let text = |text: &str| Value::code(escape::quote(text));
        let settings = Value::Object(vec![
            ("environmentPrefix".to_owned(), text(&product.environment)),
            ("userAgent".to_owned(), text(&user_agent(package))),
            (
                "servers".to_owned(),
                Value::Array(api.servers.iter().map(server).collect()),
            ),
            ("schemes".to_owned(), Value::Object(schemes(api))),
            ("security".to_owned(), security_value(&plan.security)),
            ("errors".to_owned(), errors),
            ("headers".to_owned(), Value::Object(headers(api))),
        ]);
        let (fields, variables) = server_options(api);
        Self {
            settings: format!("const settings: Settings = {};", settings.broken(0)),
            options: format!("{}Options", plan.root.class),
            fields,
            variables,
            environment: product.environment.clone(),
        }
    }
}

/// `exai-sdk-typescript/1.4.0`: a product of RFC 9110, section 10.1.5, which holds no `@` or `/`.
fn user_agent(package: &Package) -> String {
    let name = package.name.trim_start_matches('@').replace('/', "-");
    format!("{name}-typescript/{}", package.version)
}

fn server(server: &Server) -> Value {
    let mut members = vec![
        ("name".to_owned(), Value::code(escape::wire(&server.name))),
        ("url".to_owned(), Value::code(escape::string(&server.url))),
    ];
    if !server.variables.is_empty() {
        let variables = server
            .variables
            .iter()
            .map(|variable| (escape::object_key(&variable.name), variable_value(variable)))
            .collect();
        members.push(("variables".to_owned(), Value::Object(variables)));
    }
    Value::Object(members)
}

fn variable_value(variable: &ServerVariable) -> Value {
    let mut members = vec![(
        "default".to_owned(),
        Value::code(escape::string(&variable.default)),
    )];
    if !variable.values.is_empty() {
        let values = variable
            .values
            .iter()
            .map(|value| Value::code(escape::string(value)));
        members.push(("values".to_owned(), Value::Array(values.collect())));
    }
    Value::Object(members)
}

fn schemes(api: &Api) -> Vec<(String, Value)> {
    let code = |name: &str, value: String| (name.to_owned(), Value::code(value));
    api.security_schemes
        .iter()
        .filter_map(|scheme| {
            let members = match &scheme.kind {
                SecurityKind::Bearer | SecurityKind::OAuth2(_) | SecurityKind::OpenIdConnect(_) => {
                    vec![code("type", "\"bearer\"".to_owned())]
                }
                SecurityKind::Basic => vec![code("type", "\"basic\"".to_owned())],
                SecurityKind::Http(scheme) => {
                    vec![
                        code("type", "\"http\"".to_owned()),
                        code("scheme", escape::string(scheme)),
                    ]
                }
                SecurityKind::ApiKey { place, name } => {
                    let place = match place {
                        crate::ir::Place::Query => "\"query\"",
                        crate::ir::Place::Cookie => "\"cookie\"",
                        crate::ir::Place::Header | crate::ir::Place::Path => "\"header\"",
                    };
                    vec![
                        code("type", "\"apiKey\"".to_owned()),
                        code("in", place.to_owned()),
                        code("name", escape::string(name)),
                    ]
                }
                SecurityKind::MutualTls => return None,
            };
            Some((escape::object_key(&scheme.name), Value::Object(members)))
        })
        .collect()
}

/// The headers that carry the facts of an answer, by the document's own word.
fn headers(api: &Api) -> Vec<(String, Value)> {
    let mut found: BTreeMap<HeaderRole, &Name> = BTreeMap::new();
    let of_operations = api
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.responses);
    let headers: Vec<&Header> = of_operations
        .flat_map(|response| &response.headers)
        .chain(api.errors.iter().flat_map(|error| &error.headers))
        .collect();
    for header in headers {
        if let Some(role) = header.role {
            found.entry(role).or_insert(&header.name);
        }
    }
    let keys = api
        .operations
        .iter()
        .filter_map(|(_, operation)| operation.idempotency.as_ref());
    let key = keys.map(|key| {
        (
            "idempotencyKey".to_owned(),
            Value::code(escape::string(&key.header)),
        )
    });
    [
        (HeaderRole::Receipt, "receipt"),
        (HeaderRole::RateLimitRemaining, "rateLimitRemaining"),
        (HeaderRole::RateLimitReset, "rateLimitReset"),
        (HeaderRole::IdempotentReplayed, "replayed"),
    ]
    .into_iter()
    .filter_map(|(role, property)| {
        found
            .get(&role)
            .map(|name| (property.to_owned(), Value::code(escape::wire(name))))
    })
    .chain(key.take(1))
    .collect()
}

/// The options `environment` and one for each server variable, and how the latter are handed on.
fn server_options(api: &Api) -> (Vec<String>, String) {
    let mut fields = Vec::new();
    let mut environments: Vec<String> = api
        .servers
        .iter()
        .map(|server| escape::wire(&server.name))
        .collect();
    environments.dedup();
    if api.servers.len() > 1 {
        let docs = escape::own_comment(
            "Which of the API's servers to use; the first by default.",
            2,
        );
        fields.push(property(
            &docs,
            "readonly environment",
            false,
            true,
            environments,
        ));
    }
    let mut variables: Vec<&ServerVariable> = Vec::new();
    for variable in api.servers.iter().flat_map(|server| &server.variables) {
        if !variables
            .iter()
            .any(|other| other.name.wire() == variable.name.wire())
        {
            variables.push(variable);
        }
    }
    let wanted: Vec<&Name> = variables.iter().map(|variable| &variable.name).collect();
    let mut members = Vec::new();
    for (variable, option) in variables.iter().zip(names::options(&wanted)) {
        let docs = escape::comment(&variable.docs, &[], false, 2);
        let values = variable.values.iter().map(escape::string).collect();
        let types = if variable.values.is_empty() {
            vec!["string".to_owned()]
        } else {
            values
        };
        fields.push(property(
            &docs,
            &format!("readonly {option}"),
            false,
            true,
            types,
        ));
        let value = Value::code(format!("options.{option}"));
        members.push((escape::object_key(&variable.name), value));
    }
    if members.is_empty() {
        return (fields, String::new());
    }
    let rest = "...options.variables";
    members.push((rest.to_owned(), Value::code(rest)));
    let members = vec![
        ("...options".to_owned(), Value::code("...options")),
        ("variables".to_owned(), Value::Object(members)),
    ];
    (fields, Value::Object(members).broken(2))
}
