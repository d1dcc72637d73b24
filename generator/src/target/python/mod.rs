//! The Python SDK: a package whose modules are loaded when they are asked for.
//!
//! Owns the file plan and all that is Python; text of the document passes through [`escape`] alone.

mod arguments;
mod client;
mod docs;
mod enum_;
mod error;
mod escape;
mod facts;
mod fake;
mod imports;
mod names;
mod operation;
mod package;
mod plan;
pub(super) mod record;
mod reference;
mod resource;
mod sample;
mod security;
mod service;
mod tags;
#[cfg(test)]
mod tests;
mod tree;
pub(super) mod types;
mod union;
mod waiting;

use std::collections::BTreeMap;

use serde::Serialize;

use self::client::ClientView;
use self::enum_::AliasView;
use self::error::ErrorView;
use self::fake::{FakeView, TestingFile};
use self::imports::Imports;
use self::operation::Flavor;
use self::package::LazyView;
use self::plan::{Plan, ResourcePlan, modules};
use self::record::RecordView;
use self::reference::ReferenceFile;
use self::resource::ResourceView;
use self::security::Security;
use self::service::ServiceView;
use self::union::NamedView;
use super::{Context, Owner, Target, TargetFile};
use crate::ir::{Shape, TypeId};
use crate::render::RenderError;

/// What every file begins with.
#[derive(Debug, Serialize)]
struct Head {
    /// `cargo xtask regen`
    command: String,
    /// `"""Types of runs."""`
    docs: String,
    /// The import block.
    imports: String,
}

/// `generated/types/runs.py`
#[derive(Debug, Serialize)]
struct TypesFile {
    head: Head,
    enums: Vec<AliasView>,
    records: Vec<RecordView>,
    named: Vec<NamedView>,
}

/// `generated/operations/runs.py`
#[derive(Debug, Serialize)]
struct OperationsFile {
    head: Head,
    constants: Vec<String>,
}

/// `generated/resources/runs.py`, `generated/async_resources/runs.py`
#[derive(Debug, Serialize)]
struct ResourceFile {
    head: Head,
    deprecates: bool,
    resources: Vec<ResourceView>,
}

/// `generated/errors.py`
#[derive(Debug, Serialize)]
struct ErrorsFile {
    head: Head,
    errors: Vec<ErrorView>,
}

/// `generated/service.py`
#[derive(Debug, Serialize)]
struct ServiceFile {
    head: Head,
    service: ServiceView,
}

/// `generated/client.py`, `generated/async_client.py`
#[derive(Debug, Serialize)]
struct ClientFile {
    head: Head,
    client: ClientView,
}

/// A module that gives names of others.
#[derive(Debug, Serialize)]
struct LazyFile {
    head: Head,
    /// `1.4.0`
    version: String,
    lazy: LazyView,
}

/// Every file of the package: generated, runtime and scaffold.
///
/// # Errors
/// When a template does not fit its view.
pub(super) fn files(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let module = module(cx);
    let mut files = Generated {
        cx,
        module: &module,
        files: Vec::new(),
    };
    files.package()?;
    let mut files = files.files;
    for (path, text) in Target::Python.runtime() {
        files.push(TargetFile {
            path: format!("src/{module}/_runtime/{path}"),
            text: (*text).to_owned(),
            owner: Owner::Runtime,
        });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The import name: `exai`.
fn module(cx: &Context<'_>) -> String {
    let name = cx.package.module.as_ref().unwrap_or(&cx.package.name);
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

/// Writes the generated files.
struct Generated<'a> {
    cx: &'a Context<'a>,
    module: &'a str,
    files: Vec<TargetFile>,
}

impl Generated<'_> {
    fn package(&mut self) -> Result<(), RenderError> {
        let plan = Plan::new(self.cx.api, &self.cx.product.client);
        let security = Security::new(self.cx.api);
        self.types(&plan)?;
        for resource in modules(&plan) {
            self.resource(&plan, resource, &security)?;
        }
        let errors = self.errors(&plan)?;
        self.clients(&plan, &security, &errors)?;
        self.testing(&plan, &security)?;
        let scaffold = package::scaffold(self.cx, self.module, &plan, &security)?;
        self.files.extend(scaffold);
        for folder in [
            "",
            "types/",
            "operations/",
            "resources/",
            "async_resources/",
        ] {
            let docs = match folder {
                "" => "What is made of the API's document.",
                "types/" => "The types of the API, a module for each resource.",
                "operations/" => "What the runtime is told of each operation.",
                "resources/" => "The methods of the client.",
                _ => "The methods of the async client.",
            };
            let head = Head {
                imports: String::new(),
                ..self.head(docs, &Imports::default())
            };
            self.write(
                &format!("generated/{folder}__init__.py"),
                "generated/__init__.py",
                &head,
            )?;
        }
        Ok(())
    }

    fn types(&mut self, plan: &Plan<'_>) -> Result<(), RenderError> {
        let mut modules: BTreeMap<&str, Vec<TypeId>> = BTreeMap::new();
        for (id, _) in plan.api.types.iter() {
            modules.entry(plan.module(id)).or_default().push(id);
        }
        for (module, ids) in modules {
            let mut imports = Imports::default();
            let (mut enums, mut records, mut others) = (Vec::new(), Vec::new(), Vec::new());
            for id in ids {
                let def = &plan.api.types[id];
                match &def.shape {
                    Shape::Enum(of) => {
                        enums.push(AliasView::of_enum(plan, id, def, of, &mut imports))
                    }
                    Shape::Record(record) => {
                        records.push(RecordView::new(plan, id, def, record, &mut imports));
                    }
                    Shape::Union(_) | Shape::Alias(_) => others.push(id),
                }
            }
            let named = union::in_order(plan, &others, &mut imports);
            let docs = format!("Types of the API: {}.", module.replace('_', " "));
            let view = TypesFile {
                head: self.head(&docs, &imports),
                enums,
                records,
                named,
            };
            self.write(
                &format!("generated/types/{module}.py"),
                "generated/types/[resource].py",
                &view,
            )?;
        }
        Ok(())
    }

    fn resource(
        &mut self,
        plan: &Plan<'_>,
        resource: &ResourcePlan<'_>,
        security: &Security,
    ) -> Result<(), RenderError> {
        let module = &resource.module;
        let words = module.replace('_', " ");
        let mut imports = Imports::default();
        let constants = facts::constants(plan, resource, security, &mut imports);
        let docs = format!("What the runtime is told of operations: {words}.");
        let head = self.head(&docs, &imports);
        let view = OperationsFile { head, constants };
        self.write(
            &format!("generated/operations/{module}.py"),
            "generated/operations/[resource].py",
            &view,
        )?;
        for (flavor, folder) in [
            (Flavor::Sync, "resources"),
            (Flavor::Async, "async_resources"),
        ] {
            let mut imports = Imports::default();
            let resources = resource::classes(plan, resource, flavor, &mut imports);
            let view = ResourceFile {
                head: self.head(&format!("Methods of the client: {words}."), &imports),
                deprecates: resources.iter().any(ResourceView::deprecates),
                resources,
            };
            self.write(
                &format!("generated/{folder}/{module}.py"),
                &format!("generated/{folder}/[resource].py"),
                &view,
            )?;
        }
        Ok(())
    }

    fn errors(&mut self, plan: &Plan<'_>) -> Result<Vec<String>, RenderError> {
        let mut imports = Imports::default();
        let errors = ErrorView::all(plan, &mut imports);
        let names = errors.iter().map(|error| error.class.clone()).collect();
        if !errors.is_empty() {
            imports.name(".._runtime.errors", "StatusError");
        }
        let head = self.head("The errors that the API answers with.", &imports);
        self.write(
            "generated/errors.py",
            "generated/errors.py",
            &ErrorsFile { head, errors },
        )?;
        Ok(names)
    }

    fn clients(
        &mut self,
        plan: &Plan<'_>,
        security: &Security,
        errors: &[String],
    ) -> Result<(), RenderError> {
        let mut imports = Imports::default();
        let views = ErrorView::all(plan, &mut Imports::default());
        let service = ServiceView::new(self.cx, plan, security, views);
        if !service.headers.is_empty() {
            imports.name(".._runtime.service", "HeaderRoles");
        }
        if !service.servers.is_empty() {
            imports.name(".._runtime.service", "Server");
        }
        imports.name(".._runtime.service", "Service");
        if !service.credentials.is_empty() {
            imports.name(".._runtime.auth", "Scheme");
        }
        for error in &service.errors {
            imports.name(".errors", &error.class);
        }
        let head = self.head("What the runtime is told of the API as a whole.", &imports);
        self.write(
            "generated/service.py",
            "generated/service.py",
            &ServiceFile { head, service },
        )?;

        let mut names = Vec::new();
        for (flavor, module, docs) in [
            (Flavor::Sync, "client", "The client."),
            (Flavor::Async, "async_client", "The async client."),
        ] {
            let client = ClientView::new(self.cx, plan, security, flavor);
            names.push((client.class.clone(), module));
            let imports = client::imports(plan, security, flavor, &client);
            let head = self.head(docs, &imports);
            self.write(
                &format!("generated/{module}.py"),
                "generated/client.py",
                &ClientFile { head, client },
            )?;
        }

        let title = escape::markdown(&plan.api.info.title);
        let lazy = LazyView::root(&names, errors);
        let view = LazyFile {
            head: self.head(
                &format!("The Python client of {title}."),
                &Imports::default(),
            ),
            version: self.cx.package.version.clone(),
            lazy,
        };
        self.write("__init__.py", "__init__.py", &view)?;
        let view = LazyFile {
            head: self.head("Every type of the API.", &Imports::default()),
            version: String::new(),
            lazy: LazyView::types(plan),
        };
        self.write("types.py", "types.py", &view)
    }

    /// The fake of the API, and the list of its methods.
    fn testing(&mut self, plan: &Plan<'_>, security: &Security) -> Result<(), RenderError> {
        let mut imports = Imports::default();
        let fake = FakeView::new(self.cx, plan, security, &mut imports);
        let head = self.head(
            "A fake of the API, for tests of code that calls it.",
            &imports,
        );
        self.write("testing.py", "testing.py", &TestingFile { head, fake })?;
        let view = ReferenceFile::new(self.cx, plan);
        self.files.push(TargetFile {
            path: "api.md".to_owned(),
            text: self.cx.renderer.render("python/api.md.jinja", &view)?,
            owner: Owner::Generated,
        });
        Ok(())
    }

    fn head(&self, docs: &str, imports: &Imports) -> Head {
        Head {
            command: self.cx.command.to_owned(),
            docs: escape::docstring(0, docs),
            imports: imports.render(),
        }
    }

    fn write<V: Serialize>(
        &mut self,
        path: &str,
        template: &str,
        view: &V,
    ) -> Result<(), RenderError> {
        let text = self
            .cx
            .renderer
            .render(&format!("python/{template}.jinja"), view)?;
        let path = format!("src/{}/{path}", self.module);
        self.files.push(TargetFile {
            path,
            text,
            owner: Owner::Generated,
        });
        Ok(())
    }
}
