//! A resource at the top: a trait with a method an operation, its own children's included.

use serde::Serialize;

use super::names;
use super::operation::{Making, OperationView};
use crate::ir::{Api, OperationId, Resource};
use crate::layout::rustfmt::{self, Link};
use crate::target::names::file_words;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::{Scope, pascal, snake};
use crate::target::rust_lang::{RustTypes, escape as rust};

/// The files of one resource.
#[derive(Debug, Serialize)]
pub(super) struct ResourceView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// What the trait's file takes from elsewhere.
    pub(super) imports: Vec<String>,
    /// What the file of facts does.
    pub(super) fact_imports: Vec<String>,
    /// `["/// Runs of plans."]`
    pub(super) docs: Vec<String>,
    /// `Runs`
    pub(super) name: String,
    /// `runs`
    pub(super) module: String,
    /// In the order of the tree.
    pub(super) operations: Vec<OperationView>,
    /// `routes.route(&facts::START_RUN, start_run)`
    pub(super) mounting: String,
    /// What the file of provided methods takes from elsewhere.
    pub(super) provided_imports: Vec<String>,
}

/// A resource with its names.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    resource: &'a Resource,
    /// `Runs`
    pub(super) name: String,
    /// `runs`
    pub(super) module: String,
    /// Every operation below it.
    pub(super) operations: Vec<OperationId>,
}

/// The resources at the top, named; operations that belong to none are those of a first one.
pub(super) fn place<'a>(api: &'a Api, scope: &mut Scope) -> Vec<Placed<'a>> {
    let mut modules = Scope::with(names::MODULES);
    let mut placed = Vec::new();
    if !api.root.calls.is_empty() {
        placed.push(Placed {
            resource: &api.root,
            name: scope.take("Root".to_owned(), "Resource"),
            module: "root".to_owned(),
            operations: api.root.calls.iter().map(|call| call.operation).collect(),
        });
    }
    for child in &api.root.children {
        let mut operations = Vec::new();
        collect(child, &mut operations);
        placed.push(Placed {
            resource: child,
            name: scope.take(pascal(child.name.words()), "Resource"),
            module: modules.take(snake(&file_words(child.name.words())), "_resource"),
            operations,
        });
    }
    placed
}

fn collect(resource: &Resource, operations: &mut Vec<OperationId>) {
    operations.extend(resource.calls.iter().map(|call| call.operation));
    for child in &resource.children {
        collect(child, operations);
    }
}

impl ResourceView {
    pub(super) fn new(
        placed: &Placed<'_>,
        command: &str,
        types: &RustTypes<'_>,
        module: &mut Scope,
    ) -> Self {
        let api = types.api();
        let mut imports = Imports::default();
        let mut facts = Imports::default();
        facts.runtime("OperationInfo");
        imports.runtime("ApiError");
        imports.runtime("RequestContext");
        let mut making = Making {
            types,
            module,
            imports: &mut imports,
            facts: &mut facts,
        };
        let mut methods = Scope::with(names::HANDLERS);
        let operations: Vec<OperationView> = placed
            .operations
            .iter()
            .map(|&id| {
                let method = methods.take(snake(api.operations[id].name.words()), "_operation");
                OperationView::new(id, &placed.name, method, &mut making)
            })
            .collect();
        let mut provided = Imports::default();
        provided.take("crate::generated", "resources");
        for name in ["ApiError", "RequestContext", "not_implemented"] {
            provided.runtime(name);
        }
        for operation in &operations {
            for declaration in operation.params.iter().flat_map(|p| p.declarations()) {
                imports.expression(declaration);
            }
            provided.expression(&operation.provided);
            if operation.provided.contains(": Body") || operation.provided.contains("<Body>") {
                provided.runtime("Body");
            }
        }
        let links: Vec<Link> = operations
            .iter()
            .map(|operation| {
                let arguments = vec![
                    format!("&facts::{}", operation.fact),
                    operation.method.clone(),
                ];
                ("route".to_owned(), arguments)
            })
            .collect();
        let fallback = format!(
            "Operations of {}.",
            rust::code_span(placed.resource.name.wire())
        );
        Self {
            command: command.to_owned(),
            imports: imports.drain(),
            fact_imports: facts.drain(),
            provided_imports: provided.drain(),
            docs: rust::doc_comment(0, &placed.resource.docs, false, &fallback),
            name: placed.name.clone(),
            module: placed.module.clone(),
            mounting: rustfmt::chain(4, "routes", &links),
            operations,
        }
    }
}
