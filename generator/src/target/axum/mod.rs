//! A server crate for axum: a trait a resource, closed answers, one router.
//!
//! Reads the IR and nothing else. What reads requests and writes answers is source of its own,
//! copied beside what is planned here when the crate is made for another document.

mod body;
mod contract;
mod escape;
mod facts;
mod form;
mod names;
mod operation;
mod parameter;
mod resource;
mod response;
mod router;
mod scaffold;
#[cfg(test)]
mod tests;
mod types;

use serde::Serialize;

use self::contract::ContractView;
use self::resource::ResourceView;
use self::router::RouterView;
use self::scaffold::ScaffoldView;
use self::types::TypesView;
use super::{Context, Owner, Target, TargetFile};
use crate::ir::{Api, TypeId};
use crate::render::RenderError;
use crate::target::rust_lang::names::Scope;
use crate::target::rust_lang::{Dialect, Keep, RustTypes, modules};

/// Every file of the crate: generated, runtime and scaffold.
pub(super) fn files(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let mut files = Vec::new();
    for planned in Crate::new(cx).plan() {
        files.push(TargetFile {
            text: cx.renderer.render(planned.template, &planned.view)?,
            path: planned.path,
            owner: planned.owner,
        });
    }
    files.extend(
        Target::Axum
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
struct Planned<'c> {
    /// Below the crate's root: `src/generated/router.rs`.
    path: String,
    /// Below `templates/`: `axum/router.rs.jinja`.
    template: &'static str,
    view: View<'c>,
    owner: Owner,
}

/// What a template of this target prints.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum View<'c> {
    Resource(&'c ResourceView),
    Router(&'c RouterView),
    Contract(&'c ContractView),
    Types(&'c TypesView),
    Modules(&'c ModulesView),
    Scaffold(&'c ScaffoldView),
}

/// A file that holds nothing but its modules.
#[derive(Debug, Serialize)]
struct ModulesView {
    /// `cargo xtask regen`
    command: String,
    /// `["agents", "runs"]`, sorted.
    modules: Vec<String>,
}

/// The files of a resource: folder and template.
const OF_A_RESOURCE: [(&str, &str); 4] = [
    ("resources", "axum/resource.rs.jinja"),
    ("facts", "axum/facts.rs.jinja"),
    ("routes", "axum/routes.rs.jinja"),
    ("unimplemented", "axum/unimplemented.rs.jinja"),
];

/// The files that know every resource.
const OF_ALL: [(&str, &str); 6] = [
    ("mod.rs", "axum/mod.rs.jinja"),
    ("router.rs", "axum/router.rs.jinja"),
    ("resources/mod.rs", "axum/resources.rs.jinja"),
    ("facts/mod.rs", "axum/facts_mod.rs.jinja"),
    ("routes/mod.rs", "axum/routes_mod.rs.jinja"),
    ("unimplemented/mod.rs", "axum/provided.rs.jinja"),
];

/// The files of a crate of its own.
const SCAFFOLD: [(&str, &str); 3] = [
    ("Cargo.toml", "axum/Cargo.toml.jinja"),
    ("README.md", "axum/README.md.jinja"),
    ("src/lib.rs", "axum/lib.rs.jinja"),
];

/// Everything that is printed.
struct Crate {
    resources: Vec<ResourceView>,
    router: RouterView,
    contract: ContractView,
    /// By module.
    types: Vec<(String, TypesView)>,
    modules: ModulesView,
    scaffold: ScaffoldView,
}

/// The types of the crate.
pub(super) fn types_of(api: &Api) -> RustTypes<'_> {
    let dialect = Dialect {
        support: "crate::runtime",
        secret: "crate::runtime::Secret",
        keep: Keep::Open,
        non_exhaustive: false,
    };
    RustTypes::new(api, dialect)
}

impl Crate {
    fn new(cx: &Context<'_>) -> Self {
        let api = cx.api;
        let types = types_of(api);
        let mut scope = Scope::with(names::RESOURCES);
        let placed = resource::place(api, &mut scope);
        let modules = modules(api);
        let forms = body::forms(api);
        let view = |ids: Vec<TypeId>| TypesView::new(&ids, &forms, &types, cx.command);
        Self {
            router: RouterView::new(&placed, &types, cx.command),
            contract: ContractView::new(api),
            scaffold: ScaffoldView::new(cx, &placed),
            modules: ModulesView {
                command: cx.command.to_owned(),
                modules: modules.iter().map(|(module, _)| module.clone()).collect(),
            },
            types: modules
                .into_iter()
                .map(|(module, ids)| (module, view(ids)))
                .collect(),
            resources: placed
                .iter()
                .map(|resource| ResourceView::new(resource, cx.command, &types, &mut scope))
                .collect(),
        }
    }

    /// Every file but the runtime.
    fn plan(&self) -> Vec<Planned<'_>> {
        let mut files = Vec::new();
        let mut add = |path: String, template, view| {
            files.push(Planned {
                path: format!("src/generated/{path}"),
                template,
                view,
                owner: Owner::Generated,
            });
        };
        for resource in &self.resources {
            for (folder, template) in OF_A_RESOURCE {
                let path = format!("{folder}/{}.rs", file(&resource.module));
                add(path, template, View::Resource(resource));
            }
        }
        for (path, template) in OF_ALL {
            add(path.to_owned(), template, View::Router(&self.router));
        }
        for (module, types) in &self.types {
            let path = format!("types/{}.rs", file(module));
            add(path, "axum/types.rs.jinja", View::Types(types));
        }
        let modules = View::Modules(&self.modules);
        add("types/mod.rs".to_owned(), "rust/modules.rs.jinja", modules);
        let contract = View::Contract(&self.contract);
        add(
            "contract.json".to_owned(),
            "axum/contract.json.jinja",
            contract,
        );
        files.extend(SCAFFOLD.map(|(path, template)| Planned {
            path: path.to_owned(),
            template,
            view: View::Scaffold(&self.scaffold),
            owner: Owner::Scaffold,
        }));
        files
    }
}

/// The file of a module, whose name may be raw.
fn file(module: &str) -> &str {
    module.trim_start_matches("r#")
}
