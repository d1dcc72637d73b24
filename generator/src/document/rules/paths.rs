//! Paths: their templates, and the parameters that fill them (section 4.8.8).

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::model::{Document, Operation, Parameter, ParameterLocation, PathItem};
use crate::source::{Span, Spanned};

pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) {
    let mut shapes: HashMap<String, &Spanned<String>> = HashMap::new();
    for (path, item) in &document.paths {
        let names = match template(path) {
            Ok(names) => names,
            Err(problem) => {
                diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidPath,
                        path.span,
                        format!("`{path}` is not a path"),
                    )
                    .label(problem),
                );
                continue;
            }
        };
        // Large public documents tell operations apart this way; a later stage gives it a meaning.
        if let Some(mark) = path.find(['?', '#']).and_then(|at| path.get(at..=at)) {
            let message = format!("the path `{path}` has a `{mark}`");
            diagnostics.push(
                Diagnostic::warning(Code::InvalidPath, path.span, message)
                    .hint("declare query parameters under `parameters`; a fragment is never sent"),
            );
        }
        if let Some(at) = path.find("}{") {
            let message = format!("nothing stands between two parameters of the path `{path}`");
            diagnostics.push(
                Diagnostic::warning(Code::InvalidPath, path.span, message)
                    .label(format!(
                        "where `{}` ends, nobody can tell",
                        before(&path[..at])
                    ))
                    .hint("put a character between them that no value of the first one has"),
            );
        }
        if let Some(first) = shapes.insert(shape(path), path) {
            let message = format!("`{path}` and `{first}` are the same path");
            diagnostics.push(
                Diagnostic::error(Code::DuplicatePath, path.span, message)
                    .secondary(first.span, "first here")
                    .hint("paths that differ only in the names of their parameters cannot be told apart"),
            );
        }
        if let Some(item) = document.path_item(item) {
            for (_, operation) in &item.operations {
                parameters(document, path, &names, item, operation, diagnostics);
            }
        }
    }
}

/// The names in a path template, or what is wrong with it.
fn template(path: &str) -> Result<Vec<&str>, String> {
    if !path.starts_with('/') {
        return Err("a path begins with `/`".to_owned());
    }
    let mut names: Vec<&str> = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find(['{', '}']) {
        if rest[at..].starts_with('}') {
            return Err("a `}` without its `{`".to_owned());
        }
        let inside = &rest[at + 1..];
        let end = inside
            .find(['{', '}', '/'])
            .filter(|&end| inside[end..].starts_with('}'));
        let Some(end) = end else {
            return Err("a `{` without its `}`".to_owned());
        };
        let name = &inside[..end];
        if name.is_empty() {
            return Err("a parameter without a name".to_owned());
        }
        if names.contains(&name) {
            return Err(format!("the parameter `{name}` stands twice"));
        }
        names.push(name);
        rest = &inside[end + 1..];
    }
    Ok(names)
}

/// The name that a template ends in, its closing brace left out.
fn before(template: &str) -> &str {
    template.rsplit('{').next().unwrap_or_default()
}

/// The path with its parameters' names left out; two paths of one shape are the same path.
fn shape(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => inside = true,
            '}' => {
                inside = false;
                out.push_str("{}");
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// The operation's own parameters and those of its path item that it does not override.
fn effective<'a>(
    document: &'a Document,
    item: &'a PathItem,
    operation: &'a Operation,
) -> Vec<(&'a Parameter, Span)> {
    let resolve = |from: &'a crate::document::model::RefOr<Parameter>| {
        let at = from.reference().map(|reference| reference.span);
        document
            .parameter(from)
            .map(|parameter| (parameter, at.unwrap_or(parameter.name.span)))
    };
    let own: Vec<_> = operation.parameters.iter().filter_map(resolve).collect();
    let inherited = item
        .parameters
        .iter()
        .filter_map(resolve)
        .filter(|(parameter, _)| {
            !own.iter().any(|(other, _)| {
                other.name == parameter.name && other.location == parameter.location
            })
        });
    let inherited: Vec<_> = inherited.collect();
    own.into_iter().chain(inherited).collect()
}

/// The names in the paths of the operation at `at` that nothing declares.
pub(in super::super) fn undeclared_path_parameters(document: &Document, at: Span) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (path, item) in &document.paths {
        let (Some(item), Ok(names)) = (document.path_item(item), template(path)) else {
            continue;
        };
        for (_, operation) in item.operations.iter().filter(|(_, o)| o.span == at) {
            let declared = effective(document, item, operation);
            out.extend(undeclared(&names, &declared).map(str::to_owned));
        }
    }
    out.sort();
    out.dedup();
    out
}

/// Those of a path's names that no parameter has.
fn undeclared<'n>(
    names: &'n [&'n str],
    declared: &'n [(&Parameter, Span)],
) -> impl Iterator<Item = &'n str> {
    let is_declared = move |name: &&&str| {
        declared.iter().any(|(parameter, _)| {
            parameter.location.value == ParameterLocation::Path && parameter.name.value == **name
        })
    };
    names.iter().filter(move |name| !is_declared(name)).copied()
}

fn parameters(
    document: &Document,
    path: &Spanned<String>,
    names: &[&str],
    item: &PathItem,
    operation: &Operation,
    diagnostics: &mut Diagnostics,
) {
    let parameters = effective(document, item, operation);
    for (index, (parameter, at)) in parameters.iter().enumerate() {
        let same = |(other, _): &&(&Parameter, Span)| {
            other.name == parameter.name && other.location == parameter.location
        };
        if let Some((_, first)) = parameters[..index].iter().find(same) {
            let place = parameter.location.value.name();
            let message = format!(
                "the parameter `{}` in `{place}` is declared twice",
                parameter.name
            );
            diagnostics.push(
                Diagnostic::error(Code::DuplicateParameter, *at, message)
                    .secondary(*first, "first here")
                    .hint("remove one of the two"),
            );
        }
    }
    let in_path = || {
        parameters
            .iter()
            .filter(|(parameter, _)| parameter.location.value == ParameterLocation::Path)
    };
    for name in undeclared(names, &parameters) {
        let message = format!("the path parameter `{name}` is not declared");
        diagnostics.push(
            Diagnostic::error(Code::UndeclaredPathParameter, operation.span, message)
                .label("missing among the `parameters` of this operation and of its path")
                .secondary(path.span, "named here")
                .hint(format!(
                    "declare a parameter with `name: {name}` and `in: path`"
                )),
        );
    }
    for (parameter, at) in in_path() {
        if !names.contains(&parameter.name.value.as_str()) && !parameter.name.is_empty() {
            let message = format!(
                "the path has no `{{{}}}` for this parameter",
                parameter.name
            );
            diagnostics.push(
                Diagnostic::warning(Code::AbsentPathParameter, *at, message)
                    .label("has no effect")
                    .secondary(path.span, "the path is here")
                    .hint("remove the parameter, or name it in the path"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_gives_its_names_in_order() {
        assert_eq!(template("/a/{b}/c:{d}.{e}"), Ok(vec!["b", "d", "e"]));
        assert_eq!(template("/"), Ok(vec![]));
    }

    #[test]
    fn a_broken_template_is_refused() {
        for path in [
            "", "a", "/{", "/}", "/{a", "/{a/}", "/{}", "/{a}/{a}", "/{{a}}",
        ] {
            assert!(template(path).is_err(), "{path}");
        }
    }

    #[test]
    fn names_do_not_tell_paths_apart() {
        assert_eq!(shape("/a/{b}/c"), shape("/a/{x}/c"));
        assert_ne!(shape("/a/{b}"), shape("/a/b"));
    }
}
