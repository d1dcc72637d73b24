//! Requests that the API sends.

use crate::document::Schema;
use crate::document::extension;
use crate::ir::{Api, Docs, Home, Method, Payload, Type, TypeDef, Usage, Webhook, WebhookEvents};
use crate::source::{Node, Span};

use super::at::At;
use super::schema::Found;
use super::{Lowering, docs, name, path_of, sorted};

const KEY: &str = "x-exai-webhooks";

impl<'d> Lowering<'d, '_> {
    /// The document's `webhooks`, by name, and the union of their payloads.
    pub(super) fn webhooks(&mut self, api: &mut Api) {
        let document = self.document;
        for (key, item) in sorted(&document.webhooks) {
            let Some(item) = document.path_item(item) else {
                continue;
            };
            for (_, operation) in &item.operations {
                let body = operation
                    .request_body
                    .as_ref()
                    .and_then(|body| document.request_body(body));
                let name = name::split(&key.value);
                let words = name.words().to_vec();
                let at = At::Named(&words, None);
                let at = at.child("payload");
                let contents = body.map(|body| self.contents(&body.content, &at, false));
                let payload =
                    contents
                        .into_iter()
                        .flatten()
                        .find_map(|content| match content.payload {
                            Payload::Json(ty) => Some(ty),
                            _ => None,
                        });
                api.webhooks.push(Webhook {
                    name,
                    method: Method::Post,
                    payload,
                    docs: docs::docs(operation.summary.as_ref(), operation.description.as_ref()),
                    span: operation.span,
                });
            }
        }
        self.webhook_events(api);
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
