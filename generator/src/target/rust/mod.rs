//! A client crate in Rust: methods over a hand-written runtime.
//!
//! Reads the IR and nothing else. The crate's runtime is source of its own, copied beside what is
//! planned here when the crate is made for another document.

mod client;
mod error;
mod escape;
mod facts;
mod imports;
mod multipart;
mod names;
mod operation;
mod parameter;
mod resource;
mod scaffold;
mod types;
mod webhook;

#[cfg(test)]
mod tests;

use serde::Serialize;

use self::client::ClientView;
use self::error::ErrorsView;
use self::facts::{ApiView, Facts};
use self::imports::Imports;
use self::operation::Context;
use self::resource::ResourceView;
pub use self::scaffold::Scaffold;
use self::scaffold::ScaffoldView;
use self::types::TypesView;
use self::webhook::WebhookView;
use crate::ir::Api;
use crate::target::rust_lang::names::Scope;
use crate::target::rust_lang::{Dialect, Keep, RustTypes};

/// What the caller decides.
#[derive(Debug, Clone)]
pub struct Options {
    /// Named by the first line of each file: `cargo xtask regen`.
    pub command: String,
    /// `EXAI`; made of the API's title when absent.
    pub env_prefix: Option<String>,
    /// The rest of a crate, where there is none yet.
    pub scaffold: Option<Scaffold>,
}

/// A file to be written: a template and what it prints.
#[derive(Debug)]
pub struct Planned {
    /// Below the crate's root: `src/generated/client.rs`.
    pub path: String,
    /// Below `templates/`: `rust/client.rs.jinja`.
    pub template: &'static str,
    /// What is printed.
    pub view: View,
}

/// What a template of this target prints.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum View {
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
    /// `Cargo.toml`, `README.md` and `src/lib.rs` of a new crate.
    Scaffold(ScaffoldView),
}

/// A file that holds nothing but its modules.
#[derive(Debug, Serialize)]
pub struct ModulesView {
    /// `cargo xtask regen`
    pub command: String,
    /// `["agents", "runs"]`, sorted.
    pub modules: Vec<String>,
}

/// Every file of the crate that comes from the document.
pub fn plan(api: &Api, options: &Options) -> Vec<Planned> {
    let dialect = Dialect {
        support: "crate::runtime",
        secret: "crate::runtime::Secret",
        keep: Keep::Everything,
        setters: true,
    };
    let types = RustTypes::new(api, dialect);
    let facts = Facts::new(api);
    let command = options.command.as_str();
    let mut module = Scope::with(names::RESOURCE_FILE);
    let placed = resource::place(&api.root, &mut module);
    let type_modules = types::modules(api);

    let mut files = Files::default();
    files.add("api.rs", "rust/api.rs.jinja", View::Api(ApiView::new(api, &facts, options)));
    files.add("errors.rs", "rust/errors.rs.jinja", View::Errors(ErrorsView::new(api, command)));
    files.modules("mod.rs", "rust/mod.rs.jinja", command, Vec::new());

    let mut imports = Imports::default();
    let mut cx = Context {
        types: &types,
        facts: &facts,
        module: &mut module,
        imports: &mut imports,
        core: "&self.core",
    };
    let client = ClientView::new(&placed, command, &mut cx);
    files.add("client.rs", "rust/client.rs.jinja", View::Client(client));
    cx.core = "self.core";
    for (index, resource) in placed.iter().enumerate() {
        let events = api.webhook_events.as_ref().filter(|events| resource.is_at(&events.sdk_path));
        let webhook = events.and_then(|events| WebhookView::new(events, &types));
        let view = ResourceView::new(index, &placed, command, webhook, &mut cx);
        let path = format!("resources/{}.rs", resource.module.trim_start_matches("r#"));
        files.add(&path, "rust/resource.rs.jinja", View::Resource(view));
    }
    let mut modules: Vec<String> = placed.iter().map(|resource| resource.module.clone()).collect();
    modules.sort();
    files.modules("resources/mod.rs", "rust/resources.rs.jinja", command, modules);

    for (module, home) in &type_modules {
        let path = format!("types/{}.rs", module.trim_start_matches("r#"));
        let view = TypesView::new(*home, &types, command);
        files.add(&path, "rust/types.rs.jinja", View::Types(view));
    }
    let modules = type_modules.into_iter().map(|(module, _)| module).collect();
    files.modules("types/mod.rs", "rust/modules.rs.jinja", command, modules);

    let mut files = files.0;
    if let Some(scaffold) = &options.scaffold {
        files.extend(scaffold.plan(api, options));
    }
    files
}

/// Files below `src/generated`.
#[derive(Default)]
struct Files(Vec<Planned>);

impl Files {
    fn add(&mut self, path: &str, template: &'static str, view: View) {
        self.0.push(Planned { path: format!("src/generated/{path}"), template, view });
    }

    fn modules(
        &mut self,
        path: &str,
        template: &'static str,
        command: &str,
        modules: Vec<String>,
    ) {
        let view = ModulesView { command: command.to_owned(), modules };
        self.add(path, template, View::Modules(view));
    }
}
