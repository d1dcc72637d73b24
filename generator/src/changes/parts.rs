//! How the parts of a form or of a multipart body are written.

use super::{Direction, Rule, Trail, Walk};
use crate::document::{Encoding, Map, MediaType};

impl<'d> Walk<'d> {
    /// The headers of parts that both have.
    pub(super) fn parts(
        &mut self,
        old: &'d Map<Encoding>,
        new: &'d Map<Encoding>,
        direction: Direction,
        at: &Trail,
    ) {
        for (name, before) in old {
            let Some(after) = new.get(name.value.as_str()) else {
                continue;
            };
            let at = at.part(&format!("part {}", **name));
            self.parts(&before.encoding, &after.encoding, direction, &at);
            for (header, was) in &before.headers {
                let was = self.old.header(was);
                let is = after.headers.get(header.value.as_str());
                let is = is.and_then(|is| self.new.header(is));
                let (Some(was), Some(is)) = (was, is) else {
                    continue;
                };
                let at = at.part(&format!("header {}", **header));
                let spans = (was.span, is.span);
                if was.required != is.required {
                    let message = "is required or optional now, as it was not";
                    self.found(Rule::EncodingChanged, &at, spans.0, spans.1, message);
                }
                let (old, new) = (was.schema.as_ref(), is.schema.as_ref());
                self.either(old, new, direction, spans, &at);
            }
        }
    }
}

/// How the parts of a body are encoded, without places and words; headers by name.
pub(super) fn encodings(of: &MediaType) -> Vec<String> {
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
