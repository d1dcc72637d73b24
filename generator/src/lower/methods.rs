//! Methods that would have one name: `create`, `create_` and `Create` are the same words.

use std::collections::HashSet;

use crate::ir::{Api, Name, Operation, OperationId, PathSegment};

use super::name;
use crate::letters;

/// Gives operations whose sdk methods are the same words longer ones, by their HTTP method and
/// then their path. Of those that clash, the one whose name is spelled first keeps its own; names
/// that the document gives itself (`named`) stay, and clash.
pub(super) fn make_unique(api: &mut Api, named: &HashSet<OperationId>) {
    let mut ids: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    ids.sort_by_cached_key(|id| {
        let operation = &api.operations[*id];
        let spelling = operation.name.wire().raw().to_owned();
        (!named.contains(id), spelling, path_words(operation))
    });
    let wanted: HashSet<Vec<Vec<String>>> = ids
        .iter()
        .map(|id| words(&api.operations[*id].sdk_path))
        .collect();
    let mut taken = HashSet::new();
    for id in ids {
        let operation = &api.operations[id];
        if taken.insert(words(&operation.sdk_path)) || named.contains(&id) {
            continue;
        }
        let free = longer(operation).into_iter().find(|path| {
            let words = words(path);
            !wanted.contains(&words) && !taken.contains(&words)
        });
        if let Some(path) = free {
            taken.insert(words(&path));
            api.operations[id].sdk_path = path;
        }
    }
}

/// The sdk method with the HTTP method behind it, and with the path behind that.
fn longer(operation: &Operation) -> Vec<Vec<Name>> {
    let Some((last, before)) = operation.sdk_path.split_last() else {
        return Vec::new();
    };
    let with = |more: Vec<String>| {
        let words = [last.words(), &more].concat();
        let name = Name::new(words, last.wire().raw());
        [before, &[name]].concat()
    };
    behind(operation).map(with).to_vec()
}

/// What tells an operation from all others: its HTTP method, and the same with its path.
pub(crate) fn behind(operation: &Operation) -> [Vec<String>; 2] {
    let method = name::words(&operation.method.as_str().to_lowercase());
    let both = [method.clone(), path_words(operation)].concat();
    [method, both]
}

fn path_words(operation: &Operation) -> Vec<String> {
    let mut words = Vec::new();
    for segment in &operation.path {
        let text = match segment {
            PathSegment::Literal(text) => text.raw(),
            PathSegment::Parameter(index) => operation.parameters[*index].name.wire().raw(),
        };
        if text.chars().any(letters::is_letter_or_digit) {
            words.extend(name::words(text));
        }
    }
    words
}

fn words(path: &[Name]) -> Vec<Vec<String>> {
    path.iter().map(|name| name.words().to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::make_unique;
    use crate::ir::Method;
    use crate::ir::build::{add_operation, api, operation};

    #[test]
    fn a_clash_costs_no_operation_its_method_and_no_order_decides() {
        let made = [
            operation("create__", "things.create__", Method::Get, "/a"),
            operation("create", "things.create", Method::Post, "/a"),
            operation("create_", "things.create_", Method::Patch, "/a"),
            operation("Create", "things.Create", Method::Patch, "/b"),
        ];
        let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]];
        for order in orders {
            let mut api = api("a");
            for index in order {
                add_operation(&mut api, made[index].clone());
            }
            make_unique(&mut api, &HashSet::new());
            let mut methods: Vec<String> = api
                .operations
                .iter()
                .map(|(_, operation)| {
                    let method = operation.sdk_path[1].words().join(" ");
                    format!("{}: {method}", operation.name.wire().raw())
                })
                .collect();
            methods.sort();
            let wanted = [
                "Create: create",
                "create: create post",
                "create_: create patch",
                "create__: create get",
            ];
            assert_eq!(methods, wanted);
        }
    }
}
