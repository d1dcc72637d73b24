//! The method that verifies a webhook and reads it.

use serde::Serialize;

use crate::ir::WebhookEvents;
use crate::layout::rustfmt;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::snake;
use crate::target::rust_lang::{From, RustTypes};

/// The method of a resource that turns a request into an event.
#[derive(Debug, Serialize)]
pub(super) struct WebhookView {
    /// `unwrap`
    pub(super) method: String,
    /// `types::WebhookEvent`
    pub(super) event: String,
    /// `pub fn unwrap(`, its parameters, and what it gives.
    pub(super) signature: String,
}

impl WebhookView {
    pub(super) fn new(events: &WebhookEvents, types: &RustTypes<'_>) -> Option<Self> {
        let method = snake(events.sdk_path.last()?.words());
        let event = types.expression(&events.event, From::Outside);
        let parameters = [
            "&self",
            "headers: &HeaderMap",
            "body: &[u8]",
            "secret: impl Into<Secret>",
        ]
        .map(str::to_owned);
        let signature = rustfmt::signature(
            4,
            &format!("pub fn {method}"),
            &parameters,
            &format!(" -> Result<{event}, Error> {{"),
        );
        Some(Self {
            method,
            event,
            signature,
        })
    }

    pub(super) fn mention(&self, imports: &mut Imports) {
        for name in ["Error", "HeaderMap", "Secret"] {
            imports.runtime(name);
        }
        imports.take("crate::runtime::webhook", "Scheme");
        imports.take("crate::runtime::webhook", "Verifier");
        imports.expression(&self.event);
    }
}
