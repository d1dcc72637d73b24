//! Operations: what is called, with what, and what comes back.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{self, Callback, Map, PathItem, RefOr, extension};
use crate::ir::{
    Api, IdempotencyKey, Method, Name, Operation, OperationContract, OperationId, Parameter,
    PathSegment, Place, Text,
};
use crate::source::Span;

use super::at::At;
use super::{Lowering, docs, methods, name, path_of, resource, sorted};

/// The document's own word for the method of an SDK.
const METHOD: &str = "x-exai-method";

/// An operation that has the API call back, and its callbacks.
pub(super) type Calling<'d> = (OperationId, &'d Map<RefOr<Callback>>);

impl<'d> Lowering<'d, '_> {
    /// Every operation of `paths`, by path and method.
    pub(super) fn operations(&mut self, api: &mut Api) -> Vec<Calling<'d>> {
        let document = self.document;
        let mut calling = Vec::new();
        let mut named = HashSet::new();
        for (path, item) in sorted(&document.paths) {
            let Some(item) = document.path_item(item) else {
                continue;
            };
            let mut operations: Vec<_> = item.operations.iter().collect();
            operations.sort_by(|a, b| a.0.value.cmp(&b.0.value));
            for (method, operation) in operations {
                let Some(method) = self.method(&method.value, method.span) else {
                    continue;
                };
                let lowered = self.operation(api, &path.value, item, method, operation);
                let id = api.operations.push(lowered);
                if !operation.callbacks.is_empty() {
                    calling.push((id, &operation.callbacks));
                }
                if extension(&operation.extensions, METHOD).is_some() {
                    named.insert(id);
                }
                let contract = self.contract(id, item, operation, &api.operations[id].parameters);
                api.contract.operations.push(contract);
            }
        }
        methods::make_unique(api, &named);
        self.hang_all(api);
        calling
    }

    pub(super) fn method(&mut self, method: &document::Method, span: Span) -> Option<Method> {
        Some(match method {
            document::Method::Get => Method::Get,
            document::Method::Put => Method::Put,
            document::Method::Post => Method::Post,
            document::Method::Delete => Method::Delete,
            document::Method::Options => Method::Options,
            document::Method::Head => Method::Head,
            document::Method::Patch => Method::Patch,
            document::Method::Trace => Method::Trace,
            document::Method::Query => Method::Query,
            document::Method::Other(name) if is_method(name) => Method::Other(name.clone()),
            document::Method::Other(name) => {
                let message = format!("`{name}` is no HTTP method that can be sent");
                self.diagnostics.push(
                    Diagnostic::error(Code::UnsupportedMethod, span, message).hint(
                        "a method is of letters, digits and hyphens, and stands in one place",
                    ),
                );
                return None;
            }
        })
    }

    fn operation(
        &mut self,
        api: &Api,
        path: &str,
        item: &'d PathItem,
        method: Method,
        operation: &'d document::Operation,
    ) -> Operation {
        let name = match &operation.operation_id {
            Some(id) => name::split(&id.value),
            None => made_name(&method, path),
        };
        let words = name.words().to_vec();
        let at = At::Named(&words, None);
        let given = self.parameters_of(item, operation);
        let mut idempotency = None;
        let mut resume = None;
        let mut parameters: Vec<Parameter> = Vec::new();
        for parameter in given {
            match self.text_extension(&parameter.extensions, "x-exai-role") {
                Some("idempotency-key") => {
                    idempotency = Some(IdempotencyKey {
                        header: Text::new(&parameter.name.value),
                        required: parameter.required,
                    });
                }
                Some("last-event-id") => resume = Some(Text::new(&parameter.name.value)),
                Some(_) => {
                    if let Some(node) = extension(&parameter.extensions, "x-exai-role") {
                        self.bad_extension(
                            node,
                            "x-exai-role",
                            "`idempotency-key` or `last-event-id`",
                        );
                    }
                }
                None => parameters.extend(self.parameters(parameter, &at)),
            }
        }
        let (segments, parameters) = order(path, parameters);
        let responses = self.responses(operation, &at);
        let page = self.page(operation, &parameters, &responses);
        let (body, body_required, body_docs) = self.body(operation, &at);
        Operation {
            sdk_path: self.sdk_path(operation, &name),
            name,
            area: operation.tags.first().and_then(|tag| {
                let words = name::split(&tag.value);
                api.areas.iter().position(|area| area.name == words)
            }),
            method,
            path: segments,
            docs: {
                let own = docs::docs(operation.summary.as_ref(), operation.description.as_ref());
                if own.is_empty() {
                    docs::docs(item.summary.as_ref(), item.description.as_ref())
                } else {
                    own
                }
            },
            deprecated: operation.deprecated,
            former: None,
            alternative: None,
            parameters,
            body,
            body_required,
            body_docs,
            errors: self.operation_errors(operation, &at),
            responses,
            security: self.security(operation.security.as_ref()),
            idempotency,
            resume,
            page,
            long_running: None,
            servers: {
                let own = if operation.servers.is_empty() {
                    &item.servers
                } else {
                    &operation.servers
                };
                self.servers(own)
            },
            span: operation.span,
        }
    }

    /// The parameters of the path item and the operation; the operation's own override by name
    /// and place (section 4.8.10 of the standard).
    pub(super) fn parameters_of(
        &self,
        item: &'d PathItem,
        operation: &'d document::Operation,
    ) -> Vec<&'d document::Parameter> {
        let mut out: Vec<&'d document::Parameter> = Vec::new();
        for parameter in item.parameters.iter().chain(&operation.parameters) {
            let Some(parameter) = self.document.parameter(parameter) else {
                continue;
            };
            let same = |before: &&&document::Parameter| {
                before.name.value == parameter.name.value
                    && before.location.value == parameter.location.value
            };
            match out.iter().position(|before| same(&before)) {
                Some(index) => out[index] = parameter,
                None => out.push(parameter),
            }
        }
        out
    }

    fn sdk_path(&mut self, operation: &'d document::Operation, name: &Name) -> Vec<Name> {
        if let Some(method) = self.text_extension(&operation.extensions, METHOD) {
            return path_of(method, '.');
        }
        let tag = operation.tags.first();
        let mut path: Vec<Name> = tag.map_or_else(Vec::new, |tag| self.tag_path(&tag.value));
        path.push(name.clone());
        path
    }

    /// A tag below its parents (3.2): `external`, `partner`. A ring of parents ends where it closes,
    /// which the rules of the document report.
    fn tag_path(&self, tag: &str) -> Vec<Name> {
        let tags = &self.document.tags;
        let mut path = vec![tag];
        while let Some(parent) = tags
            .iter()
            .find(|declared| Some(&declared.name.value.as_str()) == path.last())
            .and_then(|declared| declared.parent.as_ref())
            .filter(|parent| !path.contains(&parent.value.as_str()))
        {
            path.push(&parent.value);
        }
        path.into_iter().rev().map(name::split).collect()
    }

    /// Hangs every operation into the tree of accessors, by the spelling of its sdk method.
    fn hang_all(&mut self, api: &mut Api) {
        let mut ids: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
        let key = |id: &OperationId| -> Vec<Vec<String>> {
            api.operations[*id]
                .sdk_path
                .iter()
                .map(|name| name.words().to_vec())
                .collect()
        };
        ids.sort_by_cached_key(key);
        let mut seen: HashMap<Vec<Vec<String>>, Span> = HashMap::new();
        for id in ids {
            let operation = &api.operations[id];
            if let Some(first) = seen.insert(key(&id), operation.span) {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::MethodClash,
                        operation.span,
                        "another operation has the same sdk method",
                    )
                    .secondary(first, "the other operation")
                    .hint("give one of them another `x-exai-method`"),
                );
                continue;
            }
            let path = operation.sdk_path.clone();
            resource::hang(&mut api.root, &path, id);
        }
        let areas = &api.areas;
        for child in &mut api.root.children {
            if let Some(area) = areas
                .iter()
                .find(|area| area.name.words() == child.name.words())
            {
                child.docs = area.docs.clone();
            }
        }
    }
}

/// Whether a key of `additionalOperations` is a method that all targets can write: no method that
/// a path item has a field for, which would be the same operation twice.
fn is_method(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && document::Method::from_field(&name.to_ascii_lowercase()).is_none()
}

/// A name for an operation without `operationId`: `get`, `pets`, `by`, `pet`, `id`.
fn made_name(method: &Method, path: &str) -> Name {
    let mut words = name::words(&method.as_str().to_lowercase());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment.contains('{') {
            words.push("by".to_owned());
        }
        words.extend(name::words(segment));
    }
    Name::new(words, format!("{} {path}", method.as_str()))
}

/// The path in pieces, and the parameters with those of the path first, in its order.
fn order(path: &str, mut parameters: Vec<Parameter>) -> (Vec<PathSegment>, Vec<Parameter>) {
    let path = path.split('#').next().unwrap_or_default();
    let mut segments = Vec::new();
    let mut ordered: Vec<Parameter> = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|i| open + i) else {
            break;
        };
        let wire = &rest[open + 1..close];
        if open > 0 {
            segments.push(PathSegment::Literal(Text::new(&rest[..open])));
        }
        let again = ordered.iter().position(|p| p.name.wire().raw() == wire);
        let found = parameters
            .iter()
            .position(|p| p.place == Place::Path && p.name.wire().raw() == wire);
        match (again, found) {
            (Some(index), _) => segments.push(PathSegment::Parameter(index)),
            (None, Some(index)) => {
                segments.push(PathSegment::Parameter(ordered.len()));
                ordered.push(parameters.remove(index));
            }
            // The document stage reports it; the text stays so that nothing is lost.
            (None, None) => segments.push(PathSegment::Literal(Text::new(&rest[open..=close]))),
        }
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        segments.push(PathSegment::Literal(Text::new(rest)));
    }
    parameters.retain(|p| p.place != Place::Path);
    parameters.sort_by_key(|p| p.place);
    ordered.extend(parameters);
    (segments, ordered)
}

/// What a contract is made of; the parameters are in the operation's order.
impl<'d> Lowering<'d, '_> {
    fn contract(
        &mut self,
        id: OperationId,
        item: &'d PathItem,
        operation: &'d document::Operation,
        ordered: &[Parameter],
    ) -> OperationContract {
        let written = self.parameters_of(item, operation);
        let parameters = ordered
            .iter()
            .filter_map(|parameter| {
                let mut written = written.iter();
                written.find_map(|written| self.parameter_contract(written, parameter))
            })
            .collect();
        OperationContract {
            operation: id,
            parameters,
            body: self.body_contract(operation),
        }
    }
}
