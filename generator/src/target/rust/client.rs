//! The client: how it is made, and its accessors.

use serde::Serialize;

use super::names;
use super::operation::{Calls, OperationView, resumptions};
use super::resource::{AccessorView, Placed, accessors};
use crate::ir::Server;
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::names::{Scope, snake};

/// The file of the client.
#[derive(Debug, Serialize)]
pub(super) struct ClientView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// `["use crate::runtime::{ClientBuilder, Core, Error};"]`
    pub(super) imports: Vec<String>,
    /// `["/// Build, run and audit agents."]`
    pub(super) docs: Vec<String>,
    /// The resources at the top.
    pub(super) accessors: Vec<AccessorView>,
    /// Operations that belong to no resource.
    pub(super) operations: Vec<OperationView>,
    /// One a server of the document.
    pub(super) servers: Vec<ServerView>,
}

/// A method of the builder that chooses a server.
#[derive(Debug, Serialize)]
pub(super) struct ServerView {
    /// `["    /// Dedicated to one tenant."]`
    pub(super) docs: Vec<String>,
    /// `pub fn tenant(self, tenant: &str) -> Self {`
    pub(super) signature: String,
    /// `self.server("tenant", &[("tenant", tenant)])`
    pub(super) expression: String,
}

impl ClientView {
    pub(super) fn new(placed: &[Placed<'_>], command: &str, cx: &mut Calls<'_, '_>) -> Self {
        let api = cx.types.api();
        let mut methods = Scope::with(names::CLIENT);
        let mut operations: Vec<OperationView> = api
            .root
            .calls
            .iter()
            .map(|call| {
                let method = methods.take(snake(call.name.words()), "_call");
                OperationView::new(call.operation, "Client", &method, cx)
            })
            .collect();
        let top: Vec<usize> = (0..placed.len())
            .filter(|index| placed[*index].path.len() == 1)
            .collect();
        let accessors = accessors(&top, placed, &mut methods);
        resumptions(&mut operations, &mut methods, cx);
        for name in ["Call", "ClientBuilder", "Core", "Error", "Method", "Raw"] {
            cx.imports.runtime(name);
        }
        cx.imports.take("crate::generated::api", "API");
        if !accessors.is_empty() {
            cx.imports.take("crate::generated", "resources");
        }
        let mut scope = Scope::with(names::BUILDER);
        let servers = api
            .servers
            .iter()
            .map(|server| view(server, &mut scope))
            .collect();
        let fallback = "A client of the API.";
        Self {
            command: command.to_owned(),
            imports: cx.imports.drain(),
            docs: rust::doc_comment(0, &api.info.docs, false, fallback),
            accessors,
            operations,
            servers,
        }
    }
}

fn view(server: &Server, scope: &mut Scope) -> ServerView {
    let mut arguments = Scope::with(&["self"]);
    let mut parameters = vec!["self".to_owned()];
    let mut values = Vec::new();
    for variable in &server.variables {
        let name = arguments.take(snake(variable.name.words()), "_variable");
        values.push(format!("({}, {name})", rust::wire(&variable.name)));
        parameters.push(format!("{name}: &str"));
    }
    let method = scope.take(snake(server.name.words()), "_server");
    let fallback = format!("Calls the server {}.", rust::code_span(server.name.wire()));
    let list = format!("&[{}]", values.join(", "));
    ServerView {
        docs: rust::doc_comment(4, &server.docs, false, &fallback),
        signature: rustfmt::signature(4, &format!("pub fn {method}"), &parameters, " -> Self {"),
        expression: rustfmt::call(8, "self.server", &[rust::wire(&server.name), list], ""),
    }
}
