//! Operations, webhooks and callbacks.

use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{
    Document, Operation, Parameter, PathItem, RefOr, SecurityRequirement, Server,
};
use crate::source::Spanned;

/// An operation with what it has from its path and from the document.
pub(super) struct Call<'d> {
    /// What a request says first, with the names of the path's parameters left out.
    key: String,
    /// The same, with the names.
    title: String,
    path: &'d str,
    pub(super) item: &'d PathItem,
    pub(super) operation: &'d Operation,
    pub(super) parameters: Vec<&'d Parameter>,
    pub(super) servers: &'d [Server],
    pub(super) security: &'d [SecurityRequirement],
}

impl<'d> Walk<'d> {
    pub(super) fn document(&mut self) {
        let (old, new) = (self.old, self.new);
        let at = Trail::new("the document");
        if old.info.title != new.info.title {
            let message = format!("`{}` became `{}`", *old.info.title, *new.info.title);
            let (old, new) = (old.info.title.span, new.info.title.span);
            self.found(Rule::TitleChanged, &at, old, new, message);
        }
        self.words(
            "summary",
            old.info.summary.as_ref(),
            new.info.summary.as_ref(),
            &at,
        );
        self.words(
            "description",
            old.info.description.as_ref(),
            new.info.description.as_ref(),
            &at,
        );
        if old.json_schema_dialect != new.json_schema_dialect {
            let (old, new) = (
                old.json_schema_dialect.as_ref(),
                new.json_schema_dialect.as_ref(),
            );
            let (old, new) = (old.map(|d| d.span), new.map(|d| d.span));
            self.found(
                Rule::DialectChanged,
                &at,
                old,
                new,
                "`jsonSchemaDialect` changed",
            );
        }
        self.elsewhere(old.external_docs.as_ref(), new.external_docs.as_ref(), &at);
        for tag in &new.tags {
            if let Some(before) = old.tags.iter().find(|old| old.name == tag.name) {
                let at = at.part(&format!("tag {}", *tag.name));
                let (was, is) = (before.description.as_ref(), tag.description.as_ref());
                self.words("description", was, is, &at);
                let (was, is) = (before.summary.as_ref(), tag.summary.as_ref());
                self.words("summary", was, is, &at);
            }
        }
        self.conventions(&old.extensions, &new.extensions, &at);
        self.servers(&old.servers, &new.servers, &at);
        self.security_schemes();
        let of = |document: &'d Document| calls(document, document.paths.iter(), "");
        self.calls(
            of(old),
            of(new),
            [Rule::OperationAdded, Rule::OperationRemoved],
            Direction::Sent,
        );
        let of = |document: &'d Document| calls(document, document.webhooks.iter(), "webhook ");
        self.calls(
            of(old),
            of(new),
            [Rule::WebhookAdded, Rule::WebhookRemoved],
            Direction::Received,
        );
    }

    /// `direction` is the way that requests go, seen from clients.
    fn calls(
        &mut self,
        old: Vec<Call<'d>>,
        new: Vec<Call<'d>>,
        [added, removed]: [Rule; 2],
        direction: Direction,
    ) {
        let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        let (both, gone, fresh) = pair(&old, &new, |call| call.key.clone());
        for call in gone {
            let at = Trail::new(&call.title);
            self.found(removed, &at, call.operation.span, None, "is gone");
        }
        for call in fresh {
            let at = Trail::new(&call.title);
            self.found(added, &at, None, call.operation.span, "is new");
        }
        for (old, new) in both {
            self.call(old, new, direction);
        }
    }

    fn call(&mut self, old: &Call<'d>, new: &Call<'d>, direction: Direction) {
        let at = Trail::new(&old.title);
        let around = std::mem::replace(&mut self.turned, direction == Direction::Received);
        let (before, after) = (old.operation, new.operation);
        let spans = (before.span, after.span);
        if before.operation_id != after.operation_id {
            let id = |operation: &Operation| match &operation.operation_id {
                Some(id) => format!("`{}`", **id),
                None => "none".to_owned(),
            };
            let message = format!(
                "the operationId changed from {} to {}",
                id(before),
                id(after)
            );
            let rule = match self.shipped.keeps_operation(&old.key) {
                true => Rule::OperationRenamedKept,
                false => Rule::OperationRenamed,
            };
            self.found(rule, &at, spans.0, spans.1, message);
        }
        if before.tags != after.tags {
            let rule = match self.shipped.keeps_operation(&old.key) {
                true => Rule::OperationTaggedKept,
                false => Rule::OperationTagged,
            };
            self.found(rule, &at, spans.0, spans.1, "the tags changed");
        }
        self.lifecycle(
            [Rule::OperationDeprecated, Rule::OperationRevived],
            (before.deprecated, after.deprecated),
            (&before.extensions, &after.extensions),
            spans,
            &at,
        );
        self.elsewhere(
            before.external_docs.as_ref(),
            after.external_docs.as_ref(),
            &at,
        );
        for (before, after) in names(old.path).zip(names(new.path)).filter(|(a, b)| a != b) {
            let message = format!("`{{{before}}}` became `{{{after}}}`");
            self.found(Rule::PathParameterRenamed, &at, spans.0, spans.1, message);
        }
        self.words(
            "summary",
            before.summary.as_ref(),
            after.summary.as_ref(),
            &at,
        );
        self.words(
            "description",
            before.description.as_ref(),
            after.description.as_ref(),
            &at,
        );
        let (was, is) = (old.item.summary.as_ref(), new.item.summary.as_ref());
        self.words("summary of the path", was, is, &at);
        let (was, is) = (old.item.description.as_ref(), new.item.description.as_ref());
        self.words("description of the path", was, is, &at);
        self.conventions(&before.extensions, &after.extensions, &at);
        self.conventions(&old.item.extensions, &new.item.extensions, &at);
        if direction == Direction::Sent {
            self.servers(old.servers, new.servers, &at);
            self.security(old.security, new.security, spans, &at);
        }
        self.parameters(old, new, direction, &at);
        self.request_body(before, after, direction, &at);
        self.responses(&before.responses, &after.responses, direction.turned(), &at);
        self.callbacks(before, after, direction, &at);
        self.turned = around;
    }

    fn callbacks(
        &mut self,
        old: &'d Operation,
        new: &'d Operation,
        direction: Direction,
        at: &Trail,
    ) {
        let of = |document: &'d Document, operation: &'d Operation| -> Vec<Call<'d>> {
            let mut out = Vec::new();
            for (name, callback) in &operation.callbacks {
                if let Some(callback) = document.callback(callback) {
                    let prefix = format!("{} · callback {}: ", at.0, **name);
                    out.extend(calls(document, callback.paths.iter(), &prefix));
                }
            }
            out
        };
        let (old, new) = (of(self.old, old), of(self.new, new));
        if !old.is_empty() || !new.is_empty() {
            let rules = [Rule::CallbackAdded, Rule::CallbackRemoved];
            self.calls(old, new, rules, direction.turned());
        }
    }
}

/// Every operation of some paths, with `prefix` before its title.
fn calls<'d>(
    document: &'d Document,
    paths: impl Iterator<Item = (&'d Spanned<String>, &'d RefOr<PathItem>)>,
    prefix: &str,
) -> Vec<Call<'d>> {
    let mut out = Vec::new();
    for (path, item) in paths {
        let Some(item) = document.path_item(item) else {
            continue;
        };
        for (method, operation) in &item.operations {
            let own: Vec<&Parameter> = resolved(document, &operation.parameters);
            let inherited = resolved(document, &item.parameters)
                .into_iter()
                .filter(|p| {
                    !own.iter()
                        .any(|o| o.name == p.name && o.location == p.location)
                });
            let parameters = inherited.chain(own.iter().copied()).collect();
            let servers = [&operation.servers, &item.servers, &document.servers];
            out.push(Call {
                key: format!("{prefix}{} {}", method.value, without_names(path)),
                title: format!("{prefix}{} {}", method.value, **path),
                path,
                item,
                operation,
                parameters,
                servers: servers
                    .into_iter()
                    .find(|s| !s.is_empty())
                    .map_or(&[], Vec::as_slice),
                security: operation
                    .security
                    .as_ref()
                    .or(document.security.as_ref())
                    .map_or(&[], Vec::as_slice),
            });
        }
    }
    out
}

fn resolved<'d>(document: &'d Document, list: &'d [RefOr<Parameter>]) -> Vec<&'d Parameter> {
    list.iter().filter_map(|p| document.parameter(p)).collect()
}

/// The names between braces, in order.
pub(super) fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}'))
        .map(|(name, _)| name)
}

/// A path with `{}` for each parameter: what a request can tell.
fn without_names(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str("{}");
        rest = after;
    }
    out + rest
}

impl Call<'_> {
    /// Where a parameter of the path stands among them.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        names(self.path).position(|n| n == name)
    }
}
