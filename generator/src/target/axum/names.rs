//! What a server crate means by a name before any document is read.

use crate::ir::{Payload, Status};

/// Names that the files of resources import or take from the prelude.
pub(super) const RESOURCES: &[&str] = &[
    "Answer",
    "ApiError",
    "Arc",
    "Body",
    "Download",
    "Err",
    "Events",
    "From",
    "Future",
    "Into",
    "Lines",
    "None",
    "Ok",
    "Option",
    "Request",
    "RequestContext",
    "Result",
    "Routes",
    "Self",
    "Send",
    "Some",
    "String",
    "Sync",
    "Vec",
];

/// Arguments of every method, and what a handler holds beside them.
pub(super) const ARGUMENTS: &[&str] = &["self", "cx", "params", "body", "api", "request", "call"];

/// What stands beside the handlers of a file.
pub(super) const HANDLERS: &[&str] = &["mount"];

/// Modules beside those of the resources.
pub(super) const MODULES: &[&str] = &["mod", "r#mod", "root"];

/// The words of a status: `["no", "content"]` of 204 (RFC 9110 section 15, RFC 4918, RFC 3229).
pub(super) fn status_words(status: Status) -> Vec<String> {
    let phrase = match status {
        Status::Default => "other",
        Status::Range(1) => "informational",
        Status::Range(2) => "success",
        Status::Range(_) => "redirection",
        Status::Code(code) => match code {
            100 => "continue",
            101 => "switching protocols",
            102 => "processing",
            103 => "early hints",
            200 => "ok",
            201 => "created",
            202 => "accepted",
            203 => "non authoritative information",
            204 => "no content",
            205 => "reset content",
            206 => "partial content",
            207 => "multi status",
            208 => "already reported",
            226 => "im used",
            300 => "multiple choices",
            301 => "moved permanently",
            302 => "found",
            303 => "see other",
            304 => "not modified",
            305 => "use proxy",
            307 => "temporary redirect",
            308 => "permanent redirect",
            other => return vec!["status".to_owned(), other.to_string()],
        },
    };
    phrase.split(' ').map(str::to_owned).collect()
}

/// The word of a kind of body, for variants of several.
pub(super) fn payload_word(payload: &Payload) -> &'static str {
    match payload {
        Payload::Json(_) => "Json",
        Payload::Form { .. } => "Form",
        Payload::Multipart { .. } => "Multipart",
        Payload::Text => "Text",
        Payload::Binary => "Bytes",
        Payload::Events(_) => "Events",
        Payload::Lines(_) => "Lines",
    }
}
