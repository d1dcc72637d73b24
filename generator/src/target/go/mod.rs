//! The Go SDK: one package, its hand-written runtime beside the files made here.
//!
//! Owns the file plan and everything that is Go. It knows nothing of documents, disks or formats
//! of other languages; text of the document passes through [`escape`] alone.

mod allocation;
mod argument;
mod client;
mod docs;
mod driver;
mod enum_;
mod error;
mod escape;
mod fake;
mod former;
mod homes;
mod listing;
mod names;
mod operation;
mod params;
mod plan;
mod record;
mod resource;
mod roots;
#[cfg(test)]
mod tests;
mod types;
mod union;
mod wait;
pub(super) mod written;

use serde::Serialize;

use self::client::{ClientView, Identity};
use self::driver::DriverView;
use self::enum_::EnumView;
use self::error::ErrorView;
use self::fake::FakeView;
use self::former::FormerView;
use self::homes::homes;
use self::listing::ListingView;
use self::operation::{FactsView, MethodView};
use self::params::ParamsView;
use self::plan::Plan;
use self::record::RecordView;
use self::resource::{ResourceFiles, ServiceView};
use self::types::Imports;
use self::union::UnionView;
use super::names as casing;
use super::{Context, Owner, Target, TargetFile};
use crate::embedded::RUNTIME_GO_FAKE;
use crate::ir::{Shape, TypeId};
use crate::render::RenderError;

/// The first lines of every file.
#[derive(Debug, Serialize)]
struct FileHead<'a> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `exai`
    package: &'a str,
    /// The package's documentation, in one file: `// Package exai calls the exAI API.`
    package_docs: Option<String>,
    /// `["context", "iter"]`
    imports: Imports,
}

/// The client, and the calls that belong to no resource.
#[derive(Debug, Serialize)]
struct ClientFile<'a> {
    #[serde(flatten)]
    head: FileHead<'a>,
    client: ClientView,
    methods: Vec<MethodView>,
    operations: Vec<FactsView>,
}

#[derive(Debug, Serialize)]
struct ErrorsFile<'a> {
    #[serde(flatten)]
    head: FileHead<'a>,
    errors: Vec<ErrorView>,
}

/// A top-level resource and those below it.
#[derive(Debug, Serialize)]
struct ServiceFile<'a> {
    #[serde(flatten)]
    head: FileHead<'a>,
    services: Vec<ServiceView>,
    operations: Vec<FactsView>,
}

#[derive(Debug, Serialize)]
struct ParamsFile<'a> {
    #[serde(flatten)]
    head: FileHead<'a>,
    structs: Vec<ParamsView>,
}

/// The types of one resource, or those of several.
#[derive(Debug, Serialize)]
struct TypesFile<'a> {
    #[serde(flatten)]
    head: FileHead<'a>,
    records: Vec<RecordView>,
    enums: Vec<EnumView>,
    unions: Vec<UnionView>,
    aliases: Vec<AliasView>,
    former: Vec<FormerView>,
}

/// A type that only its name makes finite: a list of itself.
#[derive(Debug, Serialize)]
struct AliasView {
    /// `// Tree is a type of the API.`
    docs: String,
    /// `Tree`
    name: String,
    /// `[]Tree`
    ty: String,
}

/// The scaffold's files.
#[derive(Debug, Serialize)]
struct ModuleView {
    /// `exai`
    package: String,
    /// `github.com/exai/sdk-go`
    module: String,
    /// `Package exai calls the exAI API.`
    title: String,
    /// `EXAI`
    env_prefix: String,
}

/// Every file of the package: generated, runtime and scaffold.
pub(super) fn files(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let mut files = generated(cx)?;
    files.extend(runtime(cx));
    files.extend(scaffold(cx)?);
    Ok(files)
}

/// The hand-written files, under the clauses of the package and of its fake.
fn runtime(cx: &Context<'_>) -> impl Iterator<Item = TargetFile> {
    let package = package_name(cx);
    let clause = format!("package {package}\n");
    let own = Target::Go
        .runtime()
        .iter()
        .map(move |(path, text)| TargetFile {
            path: (*path).to_owned(),
            text: text.replacen("package exai\n", &clause, 1),
            owner: Owner::Runtime,
        });
    let clause = format!("package {package}test\n");
    let fake = RUNTIME_GO_FAKE.iter().map(move |(path, text)| TargetFile {
        path: format!("{package}test/{path}"),
        text: text.replacen("package exaitest\n", &clause, 1),
        owner: Owner::Runtime,
    });
    own.chain(fake)
}

fn scaffold(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let view = ModuleView {
        package: package_name(cx),
        module: module(cx).to_owned(),
        title: escape::markdown(&cx.api.info.title),
        env_prefix: cx.product.environment.clone(),
    };
    [
        ("go.mod", "go/go.mod.jinja"),
        ("README.md", "go/README.md.jinja"),
    ]
    .into_iter()
    .map(|(path, template)| {
        let text = cx.renderer.render(template, &view)?;
        Ok(TargetFile {
            path: path.to_owned(),
            text,
            owner: Owner::Scaffold,
        })
    })
    .collect()
}

/// The package clause: letters and digits in lower case, and no keyword.
fn package_name(cx: &Context<'_>) -> String {
    let name: String = cx
        .package
        .name
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    names::local(&[name])
}

/// The files made of the document, in the order of their paths.
fn generated(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let package = package_name(cx);
    let mut plan = Plan::new(cx.api);
    let mut files = Files {
        cx,
        package: &package,
        files: Vec::new(),
    };
    let mut stems = names::Scope::with(&["client", "errors", "shared"]);
    let stems: Vec<String> = plan
        .root
        .children
        .iter()
        .map(|child| {
            let words = casing::file_words(child.resource.name.words());
            stems.take(casing::snake(&words), "_resource")
        })
        .collect();
    for (home, ids) in homes(&plan) {
        let stem = home
            .and_then(|index| stems.get(index))
            .map_or("shared", String::as_str);
        let view = types_file(&plan, &ids, &files);
        files.add(
            format!("{stem}_types_gen.go"),
            "[resource]_types_gen.go",
            &view,
        )?;
    }
    for (service, stem) in plan.root.children.iter().zip(&stems) {
        let made = ResourceFiles::new(&plan, service);
        files.params(stem, made.params, made.params_imports)?;
        let view = ServiceFile {
            head: files.head(made.imports),
            services: made.services,
            operations: made.facts,
        };
        files.add(format!("{stem}_gen.go"), "[resource]_gen.go", &view)?;
    }
    let mut made = ResourceFiles::calls_of(&plan, &plan.root);
    made.imports.insert("context");
    files.params("client", made.params, made.params_imports)?;
    let client = ClientView::new(&mut plan, &Identity::new(&package, cx));
    let view = ClientFile {
        head: FileHead {
            package_docs: Some(client.docs.clone()),
            ..files.head(made.imports)
        },
        client,
        methods: made
            .services
            .into_iter()
            .flat_map(|service| service.methods)
            .collect(),
        operations: made.facts,
    };
    files.add("client_gen.go".to_owned(), "client_gen.go", &view)?;
    files.files.push(driver(cx, &plan, &package)?);
    let fake = FakeView::new(&plan, cx.command, &package, module(cx));
    let listing = ListingView::new(&plan, cx.command, &package);
    files.add("api.md".to_owned(), "api.md", &listing)?;
    files.add(format!("{package}test/fake_gen.go"), "fake_gen.go", &fake)?;
    if !plan.errors.is_empty() {
        let view = ErrorsFile {
            head: files.head(Imports::new()),
            errors: plan.errors,
        };
        files.add("errors_gen.go".to_owned(), "errors_gen.go", &view)?;
    }
    files.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files.files)
}

/// The module that is imported: `github.com/exai/sdk-go`.
fn module<'a>(cx: &'a Context<'_>) -> &'a str {
    cx.package.module.as_deref().unwrap_or(&cx.package.name)
}

/// What calls each operation by its id, beside the conformance suite's driver.
fn driver(cx: &Context<'_>, plan: &Plan<'_>, package: &str) -> Result<TargetFile, RenderError> {
    let view = DriverView::new(plan, cx.command, package, module(cx));
    Ok(TargetFile {
        path: "operations_gen.go".to_owned(),
        text: cx.renderer.render("go/driver_gen.go.jinja", &view)?,
        owner: Owner::Driver,
    })
}

/// The files so far.
struct Files<'a> {
    cx: &'a Context<'a>,
    package: &'a str,
    files: Vec<TargetFile>,
}

impl<'a> Files<'a> {
    fn head(&self, imports: Imports) -> FileHead<'a> {
        FileHead {
            command: self.cx.command,
            package: self.package,
            package_docs: None,
            imports,
        }
    }

    fn add(
        &mut self,
        path: String,
        template: &str,
        view: &impl Serialize,
    ) -> Result<(), RenderError> {
        let text = self
            .cx
            .renderer
            .render(&format!("go/{template}.jinja"), view)?;
        self.files.push(TargetFile {
            path,
            text,
            owner: Owner::Generated,
        });
        Ok(())
    }

    fn params(
        &mut self,
        stem: &str,
        structs: Vec<ParamsView>,
        imports: Imports,
    ) -> Result<(), RenderError> {
        if structs.is_empty() {
            return Ok(());
        }
        let view = ParamsFile {
            head: self.head(imports),
            structs,
        };
        self.add(
            format!("{stem}_params_gen.go"),
            "[resource]_params_gen.go",
            &view,
        )
    }
}

fn types_file<'a>(plan: &Plan<'_>, ids: &[TypeId], files: &Files<'a>) -> TypesFile<'a> {
    let mut imports = Imports::new();
    let mut view = TypesFile {
        head: files.head(Imports::new()),
        records: Vec::new(),
        enums: Vec::new(),
        unions: Vec::new(),
        aliases: Vec::new(),
        former: Vec::new(),
    };
    let api = plan.api;
    for &id in ids {
        if plan.former.contains(&id) {
            view.former.extend(FormerView::new(id, plan));
            continue;
        }
        let def = &api.types[id];
        match &def.shape {
            Shape::Record(record) => view.records.push(RecordView::new(
                def,
                id,
                record,
                plan.tags.get(&id).map_or(&[], Vec::as_slice),
                &plan.types,
                &mut imports,
            )),
            Shape::Enum(value) => {
                let name = plan.types.name(id);
                view.enums
                    .push(EnumView::new(def, name, value, &plan.constants[&id]));
            }
            Shape::Union(union) => {
                view.unions
                    .push(UnionView::new(def, id, union, plan, &mut imports));
            }
            Shape::Alias(target) => view.aliases.push(AliasView {
                docs: record::type_docs(plan.types.name(id), def).join("\n"),
                name: plan.types.name(id).to_owned(),
                ty: plan.types.expression(target, &mut imports),
            }),
        }
    }
    view.head.imports = imports;
    view
}
