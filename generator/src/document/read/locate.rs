//! From the text of a reference to a place in a file: URIs, files, anchors and pointers.

use std::collections::HashMap;

use super::Reader;
use super::wording::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::Location;
use crate::source::{FileId, Node, NotLoaded, Span, Spanned, Value, escape_token, unescape_token};

/// The `$anchor`s and `$id`s of a file and the pointers to where they stand.
pub(super) type Anchors = HashMap<String, String>;

impl Reader<'_> {
    /// The place that `text` names, seen from the file being read; says why there is none.
    pub(super) fn locate(&mut self, text: &Spanned<String>, dangling: Code) -> Option<Location> {
        let key = (self.file, text.value.clone());
        if let Some(Some(location)) = self.resolved.get(&key) {
            return Some(location.clone());
        }
        // A broken reference is resolved again: each of its uses is reported.
        let found = self.resolve(text, dangling);
        self.resolved.insert(key, found.clone());
        found
    }

    fn resolve(&mut self, text: &Spanned<String>, dangling: Code) -> Option<Location> {
        let (uri, fragment) = text.split_once('#').unwrap_or((text.as_str(), ""));
        let (Some(path), Some(fragment)) = (percent_decode(uri), percent_decode(fragment)) else {
            let message = format!(
                "`{text}` is not a URI reference: `%` must be followed by two hexadecimal digits of UTF-8"
            );
            self.push(Diagnostic::error(
                Code::InvalidReference,
                text.span,
                message,
            ));
            return None;
        };
        let (file, base) = if path.is_empty() {
            (self.file, String::new())
        } else if let Some(pointer) = self.anchors(self.file).get(uri).cloned() {
            (self.file, pointer)
        } else if let Some(own) = self.below_own_uri(&path) {
            let file = match own {
                "" => self.root,
                relative => self.load(self.root, relative, relative, text)?,
            };
            (file, String::new())
        } else {
            (self.load(self.file, uri, &path, text)?, String::new())
        };
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            format!("{base}{fragment}")
        } else {
            match self.anchors(file).get(&format!("#{fragment}")) {
                Some(pointer) => pointer.clone(),
                None => {
                    return self.dangling(
                        text,
                        dangling,
                        format!("no schema has the `$anchor` `{fragment}`"),
                        None,
                    );
                }
            }
        };
        let location = Location { file, pointer };
        let source = self.sources.file(file);
        if source.left_out {
            let label = format!("`{}` is left out", source.name);
            return self.dangling(text, dangling, label, None);
        }
        // A file that could not be read has been reported already.
        source.node.as_ref()?;
        if self.node_at(&location).is_some() {
            return Some(location);
        }
        let (missing, near) = self.where_it_breaks(&location);
        let name = &self.sources.file(file).name;
        let label = format!("`{name}` has no `{missing}`");
        self.dangling(text, dangling, label, near)
    }

    /// A URI as a path from the root document's folder, where the document says by an absolute
    /// `$self` (3.2, section 4.1.1) that it would be found there; empty for the document itself.
    fn below_own_uri<'t>(&self, uri: &'t str) -> Option<&'t str> {
        let own = self.own_uri.as_deref().filter(|own| own.contains("://"))?;
        if uri == own {
            return Some("");
        }
        let folder = &own[..=own.rfind('/')?];
        uri.strip_prefix(folder).filter(|rest| !rest.is_empty())
    }

    fn dangling(
        &mut self,
        text: &Spanned<String>,
        code: Code,
        label: String,
        near: Option<String>,
    ) -> Option<Location> {
        let mut found =
            Diagnostic::error(code, text.span, format!("`{text}` leads to nothing")).label(label);
        if let Some(near) = near {
            found = found.hint(format!("did you mean `{near}`?"));
        }
        self.push(found);
        None
    }

    /// The innermost schema around a place that says `$recursiveAnchor: true`: where the older
    /// `$recursiveRef: "#"` leads (JSON Schema 2019-09, section 8.2.4.2).
    pub(super) fn recursive_anchor(&self, inside: Span) -> Option<Location> {
        let mut node = self.sources.file(self.file).node.as_ref()?;
        let mut pointer = String::new();
        let mut found = None;
        loop {
            let is_anchor = node.get("$recursiveAnchor").and_then(Node::as_bool);
            if is_anchor == Some(true) {
                found = Some(Location::new(self.file, pointer.clone()));
            }
            let next = match &node.value {
                Value::Mapping(entries) => entries
                    .iter()
                    .find(|(_, value)| value.span.holds(inside))
                    .map(|(key, value)| (escape_token(key), value)),
                Value::Sequence(items) => items
                    .iter()
                    .position(|value| value.span.holds(inside))
                    .map(|index| (index.to_string(), &items[index])),
                _ => None,
            };
            let Some((token, value)) = next else {
                return found;
            };
            pointer.push('/');
            pointer.push_str(&token);
            node = value;
        }
    }

    pub(super) fn node_at(&self, at: &Location) -> Option<&Node> {
        self.sources
            .file(at.file)
            .node
            .as_ref()?
            .pointer(&at.pointer)
    }

    /// The shortest beginning of the pointer that leads to nothing, and a name near its last token.
    fn where_it_breaks(&self, at: &Location) -> (String, Option<String>) {
        let mut parent = String::new();
        for token in at.pointer.split('/').skip(1) {
            let here = format!("{parent}/{token}");
            let location = Location::new(at.file, here.clone());
            if self.node_at(&location).is_some() {
                parent = here;
                continue;
            }
            let siblings = self
                .node_at(&Location::new(at.file, parent))
                .and_then(Node::as_mapping)
                .unwrap_or_default();
            let near = nearest(
                &unescape_token(token),
                siblings.iter().map(|(key, _)| key.value.as_str()),
            );
            return (format!("#{here}"), near.map(str::to_owned));
        }
        (format!("#{}", at.pointer), None)
    }

    /// The file that the part of a reference before `#` names.
    fn load(
        &mut self,
        from: FileId,
        uri: &str,
        path: &str,
        text: &Spanned<String>,
    ) -> Option<FileId> {
        if let Some(found) = refuse_scheme(uri, text.span) {
            self.push(found);
            return None;
        }
        match self
            .sources
            .load_relative(from, path, text.span, self.diagnostics)
        {
            Ok(file) => Some(file),
            Err(NotLoaded::Outside) => {
                let message = format!("`{path}` is outside the root document's folder");
                self.push(
                    Diagnostic::error(Code::ReferenceOutside, text.span, message)
                        .hint("move the file below the folder of the root document"),
                );
                None
            }
            Err(NotLoaded::Unreadable(why)) => {
                let message = format!("`{text}` leads to nothing");
                let mut found = Diagnostic::error(Code::DanglingReference, text.span, message)
                    .label(format!("cannot open `{path}`: {why}"));
                // A place of this very file without its `#`, or a component by its name alone.
                let pointers = [format!("/{path}"), format!("/components/schemas/{path}")];
                let meant = pointers.into_iter().find(|pointer| {
                    let here = Location::new(from, pointer.clone());
                    self.node_at(&here).is_some()
                });
                if let Some(pointer) = meant {
                    found = found.hint(format!("did you mean `#{pointer}`?"));
                }
                self.push(found);
                None
            }
        }
    }

    fn anchors(&mut self, file: FileId) -> &Anchors {
        let sources = &self.sources;
        self.anchors.entry(file).or_insert_with(|| {
            let mut anchors = Anchors::new();
            let source = sources.file(file);
            let may_have_any = source.text.contains("nchor") || source.text.contains("$id");
            if let Some(node) = source.node.as_ref().filter(|_| may_have_any) {
                collect_anchors(node, &mut String::new(), &mut anchors);
            }
            anchors
        })
    }
}

/// Why a URI with a scheme is not followed; `None` for a relative path.
fn refuse_scheme(uri: &str, span: Span) -> Option<Diagnostic> {
    let scheme = uri
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    let is_scheme = |scheme: &String| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    match scheme.filter(is_scheme).as_deref() {
        None if !uri.starts_with("//") => None,
        None | Some("http" | "https") => Some(
            Diagnostic::error(
                Code::RemoteReference,
                span,
                format!("`{uri}` is on the network, which is never asked"),
            )
            .hint("download it into the root document's folder and refer to the file"),
        ),
        Some(scheme) => Some(
            Diagnostic::error(
                Code::InvalidReference,
                span,
                format!("references with `{scheme}:` are not followed"),
            )
            .hint("refer to a file by a relative path"),
        ),
    }
}

/// Finds the `$anchor`s (kept as `#name`) and `$id`s (kept as they are) of a tree.
fn collect_anchors(node: &Node, pointer: &mut String, anchors: &mut Anchors) {
    let length = pointer.len();
    match &node.value {
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                collect_anchors(item, pointer, anchors);
                pointer.truncate(length);
            }
        }
        Value::Mapping(entries) => {
            for (key, value) in entries.iter() {
                match (key.value.as_str(), value.as_str()) {
                    ("$anchor" | "$dynamicAnchor", Some(name)) => {
                        anchors
                            .entry(format!("#{name}"))
                            .or_insert_with(|| pointer.clone());
                    }
                    ("$id", Some(id)) => {
                        anchors
                            .entry(id.trim_end_matches('#').to_owned())
                            .or_insert_with(|| pointer.clone());
                    }
                    _ => {
                        pointer.push('/');
                        pointer.push_str(&escape_token(key));
                        collect_anchors(value, pointer, anchors);
                        pointer.truncate(length);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Text with `%XX` resolved (RFC 3986, section 2.1); `None` when that is not UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_escapes_are_utf8_or_nothing() {
        assert_eq!(percent_decode("/a%20b%C3%A9").as_deref(), Some("/a bé"));
        assert_eq!(percent_decode("/a"), Some("/a".to_owned()));
        for broken in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decode(broken), None, "{broken}");
        }
    }
}
