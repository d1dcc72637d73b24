//! Answers to calls: what the server says where an operation has several successes or several media
//! types, and what a caller is given then.

use exai_gen::clients;
use exai_gen::ir::{Api, Content, Operation, Payload, Status};
use serde_json::{Value, json};

use super::sample::{BASE64, BYTES, followed};
use crate::roundtrip::{Amount, Chance, Maker, Schemas};

/// An answer, and the value that a call gives where it comes.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) status: u16,
    /// `None` where there is no body.
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    /// A text as it is; bytes as `{ "base64": ... }`; the first item of a stream.
    pub(super) value: Value,
}

/// The answers that are tried: every success of an operation that has several, and the success of
/// an alternative that asks for another media type. `declared` is the document's operation.
pub(super) fn all(
    api: &Api,
    plain: &Operation,
    operation: &Operation,
    declared: &Value,
    schemas: &Schemas,
) -> Vec<Given> {
    let asked = |operation: &Operation| {
        let content = operation.success().and_then(|s| s.contents.first());
        content.map(|content| content.media_type.clone())
    };
    let responses = if operation.alternative.is_none() {
        let several = plain.responses.len() > 1;
        if several {
            plain.responses.as_slice()
        } else {
            &[]
        }
    } else if asked(operation) != asked(plain) {
        operation.responses.get(..1).unwrap_or_default()
    } else {
        &[]
    };
    let unread = clients::unread(api);
    let known = |place| !unread.iter().any(|(span, _)| *span == place);
    let mut out = Vec::new();
    for response in responses.iter().filter(|response| known(response.span)) {
        let Status::Code(status @ 200..300) = response.status else {
            continue;
        };
        let answers = &declared["responses"];
        let said = followed(schemas, &answers[status.to_string()]);
        let first = operation.success().and_then(|s| s.contents.first());
        out.extend(match response.contents.first() {
            Some(content) => {
                let media_type = content.media_type.raw();
                let declared = followed(schemas, &said["content"][media_type]);
                filled(status, content, &declared, schemas)
            }
            None => empty(status, first),
        });
    }
    out
}

fn filled(status: u16, content: &Content, declared: &Value, schemas: &Schemas) -> Option<Given> {
    let mut maker = Maker::new(
        schemas.document(),
        Chance::new("answer", u32::from(status)),
        Amount::Least,
    );
    let schema = match declared.get("itemSchema") {
        Some(item) => item,
        None => &declared["schema"],
    };
    let (body, value) = match &content.payload {
        Payload::Json(_) => {
            let value = maker.make(schema)?;
            (value.to_string().into_bytes(), value)
        }
        Payload::Events(_) => {
            let value = maker.make(schema)?;
            (format!("data: {value}\n\n").into_bytes(), value)
        }
        Payload::Lines(_) => {
            let value = maker.make(schema)?;
            (format!("{value}\n").into_bytes(), value)
        }
        Payload::Text => (b"<a/>".to_vec(), "<a/>".into()),
        Payload::Binary => (BYTES.to_vec(), json!({ "base64": BASE64 })),
        Payload::Form { .. } | Payload::Multipart { .. } => return None,
    };
    let content_type = content.media_type.raw().replace('*', "x");
    Some(Given {
        status,
        content_type: Some(content_type),
        body,
        value,
    })
}

fn empty(status: u16, first: Option<&Content>) -> Option<Given> {
    let value = match first.map(|content| &content.payload) {
        None | Some(Payload::Json(_)) => Value::Null,
        Some(Payload::Text) => "".into(),
        Some(Payload::Binary) => json!({ "base64": "" }),
        Some(_) => return None,
    };
    Some(Given {
        status,
        content_type: None,
        body: Vec::new(),
        value,
    })
}
