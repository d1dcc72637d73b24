//! The examples that a document has of one operation.

use std::collections::HashMap;

use serde_json::Value;

use crate::document::{Document, Example, Map, MediaType, Operation, PathItem, RefOr, StatusKey};
use crate::ir::{Place, Status};
use crate::source::{Node, Span};

use super::escape;

/// What an operation is called with, and what it answers.
#[derive(Default)]
pub(super) struct Examples {
    /// Place, wire name, value.
    parameters: Vec<(String, String, Value)>,
    /// Media type, value.
    body: Vec<(String, Value)>,
    /// Status, media type, value.
    answers: Vec<(u16, String, Value)>,
}

impl Examples {
    /// Of a parameter by its wire name.
    pub(super) fn parameter(&self, place: Place, name: &str) -> Option<&Value> {
        let place = match place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
        };
        let mut found = self.parameters.iter();
        let found = found.find(|(other, known, _)| other == place && known == name);
        found.map(|(_, _, value)| value)
    }

    /// Of the body in a media type.
    pub(super) fn body(&self, media_type: &str) -> Option<&Value> {
        let found = self.body.iter().find(|(known, _)| known == media_type);
        found.map(|(_, value)| value)
    }

    /// Of an answer.
    pub(super) fn answer(&self, status: Status, media_type: &str) -> Option<&Value> {
        let mut found = self.answers.iter();
        let found =
            found.find(|(code, known, _)| Status::Code(*code) == status && known == media_type);
        found.map(|(_, _, value)| value)
    }
}

/// The first example of each thing that has one, by where the operation stands.
pub(super) fn all(document: &Document) -> HashMap<Span, Examples> {
    let items = document.paths.values();
    let items = items.filter_map(|item| document.path_item(item));
    let operations =
        items.flat_map(|item| item.operations.iter().map(move |(_, found)| (item, found)));
    operations
        .map(|(item, operation)| (operation.span, of(document, item, operation)))
        .collect()
}

fn of(document: &Document, item: &PathItem, operation: &Operation) -> Examples {
    let mut examples = Examples::default();
    // An operation's own parameter stands before the path's of the same name.
    let parameters = operation.parameters.iter().chain(&item.parameters);
    for parameter in parameters.filter_map(|parameter| document.parameter(parameter)) {
        let contents = || parameter.content.values();
        let of_content = || contents().find_map(|content| in_content(document, content));
        if let Some(value) = first(document, &parameter.examples).or_else(of_content) {
            let place = parameter.location.value.name().to_owned();
            let name = parameter.name.value.clone();
            examples.parameters.push((place, name, value));
        }
    }
    let body = operation.request_body.as_ref();
    let body = body.and_then(|body| document.request_body(body));
    for (media_type, content) in body.iter().flat_map(|body| &body.content) {
        let value = in_content(document, content);
        let value = value.map(|value| (media_type.value.clone(), value));
        examples.body.extend(value);
    }
    for (status, response) in &operation.responses.responses {
        let StatusKey::Code(code) = status.value else {
            continue;
        };
        let response = document.response(response);
        for (media_type, content) in response.iter().flat_map(|response| &response.content) {
            let value = in_content(document, content);
            let value = value.map(|value| (code, media_type.value.clone(), value));
            examples.answers.extend(value);
        }
    }
    examples
}

fn in_content(document: &Document, content: &RefOr<MediaType>) -> Option<Value> {
    first(document, &document.media_type(content)?.examples)
}

fn first(document: &Document, examples: &Map<RefOr<Example>>) -> Option<Value> {
    let mut examples = examples
        .values()
        .filter_map(|example| document.example(example));
    examples.find_map(|example| example.value.as_ref().map(Node::to_json))
}

impl super::Case<'_> {
    /// Of the success of the operation, with its media type, where it has a body with an example.
    pub(super) fn answer(&self) -> Option<(String, &Value)> {
        let response = self.operation.success()?;
        let media_type = escape::text(&response.contents.first()?.media_type);
        let value = self.own.answer(response.status, &media_type)?;
        Some((media_type, value))
    }
}
