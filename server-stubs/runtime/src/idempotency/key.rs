//! The key of a request.

use axum::http::HeaderMap;

use crate::{Detail, Fault, Location, Operation};

/// The key that a request came with. Handlers of keyed operations find it in the request's
/// extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    value: String,
    pub(crate) repeated: bool,
}

impl IdempotencyKey {
    /// What the client sent.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The same request was answered with a stream before: the handler must go on with that, not
    /// begin again. Never true for an operation that does not stream, whose handler does not see a
    /// repeated request.
    pub fn is_repeated(&self) -> bool {
        self.repeated
    }

    /// The key of a request; `None` where the operation takes none, or can do without and has none.
    ///
    /// # Errors
    /// 400 when it is missing, is there twice, or is not 1 to 255 visible ASCII characters.
    pub(crate) fn read(operation: &Operation, headers: &HeaderMap) -> Result<Option<Self>, Fault> {
        let Some((name, required)) = operation.keyed else {
            return Ok(None);
        };
        let mut values = headers.get_all(name).iter();
        let Some(value) = values.next() else {
            let missing = || broken(name, "required", "it is missing");
            return if required { Err(missing()) } else { Ok(None) };
        };
        if values.next().is_some() {
            return Err(broken(name, "maxItems", "it is there more than once"));
        }
        let text = value.to_str().unwrap_or_default();
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !(1..=255).contains(&text.len()) || !visible {
            let message = "it must be 1 to 255 visible ASCII characters";
            return Err(broken(name, "pattern", message));
        }
        Ok(Some(Self {
            value: text.to_owned(),
            repeated: false,
        }))
    }
}

fn broken(name: &str, rule: &'static str, message: &str) -> Fault {
    Fault::InvalidRequest {
        message: format!("the header {name} does not make the write safe to repeat: {message}"),
        details: vec![Detail {
            location: Location::Header,
            pointer: format!("/{name}"),
            rule,
            message: message.to_owned(),
        }],
    }
}
