//! Requests that the API sends.

use crate::document::{PathItem, RefOr, Schema, extension};
use crate::ir::{Api, Docs, Home, Name, Payload, Type, TypeDef, Usage, Webhook, WebhookEvents};
use crate::source::{Node, Span};

use super::at::At;
use super::operation::Calling;
use super::schema::Found;
use super::{Lowering, docs, name, path_of, sorted};

const KEY: &str = "x-exai-webhooks";

impl<'d> Lowering<'d, '_> {
    /// The document's `webhooks`, by name, and the union of their payloads.
    pub(super) fn webhooks(&mut self, api: &mut Api) {
        for (key, item) in sorted(&self.document.webhooks) {
            self.requests(&name::split(&key.value), item, api);
        }
        self.webhook_events(api);
    }

    /// What operations have the API send: `createWebhook` and its callback `ping` are
    /// `createWebhookPing`, to whichever URL.
    pub(super) fn callbacks(&mut self, calling: &[Calling<'d>], api: &mut Api) {
        for (id, callbacks) in calling {
            for (key, callback) in sorted(callbacks) {
                let Some(callback) = self.document.callback(callback) else {
                    continue;
                };
                let operation = &api.operations[*id].name;
                let words = [operation.words(), &name::words(&key.value)].concat();
                let wire = format!("{} {}", operation.wire().raw(), key.value);
                let name = Name::new(words, wire);
                for (_, item) in sorted(&callback.paths) {
                    self.requests(&name, item, api);
                }
            }
        }
    }

    /// The requests of an item that the API sends.
    fn requests(&mut self, name: &Name, item: &'d RefOr<PathItem>, api: &mut Api) {
        let document = self.document;
        let Some(item) = document.path_item(item) else {
            return;
        };
        for (method, operation) in &item.operations {
            let Some(method) = self.method(&method.value, method.span) else {
                continue;
            };
            let body = operation
                .request_body
                .as_ref()
                .and_then(|body| document.request_body(body));
            let words = name.words().to_vec();
            let at = At::Named(&words, None);
            let at = at.child("payload");
            let contents = body.map(|body| self.contents(&body.content, &at, false));
            let mut contents = contents.into_iter().flatten();
            let payload = contents.find_map(|content| match content.payload {
                Payload::Json(ty) => Some(ty),
                _ => None,
            });
            api.webhooks.push(Webhook {
                name: name.clone(),
                method,
                payload,
                docs: docs::docs(operation.summary.as_ref(), operation.description.as_ref()),
                span: operation.span,
            });
        }
    }

    /// The union is the schema that `x-exai-webhooks` names; where the document refers to no such
    /// schema, it is made of the payloads.
    fn webhook_events(&mut self, api: &mut Api) {
        let document = self.document;
        let Some(said) = extension(&document.extensions, KEY) else {
            return;
        };
        let event = said.get("event").and_then(Node::as_str);
        let method = said.get("method").and_then(Node::as_str);
        let (Some(event), Some(method)) = (event, method) else {
            self.bad_extension(
                said,
                KEY,
                "a mapping with `event`, a type's name, and `method`",
            );
            return;
        };
        let named = self
            .types
            .iter()
            .find(|(_, def)| def.name.wire().raw() == event);
        let event = match named {
            Some((id, _)) => Type::Named(id),
            None => self.union_of_payloads(event, said.span),
        };
        api.webhook_events = Some(WebhookEvents {
            event,
            sdk_path: path_of(method, '.'),
        });
    }

    fn union_of_payloads(&mut self, name: &str, span: Span) -> Type {
        let document = self.document;
        let payloads: Vec<&'d Schema> = sorted(&document.webhooks)
            .into_iter()
            .filter_map(|(_, item)| document.path_item(item))
            .flat_map(|item| &item.operations)
            .filter_map(|(_, operation)| document.request_body(operation.request_body.as_ref()?))
            .flat_map(|body| body.content.values())
            .filter_map(|content| document.media_type(content)?.schema.as_ref())
            .collect();
        let words = name::words(name);
        let at = At::Named(&words, None);
        let found = self.union_of(&payloads, &at);
        match found {
            Found::Type(ty) => ty,
            Found::Shape(shape) => Type::Named(self.types.push(TypeDef {
                name: name::split(name),
                docs: Docs::default(),
                deprecated: false,
                former: false,
                usage: Usage::default(),
                home: Home::Shared,
                shape,
                span,
            })),
        }
    }
}
