//! Answers: what comes back, and the kinds of errors.

use crate::document::{self, StatusKey};
use crate::ir::{
    ErrorId, ErrorKind, Header, HeaderRole, Name, OperationError, Payload, Response, Status, Type,
};
use crate::source::Spanned;

use super::at::At;
use super::{Lowering, docs, name, sorted};

/// Words that stand in front of an answer's own type where an operation has several.
fn status_word(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}xx"),
        Status::Default => "default".to_owned(),
    }
}

impl<'d> Lowering<'d, '_> {
    /// The answers that are no errors, by status.
    pub(super) fn responses(
        &mut self,
        operation: &'d document::Operation,
        at: &At,
    ) -> Vec<Response> {
        let mut answers = self.answers(operation, is_success);
        let only_default = answers.is_empty();
        if only_default {
            // `default` alone means every answer: success too.
            answers = self.answers(operation, |status| status == Status::Default);
        }
        let mut out: Vec<Response> = Vec::new();
        for (status, response) in answers {
            let word = status_word(status);
            let at = at.child("response");
            let at = if out.is_empty() { at } else { at.child(&word) };
            out.push(Response {
                status,
                docs: docs::docs(response.summary.as_ref(), response.description.as_ref()),
                headers: self.headers(response, &at),
                contents: self.contents(&response.content, &at, false),
                span: response.span,
            });
        }
        out
    }

    /// Which errors an operation answers with; each kind once in the API.
    pub(super) fn operation_errors(
        &mut self,
        operation: &'d document::Operation,
        at: &At,
    ) -> Vec<OperationError> {
        let success = !self.answers(operation, is_success).is_empty();
        let errors = self.answers(operation, |s| {
            !is_success(s) && (success || s != Status::Default)
        });
        let mut out = Vec::new();
        for (status, response) in errors {
            let word = status_word(status);
            let at = at.child("error");
            let at = at.child(&word);
            let kind = self.error_kind(status, response, &at);
            out.push(OperationError { status, kind });
        }
        out
    }

    fn error_kind(&mut self, status: Status, response: &'d document::Response, at: &At) -> ErrorId {
        let name = match self.text_extension(&response.extensions, "x-exai-error") {
            Some(said) => name::split(said),
            None => status_name(status),
        };
        let contents = self.contents(&response.content, at, false);
        let body = contents
            .into_iter()
            .find_map(|content| match content.payload {
                Payload::Json(ty) => Some(ty),
                _ => None,
            });
        let kind = ErrorKind {
            name,
            status,
            body,
            headers: self.headers(response, at),
            docs: docs::docs(None, response.description.as_ref()),
        };
        let same = |before: &ErrorKind| {
            before.status == kind.status && before.name == kind.name && before.body == kind.body
        };
        match self.errors.iter().position(same) {
            Some(index) => ErrorId(index),
            None => {
                self.errors.push(kind);
                ErrorId(self.errors.len() - 1)
            }
        }
    }

    fn answers(
        &self,
        operation: &'d document::Operation,
        keep: impl Fn(Status) -> bool,
    ) -> Vec<(Status, &'d document::Response)> {
        let mut out: Vec<_> = operation
            .responses
            .responses
            .iter()
            .filter_map(|(key, response)| Some((status(key), self.document.response(response)?)))
            .filter(|(status, _)| keep(*status))
            .collect();
        out.sort_by_key(|(status, _)| *status);
        out
    }

    fn headers(&mut self, response: &'d document::Response, at: &At) -> Vec<Header> {
        let document = self.document;
        let mut out = Vec::new();
        for (wire, header) in sorted(&response.headers) {
            let Some(header) = document.header(header) else {
                continue;
            };
            // Said by the media type (section 4.8.17 of the standard).
            if wire.value.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let ty = match &header.schema {
                Some(schema) => self.type_of(schema, &at.child(&wire.value)),
                None => Type::String(crate::ir::StringFormat::Plain),
            };
            // Every answer has the same few headers.
            let name = self.headers.entry(&wire.value);
            out.push(Header {
                name: name.or_insert_with(|| name::split(&wire.value)).clone(),
                ty,
                required: header.required,
                role: self.header_role(header),
                body_path: self.header_value(header),
                docs: docs::docs(None, header.description.as_ref()),
            });
        }
        out
    }

    fn header_role(&mut self, header: &'d document::Header) -> Option<HeaderRole> {
        let said = self.text_extension(&header.extensions, "x-exai-role")?;
        let role = match said {
            "receipt" => HeaderRole::Receipt,
            "rate-limit-remaining" => HeaderRole::RateLimitRemaining,
            "rate-limit-reset" => HeaderRole::RateLimitReset,
            "retry-after" => HeaderRole::RetryAfter,
            "idempotent-replayed" => HeaderRole::IdempotentReplayed,
            _ => {
                if let Some(node) = document::extension(&header.extensions, "x-exai-role") {
                    self.bad_extension(node, "x-exai-role", "a role of a response header");
                }
                return None;
            }
        };
        Some(role)
    }

    fn header_value(&mut self, header: &'d document::Header) -> Option<Vec<Name>> {
        const KEY: &str = "x-exai-value";
        let said = self.text_extension(&header.extensions, KEY)?;
        let pointer = said.strip_prefix(BODY).filter(|p| p.starts_with('/'));
        if pointer.is_none()
            && let Some(node) = document::extension(&header.extensions, KEY)
        {
            self.bad_extension(node, KEY, "an expression such as `$response.body#/url`");
        }
        pointer.map(|pointer| super::path_of(pointer, '/'))
    }
}

/// The runtime expressions of the standard (section 4.8.20.4) that name a part of an answer's body.
const BODY: &str = "$response.body#";

fn is_success(status: Status) -> bool {
    matches!(status, Status::Code(100..400) | Status::Range(1..4))
}

fn status(key: &Spanned<StatusKey>) -> Status {
    match key.value {
        StatusKey::Code(code) => Status::Code(code),
        StatusKey::Class(class) => Status::Range(class),
        StatusKey::Default => Status::Default,
    }
}

/// The reason phrase of RFC 9110 section 15, and of the RFCs that added statuses.
fn status_name(status: Status) -> Name {
    let phrase = match status {
        Status::Range(4) => "client error",
        Status::Range(_) => "server error",
        Status::Default => "unexpected error",
        Status::Code(code) => match code {
            400 => "bad request",
            401 => "unauthorized",
            402 => "payment required",
            403 => "forbidden",
            404 => "not found",
            405 => "method not allowed",
            406 => "not acceptable",
            407 => "proxy authentication required",
            408 => "request timeout",
            409 => "conflict",
            410 => "gone",
            411 => "length required",
            412 => "precondition failed",
            413 => "content too large",
            414 => "uri too long",
            415 => "unsupported media type",
            416 => "range not satisfiable",
            417 => "expectation failed",
            421 => "misdirected request",
            422 => "unprocessable content",
            423 => "locked",
            424 => "failed dependency",
            425 => "too early",
            426 => "upgrade required",
            428 => "precondition required",
            429 => "too many requests",
            431 => "request header fields too large",
            451 => "unavailable for legal reasons",
            500 => "internal server error",
            501 => "not implemented",
            502 => "bad gateway",
            503 => "service unavailable",
            504 => "gateway timeout",
            505 => "http version not supported",
            507 => "insufficient storage",
            508 => "loop detected",
            511 => "network authentication required",
            other => return name::split(&format!("status {other}")),
        },
    };
    name::split(phrase)
}
