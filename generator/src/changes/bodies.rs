//! Bodies of requests and of answers.

use super::parts::encodings;
use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{
    Link, LinkTarget, Map, MediaType, Operation, RefOr, Response, Responses, StatusKey,
};
use crate::source::Node;

impl<'d> Walk<'d> {
    pub(super) fn request_body(
        &mut self,
        old: &'d Operation,
        new: &'d Operation,
        direction: Direction,
        at: &Trail,
    ) {
        let (before, after) = (old.request_body.as_ref(), new.request_body.as_ref());
        let old = before.and_then(|body| self.old.request_body(body));
        let new = after.and_then(|body| self.new.request_body(body));
        let at = &at.part("request body");
        match (old, new) {
            (None, None) => {}
            (Some(old), None) => {
                self.found(Rule::RequestBodyRemoved, at, old.span, None, "is gone")
            }
            (None, Some(new)) => {
                let rule = if new.required {
                    Rule::RequestBodyAddedRequired
                } else {
                    Rule::RequestBodyAdded
                };
                self.found(rule, at, None, new.span, "is new");
            }
            (Some(old), Some(new)) => {
                let spans = (old.span, new.span);
                match (old.required, new.required) {
                    (false, true) => self.found(
                        Rule::RequestBodyBecameRequired,
                        at,
                        spans.0,
                        spans.1,
                        "is required now",
                    ),
                    (true, false) => self.found(
                        Rule::RequestBodyBecameOptional,
                        at,
                        spans.0,
                        spans.1,
                        "is optional now",
                    ),
                    _ => {}
                }
                self.words(
                    "description",
                    old.description.as_ref(),
                    new.description.as_ref(),
                    at,
                );
                self.conventions(&old.extensions, &new.extensions, at);
                let added = Rule::RequestMediaTypeAdded;
                self.media_types(
                    &old.content,
                    &new.content,
                    [added, Rule::RequestMediaTypeRemoved],
                    at,
                );
                self.contents(&old.content, &new.content, direction, at);
            }
        }
    }

    pub(super) fn responses(
        &mut self,
        old: &'d Responses,
        new: &'d Responses,
        direction: Direction,
        at: &Trail,
    ) {
        let (before, after) = (self.old, self.new);
        let old: Vec<_> = old
            .responses
            .iter()
            .filter_map(|(s, r)| Some((s.value, before.response(r)?)))
            .collect();
        let new: Vec<_> = new
            .responses
            .iter()
            .filter_map(|(s, r)| Some((s.value, after.response(r)?)))
            .collect();
        let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        let (both, gone, fresh) = pair(&old, &new, |(status, _)| *status);
        let place = |status: &StatusKey| at.part(&format!("answer {status}"));
        // A status that is told of no more, or not yet, is one of its class, or of `default`.
        let around = |list: &[(StatusKey, &'d Response)], status: StatusKey| {
            wider(status).into_iter().find_map(|wide| {
                let found = list.iter().find(|(status, _)| *status == wide);
                found.map(|(_, response)| *response)
            })
        };
        let all =
            |list: &[&(StatusKey, &'d Response)]| -> Vec<_> { list.iter().map(|r| **r).collect() };
        for (status, response) in &gone {
            if let Some(other) = around(&all(&new), *status) {
                self.response(response, other, direction, &place(status));
            }
        }
        for (status, response) in &fresh {
            if let Some(other) = around(&all(&old), *status) {
                self.response(other, response, direction, &place(status));
            }
        }
        for (status, response) in gone {
            let rule = if is_error(*status) {
                Rule::ResponseErrorRemoved
            } else {
                Rule::ResponseSuccessRemoved
            };
            self.found(rule, &place(status), response.span, None, "is gone");
        }
        for (status, response) in fresh {
            let rule = if is_error(*status) {
                Rule::ResponseErrorAdded
            } else {
                Rule::ResponseSuccessAdded
            };
            self.found(rule, &place(status), None, response.span, "is new");
        }
        for ((status, old), (_, new)) in both {
            self.response(old, new, direction, &place(status));
        }
    }

    fn response(&mut self, old: &'d Response, new: &'d Response, direction: Direction, at: &Trail) {
        self.words(
            "description",
            old.description.as_ref(),
            new.description.as_ref(),
            at,
        );
        self.conventions(&old.extensions, &new.extensions, at);
        self.links(&old.links, &new.links, at);
        self.headers(&old.headers, &new.headers, direction, at);
        match (old.content.is_empty(), new.content.is_empty()) {
            (true, false) => self.found(
                Rule::ResponseBodyAdded,
                at,
                old.span,
                new.span,
                "has a body now",
            ),
            (false, true) => self.found(
                Rule::ResponseBodyRemoved,
                at,
                old.span,
                new.span,
                "has no body any more",
            ),
            _ => {
                let added = Rule::ResponseMediaTypeAdded;
                self.media_types(
                    &old.content,
                    &new.content,
                    [added, Rule::ResponseMediaTypeRemoved],
                    at,
                );
                self.contents(&old.content, &new.content, direction, at);
            }
        }
    }

    fn links(&mut self, old: &'d Map<RefOr<Link>>, new: &'d Map<RefOr<Link>>, at: &Trail) {
        for (name, before) in old {
            let at = at.part(&format!("link {}", **name));
            let Some(before) = self.old.link(before) else {
                continue;
            };
            let after = new.get(name.value.as_str());
            match after.and_then(|after| self.new.link(after)) {
                None => self.found(Rule::LinkChanged, &at, name.span, None, "is gone"),
                Some(after) if leads(before) != leads(after) => {
                    let message = "leads elsewhere";
                    self.found(Rule::LinkChanged, &at, before.span, after.span, message);
                }
                Some(after) => {
                    self.conventions(&before.extensions, &after.extensions, &at);
                    let (was, is) = (before.description.as_ref(), after.description.as_ref());
                    self.words("description", was, is, &at);
                }
            }
        }
        for name in new.keys() {
            if !old.contains_key(name.value.as_str()) {
                let at = at.part(&format!("link {}", **name));
                self.found(Rule::LinkAdded, &at, None, name.span, "is new");
            }
        }
    }

    fn media_types(
        &mut self,
        old: &'d Map<RefOr<MediaType>>,
        new: &'d Map<RefOr<MediaType>>,
        [added, removed]: [Rule; 2],
        at: &Trail,
    ) {
        for name in old
            .keys()
            .filter(|name| !new.contains_key(name.value.as_str()))
        {
            self.found(removed, &at.part(name), name.span, None, "is gone");
        }
        for name in new
            .keys()
            .filter(|name| !old.contains_key(name.value.as_str()))
        {
            self.found(added, &at.part(name), None, name.span, "is new");
            // What was sent as one of a range is held against another schema now.
            if let Some(range) = old.keys().find(|range| covers(range, name)) {
                let (old, new) = (range.span, name.span);
                let message = format!("was one of `{}`", **range);
                self.found(Rule::EncodingChanged, &at.part(name), old, new, message);
            }
        }
    }

    /// The media types that both have.
    pub(super) fn contents(
        &mut self,
        old: &'d Map<RefOr<MediaType>>,
        new: &'d Map<RefOr<MediaType>>,
        direction: Direction,
        at: &Trail,
    ) {
        for (name, before) in old {
            let (Some(old), Some(new)) = (
                self.old.media_type(before),
                new.get(name.value.as_str())
                    .and_then(|after| self.new.media_type(after)),
            ) else {
                continue;
            };
            let at = at.part(name);
            let spans = (old.span, new.span);
            if old.item_schema.is_some() != new.item_schema.is_some() {
                let now = if new.item_schema.is_some() {
                    "is a stream now"
                } else {
                    "is no stream any more"
                };
                self.found(Rule::StreamChanged, &at, spans.0, spans.1, now);
            } else if old.stream_terminal != new.stream_terminal {
                self.found(
                    Rule::StreamChanged,
                    &at,
                    spans.0,
                    spans.1,
                    "the events that end it changed",
                );
            }
            if encodings(old) != encodings(new) {
                self.found(
                    Rule::EncodingChanged,
                    &at,
                    spans.0,
                    spans.1,
                    "its parts are encoded otherwise",
                );
            }
            self.parts(&old.encoding, &new.encoding, direction, &at);
            self.shown_by(&old.examples, &new.examples, spans, &at);
            self.conventions(&old.extensions, &new.extensions, &at);
            self.either(
                old.schema.as_ref(),
                new.schema.as_ref(),
                direction,
                spans,
                &at,
            );
            if let (Some(old), Some(new)) = (&old.item_schema, &new.item_schema) {
                self.schemas(old, new, direction, &at.step("[]"));
            }
        }
    }
}

/// The statuses whose answer stands for one that is not told of (section 4.8.16).
fn wider(status: StatusKey) -> Vec<StatusKey> {
    match status {
        StatusKey::Code(code) => match u8::try_from(code / 100) {
            Ok(class) => vec![StatusKey::Class(class), StatusKey::Default],
            Err(_) => vec![StatusKey::Default],
        },
        StatusKey::Class(_) => vec![StatusKey::Default],
        StatusKey::Default => Vec::new(),
    }
}

/// Whether a media type is one of a range: `image/*`, `*/*`.
fn covers(range: &str, name: &str) -> bool {
    let top = |text: &str| text.split('/').next().unwrap_or_default().to_owned();
    range == "*/*" || (range.ends_with("/*") && top(range).eq_ignore_ascii_case(&top(name)))
}

/// What a link calls, and with what.
fn leads(link: &Link) -> String {
    let target = match &link.target {
        LinkTarget::Id(id) => format!("operation {}", **id),
        LinkTarget::Reference(reference) => format!("reference {}", **reference),
    };
    let arguments: Vec<String> = link
        .parameters
        .iter()
        .map(|(name, value)| format!("{}={}", **name, value.to_json()))
        .collect();
    let body = link.request_body.as_ref().map(Node::to_json);
    let server = link.server.as_ref().map(|server| server.url.value.clone());
    format!("{target} {arguments:?} {body:?} {server:?}")
}

fn is_error(status: StatusKey) -> bool {
    match status {
        StatusKey::Code(code) => code >= 400,
        StatusKey::Class(class) => class >= 4,
        StatusKey::Default => true,
    }
}
