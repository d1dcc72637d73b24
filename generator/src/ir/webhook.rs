use super::{Docs, Method, Name, Type};
use crate::source::Span;

/// A request that the API sends to a URL of its user's.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// `run.completed`: the key under `webhooks`; of a callback, its operation's name and its own.
    pub name: Name,
    /// How it is sent.
    pub method: Method,
    /// What the body holds, where it is JSON.
    pub payload: Option<Type>,
    /// Summary and description.
    pub docs: Docs,
    /// Where it stands in the document.
    pub span: Span,
}

/// All webhooks as one type: `x-exai-webhooks`.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEvents {
    /// The union of the payloads.
    pub event: Type,
    /// Accessors and method of an SDK that verifies and reads one: `webhooks`, `unwrap`.
    pub sdk_path: Vec<Name>,
}
