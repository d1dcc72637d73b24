//! Bodies of requests and of answers.

use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{Encoding, Map, MediaType, Operation, RefOr, Response, Responses, StatusKey};

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

fn is_error(status: StatusKey) -> bool {
    match status {
        StatusKey::Code(code) => code >= 400,
        StatusKey::Class(class) => class >= 4,
        StatusKey::Default => true,
    }
}

/// How the parts of a body are encoded, without places and words; headers by name.
fn encodings(of: &MediaType) -> Vec<String> {
    fn one(name: &str, encoding: &Encoding, out: &mut Vec<String>) {
        let style = encoding.style.as_ref().map(|style| style.value);
        let headers: Vec<&str> = encoding
            .headers
            .keys()
            .map(|name| name.value.as_str())
            .collect();
        let facts = (
            encoding.content_type.as_deref(),
            style,
            encoding.explode,
            encoding.allow_reserved,
        );
        out.push(format!("{name} {facts:?} {headers:?}"));
        all(
            &encoding.encoding,
            &encoding.prefix_encoding,
            encoding.item_encoding.as_deref(),
            name,
            out,
        );
    }
    fn all(
        map: &Map<Encoding>,
        prefix: &[Encoding],
        item: Option<&Encoding>,
        at: &str,
        out: &mut Vec<String>,
    ) {
        for (name, encoding) in map {
            one(&format!("{at}/{}", **name), encoding, out);
        }
        for (index, encoding) in prefix.iter().enumerate() {
            one(&format!("{at}[{index}]"), encoding, out);
        }
        if let Some(encoding) = item {
            one(&format!("{at}[]"), encoding, out);
        }
    }
    let mut out = Vec::new();
    all(
        &of.encoding,
        &of.prefix_encoding,
        of.item_encoding.as_deref(),
        "",
        &mut out,
    );
    out.sort();
    out
}
