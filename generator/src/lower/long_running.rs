//! Work that goes on after the answer: `x-exai-async`, and the links of the answer.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{LinkTarget, extension};
use crate::ir::{Api, Link, LinkArgument, LongRunning, OperationId, Text};
use crate::source::Node;

use super::{Lowering, name, path_of, sorted};

const KEY: &str = "x-exai-async";

impl<'d> Lowering<'d, '_> {
    /// Fills in [`LongRunning`] once every operation is known.
    pub(super) fn long_running(&mut self, api: &mut Api) {
        let document = self.document;
        for item in document
            .paths
            .values()
            .filter_map(|item| document.path_item(item))
        {
            for (_, operation) in &item.operations {
                let Some(said) = extension(&operation.extensions, KEY) else {
                    continue;
                };
                let id = api
                    .operations
                    .iter()
                    .find(|(_, o)| o.span == operation.span);
                let Some((id, _)) = id else { continue };
                let lowered = self.read_async(api, operation, said);
                api.operations[id].long_running = lowered;
            }
        }
    }

    fn read_async(
        &mut self,
        api: &Api,
        operation: &'d crate::document::Operation,
        said: &'d Node,
    ) -> Option<LongRunning> {
        let poll = said.get("poll");
        let Some(poll) = poll else {
            self.bad_extension(said, KEY, "a mapping with `poll`");
            return None;
        };
        let poll = self.link(api, operation, poll)?;
        let stream = said.get("stream").filter(|node| !node.is_null());
        let stream = match stream {
            Some(node) => Some(self.link(api, operation, node)?),
            None => None,
        };
        let state = said
            .get("state")
            .and_then(Node::as_str)
            .unwrap_or("/status");
        let terminal = said
            .get("terminal")
            .and_then(Node::as_sequence)
            .unwrap_or_default();
        Some(LongRunning {
            poll,
            stream,
            state: path_of(state, '/'),
            terminal: terminal
                .iter()
                .filter_map(Node::as_str)
                .map(Text::new)
                .collect(),
        })
    }

    /// The operation that a node names, with the arguments that a Link Object of the answers
    /// gives it. Without a link, a path parameter takes the body's property of its name, or `id`
    /// where it is the last one.
    fn link(
        &mut self,
        api: &Api,
        operation: &'d crate::document::Operation,
        node: &'d Node,
    ) -> Option<Link> {
        let wanted = node.as_str().unwrap_or_default();
        let Some(target) = find(api, wanted) else {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::UnknownOperation,
                    node.span,
                    format!("no operation is called `{wanted}`"),
                )
                .hint("name an `operationId` of this document"),
            );
            return None;
        };
        let document = self.document;
        let links = operation
            .responses
            .responses
            .iter()
            .filter_map(|(_, response)| document.response(response))
            .flat_map(|response| response.links.values())
            .filter_map(|link| document.link(link));
        for link in links {
            let LinkTarget::Id(id) = &link.target else {
                continue;
            };
            if id.value == wanted {
                let arguments = sorted(&link.parameters)
                    .into_iter()
                    .filter_map(|(parameter, value)| {
                        let pointer = value.as_str()?.strip_prefix("$response.body#")?;
                        Some(LinkArgument {
                            parameter: name::split(&parameter.value),
                            body_path: path_of(pointer, '/'),
                        })
                    })
                    .collect();
                return Some(Link {
                    operation: target,
                    arguments,
                });
            }
        }
        Some(Link {
            operation: target,
            arguments: Vec::new(),
        })
    }
}

fn find(api: &Api, operation_id: &str) -> Option<OperationId> {
    api.operations
        .iter()
        .find(|(_, operation)| operation.name.wire().raw() == operation_id)
        .map(|(id, _)| id)
}
