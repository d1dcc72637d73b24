//! Pages: `x-exai-pagination`.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{self, extension};
use crate::ir::{Name, Page, Parameter, Payload, Place, Response, Shape, Type};
use crate::source::Node;

use super::{Lowering, path_of};

const KEY: &str = "x-exai-pagination";

impl<'d> Lowering<'d, '_> {
    /// How to walk the pages of an operation: its own `x-exai-pagination`, or the strategy of the
    /// document's root that it names.
    pub(super) fn page(
        &mut self,
        operation: &'d document::Operation,
        parameters: &[Parameter],
        responses: &[Response],
    ) -> Option<Page> {
        let said = extension(&operation.extensions, KEY)?;
        let strategy = match said.as_str() {
            Some(name) => extension(&self.document.extensions, KEY).and_then(|all| all.get(name)),
            None => Some(said),
        };
        let Some(strategy) = strategy else {
            self.bad_extension(said, KEY, "the name of a strategy of the document's root");
            return None;
        };
        let text = |path: &[&str]| -> Option<&'d str> {
            path.iter()
                .try_fold(strategy, |node, key| node.get(key))
                .and_then(Node::as_str)
        };
        let query = |name: Option<&str>| {
            parameters
                .iter()
                .position(|p| p.place == Place::Query && Some(p.name.wire().raw()) == name)
        };
        let items = path_of(text(&["response", "items"]).unwrap_or_default(), '/');
        let next = path_of(text(&["response", "next"]).unwrap_or_default(), '/');
        let body = responses.first().and_then(|response| {
            response
                .contents
                .iter()
                .find_map(|content| match &content.payload {
                    Payload::Json(ty) => Some(ty),
                    _ => None,
                })
        });
        let item = body
            .and_then(|body| self.at_path(body, &items))
            .and_then(|ty| match self.types.resolve(ty.split_null().0) {
                Type::List(item) => Some((**item).clone()),
                _ => None,
            });
        let has_next = body.is_some_and(|body| self.at_path(body, &next).is_some());
        match (query(text(&["request", "cursor"])), item) {
            (Some(cursor), Some(item)) if has_next => Some(Page {
                cursor,
                limit: query(text(&["request", "limit"])),
                items,
                next,
                item,
            }),
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnreadablePage,
                        said.span,
                        "the operation has no such cursor parameter, list of items or next cursor",
                    )
                    .hint("`request` names query parameters, `response` holds JSON Pointers into the answer"),
                );
                None
            }
        }
    }

    /// The type at the end of a path of properties.
    pub(super) fn at_path<'a>(&'a self, ty: &'a Type, path: &[Name]) -> Option<&'a Type> {
        let mut ty = ty;
        for name in path {
            let Type::Named(id) = self.types.resolve(ty.split_null().0) else {
                return None;
            };
            let Shape::Record(record) = &self.types[*id].shape else {
                return None;
            };
            ty = &record
                .fields
                .iter()
                .find(|field| field.name.wire() == name.wire())?
                .ty;
        }
        Some(ty)
    }
}
