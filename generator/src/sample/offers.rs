//! What a README has to speak of, and what it need not.

use serde::Serialize;

use crate::ir::{Api, SecurityKind};

/// What the packages of an API offer, beside calls.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Offers {
    /// Lists that are read page by page.
    pages: bool,
    /// Streams of events or lines.
    streams: bool,
    /// Work that can be waited for.
    waits: bool,
    /// Webhooks that are verified.
    webhooks: bool,
    /// Credentials that are one text.
    pub(crate) token: bool,
    /// Credentials that are a user's name and password.
    pub(crate) basic: bool,
}

impl Offers {
    /// Of an API.
    pub(crate) fn new(api: &Api) -> Self {
        let operations = || api.operations.iter().map(|(_, operation)| operation);
        let mut schemes = api.security_schemes.iter().map(|scheme| &scheme.kind);
        let token = |kind| !matches!(kind, &SecurityKind::Basic | &SecurityKind::MutualTls);
        Self {
            pages: operations().any(|operation| operation.page.is_some()),
            streams: operations().any(|operation| operation.is_streamed()),
            waits: operations().any(|operation| operation.long_running.is_some()),
            webhooks: api.webhook_events.is_some(),
            token: schemes.clone().any(token),
            basic: schemes.any(|kind| *kind == SecurityKind::Basic),
        }
    }
}
