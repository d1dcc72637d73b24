//! The Go SDK: one package, its hand-written runtime beside the files made here.
//!
//! Owns the file plan and everything that is Go. It knows nothing of documents, disks or formats
//! of other languages; text of the document passes through [`escape`] alone.

mod allocation;
mod client;
mod docs;
mod enum_;
mod error;
mod escape;
#[cfg(test)]
mod fixtures;
mod names;
mod operation;
mod params;
mod plan;
mod record;
mod resource;
#[cfg(test)]
mod tests;
mod types;
mod union;

use serde::Serialize;

use self::client::{ClientView, Identity};
use self::enum_::EnumView;
use self::error::ErrorView;
use self::operation::{FactsView, MethodView};
use self::params::ParamsView;
use self::plan::{Plan, home, homes};
use self::record::RecordView;
use self::resource::{ResourceFiles, ServiceView};
use self::types::Imports;
use self::union::UnionView;
use crate::ir::{Api, Shape};
use crate::render::render;

/// What a Go package is called, beside what the API says.
#[derive(Clone, Debug)]
pub struct GoPackage {
    /// The package clause: `exai`.
    pub package: String,
    /// The module path: `github.com/exai/sdk-go`.
    pub module: String,
    /// The module's version, sent in the `User-Agent`: `1.4.0`.
    pub version: String,
    /// The prefix of environment variables: `EXAI`.
    pub env_prefix: String,
    /// The command that the first line of each file names: `cargo xtask regen`.
    pub command: String,
}

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

/// The files of a package, by path, in the order of their paths.
pub fn files(api: &Api, package: &GoPackage) -> Vec<(String, String)> {
    let mut plan = Plan::new(api);
    let mut files = Vec::new();
    let mut names = names::Scope::with(&["client", "errors", "shared"]);
    let stems: Vec<String> = plan
        .root
        .children
        .iter()
        .map(|child| names.take(child.resource.name.words().join("_"), "_resource"))
        .collect();
    for home in homes(&plan) {
        let stem = home
            .and_then(|index| stems.get(index))
            .map_or("shared", String::as_str);
        let view = types_file(&mut plan, home, package);
        files.push((
            format!("{stem}_types_gen.go"),
            render("go/[resource]_types_gen.go.jinja", &view),
        ));
    }
    for (service, stem) in plan.root.children.iter().zip(&stems) {
        let made = ResourceFiles::new(&plan, service);
        let view = ServiceFile {
            head: head(package, made.imports),
            services: made.services,
            operations: made.facts,
        };
        files.push((
            format!("{stem}_gen.go"),
            render("go/[resource]_gen.go.jinja", &view),
        ));
        if !made.params.is_empty() {
            let view = ParamsFile {
                head: head(package, made.params_imports),
                structs: made.params,
            };
            files.push((
                format!("{stem}_params_gen.go"),
                render("go/[resource]_params_gen.go.jinja", &view),
            ));
        }
    }
    let made = ResourceFiles::calls_of(&plan, &plan.root);
    if !made.params.is_empty() {
        let view = ParamsFile {
            head: head(package, made.params_imports),
            structs: made.params,
        };
        files.push((
            "client_params_gen.go".to_owned(),
            render("go/[resource]_params_gen.go.jinja", &view),
        ));
    }
    let identity = Identity {
        package: &package.package,
        version: &package.version,
        env_prefix: &package.env_prefix,
    };
    let client = ClientView::new(&mut plan, &identity);
    let view = ClientFile {
        head: FileHead {
            package_docs: Some(client.docs.clone()),
            ..head(package, made.imports)
        },
        client,
        methods: made
            .services
            .into_iter()
            .flat_map(|service| service.methods)
            .collect(),
        operations: made.facts,
    };
    files.push((
        "client_gen.go".to_owned(),
        render("go/client_gen.go.jinja", &view),
    ));
    let errors = std::mem::take(&mut plan.errors);
    if !errors.is_empty() {
        let view = ErrorsFile {
            head: head(package, Imports::new()),
            errors,
        };
        files.push((
            "errors_gen.go".to_owned(),
            render("go/errors_gen.go.jinja", &view),
        ));
    }
    files.sort();
    files
}

fn head(package: &GoPackage, imports: Imports) -> FileHead<'_> {
    FileHead {
        command: &package.command,
        package: &package.package,
        package_docs: None,
        imports,
    }
}

fn types_file<'p>(
    plan: &mut Plan<'_>,
    file: Option<usize>,
    package: &'p GoPackage,
) -> TypesFile<'p> {
    let mut imports = Imports::new();
    let mut view = TypesFile {
        head: head(package, Imports::new()),
        records: Vec::new(),
        enums: Vec::new(),
        unions: Vec::new(),
        aliases: Vec::new(),
    };
    let api = plan.api;
    for id in plan
        .declared
        .iter()
        .copied()
        .filter(|id| home(api, *id) == file)
    {
        let def = &api.types[id];
        match &def.shape {
            Shape::Record(record) => view.records.push(RecordView::new(
                def,
                id,
                record,
                api,
                &plan.types,
                &mut imports,
            )),
            Shape::Enum(value) => {
                let name = plan.types.name(id);
                view.enums
                    .push(EnumView::new(def, name, value, &plan.constants[&id]));
            }
            Shape::Union(union) => view.unions.push(UnionView::new(
                def,
                id,
                union,
                api,
                &plan.types,
                &mut plan.scope,
                &mut imports,
            )),
            Shape::Alias(target) => view.aliases.push(AliasView {
                docs: record::type_docs(plan.types.name(id), &def.docs, def.deprecated).join("\n"),
                name: plan.types.name(id).to_owned(),
                ty: plan.types.expression(target, &mut imports),
            }),
        }
    }
    view.head.imports = imports;
    view
}
