//! The fake for tests of whoever uses the package: what each operation answers with, as a type,
//! and how its requests are recognised, as data.

use serde::Serialize;

use super::answer::Answer;
use super::escape;
use super::facts;
use super::imports::Imports;
use super::plan::{CallPlan, Plan};
use super::record::property;
use crate::layout::biome::{self, Value};

/// `testing.ts`
#[derive(Debug, Serialize)]
pub(super) struct FakeView {
    /// `Exai`
    client: String,
    /// `FakeExai`
    fake: String,
    /// `FakeExaiAnswers`
    answers: String,
    /// One an operation: `  getRun: Run;`
    fields: Vec<String>,
    /// `const routes: { readonly [Id in keyof FakeExaiAnswers]: Route } = {` to `};`
    routes: String,
    /// `errorClasses`, or an empty list.
    errors: &'static str,
}

impl FakeView {
    pub(super) fn new(plan: &Plan<'_>, imports: &mut Imports) -> Self {
        let client = plan.root.class.clone();
        imports.value("generated/client", &client);
        imports.ty("generated/settings", &format!("{client}Options"));
        imports.value("runtime/fake", "Fake");
        imports.ty("runtime/fake", "Route");
        let errors = if plan.errors.is_empty() {
            "[]"
        } else {
            imports.value("generated/errors", "errorClasses");
            "errorClasses"
        };
        let answers = plan.fake_answers.clone();
        let mut fields = Vec::new();
        let mut routes = Vec::new();
        for call in plan.calls.values().filter(|call| !call.shares) {
            let answer = Answer::of(call.operation, &plan.types, imports);
            let key = escape::property(&call.operation.name);
            fields.push(property("", &key, true, false, told(&answer)));
            let key = escape::object_key(&call.operation.name);
            routes.push((key, Value::Object(route(call, &answer))));
        }
        let head = format!("const routes: {{ readonly [Id in keyof {answers}]: Route }}");
        Self {
            fake: plan.fake.clone(),
            routes: biome::declaration(&head, &Value::Object(routes)),
            client,
            answers,
            fields,
            errors,
        }
    }
}

/// What a test says that an operation answers with.
fn told(answer: &Answer) -> Vec<String> {
    let list = |item: &str| {
        if item.contains(' ') {
            format!("readonly ({item})[]")
        } else {
            format!("readonly {item}[]")
        }
    };
    match answer {
        Answer::Nothing => vec!["undefined".to_owned()],
        Answer::Text => vec!["string".to_owned()],
        Answer::Download => ["Uint8Array<ArrayBuffer>", "Blob", "string"]
            .map(str::to_owned)
            .to_vec(),
        Answer::Json { ty, .. } => vec![ty.clone()],
        Answer::Pages { item, body, .. } => vec![list(item), body.clone()],
        Answer::Stream { item, .. } => vec![list(item)],
    }
}

fn route(call: &CallPlan<'_>, answer: &Answer) -> Vec<(String, Value)> {
    let operation = call.operation;
    let kind = match answer {
        Answer::Nothing => "nothing",
        Answer::Text | Answer::Download => "plain",
        Answer::Json { .. } => "json",
        Answer::Pages { .. } => "pages",
        Answer::Stream { lines: true, .. } => "lines",
        Answer::Stream { lines: false, .. } => "events",
    };
    let text = |text: &str| Value::code(format!("\"{text}\""));
    let response = operation.success();
    let status = response.map_or(200, super::answer::status);
    let mut members = vec![
        ("method".to_owned(), text(operation.method.as_str())),
        (
            "path".to_owned(),
            Value::code(escape::quote(&facts::path(operation))),
        ),
        ("status".to_owned(), Value::code(status.to_string())),
        ("kind".to_owned(), text(kind)),
    ];
    let content = response.and_then(|response| response.contents.first());
    if let Some(content) = content.filter(|_| !matches!(answer, Answer::Nothing)) {
        let media = escape::accept(std::iter::once(&content.media_type));
        if media != "\"application/json\"" {
            members.push(("type".to_owned(), Value::code(media)));
        }
    }
    if let (Answer::Pages { .. }, Some(page)) = (answer, &operation.page) {
        members.push(("pages".to_owned(), facts::wire_paging(operation, page)));
    }
    members
}
