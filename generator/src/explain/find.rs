//! From what a person types to a place, and from a place to what is made of it.

use super::escape;
use crate::document::nearest;
use crate::ir::{Api, Operation, Type};
use crate::pipeline::Run;
use crate::source::{Node, SourceFile, Sources, Span, Value, escape_token};
use crate::target::TargetFile;

/// What something is made of.
pub(super) enum Subject<'a> {
    Operation(&'a Operation),
    /// A schema, and the type it was understood as.
    Type(Span, &'a Type),
}

/// Where the place that is meant stands.
pub(super) fn span(run: &Run, api: &Api, place: &str) -> Result<Span, String> {
    let sources = &run.sources;
    let root = sources.root().map(|root| sources.file(root));
    let root = root.ok_or("there is no document")?;
    if let Some((file, pointer)) = place.split_once('#') {
        let file = if file.is_empty() {
            root
        } else {
            file_of(sources, file)?
        };
        return at(sources, file, pointer);
    }
    if place.starts_with('/') {
        return at(sources, root, place);
    }
    if let Some(span) = line(sources, place) {
        return span;
    }
    let called = |operation: &&Operation| {
        escape::id(operation) == place || escape::request(operation) == place
    };
    if let Some(operation) = api.operations.iter().map(|(_, o)| o).find(called) {
        return Ok(operation.span);
    }
    let pointer = format!("/components/schemas/{}", escape_token(place));
    at(sources, root, &pointer).map_err(|_| {
        let nothing = format!("there is no operation and no schema called `{place}`");
        let near = near(api, root, place).map(|near| format!(": did you mean `{near}`?"));
        nothing + &near.unwrap_or_default()
    })
}

/// What can be asked for and is called nearly so.
fn near(api: &Api, root: &SourceFile, place: &str) -> Option<String> {
    let schemas = root
        .node
        .as_ref()
        .and_then(|node| node.pointer("/components/schemas"));
    let schemas = schemas.and_then(Node::as_mapping).into_iter().flatten();
    let mut names: Vec<String> = schemas.map(|(key, _)| key.value.clone()).collect();
    for (_, operation) in api.operations.iter() {
        names.extend([escape::id(operation), escape::request(operation)]);
    }
    nearest(place, names.iter().map(String::as_str)).map(str::to_owned)
}

fn file_of<'a>(sources: &'a Sources, name: &str) -> Result<&'a SourceFile, String> {
    let mut files = sources.files().map(|(_, file)| file);
    let found = files.find(|file| std::path::Path::new(&file.name).ends_with(name));
    found.ok_or_else(|| format!("the document has no file `{name}`"))
}

/// The schema or operation at a pointer; a reference leads to what it refers to.
fn at(sources: &Sources, file: &SourceFile, pointer: &str) -> Result<Span, String> {
    let nothing = || format!("nothing stands at `{pointer}` in {}", file.name);
    let node = file.node.as_ref().and_then(|node| node.pointer(pointer));
    let node = node.ok_or_else(nothing)?;
    match node.get("$ref").and_then(Node::as_str) {
        Some(reference) if node.as_mapping().is_some_and(|entries| entries.len() == 1) => {
            let (name, inner) = reference.split_once('#').unwrap_or((reference, ""));
            let other = if name.is_empty() {
                file
            } else {
                file_of(sources, name)?
            };
            let target = other.node.as_ref().and_then(|node| node.pointer(inner));
            target.map(|node| node.span).ok_or_else(nothing)
        }
        _ => Ok(node.span),
    }
}

/// `FILE:LINE`, as an editor or a diagnostic says it, with or without a column.
fn line(sources: &Sources, place: &str) -> Option<Result<Span, String>> {
    let (rest, last) = place.rsplit_once(':')?;
    let last = last.parse::<usize>().ok()?;
    let (name, line) = match rest.rsplit_once(':') {
        Some((name, line)) if line.parse::<usize>().is_ok() => (name, line.parse().ok()?),
        _ => (rest, last),
    };
    let (id, file) = sources
        .files()
        .find(|(_, file)| std::path::Path::new(&file.name).ends_with(name))?;
    let mut start = 0;
    let mut lines = file.text.split_inclusive('\n');
    for _ in 1..line {
        start += lines.next().map_or(0, str::len);
    }
    let Some(text) = lines.next() else {
        return Some(Err(format!("{} has no line {line}", file.name)));
    };
    let start = start + text.len() - text.trim_start().len();
    let offset = u32::try_from(start).unwrap_or(u32::MAX);
    // The value that begins on the line, or the one whose key does, is meant before its holder.
    let meant = file.node.as_ref().and_then(|node| by_key(node, offset));
    Some(Ok(meant.unwrap_or(Span::new(id, offset, offset))))
}

/// The value of the key that begins at an offset.
fn by_key(node: &Node, offset: u32) -> Option<Span> {
    let holds = |node: &Node| node.span.start <= offset && offset <= node.span.end;
    match &node.value {
        Value::Mapping(entries) => {
            let key = entries.iter().find(|(key, _)| key.span.start == offset);
            key.map(|(_, node)| node.span).or_else(|| {
                let mut inner = entries.iter().map(|(_, node)| node);
                inner
                    .find(|node| holds(node))
                    .and_then(|node| by_key(node, offset))
            })
        }
        Value::Sequence(items) => {
            let mut items = items.iter();
            items
                .find(|node| holds(node))
                .and_then(|node| by_key(node, offset))
        }
        _ => None,
    }
}

/// What is made of a place, or of the innermost place around it that something is made of.
pub(super) fn subject(api: &Api, span: Span) -> Option<Subject<'_>> {
    let operations = api
        .operations
        .iter()
        .map(|(_, operation)| (operation.span, Subject::Operation(operation)));
    let meanings = api.meanings.iter();
    let types = meanings.map(|meaning| (meaning.span, Subject::Type(meaning.span, &meaning.ty)));
    let around = operations.chain(types).filter(|(at, _)| at.holds(span));
    around
        .min_by_key(|(at, _)| at.end - at.start)
        .map(|(_, subject)| subject)
}

/// The node that stands at a span.
pub(super) fn node(sources: &Sources, span: Span) -> Option<&Node> {
    let mut node = sources.file(span.file).node.as_ref()?;
    while node.span != span {
        let inside = |inner: &&Node| inner.span.holds(span);
        node = match &node.value {
            Value::Mapping(entries) => entries.iter().map(|(_, node)| node).find(inside)?,
            Value::Sequence(items) => items.iter().find(inside)?,
            _ => return None,
        };
    }
    Some(node)
}

/// How an operation is called, by the line of `api.md` that names its request; in a server by the
/// method whose documentation does.
pub(super) fn call(files: &[&TargetFile], request: &str) -> Option<String> {
    let said = format!("`{}`", request.replace('`', "%60"));
    let in_list = files.iter().filter(|file| file.path.ends_with("api.md"));
    let line = in_list
        .flat_map(|file| file.text.lines())
        .find(|line| line.contains(&said));
    if let Some(line) = line {
        return line.split('`').nth(1).map(str::to_owned);
    }
    let traits = files
        .iter()
        .filter(|file| file.path.contains("/resources/"));
    for file in traits {
        let mut lines = file.text.lines().skip_while(|line| !line.contains(&said));
        let name = file
            .text
            .lines()
            .find_map(|line| line.strip_prefix("pub trait "));
        let method = lines.find_map(|line| line.trim().split_once("fn ").map(|(_, rest)| rest));
        if let (Some(name), Some(method)) = (name, method) {
            let word = |text: &str| -> String {
                text.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect()
            };
            return Some(format!("{}::{}", word(name), word(method)));
        }
    }
    None
}
