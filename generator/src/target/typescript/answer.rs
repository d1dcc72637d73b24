//! What an answer is handed over as, and which piece of the runtime does it.

use super::imports::Imports;
use super::types::Types;
use crate::ir::{Method, Operation, Payload, Response, Status, Usage};

const RECEIVED: Usage = Usage {
    sent: false,
    received: true,
};

/// A status that an answer may have.
pub(super) fn status(response: &Response) -> u16 {
    match response.status {
        Status::Code(code) => code,
        Status::Range(digit) => u16::from(digit) * 100,
        Status::Default => 200,
    }
}

/// What an answer is handed over as.
pub(super) enum Answer {
    Nothing,
    Text,
    Download,
    Json {
        ty: String,
        wide: bool,
        /// No body at all is null.
        nullable: bool,
    },
    Pages {
        item: String,
        body: String,
        wide: bool,
    },
    Stream {
        item: String,
        wide: bool,
        lines: bool,
    },
}

impl Answer {
    pub(super) fn of(operation: &Operation, types: &Types<'_>, imports: &mut Imports) -> Self {
        let content = operation
            .success()
            .and_then(|response| response.contents.first());
        let Some(content) = content.filter(|_| operation.method != Method::Head) else {
            return Self::Nothing;
        };
        match (&content.payload, &operation.page) {
            (Payload::Json(ty), Some(page)) => Self::Pages {
                item: types.expression(&page.item, RECEIVED, imports),
                body: types.expression(ty, RECEIVED, imports),
                wide: types.is_wide(ty),
            },
            (Payload::Json(ty), None) => Self::Json {
                ty: types.expression(ty, RECEIVED, imports),
                wide: types.is_wide(ty),
                nullable: types.is_nullable(ty),
            },
            (Payload::Text, _) => Self::Text,
            (Payload::Events(stream) | Payload::Lines(stream), _) => Self::Stream {
                item: types.expression(&stream.item, RECEIVED, imports),
                wide: types.is_wide(&stream.item),
                lines: matches!(content.payload, Payload::Lines(_)),
            },
            (Payload::Binary | Payload::Form { .. } | Payload::Multipart { .. }, _) => {
                Self::Download
            }
        }
    }

    /// The runtime's function: `send`.
    pub(super) fn runner(&self, imports: &mut Imports) -> &'static str {
        let (module, name) = match self {
            Self::Nothing | Self::Text | Self::Json { .. } => ("runtime/send", "send"),
            Self::Download => ("runtime/send", "sendStreamed"),
            Self::Pages { .. } => ("runtime/pages", "list"),
            Self::Stream { .. } => ("runtime/stream", "stream"),
        };
        imports.value(module, name);
        name
    }

    /// `Result<Run>`
    pub(super) fn result(&self, imports: &mut Imports) -> String {
        match self {
            Self::Pages { item, body, .. } => {
                imports.ty("runtime/pages", "Pages");
                format!("Pages<{item}, {body}>")
            }
            Self::Stream { item, .. } => {
                imports.ty("runtime/stream", "Stream");
                format!("Stream<{item}>")
            }
            _ => {
                imports.ty("runtime/result", "Result");
                format!("Result<{}>", self.data(imports))
            }
        }
    }

    /// `RequestOptions`
    pub(super) fn options(&self, imports: &mut Imports) -> &'static str {
        let (module, name) = match self {
            Self::Stream { .. } => ("runtime/stream", "StreamOptions"),
            _ => ("runtime/options", "RequestOptions"),
        };
        imports.ty(module, name);
        name
    }

    pub(super) fn data(&self, imports: &mut Imports) -> String {
        match self {
            Self::Nothing => "undefined".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Download => {
                imports.ty("runtime/download", "Download");
                "Download".to_owned()
            }
            Self::Json { ty, .. } => ty.clone(),
            Self::Pages { body, .. } => body.clone(),
            Self::Stream { item, .. } => item.clone(),
        }
    }

    /// The type of the facts: `Operation<Run>`.
    pub(super) fn facts_type(&self, imports: &mut Imports) -> String {
        let (module, name) = match self {
            Self::Stream { .. } => {
                imports.ty("runtime/stream", "StreamOperation");
                return "StreamOperation".to_owned();
            }
            Self::Pages { .. } => ("runtime/pages", "PageOperation"),
            _ => ("runtime/operation", "Operation"),
        };
        imports.ty(module, name);
        format!("{name}<{}>", self.data(imports))
    }

    pub(super) fn readers(&self, imports: &mut Imports) -> Vec<(&'static str, &'static str)> {
        let readers: Vec<(&str, &str, &str)> = match self {
            Self::Nothing => vec![("read", "runtime/read", "readNothing")],
            Self::Text => vec![("read", "runtime/read", "readText")],
            Self::Download => vec![("read", "runtime/download", "readDownload")],
            Self::Json {
                wide,
                nullable: true,
                ..
            } => vec![if *wide {
                ("read", "runtime/lossless-json", "readNullableLosslessJSON")
            } else {
                ("read", "runtime/read", "readNullableJSON")
            }],
            Self::Json { wide, .. } | Self::Pages { wide, .. } => vec![if *wide {
                ("read", "runtime/lossless-json", "readLosslessJSON")
            } else {
                ("read", "runtime/read", "readJSON")
            }],
            Self::Stream { wide, lines, .. } => vec![
                if *lines {
                    ("framing", "runtime/ndjson", "ndjson")
                } else {
                    ("framing", "runtime/sse", "serverSentEvents")
                },
                if *wide {
                    ("parse", "runtime/lossless-json", "parseLossless")
                } else {
                    ("parse", "runtime/read", "parseJSON")
                },
            ],
        };
        readers
            .into_iter()
            .map(|(property, module, name)| {
                imports.value(module, name);
                (property, name)
            })
            .collect()
    }
}
