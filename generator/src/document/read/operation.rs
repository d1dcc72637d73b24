//! Path items and operations (sections 4.8.9, 4.8.10, 4.8.16, 4.8.18, 4.8.20).

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::{
    Callback, Kind, Link, LinkTarget, Map, Method, Operation, Parameter, PathItem, RefOr,
    Responses, StatusKey,
};
use crate::source::{Node, Spanned};

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

impl Reader<'_> {
    pub(super) fn path_item(&mut self, node: &Node) -> Option<PathItem> {
        let mut f = self.open(node, "Path Item")?;
        let mut operations = Vec::new();
        for name in METHODS {
            if let Some((key, node)) = f.entry(name)
                && let Some(method) = Method::from_field(name)
                && let Some(operation) = self.operation(node)
            {
                operations.push((Spanned::new(method, key.span), operation));
            }
        }
        let others = self.map(&mut f, "additionalOperations", Self::operation);
        operations.extend(
            others
                .into_iter()
                .map(|(key, operation)| (key.map(Method::Other), operation)),
        );
        operations.sort_by_key(|(method, _)| method.span);
        let item = PathItem {
            span: node.span,
            summary: self.string(&mut f, "summary"),
            description: self.string(&mut f, "description"),
            operations,
            servers: self.servers(&mut f),
            parameters: self.parameters(&mut f),
            extensions: Vec::new(),
        };
        Some(PathItem {
            extensions: self.finish(f),
            ..item
        })
    }

    fn operation(&mut self, node: &Node) -> Option<Operation> {
        if node.get("$ref").is_some() {
            return self.misplaced(node, Self::operation);
        }
        let mut f = self.open(node, "Operation")?;
        let operation = Operation {
            span: node.span,
            tags: self.strings(&mut f, "tags"),
            summary: self.string(&mut f, "summary"),
            description: self.string(&mut f, "description"),
            external_docs: f
                .take("externalDocs")
                .and_then(|node| self.external_docs(node)),
            operation_id: self.string(&mut f, "operationId"),
            parameters: self.parameters(&mut f),
            request_body: f
                .take("requestBody")
                .and_then(|node| self.ref_or(node, Kind::RequestBody, Self::request_body)),
            responses: self.responses(&mut f),
            callbacks: self.map(&mut f, "callbacks", |reader, node| {
                reader.ref_or(node, Kind::Callback, Self::callback)
            }),
            deprecated: self.flag(&mut f, "deprecated"),
            security: self.security(&mut f),
            servers: self.servers(&mut f),
            extensions: Vec::new(),
        };
        Some(Operation {
            extensions: self.finish(f),
            ..operation
        })
    }

    fn parameters(&mut self, fields: &mut Fields<'_>) -> Vec<RefOr<Parameter>> {
        self.list(fields, "parameters", |reader, node| {
            reader.ref_or(node, Kind::Parameter, Self::parameter)
        })
    }

    fn responses(&mut self, fields: &mut Fields<'_>) -> Responses {
        let mut responses = Responses {
            span: fields.span,
            responses: Vec::new(),
            extensions: Vec::new(),
        };
        let Some(node) = fields.take("responses") else {
            return responses;
        };
        let Some(mut f) = self.open(node, "Responses Object") else {
            return responses;
        };
        responses.span = node.span;
        for (key, node) in f.take_rest() {
            let status = self.status(key);
            let response = self.ref_or(node, Kind::Response, Self::response);
            if let (Some(status), Some(response)) = (status, response) {
                responses
                    .responses
                    .push((Spanned::new(status, key.span), response));
            }
        }
        responses.extensions = self.finish(f);
        responses
    }

    fn status(&mut self, key: &Spanned<String>) -> Option<StatusKey> {
        let status = status_key(key);
        if status.is_none() {
            let message = format!("`{key}` is not a key that a response can have");
            let hint = match key.to_uppercase() {
                upper if status_key(&upper).is_some() => format!("write `{upper}`"),
                _ => "use a status code from 100 to 599, a range such as `4XX`, or `default`"
                    .to_owned(),
            };
            self.push(Diagnostic::error(Code::InvalidStatus, key.span, message).hint(hint));
        }
        status
    }

    pub(super) fn callback(&mut self, node: &Node) -> Option<Callback> {
        let mut f = self.open(node, "Callback Object")?;
        let mut paths = Map::new();
        for (key, node) in f.take_rest() {
            if let Some(item) = self.ref_or(node, Kind::PathItem, Self::path_item) {
                paths.insert(key.clone(), item);
            }
        }
        Some(Callback {
            span: node.span,
            paths,
            extensions: self.finish(f),
        })
    }

    pub(super) fn link(&mut self, node: &Node) -> Option<Link> {
        let mut f = self.open(node, "Link Object")?;
        let (id, reference) = (
            self.string(&mut f, "operationId"),
            self.string(&mut f, "operationRef"),
        );
        let target = match (id, reference) {
            (Some(id), None) => LinkTarget::Id(id),
            (None, Some(reference)) => LinkTarget::Reference(reference),
            (None, None) => {
                self.missing(&f, "operationId");
                LinkTarget::Id(Spanned::new(String::new(), node.span))
            }
            (Some(id), Some(reference)) => {
                let message = "a Link has either `operationId` or `operationRef`, not both";
                let found = Diagnostic::error(Code::ConflictingFields, reference.span, message);
                self.push(
                    found
                        .secondary(id.span, "`operationId` is here")
                        .hint("remove one of the two"),
                );
                LinkTarget::Id(id)
            }
        };
        let link = Link {
            span: node.span,
            target,
            parameters: self.map(&mut f, "parameters", |_, node| Some(node.clone())),
            request_body: f.take("requestBody").cloned(),
            description: self.string(&mut f, "description"),
            server: f.take("server").and_then(|node| self.server(node)),
            extensions: Vec::new(),
        };
        Some(Link {
            extensions: self.finish(f),
            ..link
        })
    }
}

/// The status that a response's key stands for.
fn status_key(key: &str) -> Option<StatusKey> {
    match key.as_bytes() {
        b"default" => Some(StatusKey::Default),
        [class @ b'1'..=b'5', b'X', b'X'] => Some(StatusKey::Class(class - b'0')),
        [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => key.parse().ok().map(StatusKey::Code),
        _ => None,
    }
}
