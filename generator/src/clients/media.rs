//! Media types: which are one to who sends or reads them, and what each is called.

use super::escape;
use crate::ir::{Content, Payload, Text, Types};

/// Which way a body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Sent,
    /// An answer of an operation that takes a body itself, or of one that takes none.
    Received {
        beside_body: bool,
    },
}

/// The contents that a caller can tell apart: the first, and each that differs from those before.
pub(super) fn apart<'a>(contents: &'a [Content], way: Way, types: &Types) -> Vec<&'a Content> {
    let mut out: Vec<&Content> = Vec::new();
    for content in contents {
        let covered = out.first().is_some_and(|first| {
            way != Way::Sent && covers(first, content) && alike(first, content, types)
        });
        if !covered && !out.iter().any(|other| is_one(other, content, types)) {
            out.push(content);
        }
    }
    out
}

/// Whether nothing is lost where one content stands for the other.
pub(super) fn is_one(a: &Content, b: &Content, types: &Types) -> bool {
    is_one_type(a, b) && alike(a, b, types)
}

/// Whether two media types are one, called otherwise.
pub(super) fn is_one_type(a: &Content, b: &Content) -> bool {
    canonical(&a.media_type) == canonical(&b.media_type)
}

/// Whether two payloads read and write the very same.
pub(super) fn alike(a: &Content, b: &Content, types: &Types) -> bool {
    match (&a.payload, &b.payload) {
        (Payload::Json(a), Payload::Json(b)) => types.resolve(a) == types.resolve(b),
        (Payload::Events(a), Payload::Events(b)) | (Payload::Lines(a), Payload::Lines(b)) => {
            types.resolve(&a.item) == types.resolve(&b.item) && a.terminal == b.terminal
        }
        (a, b) => a == b,
    }
}

/// Whether a first media type is a range that another is in: `image/*` and `image/png`.
fn covers(first: &Content, other: &Content) -> bool {
    let (range, _) = escape::parts(&first.media_type);
    let (other, _) = escape::parts(&other.media_type);
    let before = range.strip_suffix('*');
    before.is_some_and(|before| before == "*/" || other.starts_with(before))
}

/// The one name of media types that have several, with their parameters.
fn canonical(media_type: &Text) -> (String, String) {
    let (essence, behind) = escape::parts(media_type);
    let known = match essence.as_str() {
        "text/json" | "application/*+json" => "application/json",
        "text/xml" => "application/xml",
        "application/x-yaml" | "text/yaml" | "text/x-yaml" => "application/yaml",
        "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/json-lines" => "application/x-ndjson",
        other => other,
    };
    (known.to_owned(), behind)
}

/// What a media type may be called, the shortest first: `multipart`; `multipart form data`; the
/// same with its parameters.
pub(super) fn called(content: &Content, way: Way) -> [Vec<String>; 3] {
    let (essence, behind) = escape::parts(&content.media_type);
    let whole = escape::words(&essence);
    let more = [whole.clone(), escape::words(&behind)].concat();
    let lead = match (way, &content.payload) {
        // `create_stream` can be no body, and is what the field calls it.
        (Way::Received { .. }, Payload::Events(_) | Payload::Lines(_)) => false,
        (Way::Received { beside_body }, _) => beside_body,
        (Way::Sent, _) => false,
    };
    let led = |words: Vec<String>| {
        let lead = lead.then(|| "as".to_owned());
        lead.into_iter().chain(words).collect()
    };
    [short(&essence, content, way), whole, more].map(led)
}

fn short(essence: &str, content: &Content, way: Way) -> Vec<String> {
    let (top, sub) = essence.split_once('/').unwrap_or((essence, ""));
    let known = match (essence, &content.payload) {
        (_, Payload::Events(_) | Payload::Lines(_)) if way != Way::Sent => "stream",
        ("multipart/form-data", _) => "multipart",
        ("application/x-www-form-urlencoded", _) => "form",
        ("text/plain", _) => "text",
        ("application/octet-stream", _) => "bytes",
        ("*/*", _) => "any",
        (_, _) if sub == "*" => top,
        _ => "",
    };
    if !known.is_empty() {
        return escape::words(known);
    }
    let (sub, suffix) = sub.rsplit_once('+').unwrap_or((sub, ""));
    let plain = ["x-", "x.", "vnd."].iter();
    let plain = plain.fold(sub, |sub, tree| sub.strip_prefix(tree).unwrap_or(sub));
    [plain, suffix, top, "other"]
        .into_iter()
        .map(escape::words)
        .find(|words| !words.is_empty())
        .unwrap_or_default()
}
