//! The `TypeScript` SDK: generated modules over a runtime that is copied beside them.
//!
//! Owns the file plan and everything that is `TypeScript`. It knows nothing of documents, disks
//! or other languages; text of the document passes through [`escape`] alone.
//!
//! | file below `src/generated/` | holds |
//! |---|---|
//! | `settings.ts` | what a client is made with: servers, schemes, headers |
//! | `errors.ts` | a class for each documented error |
//! | `types/*.ts` | the types of a resource, and `shared.ts` those of several |
//! | `functions/*.ts` | a resource's operations: facts as data, a standalone function each |
//! | `resources/*.ts` | a resource's classes: methods over the functions |
//! | `client.ts`, `index.ts` | the client, and everything that the package exports |
//! | `testing.ts` | a fake of the API for the tests of whoever uses the package |
//!
//! `api.md` beside the sources lists every method with its HTTP line.

mod answer;
mod body;
mod client;
mod docs;
mod enum_;
mod error;
mod escape;
mod facts;
mod fake;
mod imports;
mod listing;
mod names;
mod operation;
mod params;
mod plan;
mod record;
mod resource;
mod sample;
mod scaffold;
mod security;
mod styles;
#[cfg(test)]
mod tests;
mod types;
mod union;
mod wait;
pub(super) mod written;

use std::collections::BTreeSet;

use serde::Serialize;

use self::client::{ClientView, SettingsView};
use self::enum_::{AliasView, alias};
use self::error::ErrorView;
use self::fake::FakeView;
use self::imports::Imports;
use self::listing::ListingView;
use self::operation::FunctionView;
use self::params::ParamsView;
use self::plan::{Plan, ResourcePlan};
use self::record::RecordView;
use self::resource::ClassView;
use crate::ir::{Shape, TypeDef, TypeId};
use crate::layout::biome;
use crate::render::RenderError;
use crate::target::{Context, Deprecation, Owner, Target, TargetFile};

/// A file of one view.
#[derive(Debug, Serialize)]
struct FileView<'a, V> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `import { send } from "../../runtime/send.js";`
    imports: Vec<String>,
    #[serde(flatten)]
    view: V,
}

/// `errors.ts`
#[derive(Debug, Serialize)]
struct ErrorsView {
    errors: Vec<ErrorView>,
}

/// `types/runs.ts`
#[derive(Debug, Serialize)]
struct TypesView {
    records: Vec<RecordView>,
    aliases: Vec<AliasView>,
    params: Vec<ParamsView>,
}

/// `functions/runs.ts`
#[derive(Debug, Serialize)]
struct FunctionsView {
    functions: Vec<FunctionView>,
}

/// `resources/runs.ts`
#[derive(Debug, Serialize)]
struct ResourcesView {
    classes: Vec<ClassView>,
}

/// `index.ts`
#[derive(Debug, Serialize)]
struct IndexView {
    /// `Exai`
    client: String,
    /// `export { Exai, Exai as default } from "./client.js";`
    client_export: String,
    /// Whether there are error classes.
    errors: bool,
    /// `["./types/runs.js"]`
    types: Vec<String>,
    /// `["./resources/runs.js"]`
    resources: Vec<String>,
    /// `["./functions/runs.js"]`
    functions: Vec<String>,
}

/// The files of a package.
///
/// # Errors
/// When a template does not fit its view.
pub(super) fn files(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let plan = Plan::new(cx.api, cx.product);
    let mut out = Writer {
        cx,
        files: Vec::new(),
    };
    out.settings(&plan)?;
    out.errors(&plan)?;
    let homes = stems(&plan);
    for stem in &homes {
        out.types(&plan, stem)?;
        out.functions(&plan, stem)?;
    }
    out.types(&plan, "shared")?;
    for resource in &plan.root.children {
        out.resources(&plan, resource)?;
    }
    out.client(&plan)?;
    out.index(&plan)?;
    out.testing(&plan)?;
    out.listing(&plan)?;
    let mut files = out.files;
    files.extend(runtime());
    files.extend(scaffold::files(cx, &plan)?);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The files that calls and types are written to, beside `shared`.
fn stems(plan: &Plan<'_>) -> Vec<String> {
    let mut stems: Vec<String> = plan
        .root
        .children
        .iter()
        .map(|child| child.stem.clone())
        .collect();
    stems.push("client".to_owned());
    stems
}

/// The runtime, at its place in the package.
fn runtime() -> impl Iterator<Item = TargetFile> {
    Target::Typescript
        .runtime()
        .iter()
        .map(|(path, text)| TargetFile {
            path: format!("src/runtime/{path}"),
            text: (*text).to_owned(),
            owner: Owner::Runtime,
        })
}

/// Renders views and gathers the files.
struct Writer<'a, 'c> {
    cx: &'a Context<'c>,
    files: Vec<TargetFile>,
}

impl Writer<'_, '_> {
    /// Writes one file below `src/`, named without its ending.
    fn write<V: Serialize>(
        &mut self,
        module: &str,
        template: &str,
        imports: &Imports,
        view: V,
    ) -> Result<(), RenderError> {
        let view = FileView {
            command: self.cx.command,
            imports: imports.statements(),
            view,
        };
        let template = format!("typescript/src/generated/{template}.ts.jinja");
        let text = self.cx.renderer.render(&template, &view)?;
        self.files.push(TargetFile {
            path: format!("src/{module}.ts"),
            text,
            owner: Owner::Generated,
        });
        Ok(())
    }

    fn settings(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        let module = "generated/settings";
        let mut imports = Imports::of(module);
        let view = SettingsView::new(plan, self.cx.product, self.cx.package, &mut imports);
        self.write(module, "settings", &imports, view)
    }

    fn errors(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        if plan.errors.is_empty() {
            return Ok(());
        }
        let module = "generated/errors";
        let mut imports = Imports::of(module);
        imports.value("runtime/errors", "APIError");
        imports.ty("runtime/errors", "ErrorClass");
        self.write(
            module,
            "errors",
            &imports,
            ErrorsView {
                errors: plan.errors.clone(),
            },
        )
    }

    fn types(&mut self, plan: &Plan<'_>, stem: &str) -> Result<(), RenderError> {
        let module = format!("generated/types/{stem}");
        let mut imports = Imports::of(&module);
        let mut view = TypesView {
            records: Vec::new(),
            aliases: Vec::new(),
            params: Vec::new(),
        };
        for (id, def) in plan
            .api
            .types
            .iter()
            .filter(|(id, _)| plan.types.module(*id) == module)
        {
            type_view(plan, id, def, &mut view, &mut imports);
        }
        for call in calls(plan, stem) {
            let shown = &plan.calls[&call].shown;
            let operation = plan.calls[&call].operation;
            let params = &plan.calls[&call].params;
            view.params
                .extend(params.view(operation, shown, &plan.types, &mut imports));
        }
        if view.records.is_empty() && view.aliases.is_empty() && view.params.is_empty() {
            return Ok(());
        }
        self.write(&module, "types/[resource]", &imports, view)
    }

    fn functions(&mut self, plan: &Plan<'_>, stem: &str) -> Result<(), RenderError> {
        let module = format!("generated/functions/{stem}");
        let mut imports = Imports::of(&module);
        let mut functions: Vec<FunctionView> = Vec::new();
        for id in calls(plan, stem) {
            let call = &plan.calls[&id];
            functions.push(FunctionView::new(call, plan, &mut imports));
            functions.extend(wait::functions(call, plan, &mut imports));
        }
        if functions.is_empty() {
            return Ok(());
        }
        self.write(
            &module,
            "functions/[resource]",
            &imports,
            FunctionsView { functions },
        )
    }

    fn resources(&mut self, plan: &Plan<'_>, resource: &ResourcePlan) -> Result<(), RenderError> {
        let module = format!("generated/resources/{}", resource.stem);
        let mut imports = Imports::of(&module);
        let view = ResourcesView {
            classes: ClassView::all(resource, plan, &mut imports),
        };
        self.write(&module, "resources/[resource]", &imports, view)
    }

    fn client(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        let module = "generated/client";
        let mut imports = Imports::of(module);
        let view = ClientView::new(plan, &mut imports);
        self.write(module, "client", &imports, view)
    }

    fn testing(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        let module = "generated/testing";
        let mut imports = Imports::of(module);
        let view = FakeView::new(plan, &mut imports);
        self.write(module, "testing", &imports, view)
    }

    fn listing(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        let view = ListingView::new(plan, self.cx.command);
        let text = self.cx.renderer.render("typescript/api.md.jinja", &view)?;
        self.files.push(TargetFile {
            path: "api.md".to_owned(),
            text,
            owner: Owner::Generated,
        });
        Ok(())
    }

    /// The two barrels: the package's main module, and that of the standalone functions.
    fn index(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        let written: BTreeSet<String> = self.files.iter().map(|file| file.path.clone()).collect();
        let exported = |folder: &str, from: &str| -> Vec<String> {
            let prefix = format!("src/generated/{folder}/");
            let mut paths: Vec<String> = written
                .iter()
                .filter_map(|path| path.strip_prefix(&prefix)?.strip_suffix(".ts"))
                .map(|stem| format!("{from}{stem}.js"))
                .collect();
            paths.sort_by_cached_key(|path| imports::natural(path));
            paths
        };
        let view = |types: &str| IndexView {
            client: plan.root.class.clone(),
            client_export: biome::specifiers(
                "export ",
                &[
                    plan.root.class.clone(),
                    format!("{} as default", plan.root.class),
                ],
                " from \"./client.js\";",
            ),
            errors: !plan.errors.is_empty(),
            types: exported("types", types),
            resources: exported("resources", "./resources/"),
            functions: exported("functions", "./"),
        };
        let index = Imports::of("generated/index");
        self.write("generated/index", "index", &index, view("./types/"))?;
        let functions = Imports::of("generated/functions/index");
        self.write(
            "generated/functions/index",
            "functions/index",
            &functions,
            view("../types/"),
        )
    }
}

/// The calls of a file, in the document's order.
fn calls(plan: &Plan<'_>, stem: &str) -> Vec<crate::ir::OperationId> {
    plan.calls
        .iter()
        .filter(|(_, call)| call.stem == stem && !call.shares)
        .map(|(id, _)| *id)
        .collect()
}

fn type_view(
    plan: &Plan<'_>,
    id: TypeId,
    def: &TypeDef,
    view: &mut TypesView,
    imports: &mut Imports,
) {
    let name = plan.types.name(id);
    match &def.shape {
        Shape::Record(record) => {
            view.records
                .push(RecordView::new(def, id, record, &plan.types, imports));
        }
        Shape::Enum(item) => view.aliases.push(AliasView::of_enum(def, name, item)),
        Shape::Union(union) => {
            view.aliases
                .push(AliasView::of_union(def, name, union, &plan.types, imports));
        }
        Shape::Alias(target) => {
            let members = plan.types.members(target, def.usage, imports);
            let now = members.first().filter(|_| def.former).map(String::as_str);
            let deprecated = Deprecation::new(now, def.deprecated);
            view.aliases.push(AliasView {
                docs: escape::comment(&def.docs, &[], deprecated, 0),
                text: alias(name, &members),
            });
        }
    }
}
