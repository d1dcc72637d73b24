//! A client crate in Rust: methods over a hand-written runtime.
//!
//! Reads the IR and nothing else. The crate's runtime is source of its own, copied beside what is
//! planned here when the crate is made for another document.

mod called;
mod client;
mod driver;
mod error;
mod escape;
mod facts;
mod former;
mod listing;
mod long_running;
mod multipart;
mod names;
mod operation;
mod parameter;
mod resource;
mod scaffold;
mod testing;
mod types;
mod webhook;

#[cfg(test)]
mod tests;

use serde::Serialize;

use self::called::Ways;
use self::client::ClientView;
use self::driver::{DispatchView, DriverView};
use self::error::ErrorsView;
use self::facts::{ApiView, Facts};
use self::listing::ListingView;
use self::long_running::{CLIENT, Modules};
use self::operation::Calls;
use self::resource::ResourceView;
use self::scaffold::ScaffoldView;
use self::testing::TestingView;
use self::types::TypesView;
use self::webhook::WebhookView;
use super::{Context, Owner, Target, TargetFile};
use crate::ir::Api;
use crate::render::RenderError;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::Scope;
use crate::target::rust_lang::{self, Dialect, Keep, RustTypes, modules};

/// Every file of the crate: generated, runtime and scaffold.
pub(super) fn files(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let mut files = Vec::new();
    for planned in plan(cx) {
        files.push(TargetFile {
            text: cx.renderer.render(planned.template, &planned.view)?,
            path: planned.path,
            owner: planned.owner,
        });
    }
    files.extend(
        Target::Rust
            .runtime()
            .iter()
            .map(|(path, text)| TargetFile {
                path: format!("src/runtime/{path}"),
                text: (*text).to_owned(),
                owner: Owner::Runtime,
            }),
    );
    Ok(files)
}

/// A file to be written: a template and what it prints.
#[derive(Debug)]
struct Planned {
    /// Below the crate's root: `src/generated/client.rs`.
    path: String,
    /// Below `templates/`: `rust/client.rs.jinja`.
    template: &'static str,
    view: View,
    owner: Owner,
}

/// What a template of this target prints.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum View {
    /// `src/generated/api.rs`
    Api(ApiView),
    /// `src/generated/client.rs`
    Client(ClientView),
    /// `src/generated/errors.rs`
    Errors(ErrorsView),
    /// `src/generated/resources/runs.rs`
    Resource(ResourceView),
    /// `src/generated/types/runs.rs`
    Types(TypesView),
    /// Any `mod.rs`.
    Modules(ModulesView),
    /// `api.md`
    Listing(ListingView),
    /// `src/generated/testing/mod.rs` and `operations.rs`
    Testing(TestingView),
    /// A file of the conformance suite's driver.
    Driver(DriverView),
    /// The file that leads to those.
    Dispatch(DispatchView),
    /// `Cargo.toml`, `README.md` and `src/lib.rs` of a new crate.
    Scaffold(ScaffoldView),
}

/// A file that holds nothing but its modules.
#[derive(Debug, Serialize)]
struct ModulesView {
    /// `cargo xtask regen`
    command: String,
    /// `["agents", "runs"]`, sorted.
    modules: Vec<String>,
}

/// The types of the crate.
pub(super) fn types_of(api: &Api) -> RustTypes<'_> {
    let dialect = Dialect {
        support: "crate::runtime",
        secret: "crate::runtime::Secret",
        keep: Keep::Everything,
        non_exhaustive: true,
    };
    RustTypes::new(api, dialect)
}

/// Every file but the runtime.
fn plan(cx: &Context<'_>) -> Vec<Planned> {
    let api = cx.api;
    let types = types_of(api);
    let facts = Facts::new(api);
    let command = cx.command;
    let mut module = Scope::with(names::RESOURCE_FILE);
    let placed = resource::place(&api.root, &mut module);
    let type_modules = modules(api);

    let mut files = Files::default();
    files.add(
        "api.rs",
        "rust/api.rs.jinja",
        View::Api(ApiView::new(&facts, cx)),
    );
    let errors = ErrorsView::new(api, command);
    let failures = errors.errors.clone();
    let mut own = Vec::new();
    if !errors.errors.is_empty() {
        own.push("errors".to_owned());
        files.add("errors.rs", "rust/errors.rs.jinja", View::Errors(errors));
    }
    files.modules("mod.rs", "rust/mod.rs.jinja", command, own);

    let mut imports = Imports::default();
    let mut modules = Modules::new();
    modules.extend(
        api.root
            .calls
            .iter()
            .map(|call| (call.operation, CLIENT.to_owned())),
    );
    for resource in &placed {
        let module = format!("crate::generated::resources::{}", resource.module);
        modules.extend(
            resource
                .resource
                .calls
                .iter()
                .map(|call| (call.operation, module.clone())),
        );
    }
    let mut calls = Calls {
        types: &types,
        facts: &facts,
        module: &mut module,
        imports: &mut imports,
        modules: &modules,
        here: CLIENT.to_owned(),
        core: "&self.core",
        called: Vec::new(),
    };
    let client = ClientView::new(&placed, command, &mut calls);
    let mut ways = Ways::new(&client);
    files.add("client.rs", "rust/client.rs.jinja", View::Client(client));
    calls.core = "self.core";
    for (index, resource) in placed.iter().enumerate() {
        calls.here = format!("crate::generated::resources::{}", resource.module);
        let events = api
            .webhook_events
            .as_ref()
            .filter(|events| resource.is_at(&events.sdk_path));
        let webhook = events.and_then(|events| WebhookView::new(events, &types));
        let view = ResourceView::new(index, &placed, command, webhook, &mut calls);
        ways.extend(&view);
        let path = format!("resources/{}.rs", resource.module.trim_start_matches("r#"));
        files.add(&path, "rust/resource.rs.jinja", View::Resource(view));
    }
    let called = calls.called;
    let mut names: Vec<String> = placed
        .iter()
        .map(|resource| resource.module.clone())
        .collect();
    names.sort_by(|a, b| a.trim_start_matches("r#").cmp(b.trim_start_matches("r#")));
    files.modules(
        "resources/mod.rs",
        "rust/resources.rs.jinja",
        command,
        names,
    );

    let forms = types::forms(api);
    for (module, ids) in &type_modules {
        let path = format!("types/{}.rs", module.trim_start_matches("r#"));
        let view = TypesView::new(ids, &forms, &types, command);
        files.add(&path, "rust/types.rs.jinja", View::Types(view));
    }
    let modules = type_modules.into_iter().map(|(module, _)| module).collect();
    files.modules("types/mod.rs", "rust/modules.rs.jinja", command, modules);

    let testing = TestingView::new(api, &called, &failures, command);
    let view = View::Testing(testing.clone());
    files.add("testing/operations.rs", "rust/operations.rs.jinja", view);
    let view = View::Testing(testing);
    files.add("testing/mod.rs", "rust/testing.rs.jinja", view);

    let mut files = files.0;
    let library = rust_lang::escape::crate_name(&cx.package.name).replace('-', "_");
    files.push(Planned {
        path: "api.md".to_owned(),
        template: "rust/api.md.jinja",
        view: View::Listing(ListingView::new(&called, &placed, &ways, &library, command)),
        owner: Owner::Generated,
    });
    files.extend(scaffold::plan(cx));
    files.extend(driver::plan(&called, &ways, &types, &library, command));
    files
}

/// Files below `src/generated`.
#[derive(Default)]
struct Files(Vec<Planned>);

impl Files {
    fn add(&mut self, path: &str, template: &'static str, view: View) {
        self.0.push(Planned {
            path: format!("src/generated/{path}"),
            template,
            view,
            owner: Owner::Generated,
        });
    }

    fn modules(&mut self, path: &str, template: &'static str, command: &str, modules: Vec<String>) {
        let view = ModulesView {
            command: command.to_owned(),
            modules,
        };
        self.add(path, template, View::Modules(view));
    }
}
