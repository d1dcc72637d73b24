//! A resource: a handle with a method an operation and an accessor a child.

use serde::Serialize;

use super::operation::{Calls, OperationView, resumptions};
use super::webhook::WebhookView;
use crate::ir::Resource;
use crate::target::names::file_words;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::names::{Scope, plain_snake, snake};

/// The file of one resource.
#[derive(Debug, Serialize)]
pub(super) struct ResourceView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// `["use crate::runtime::{Call, Core};"]`
    pub(super) imports: Vec<String>,
    /// `["/// Runs of plans."]`
    pub(super) docs: Vec<String>,
    /// `Runs`
    pub(super) name: String,
    /// Children, each by the method that gives it.
    pub(super) accessors: Vec<AccessorView>,
    /// In the document's order.
    pub(super) operations: Vec<OperationView>,
    /// The method that verifies a webhook, where this resource has it.
    pub(super) webhook: Option<WebhookView>,
}

/// The method that gives a child.
#[derive(Debug, Serialize)]
pub(super) struct AccessorView {
    /// `["    /// Files of a workspace."]`
    pub(super) docs: Vec<String>,
    /// `files`
    pub(super) method: String,
    /// `WorkspacesFiles`
    pub(super) name: String,
}

/// A resource with the names that its place in the tree gives it.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) resource: &'a Resource,
    /// `WorkspacesFiles`
    pub(super) name: String,
    /// `workspaces_files`, the module.
    pub(super) module: String,
    /// Accessors from the client on: `["workspaces", "files"]`.
    pub(super) path: Vec<String>,
    /// Indexes into the list that this stands in.
    pub(super) children: Vec<usize>,
}

impl Placed<'_> {
    /// Whether a path of accessors and a method leads here.
    pub(super) fn is_at(&self, sdk_path: &[crate::ir::Name]) -> bool {
        let accessors = sdk_path
            .split_last()
            .map_or(&[][..], |(_, accessors)| accessors);
        accessors
            .iter()
            .map(|name| plain_snake(name.words()))
            .eq(self.path.iter().cloned())
    }
}

/// Every resource below the root, parents first, named.
pub(super) fn place<'a>(root: &'a Resource, types: &mut Scope) -> Vec<Placed<'a>> {
    let mut modules = Scope::with(&["mod", "r#mod"]);
    let mut placed: Vec<Placed<'a>> = Vec::new();
    let mut queue: Vec<(&'a Resource, Vec<String>, Option<usize>)> = root
        .children
        .iter()
        .rev()
        .map(|child| (child, Vec::new(), None))
        .collect();
    while let Some((resource, above, parent)) = queue.pop() {
        let mut words = above.clone();
        words.extend(resource.name.words().iter().cloned());
        let index = placed.len();
        let mut path = parent.map_or_else(Vec::new, |parent| placed[parent].path.clone());
        path.push(plain_snake(resource.name.words()));
        placed.push(Placed {
            resource,
            name: types.take(crate::target::rust_lang::names::pascal(&words), "Resource"),
            module: modules.take(snake(&file_words(&words)), "_resource"),
            path,
            children: Vec::new(),
        });
        if let Some(parent) = parent {
            placed[parent].children.push(index);
        }
        queue.extend(
            resource
                .children
                .iter()
                .rev()
                .map(|child| (child, words.clone(), Some(index))),
        );
    }
    placed
}

/// The accessors of a node's children, their names allocated beside those of its methods.
pub(super) fn accessors(
    children: &[usize],
    placed: &[Placed<'_>],
    methods: &mut Scope,
) -> Vec<AccessorView> {
    children
        .iter()
        .map(|index| {
            let child = &placed[*index];
            let fallback = format!("Calls of {}.", rust::code_span(child.resource.name.wire()));
            AccessorView {
                docs: rust::doc_comment(4, &child.resource.docs, false, &fallback),
                method: methods.take(snake(child.resource.name.words()), "_resource"),
                name: child.name.clone(),
            }
        })
        .collect()
}

impl ResourceView {
    pub(super) fn new(
        index: usize,
        placed: &[Placed<'_>],
        command: &str,
        webhook: Option<WebhookView>,
        cx: &mut Calls<'_, '_>,
    ) -> Self {
        let Placed {
            resource,
            name,
            children,
            ..
        } = &placed[index];
        let mut methods = Scope::with(&["new", "clone", "fmt"]);
        if let Some(webhook) = &webhook {
            methods.take(webhook.method.clone(), "");
            webhook.mention(cx.imports);
        }
        let mut operations: Vec<OperationView> = resource
            .calls
            .iter()
            .map(|call| {
                let method = methods.take(snake(call.name.words()), "_call");
                OperationView::new(call.operation, name, &method, cx)
            })
            .collect();
        let accessors = accessors(children, placed, &mut methods);
        resumptions(&mut operations, &mut methods, cx);
        cx.imports.runtime("Core");
        let fallback = format!("Calls of {}.", rust::code_span(resource.name.wire()));
        Self {
            command: command.to_owned(),
            imports: cx.imports.drain(),
            docs: rust::doc_comment(0, &resource.docs, false, &fallback),
            name: name.clone(),
            accessors,
            operations,
            webhook,
        }
    }
}
