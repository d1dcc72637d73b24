//! What an operation answers: an enum of the statuses that the document declares.

use serde::Serialize;

use super::names::{payload_word, status_words};
use super::operation::Making;
use crate::ir::{Content, Header, Operation, Payload, Response, Status, Type};
use crate::layout::rustfmt;
use crate::target::rust_lang::names::{Scope, pascal, snake};
use crate::target::rust_lang::{From, escape as rust, escape::pointer, size};

/// An enum of answers.
#[derive(Debug, Serialize)]
pub(super) struct ResponseView {
    /// `StartRunResponse`
    pub(super) name: String,
    /// `Runs::start_run`
    pub(super) method: String,
    /// One a status and kind of body.
    pub(super) variants: Vec<AnswerView>,
    /// True where clippy would find one variant too large.
    pub(super) uneven: bool,
}

/// An answer with a status of the document's.
#[derive(Debug, Serialize)]
pub(super) struct AnswerView {
    /// `["    /// 202: The run is queued."]`
    pub(super) docs: Vec<String>,
    /// `Accepted(types::Run),`; empty where it has fields with names.
    pub(super) declaration: String,
    /// `Accepted`
    pub(super) name: String,
    /// What stands beside the body, and the body.
    pub(super) fields: Vec<AnswerField>,
    /// The whole arm, where it is one expression.
    pub(super) arm: String,
    /// `resources::StartRunResponse::Accepted(body)`
    pub(super) pattern: String,
    /// `["let mut answer = Answer::json(202, \"application/json\", &body)?;", ..]`
    pub(super) statements: Vec<String>,
}

/// A field of an answer.
#[derive(Debug, Serialize)]
pub(super) struct AnswerField {
    /// `["        /// An opaque version of the content."]`
    pub(super) docs: Vec<String>,
    /// `etag: String,`
    pub(super) declaration: String,
}

impl ResponseView {
    pub(super) fn new(
        operation: &Operation,
        name: &str,
        method: &str,
        cx: &mut Making<'_, '_>,
    ) -> Self {
        let name = cx.module.take(format!("{name}Response"), "Answer");
        let mut scope = Scope::with(&["Self"]);
        let mut variants = Vec::new();
        let mut bodies: Vec<&Type> = Vec::new();
        for response in &operation.responses {
            let word = pascal(&status_words(response.status));
            let bare = response.contents.is_empty().then_some(None);
            let contents = response.contents.iter().map(Some);
            for content in bare.into_iter().chain(contents) {
                let kind = match (content, response.contents.len()) {
                    (Some(content), 2..) => payload_word(&content.payload),
                    _ => "",
                };
                let variant = scope.take(format!("{word}{kind}"), "Answer");
                variants.push(AnswerView::new(&name, variant, response, content, cx));
                bodies.extend(content.and_then(json));
            }
        }
        Self {
            uneven: variants.len() > 1 && size::is_uneven(&with_null(bodies, &variants), cx.types),
            name,
            method: method.to_owned(),
            variants,
        }
    }
}

/// Variants that hold no JSON are small.
fn with_null<'t>(mut bodies: Vec<&'t Type>, variants: &[AnswerView]) -> Vec<&'t Type> {
    if bodies.len() < variants.len() {
        bodies.push(&Type::Null);
    }
    bodies
}

fn json(content: &Content) -> Option<&Type> {
    match &content.payload {
        Payload::Json(ty) => Some(ty),
        _ => None,
    }
}

impl AnswerView {
    fn new(
        response_name: &str,
        name: String,
        response: &Response,
        content: Option<&Content>,
        cx: &mut Making<'_, '_>,
    ) -> Self {
        let body = content.map(|content| body_type(content, cx));
        let headers: Vec<&Header> = response
            .headers
            .iter()
            // What a layer knows: receipts, limits, replays.
            .filter(|header| header.role.is_none())
            .collect();
        let (said, asked): (Vec<&Header>, Vec<&Header>) =
            headers.into_iter().partition(|h| h.body_path.is_some());
        let mut scope = Scope::with(&["status", "body", "answer"]);
        let asked: Vec<(String, &Header)> = asked
            .into_iter()
            .map(|header| (scope.take(snake(header.name.words()), "_header"), header))
            .collect();
        let status = match response.status {
            Status::Code(code) => code.to_string(),
            Status::Range(_) | Status::Default => "status".to_owned(),
        };
        let fields = fields(&status, body.as_deref(), &asked, cx);
        let (mut declaration, mut pattern) =
            (String::new(), format!("resources::{response_name}::{name}"));
        let plain = asked.is_empty() && status != "status";
        match (&body, plain) {
            (Some(ty), true) => {
                declaration = rustfmt::signature(4, &name, std::slice::from_ref(ty), ",");
                pattern.push_str("(body)");
            }
            (None, true) => declaration = format!("{name},"),
            (_, false) => {
                let own = asked.iter().map(|(name, _)| name.clone());
                let status = (status == "status").then(|| status.clone());
                let body = body.as_ref().map(|_| "body".to_owned());
                let names: Vec<String> = status.into_iter().chain(body).chain(own).collect();
                pattern = rustfmt::struct_literal(8, &pattern, &names, "");
            }
        }
        let made = made(&status, content);
        let mut statements = Vec::new();
        let mut arm = String::new();
        if asked.is_empty() && said.is_empty() {
            let expression = match made.fallible {
                true => made.expression,
                false => format!("Ok({})", made.expression),
            };
            arm = rustfmt::arm(8, &pattern, &expression);
        } else {
            let question = if made.fallible { "?" } else { "" };
            statements.push(format!("let mut answer = {}{question};", made.expression));
            for header in said {
                let path = header.body_path.as_deref().unwrap_or_default();
                let arguments = [rust::wire(&header.name), pointer(path), "&body".to_owned()];
                statements.push(rustfmt::call(12, "answer.header_from", &arguments, ";"));
            }
            for (name, header) in &asked {
                let arguments = [rust::wire(&header.name), format!("&{name}")];
                statements.push(rustfmt::call(12, "answer.header", &arguments, ";"));
            }
            statements.push("Ok(answer)".to_owned());
        }
        let words = status_words(response.status).join(" ");
        let status = match response.status {
            Status::Code(code) => code.to_string(),
            Status::Range(class) => format!("{class}XX"),
            Status::Default => "Any other status".to_owned(),
        };
        Self {
            docs: rust::labelled(4, &status, &response.docs, &words),
            declaration,
            name,
            fields: if plain { Vec::new() } else { fields },
            arm,
            pattern,
            statements,
        }
    }
}

fn fields(
    status: &str,
    body: Option<&str>,
    headers: &[(String, &Header)],
    cx: &mut Making<'_, '_>,
) -> Vec<AnswerField> {
    let field = |docs: Vec<String>, name: &str, ty: &str| AnswerField {
        docs,
        declaration: rustfmt::assign(8, &format!("{name}:"), ty, ","),
    };
    let ours = |text: &str| vec![format!("        /// {text}")];
    let mut fields = Vec::new();
    if status == "status" {
        fields.push(field(ours("The status itself."), "status", "u16"));
    }
    fields.extend(body.map(|ty| field(ours("The body."), "body", ty)));
    for (name, header) in headers {
        let ty = cx.types.expression(header.ty.split_null().0, From::Outside);
        cx.imports.expression(&ty);
        let ty = match header.required {
            true => ty,
            false => format!("Option<{ty}>"),
        };
        let wire = rust::code_span(header.name.wire());
        fields.push(field(
            rust::doc_comment(8, &header.docs, false, &wire),
            name,
            &ty,
        ));
    }
    fields
}

fn body_type(content: &Content, cx: &mut Making<'_, '_>) -> String {
    let expression = |ty: &Type| cx.types.expression(ty, From::Outside);
    let (ty, import) = match &content.payload {
        Payload::Json(ty) => (expression(ty), None),
        Payload::Events(stream) => (
            format!("Events<{}>", expression(&stream.item)),
            Some("Events"),
        ),
        Payload::Lines(stream) => (
            format!("Lines<{}>", expression(&stream.item)),
            Some("Lines"),
        ),
        Payload::Text => ("String".to_owned(), None),
        Payload::Binary | Payload::Form { .. } | Payload::Multipart { .. } => {
            ("Download".to_owned(), Some("Download"))
        }
    };
    cx.imports.expression(&ty);
    if let Some(import) = import {
        cx.imports.runtime(import);
    }
    ty
}

/// How an answer is made of its body.
struct Made {
    /// `Answer::json(202, "application/json", &body)`
    expression: String,
    /// True where that gives a `Result`.
    fallible: bool,
}

fn made(status: &str, content: Option<&Content>) -> Made {
    let Some(content) = content else {
        return Made {
            expression: format!("Answer::empty({status})"),
            fallible: false,
        };
    };
    let media_type = rust::string(&content.media_type);
    let (constructor, arguments, fallible) = match &content.payload {
        Payload::Json(_) => (
            "json",
            vec![status.to_owned(), media_type, "&body".to_owned()],
            true,
        ),
        Payload::Text => (
            "text",
            vec![status.to_owned(), media_type, "body".to_owned()],
            false,
        ),
        Payload::Events(_) => ("events", vec![status.to_owned(), "body".to_owned()], false),
        Payload::Lines(_) => (
            "lines",
            vec![status.to_owned(), media_type, "body".to_owned()],
            false,
        ),
        Payload::Binary | Payload::Form { .. } | Payload::Multipart { .. } => (
            "bytes",
            vec![status.to_owned(), media_type, "body".to_owned()],
            false,
        ),
    };
    Made {
        expression: format!("Answer::{constructor}({})", arguments.join(", ")),
        fallible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_a_name() {
        for (status, name) in [
            (Status::Code(202), "Accepted"),
            (Status::Code(299), "Status299"),
            (Status::Range(2), "Success"),
            (Status::Default, "Other"),
        ] {
            assert_eq!(pascal(&status_words(status)), name);
        }
    }
}
